"""Random changes of what was signed: all kinds of gateways say the same of each."""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from checks import Skip, equal, holds
from frames import Frame, Signer, b64u, canonical, unb64u
from gateway import COMMANDS, Gateway
from load import Answer, flood
from rewriting import BODY


def mutations(full_form: bool) -> str:
    """Random changes of signature headers and of bodies: the same code from all kinds of gateways."""
    signer = Signer()
    chance = random.Random(20)
    count = 5_000 if full_form else 300
    with ExitStack() as stack:
        gateways = []
        for kind in COMMANDS:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            # A process of PHP ends with its request, and its memory with it.
            store = f"sqlite:{folder}/nonces.sqlite" if kind.startswith("php") else "memory"
            settings = {"PRESET": "dev", "REPLAY_STORE": store, "CLOCK_SKEW": "1", "FUTURE_SKEW": "1"}
            try:
                gateways.append(stack.enter_context(Gateway(kind, [signer], settings)))
            except Skip:
                continue
            # A store in a file is cold at first, though the preset is that of development.
            gateways[-1].ready(lambda: fresh(signer))
        if len(gateways) < 2:
            raise Skip("there is one kind of gateway alone")

        def header() -> bytes:
            frame = fresh(signer)
            return frame.wire(signature=mutated(frame.signature, chance))

        def body() -> bytes:
            frame = fresh(signer)
            return frame.wire(body=garbled(frame.payload, chance))

        words = []
        for what, make in {"headers": header, "bodies": body}.items():
            codes = alike(gateways, [make() for _ in range(count)])
            allowed = {"200", "body_not_canonicalizable"} if what == "bodies" else set()
            wrong = {code for code in codes if not code.startswith("signature_")} - allowed
            equal(wrong, set(), f"{what}: {codes}")
            words.append(f"{count} {what}: {', '.join(f'{number} × {code}' for code, number in codes.most_common())}")
    return f"{'; '.join(words)}; the same from {', '.join(gateway.kind for gateway in gateways)}"


def fresh(signer: Signer) -> Frame:
    frame = Frame(signer, iat=int(time.time()), ttl=290)
    return Frame(signer, iat=frame.iat, ttl=290, nonce=frame.nonce, body=canonical({**BODY, "id": frame.nonce}))


def alike(gateways: list[Gateway], requests: list[bytes]) -> Counter[str]:
    """What all of them say of requests. Fails where one says another thing, or where what they accept is not what ran."""

    def told(codes: dict[int, str]) -> Callable[[int, Answer], None]:
        return lambda at, answer: codes.update({at: answer.code})

    found: list[dict[int, str]] = []
    for gateway in gateways:
        before = gateway.runs()[0]
        codes: dict[int, str] = {}
        load = flood(gateway.port, requests, 8, told(codes))
        equal(load.broken, 0, f"{gateway.kind}: without an answer")
        equal(gateway.runs()[0] - before, load.codes["200"], f"{gateway.kind}: runs of the handler")
        found.append(codes)
    differ = [at for at in found[0] if any(other[at] != found[0][at] for other in found)]
    first = {gateway.kind: codes[differ[0]] for gateway, codes in zip(gateways, found, strict=True)} if differ else {}
    holds(not differ, f"{len(differ)} answers differ: {first} for {requests[differ[0]]!r}" if differ else "")
    return Counter(found[0].values())


def mutated(signature: str, chance: random.Random) -> str:
    """Another header than this one, without control characters."""
    header, _, mac = signature.split(".")
    while True:
        match chance.randrange(6):
            case 0:
                at = chance.randrange(len(signature))
                made = signature[:at] + chance.choice("ABCxyz019-_.=+/ ~") + signature[at + 1 :]
            case 1:
                made = signature[: chance.randrange(len(signature))]
            case 2:
                made = f"{header}.{b64u(b'{}')}.{mac}"
            case 3:
                value = json.loads(unb64u(header))
                name = chance.choice(list(value))
                value[name] = chance.choice([None, 1, -1, 1.5, 2**63, "", "x", [], {}, True, "none", "HS256"])
                made = f"{b64u(json.dumps(value).encode())}..{mac}"
            case 4:
                value = json.loads(unb64u(header))
                value[chance.choice(["jwk", "jku", "x5u", "b64", "zip", "crit"])] = chance.choice(
                    [False, "DEF", [], ["exp"]]
                )
                made = f"{b64u(json.dumps(value).encode())}..{mac}"
            case _:
                raw = bytearray(unb64u(mac))
                raw[chance.randrange(64)] ^= 1 << chance.randrange(8)
                made = f"{header}..{b64u(bytes(raw))}"
        if made.strip() != signature:
            return made


# What is put into a text of JSON: that other texts of one value have, that other values have, and that no JSON has.
PIECES = (
    *(b" ", b"\n", b"\t", b"\x0b", b"\xc2\xa0", b"\xef\xbb\xbf", b"\x00", b"\xff", b"\xed\xa0\x80", b"//", b"/**/"),
    *(b"0", b"-0", b"1.0", b"1e0", b"1e400", b"9007199254740993", b"01", b"+1", b".5", b"NaN", b"Infinity"),
    *(b'"', b"'", b"{", b"}", b"[", b"]", b",", b":", b"null", b"nul", b"true", b"\\u0041", b"\\ud800", b"\\x"),
)


def garbled(text: bytes, chance: random.Random) -> bytes:
    """A text with some change, which may be one of the same value."""
    match chance.randrange(5):
        case 0:
            at = chance.randrange(len(text))
            return text[:at] + bytes([text[at] ^ 1 << chance.randrange(8)]) + text[at + 1 :]
        case 1:
            # At least one byte: without a body a request is another one.
            return text[: chance.randrange(1, len(text))]
        case 2:
            at = chance.randrange(len(text))
            return text[:at] + chance.choice(PIECES) + text[at + chance.randrange(2) :]
        case 3:
            # Beside what separates the parts of a text, where most of what is put in is white space or a value.
            at = chance.choice([at for at, byte in enumerate(text) if byte in b",:[]{}"])
            return text[: at + 1] + chance.choice(PIECES) + text[at + 1 :]
        case _:
            members = list(json.loads(text).items())
            chance.shuffle(members)
            return json.dumps(dict(members), indent=chance.choice([None, 1])).encode()
