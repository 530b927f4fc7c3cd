"""Bodies that are hostile, slow, or written anew on their way."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import subprocess
import time
from collections.abc import Callable
from typing import Any

from checks import equal, holds
from frames import Frame, Signer, b64u, canonical, unb64u
from gateway import Gateway
from load import Answer, ask, flood, read

MEMORY = {"REPLAY_STORE": "memory"}


def hostile_bodies(kind: str, full_form: bool) -> str:
    """Bodies that are large, deep, coded or endless are refused, in bounded memory."""
    signer = Signer()
    with Gateway(kind, [signer], MEMORY) as gateway:
        gateway.ready(signer)
        before = gateway.resident_mb()
        frame = Frame(signer)
        deep = b"[" * 100_000 + b"]" * 100_000
        digits = b'{"n":' + b"1" * 1_000_000 + b"}"
        chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
        cases = {
            "1 GB announced": (
                frame.head("Content-Type: application/json", "Content-Length: 1073741824"),
                413,
                "body_too_large",
            ),
            "2 MB in chunks": (
                frame.head("Content-Type: application/json", "Transfer-Encoding: chunked") + chunk * 32 + b"0\r\n\r\n",
                413,
                "body_too_large",
            ),
            "gzip": (frame.wire(Content_Encoding="gzip"), 415, "content_encoding_unsupported"),
            "100,000 levels": (Frame(signer, body=deep).wire(), 400, "body_not_canonicalizable"),
            "a number of 1,000,000 digits": (Frame(signer, body=digits).wire(), 400, "body_not_canonicalizable"),
            "not UTF-8": (Frame(signer, body=b'{"a":"\xff"}').wire(), 400, "body_not_canonicalizable"),
        }
        for name, (request, status, code) in cases.items():
            for _ in range(20 if full_form else 3):
                answer = ask(gateway.port, request)
                equal((answer.status, answer.code), (status, code), name)
        equal(gateway.send(frame).status, 200, "afterwards")
        grown = gateway.resident_mb() - before
        holds(grown < 100, f"memory grew by {grown:.0f} MB")
    return f"{', '.join(f'{name}: {status}' for name, (_, status, _) in cases.items())}; memory grew by {max(grown, 0):.0f} MB"


def slow_body(kind: str, full_form: bool) -> str:
    """A body that is complete only after its signature has expired is not accepted."""
    signer = Signer()
    settings = {**MEMORY, "PRESET": "dev", "CLOCK_SKEW": "0", "FUTURE_SKEW": "0"}

    async def slowly(port: int) -> Answer:
        frame = Frame(signer, iat=int(time.time()), ttl=2)
        request = frame.wire()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request[:-5])
        await asyncio.sleep(frame.iat + 3.5 - time.time())
        writer.write(request[-5:])
        try:
            return await read(reader, time.perf_counter())
        finally:
            writer.close()

    with Gateway(kind, [signer], settings) as gateway:
        answer = asyncio.run(slowly(gateway.port))
        equal((answer.status, answer.code), (401, "signature_expired"), "late")
        equal(gateway.runs()[0], 0, "runs of the handler")
    return "signature_expired"


def slowloris(kind: str, full_form: bool) -> str:
    """Many connections that send a part of a body and wait: they end in time, and others are served meanwhile."""
    signer = Signer()
    count = 1_000 if full_form else 100

    async def one(port: int, request: bytes) -> str:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return "refused"
        try:
            writer.write(request[:-10])
            return (await asyncio.wait_for(read(reader, time.perf_counter()), 60)).code
        except (OSError, EOFError):
            return "closed"
        finally:
            writer.close()

    async def many(gateway: Gateway, requests: list[bytes]) -> list[str]:
        waiting = [asyncio.create_task(one(gateway.port, request)) for request in requests]
        await asyncio.sleep(0.5)
        answer = await asyncio.to_thread(gateway.send, Frame(signer))
        equal(answer.status, 200, "another request meanwhile")
        return await asyncio.gather(*waiting)

    with Gateway(kind, [signer], {**MEMORY, "BODY_TIMEOUT_MS": "2000"}) as gateway:
        gateway.ready(signer)
        begin = time.monotonic()
        codes = asyncio.run(many(gateway, [Frame(signer).wire() for _ in range(count)]))
        seconds = time.monotonic() - begin
        equal(set(codes) - {"body_timeout", "closed", "overloaded"}, set(), "answers")
        holds("body_timeout" in codes, f"nobody is told: {set(codes)}")
        holds(seconds < 20, f"it took {seconds:.0f} s")
        equal(gateway.send(Frame(signer)).status, 200, "afterwards")
    return f"{count} connections ended within {seconds:.1f} s, others served"


BODY: dict[str, Any] = {
    "id": "",
    "jsonrpc": "2.0",
    "method": "ping",
    "params": {"a": 1, "b": [True, None, "/\u00e9\u20ac"], "c": "\n"},
}

# Programs that read JSON and write it anew in their own way.
WRITERS = {
    "php": ["php", "-r", "echo json_encode(json_decode(stream_get_contents(STDIN)));"],
    "node": ["node", "-e", "process.stdout.write(JSON.stringify(JSON.parse(require('fs').readFileSync(0)), null, 1))"],
    "jq": ["jq", "-S", "."],
}


def rewritten(text: bytes) -> dict[str, bytes]:
    """The same value in other texts."""
    value = json.loads(text)
    backwards = dict(reversed(list(value.items())))
    texts = {
        "pretty": json.dumps(value, indent=4).encode(),
        "unescaped": json.dumps(value, ensure_ascii=False).encode(),
        "other order": json.dumps(backwards).encode(),
        "1.0": text.replace(b'"a":1', b'"a":1.0'),
        "1e0": text.replace(b'"a":1', b'"a":1e0'),
        "\\u": text.replace(b"ping", b"\\u0070ing"),
        "white space": b" \n\t" + text.replace(b":", b" :\r\n") + b"\n",
    }
    for name, command in WRITERS.items():
        if shutil.which(command[0]):
            texts[name] = subprocess.run(command, input=text, capture_output=True, check=True).stdout
    return texts


def changed(text: bytes) -> dict[str, bytes]:
    """Texts of other values."""
    return {
        "2": text.replace(b'"a":1', b'"a":2'),
        "1.0000000000000001": text.replace(b'"a":1', b'"a":1.0000000000000001'),
        "a member more": text[:-1] + b',"z":0}',
        "a member twice": text[:-1] + b',"method":"ping"}',
        "a member less": text.replace(b'"jsonrpc":"2.0",', b""),
        "another order of an array": text.replace(b"[true,null", b"[null,true"),
        "true for 1": text.replace(b'"a":1', b'"a":true'),
        "a text for 1": text.replace(b'"a":1', b'"a":"1"'),
        "a byte order mark": b"\xef\xbb\xbf" + text,
        "half a character": text.replace(b"/\xc3\xa9", b"/\xc3"),
        "something behind it": text + b"{}",
        "nothing": b"",
    }


def rewritten_bodies(kind: str, full_form: bool) -> str:
    """Proxies may write the body anew; whatever changes its value is refused."""
    signer = Signer()
    with Gateway(kind, [signer], MEMORY) as gateway:
        gateway.ready(signer)
        texts = 0
        for name in rewritten(canonical(BODY)):
            frame = Frame(signer)
            frame = Frame(signer, nonce=frame.nonce, body=canonical({**BODY, "id": frame.nonce}))
            text = rewritten(frame.payload)[name]
            holds(text != frame.payload, f"{name}: it is not another text")
            equal(ask(gateway.port, frame.wire(body=text)).code, "200", name)
            texts += 1
        runs = gateway.runs()[0]
        values = changed(canonical(BODY))
        for name in values:
            frame = Frame(signer, body=canonical(BODY))
            answer = ask(gateway.port, frame.wire(body=changed(frame.payload)[name]))
            allowed = ("signature_invalid", "body_not_canonicalizable", "signature_binding_mismatch")
            holds(answer.code in allowed and answer.status in (400, 401), f"{name}: {answer.status} {answer.code}")
        equal(gateway.runs()[0], runs, "runs of the handler")
    return f"{texts} other texts accepted, {len(values)} other values refused"


def mutations(kind: str, full_form: bool) -> str:
    """Random changes of the signature header: refused by all kinds of gateways, with the same code."""
    signer = Signer()
    chance = random.Random(20)
    kinds = list(dict.fromkeys((kind, "python")))
    gateways = [Gateway(each, [signer], {**MEMORY, "PRESET": "dev"}) for each in kinds]
    try:
        requests = []
        for _ in range(5_000 if full_form else 300):
            frame = Frame(signer, iat=int(time.time()), ttl=290)
            requests.append(frame.wire(signature=mutated(frame.signature, chance)))
        found: list[dict[int, str]] = []
        for gateway in gateways:
            codes: dict[int, str] = {}
            load = flood(gateway.port, requests, 8, lambda at, answer, codes=codes: codes.update({at: answer.code}))  # type: ignore[misc]
            equal(load.broken, 0, f"{gateway.kind}: without an answer")
            equal({code for code in load.codes if not code.startswith("signature_")}, set(), gateway.kind)
            equal(gateway.runs()[0], 0, f"{gateway.kind}: runs of the handler")
            found.append(codes)
        differ = [(at, requests[at]) for at in found[0] if any(other[at] != found[0][at] for other in found)]
        equal(differ[:1], [], f"{len(differ)} answers differ between {kinds}")
        return f"{len(requests)} headers: {load.words()}" + (
            f"; the same from {' and '.join(kinds)}" if len(kinds) > 1 else ""
        )
    finally:
        for gateway in gateways:
            gateway.close()


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


def requests(kind: str, full_form: bool) -> str:
    """Methods, versions and framings of HTTP."""
    signer = Signer()
    with Gateway(kind, [signer], MEMORY) as gateway:
        gateway.ready(signer)
        chunked = Frame(signer)
        old = Frame(signer)
        about = ("Content-Type: application/json", f"Content-Length: {len(old.payload)}")
        cases = {
            "GET": (Frame(signer, body=b"", method="GET").wire(), "200"),
            "HEAD": (Frame(signer, body=b"", method="HEAD").wire(), "200"),
            "OPTIONS": (Frame(signer, body=b"", method="OPTIONS").wire(), "200"),
            "PUT": (Frame(signer, method="PUT").wire(), "200"),
            "GET, not signed": (b"GET /rpc HTTP/1.1\r\nHost: gw.example\r\n\r\n", "signature_missing"),
            "GET, signed as POST": (
                Frame(signer, body=b"", method="POST").wire().replace(b"POST", b"GET", 1),
                "signature_binding_mismatch",
            ),
            "another query": (
                Frame(signer, path="/rpc?a=1").wire().replace(b"a=1", b"a=2", 1),
                "signature_binding_mismatch",
            ),
            "a query": (Frame(signer, path="/rpc?a=1&b=%20").wire(), "200"),
            "another type": (
                Frame(signer).wire().replace(b"application/json", b"text/plain", 1),
                "signature_binding_mismatch",
            ),
            "chunks": (
                chunked.head("Content-Type: application/json", "Transfer-Encoding: chunked")
                + b"%x\r\n%s\r\n0\r\n\r\n" % (len(chunked.payload), chunked.payload),
                "200",
            ),
            "HTTP/1.0": (old.head(*about, version="1.0") + old.payload, "200"),
            "two signatures": (Frame(signer).wire(X_signature="a..b"), "signature_malformed"),
            "another method by a header": (
                Frame(signer).wire(X_HTTP_Method_Override="PUT"),
                "signature_binding_mismatch",
            ),
            "another audience": (Frame(signer, audience="https://other.example").wire(), "signature_binding_mismatch"),
            "another origin": (Frame(signer, origin="https://other.example").wire(), "signature_binding_mismatch"),
        }
        for name, (request, code) in cases.items():
            equal(ask(gateway.port, request).code, code, name)
    return f"{len(cases)} requests"


CHECKS: tuple[Callable[[str, bool], str], ...] = (
    hostile_bodies,
    slow_body,
    slowloris,
    rewritten_bodies,
    mutations,
    requests,
)
