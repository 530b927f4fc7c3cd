"""Jobs: signed by us and verified by two other libraries, and the reverse; who may sign, and when."""

from __future__ import annotations

import functools
import hashlib
import json
import time
from typing import Any

import coincurve
import pytest
import rfc8785
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from oracles import JOB, JOB_TYPE, jwk, pae
from test_keys import oracle

import samebyte
from samebyte import SigningKey, job

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
KEYS = [SigningKey.from_jwk(jwk(f"secp256k1-{number}")) for number in (1, 2, 3)]
HEX = [key.public_key.to_hex() for key in KEYS]


def message(body: dict[str, Any]) -> bytes:
    return pae(JOB_TYPE, rfc8785.dumps(body))


def policy(*keys: str, threshold: int = 1, **more: Any) -> dict[str, Any]:
    signers = [{"principal": f"p{index}", "keys": [key]} for index, key in enumerate(keys)]
    return {"signers": signers, "threshold": threshold, **more}


@pytest.mark.parametrize("number", [1, 2, 3])
def test_signatures_verify_with_two_other_libraries(number: int) -> None:
    signed = json.loads(job.sign(JOB, KEYS[number - 1]))
    [entry] = signed.pop("signatures")
    assert signed == JOB
    assert job.canonical_representation(JOB) == message(JOB)
    pair = bytes.fromhex(entry["signature"])
    r, s = int.from_bytes(pair[:32], "big"), int.from_bytes(pair[32:], "big")
    assert s <= ORDER // 2
    der = encode_dss_signature(r, s)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), bytes.fromhex(entry["public_key"]))
    public.verify(der, message(JOB), ec.ECDSA(hashes.SHA256()))
    assert coincurve.PublicKey(bytes.fromhex(entry["public_key"])).verify(der, message(JOB))
    # RFC 6979: signatures have no randomness, so that another library makes the same one.
    other = coincurve.PrivateKey(bytes.fromhex(KEYS[number - 1].to_hex())).sign(message(JOB))
    assert decode_dss_signature(other) == (r, s)


def signed_by_cryptography(body: dict[str, Any], low: bool = True) -> dict[str, Any]:
    r, s = decode_dss_signature(oracle(jwk("secp256k1-1")).sign(message(body), ec.ECDSA(hashes.SHA256())))
    if (s <= ORDER // 2) != low:
        s = ORDER - s
    return {**body, "signatures": [{"public_key": HEX[0], "signature": f"{r:064x}{s:064x}"}]}


def signed_by_coincurve(body: dict[str, Any]) -> dict[str, Any]:
    private = coincurve.PrivateKey(bytes.fromhex(KEYS[0].to_hex()))
    r, s = decode_dss_signature(private.sign(hashlib.sha256(message(body)).digest(), hasher=None))
    return {**body, "signatures": [{"public_key": private.public_key.format().hex(), "signature": f"{r:064x}{s:064x}"}]}


@pytest.mark.parametrize("sign", [signed_by_cryptography, signed_by_coincurve])
def test_signatures_of_other_libraries_verify(sign: Any) -> None:
    for text in (sign(JOB), json.dumps(sign(JOB)), json.dumps(sign(JOB), indent=2).encode()):
        verified = job.verify_signatures(text)
        assert verified.signatories == (HEX[0],)
        assert verified.job["payload"] == JOB["payload"]
        assert {name: value for name, value in verified.job.items() if name != "signatures"} == JOB
        assert json.loads(verified.canonical) == verified.job
        assert rfc8785.dumps(verified.job) == verified.canonical
        assert json.loads(verified.to_json())["signatories"] == [HEX[0]]


def test_an_ed25519_signer() -> None:
    key = SigningKey.from_jwk(jwk("ed25519-1"))
    signed = job.sign(JOB, key)
    [entry] = json.loads(signed)["signatures"]
    assert entry["algorithm"] == "ed25519"
    oracle(jwk("ed25519-1")).public_key().verify(bytes.fromhex(entry["signature"]), message(JOB))
    assert job.signatories(signed) == (key.public_key.to_hex(),)


def test_several_signers() -> None:
    signed = job.sign(job.sign(JOB, KEYS[0]), KEYS[1])
    assert job.signatories(signed) == (HEX[0], HEX[1])
    authorized = job.authorize(signed, policy(HEX[1], HEX[2]), now=1704067200)
    assert authorized.principals == ("p0",)
    assert authorized.ignored == (HEX[0],)
    assert json.loads(authorized.canonical) == authorized.job
    assert job.authorize(signed, json.dumps(policy(HEX[0], HEX[1], threshold=2))).principals == ("p0", "p1")


def test_the_clock_is_read_where_no_time_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    timed = job.sign({**JOB, "not_before": "2024-01-01T00:00:00Z", "expires_at": "2024-01-02T00:00:00Z"}, KEYS[0])
    rules = policy(HEX[0])
    within, after, before = 1704100000, 1704200000, 1704000000
    for now, code in ((within, None), (after, "job_expired"), (before, "job_not_yet_valid")):
        monkeypatch.setattr(time, "time", functools.partial(float, now + 0.5))
        for given in (None, now):
            if code is None:
                job.authorize(timed, rules, given)
                continue
            with pytest.raises(samebyte.ExpiredError) as caught:
                job.authorize(timed, rules, given)
            assert caught.value.code == code


SIGNED = json.loads(job.sign(JOB, KEYS[0]))


@pytest.mark.parametrize(
    ("work", "code"),
    [
        (lambda: job.verify_signatures({**SIGNED, "payload": "rm"}), "signature_verification_failed"),
        (lambda: job.signatories({**SIGNED, "payload": "rm"}), "signature_verification_failed"),
        (lambda: job.authorize({**SIGNED, "payload": "rm"}, policy(HEX[0])), "signature_verification_failed"),
        (lambda: job.verify_signatures(signed_by_cryptography(JOB, low=False)), "signature_verification_failed"),
        (lambda: job.verify_signatures(JOB), "document_unsigned"),
        (lambda: job.sign(SIGNED, KEYS[0]), "duplicate_signer"),
        (lambda: job.sign({}, KEYS[0]), "job_malformed"),
        (lambda: job.canonical_representation([]), "job_malformed"),
        (lambda: job.sign({**JOB, "timeout": 2**53 + 1}, KEYS[0]), "number_not_exact"),
        (lambda: job.sign(JOB, "key"), "invalid_argument"),  # type: ignore[arg-type]
        (lambda: job.authorize(SIGNED, policy(HEX[1])), "unauthorized"),
        (lambda: job.authorize(SIGNED, policy(HEX[0], HEX[1], threshold=2)), "unauthorized"),
        (lambda: job.authorize(SIGNED, policy(HEX[0], threshold=0)), "policy_invalid"),
        (lambda: job.authorize(SIGNED, {}), "policy_invalid"),
        (lambda: job.authorize(SIGNED, "{"), "invalid_json"),
        (lambda: job.authorize(SIGNED, policy(HEX[0]), now=1 << 64), "invalid_argument"),
        (lambda: job.authorize(SIGNED, policy(HEX[0]), now=1.5), "invalid_argument"),  # type: ignore[arg-type]
        (
            lambda: job.authorize(job.sign({**JOB, "audience": "a"}, KEYS[0]), policy(HEX[0], audience="b")),
            "audience_mismatch",
        ),
    ],
)
def test_refused(work: Any, code: str) -> None:
    with pytest.raises(samebyte.SamebyteError) as caught:
        work()
    assert caught.value.code == code
    if code == "signature_verification_failed":
        assert caught.value.detail["index"] == 0
