"""Modes of roll-out, requests of all kinds, and what a client refuses."""

from __future__ import annotations

import time
from collections.abc import Callable

from checks import equal
from frames import ORIGIN, Frame, Signer, canonical
from gateway import Gateway
from load import Answer, ask

MEMORY = {"REPLAY_STORE": "memory"}


def modes(kind: str, full_form: bool) -> str:
    """Off, observe, optional, required: what each does with a request that is good, seen, broken, stripped, not signed."""
    signer = Signer()
    expected = {
        "/open/runs": ("200", "200", "200", "200", "200"),
        "/observed": ("200", "200", "200", "200", "200"),
        "/optional": ("200", "replay_detected", "signature_invalid", "signature_malformed", "200"),
        "/rpc": ("200", "replay_detected", "signature_invalid", "signature_malformed", "signature_missing"),
    }
    with Gateway(kind, [signer], MEMORY) as gateway:
        gateway.ready(signer)
        for path, codes in expected.items():
            frame, other = Frame(signer, path=path), Frame(signer, path=path)
            unsigned = f"POST {path} HTTP/1.1\r\nHost: gw.example\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
            requests = (
                frame.wire(),
                frame.wire(),
                other.wire(body=canonical({"id": "other"})),
                other.wire(signature="broken"),
                unsigned.encode(),
            )
            seen = tuple(ask(gateway.port, request).code for request in requests)
            equal(seen, codes, path)
        # What was only observed is no replay where it counts.
        both = Frame(signer, path="/observed")
        equal(gateway.send(both).code, "200", "observed")
        equal(gateway.send(Frame(signer, nonce=both.nonce)).code, "200", "required, after it was observed")
    return "; ".join(f"{path}: {', '.join(codes)}" for path, codes in expected.items())


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


def pairs(fields: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in fields.items()]


def client(kind: str, full_form: bool) -> str:
    """A client refuses every response but the one to its request."""
    from samebyte import Keyset, SamebyteError, SigningKey
    from samebyte.http import Client

    signer = Signer()
    with Gateway(kind, [signer], MEMORY) as gateway:
        # The client signs with the time that it is.
        gateway.ready(lambda: Frame(signer, iat=int(time.time())))
        responses = Keyset.from_jwks({"keys": [gateway.signing_key.public_jwk]})
        client = Client(SigningKey.from_jwk(signer.private_jwk), responses)

        def call(path: str = "/rpc") -> tuple[object, Answer]:
            made = client.sign("POST", ORIGIN + path, [(b"content-type", b"application/json")], b'{"id":"t16"}')
            name, value = made.header
            head = f"POST {path} HTTP/1.1\r\nHost: gw.example\r\nContent-Type: application/json\r\n{name}: {value}\r\n"
            body = made.body
            assert body is not None
            return made, ask(gateway.port, f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

        first, one = call()
        second, other = call()
        _, echoed = call("/rpc?again")
        equal((one.status, other.status, echoed.status), (200, 200, 200), "calls")

        def refused(name: str, made: object, status: int, fields: dict[str, str], body: bytes) -> None:
            try:
                made.verify(status, pairs(fields), body)  # type: ignore[attr-defined]
            except SamebyteError:
                return
            raise AssertionError(f"{name}: accepted")

        first.verify(one.status, pairs(one.fields), one.body)  # type: ignore[attr-defined]
        stripped = {name: value for name, value in one.fields.items() if name != "x-signature"}
        request = Frame(signer)
        cases = {
            "of another request": (first, 200, other.fields, other.body),
            "of an earlier request": (second, 200, one.fields, one.body),
            "of another path": (first, 200, echoed.fields, echoed.body),
            "another status": (first, 201, one.fields, one.body),
            "an error": (first, 409, one.fields, one.body),
            "without a signature": (first, 200, stripped, one.body),
            "another body": (first, 200, one.fields, one.body.replace(b"pong", b"ping")),
            "the body of another": (first, 200, one.fields, b"{}"),
            "another type": (first, 200, {**one.fields, "content-type": "text/plain"}, one.body),
            "a request for a response": (first, 200, {**one.fields, "x-signature": request.signature}, request.payload),
        }
        for name, (made, status, fields, body) in cases.items():
            refused(name, made, status, fields, body)
    return f"{len(cases)} responses refused"


CHECKS: tuple[Callable[[str, bool], str], ...] = (client, modes, requests)
