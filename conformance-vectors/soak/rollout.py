"""Modes of roll-out, rotation of keys, and what a client refuses."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from checks import Skip, equal, holds
from frames import ORIGIN, Frame, Signer, canonical
from gateway import Gateway
from load import Answer, ask, flood

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


class KeyServer:
    """Serves a key set, or what a broken server answers, and counts."""

    def __init__(self) -> None:
        self.keys: list[dict[str, str]] = []
        self.fault: str | None = None
        self.fetches = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.fetches += 1
                body = json.dumps({"keys": outer.keys}).encode()
                if outer.fault == "huge":
                    body += b" " * 1_000_000
                if outer.fault == "garbage":
                    body = b"<html>"
                status = {"500": 500, "redirect": 302}.get(outer.fault or "", 200)
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", f"http://127.0.0.1:{outer.port}/other")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/jwks.json"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def served(kind: str, *signers: Signer) -> Iterator[tuple[KeyServer, Gateway]]:
    """A gateway that fetches its keys."""
    server = KeyServer()
    server.keys = [signer.public_jwk for signer in signers]
    settings = {**MEMORY, "TRUSTED_KEYS": server.url, "JWKS_PRIVATE_ADDRESSES": "1"}
    try:
        with Gateway(kind, [], settings) as gateway:
            yield server, gateway
    finally:
        server.close()


def kid_storm(kind: str, full_form: bool) -> str:
    """Thousands of unknown keys make no storm of fetches, and known ones are served meanwhile, whatever the server does."""
    signer = Signer()
    with served(kind, signer) as (server, gateway):
        gateway.ready(signer)
        before = server.fetches
        count = 5_000 if full_form else 300
        for fault in (None, "500", "redirect", "huge", "garbage"):
            server.fault = fault
            load = flood(gateway.port, [Frame(Signer()).wire() for _ in range(count // 5)], 8)
            equal(set(load.codes), {"signature_unknown"}, f"{fault}: {load.words()}")
            equal(gateway.send(Frame(signer)).code, "200", f"{fault}: the known key")
        fetches = server.fetches - before
        holds(fetches <= 2, f"{fetches} fetches")
    return f"{count} unknown keys: {fetches} more fetches"


def rotation(kind: str, full_form: bool) -> str:
    """A key is published, used and retired under load: no valid request is refused."""
    if not full_form:
        raise Skip("in the long form: keys are fetched again after 30 s at the soonest")
    old, new = Signer(), Signer()
    with served(kind, old) as (server, gateway):
        gateway.ready(old)
        server.keys.append(new.public_jwk)
        published = time.monotonic()
        while gateway.send(Frame(new)).code != "200":
            holds(time.monotonic() - published < 60, "the new key is not found")
            equal(gateway.send(Frame(old)).code, "200", "the old key meanwhile")
            time.sleep(1)
        found = time.monotonic() - published
        for fault in ("500", "redirect", "huge", "garbage"):
            server.fault = fault
            for _ in range(40):
                equal(gateway.send(Frame(old)).code, "200", f"{fault}: old")
                equal(gateway.send(Frame(new)).code, "200", f"{fault}: new")
                # An unknown key makes it look again.
                equal(gateway.send(Frame(Signer())).code, "signature_unknown", f"{fault}: unknown")
                time.sleep(0.9)
        server.fault = None
        server.keys = [new.public_jwk]
        retired = time.monotonic()
        while gateway.send(Frame(old)).code == "200":
            gateway.send(Frame(Signer()))
            equal(gateway.send(Frame(new)).code, "200", "the new key")
            holds(time.monotonic() - retired < 60, "the old key stays")
            time.sleep(1)
        gone = time.monotonic() - retired
    return f"found after {found:.0f} s, gone after {gone:.0f} s, 0 valid requests refused"


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


CHECKS: tuple[Callable[[str, bool], str], ...] = (client, kid_storm, rotation, modes)
