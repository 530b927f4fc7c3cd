"""Signing and verifying against the peers: medians of interleaved rounds, as a Markdown table.

``python bench_sign.py [--json FILE] [--rounds N] [--only WORD]``. The JSON rows are
``{"document","bytes","peer","ns"}``, where the document is the algorithm and what is done. Times are those of the
processor, so that what else runs on the machine counts as little as it can; but for the last row, where all processors
work, which is by the clock.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import joserfc.jwk
import joserfc.jws
import jwt
import rfc8785
from cryptography.hazmat.primitives import serialization

from samebyte import Keyset, PublicKey, SigningKey, document, jws

# How long one peer works on one row in one round, in nanoseconds.
BATCH = 20_000_000

ALGORITHMS = ("EdDSA", "ES256K", "ES256", "RS256", "HS256")
SECRET = bytes(range(32))
TYPE = "application/vnd.example.order+json"

# 300 bytes of JSON in canonical form.
VALUE: dict[str, Any] = {
    "amount": 1299,
    "currency": "EUR",
    "customer": {"id": "c-20193", "name": "Zoë Fröhlich", "vip": False},
    "items": [{"quantity": 2, "sku": "A-1001"}, {"quantity": 1, "sku": "B-2002"}, {"quantity": 10, "sku": "C-3003"}],
    "note": "Deliver between nine and noon; ring twice, then leave it at the door on the left.",
    "ordered_at": "2026-01-01T00:00:00Z",
    "total": 12.5,
}
PAYLOAD = rfc8785.dumps(VALUE)
DOCUMENTS = 10_000

OWN = "samebyte"

Work = Callable[[], object]


class Keys:
    """One key, as each peer takes it."""

    def __init__(self, algorithm: str) -> None:
        if algorithm == "HS256":
            self.ours = SigningKey.symmetric(algorithm, SECRET)
            self.trust: SigningKey | PublicKey = self.ours
            self.secret: Any = SECRET
            self.public: Any = SECRET
            self.joserfc: Any = joserfc.jwk.OctKey.import_key(SECRET)
            return
        self.ours = SigningKey.generate(algorithm)
        self.trust = self.ours.public_key
        self.secret = serialization.load_pem_private_key(self.ours.to_pem(), None)
        self.public = self.secret.public_key()
        self.joserfc = joserfc.jwk.import_key(json.loads(self.ours.to_jwk()))


def tokens(algorithm: str) -> dict[str, dict[str, Work]]:
    """A compact token of a payload that is there as bytes."""
    keys = Keys(algorithm)
    allowed = [algorithm]
    header = {"alg": algorithm}
    token = jws.sign(PAYLOAD, keys.ours, kid=None)
    assert jwt.api_jws.decode(token, keys.public, allowed) == PAYLOAD
    return {
        f"{algorithm} sign": {
            "samebyte": partial(jws.sign, PAYLOAD, keys.ours),
            "PyJWT": partial(jwt.api_jws.encode, PAYLOAD, keys.secret, algorithm),
            "joserfc": lambda: joserfc.jws.serialize_compact(header, PAYLOAD, keys.joserfc, allowed),
        },
        f"{algorithm} verify": {
            "samebyte": lambda: jws.verify(token, keys.trust).payload,
            "PyJWT": partial(jwt.api_jws.decode, token, keys.public, allowed),
            "joserfc": lambda: joserfc.jws.deserialize_compact(token, keys.joserfc, allowed).payload,
        },
    }


def dicts(algorithm: str) -> dict[str, dict[str, Work]]:
    """A dict becomes a signed dict, which carries a detached JWS of its own canonical form; and the way back."""
    keys = Keys(algorithm)
    allowed = [algorithm]

    def sign() -> dict[str, Any]:
        return {**VALUE, "jws": jws.sign(VALUE, keys.ours, canonicalize="exact", detached=True, b64=False)}

    def sign_by_peers() -> dict[str, Any]:
        token = jwt.api_jws.encode(rfc8785.dumps(VALUE), keys.secret, algorithm, is_payload_detached=True)
        return {**VALUE, "jws": token}

    def verify(signed: dict[str, Any]) -> bytes:
        rest = {name: value for name, value in signed.items() if name != "jws"}
        return jws.verify(signed["jws"], keys.trust, payload=rest, canonicalize="exact").payload

    def verify_by_peers(signed: dict[str, Any]) -> bytes:
        rest = rfc8785.dumps({name: value for name, value in signed.items() if name != "jws"})
        payload: bytes = jwt.api_jws.decode(signed["jws"], keys.public, allowed, detached_payload=rest)
        return payload

    signed = sign()
    assert verify(signed) == verify_by_peers(signed) == PAYLOAD
    peer = "rfc8785 + PyJWT"
    return {
        f"{algorithm} dict → signed dict": {"samebyte": sign, peer: sign_by_peers},
        f"{algorithm} signed dict → dict": {
            "samebyte": partial(verify, signed),
            peer: partial(verify_by_peers, signed),
        },
    }


def batch() -> dict[str, dict[str, Work]]:
    """Many documents at once, beside the same one after the other."""
    key = SigningKey.generate("EdDSA")
    trust = Keyset([key.public_key])
    signed = [document.sign({**VALUE, "number": number}, key, TYPE) for number in range(DOCUMENTS)]

    def together() -> None:
        assert not any(isinstance(outcome, Exception) for outcome in document.verify_many(signed, trust, TYPE))

    def one_by_one() -> None:
        for text in signed:
            document.verify(text, trust, TYPE)

    return {f"EdDSA verify {DOCUMENTS} documents": {"samebyte": together, "samebyte, one by one": one_by_one}}


def once(work: Work, times: int, clock: Callable[[], int]) -> int:
    """How long ``times`` calls take, in nanoseconds."""
    start = clock()
    for _ in range(times):
        work()
    return clock() - start


def measure(work: dict[str, Work], rounds: int, clock: Callable[[], int]) -> dict[str, float]:
    """Nanoseconds for one call of each peer: the median of rounds in which the peers take turns."""
    times = {name: max(1, BATCH // max(1, once(call, 3, clock))) for name, call in work.items()}
    times = {name: max(1, BATCH * times[name] // max(1, once(call, times[name], clock))) for name, call in work.items()}
    samples: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, call in work.items():
            samples[name].append(once(call, times[name], clock) / times[name])
    return {name: statistics.median(taken) for name, taken in samples.items()}


def shown(nanoseconds: float) -> str:
    for unit, size in (("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.2f} {unit}"
    return f"{nanoseconds:.0f} ns"


def cell(nanoseconds: float, own: float) -> str:
    """A peer's time, and how many times ours it is."""
    return f"{shown(nanoseconds)} ({nanoseconds / own:.2f}x)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    work = {name: row for algorithm in ALGORITHMS for name, row in tokens(algorithm).items()}
    work |= {name: row for algorithm in ("EdDSA", "ES256") for name, row in dicts(algorithm).items()}
    work |= batch()
    work = {name: row for name, row in work.items() if arguments.only in name}
    if not work:
        parser.error("there are no such rows")
    # joserfc warns of the name EdDSA, which RFC 9864 has replaced.
    warnings.simplefilter("ignore")
    gc.disable()
    rows: list[dict[str, Any]] = []
    names = list(dict.fromkeys(name for row in work.values() for name in row))
    print("| | " + " | ".join(names) + " |")
    print("|---|" + "---:|" * len(names))
    for what, row in work.items():
        clock = time.perf_counter_ns if str(DOCUMENTS) in what else time.thread_time_ns
        taken = measure(row, arguments.rounds, clock)
        cells = [
            "" if name not in taken else shown(taken[name]) if name == OWN else cell(taken[name], taken[OWN])
            for name in names
        ]
        print(f"| {what} | " + " | ".join(cells) + " |", flush=True)
        rows += [{"document": what, "bytes": len(PAYLOAD), "peer": name, "ns": round(taken[name])} for name in taken]
        gc.collect()
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
