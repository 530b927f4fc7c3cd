"""Key sets by URL: from where they may come, how large, how soon; and rotation while requests come in."""

from __future__ import annotations

import datetime
import json
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from gateways import ORIGIN, SERVER, Clock, settings
from servers import free_port

from samebyte import Keyset, SigningKey
from samebyte.http import Client, Fetcher, Gateway, address_is_public
from samebyte.http.wsgi import SignatureMiddleware

SET = b'{"keys":[]}'
OK = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(SET) + SET


class Server:
    """Answers each connection with what it is told, byte for byte."""

    def __init__(self, answer: bytes | Callable[[socket.socket], None], context: ssl.SSLContext | None = None) -> None:
        self.port = free_port()
        self.requests: list[bytes] = []
        self._answer = answer
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                try:
                    self._one(connection)
                except OSError:
                    continue

    def _one(self, connection: socket.socket) -> None:
        if self._context:
            connection = self._context.wrap_socket(connection, server_side=True)
        with connection:
            request = connection.recv(65_536)
            if not request:
                return
            self.requests.append(request)
            if callable(self._answer):
                self._answer(connection)
            else:
                connection.sendall(self._answer)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


def fetched(answer: bytes | Callable[[socket.socket], None], **options: Any) -> tuple[bytes | None, list[bytes]]:
    with closing(Server(answer)) as server:
        fetch = Fetcher(private_addresses=True, **options)
        return fetch(f"http://127.0.0.1:{server.port}/keys?a=1"), server.requests


def test_a_set() -> None:
    got, requests = fetched(OK)
    assert got == SET
    (request,) = requests
    assert request.startswith(b"GET /keys?a=1 HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nAccept-Encoding: identity\r\n" in request
    assert fetched(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n" + SET + b"\r\n0\r\n\r\n")[0] == SET


@pytest.mark.parametrize(
    "answer",
    [
        OK.replace(b"200", b"302").replace(b"\r\n", b"\r\nLocation: /other\r\n", 1),
        OK.replace(b"200", b"500"),
        OK.replace(b"200", b"404"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + b" " * 70_000,
        b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 70_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1000\r\n" + b" " * 4096 + b"\r\n",
        OK.replace(b"\r\n", b"\r\nContent-Encoding: gzip\r\n", 1),
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1_000 + b"\r\n",
        b"nothing of the kind",
        b"",
    ],
)
def test_answers_that_are_none(answer: bytes) -> None:
    got, requests = fetched(answer)
    assert got is None
    assert len(requests) == 1, "nothing is asked for twice, and no redirect is followed"


@pytest.mark.parametrize("part", [b"H", b"X: y\r\n", b" "])
def test_a_server_that_takes_its_time(part: bytes) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n" if part != b"H" else b"")
        if part == b" ":
            connection.sendall(b"\r\n")
        for _ in range(100):
            connection.sendall(part)
            time.sleep(0.05)

    begin = time.monotonic()
    assert fetched(drip, timeout_ms=300)[0] is None
    assert time.monotonic() - begin < 2


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:{port}/",
        "https://localhost:{port}/",
        "https://[::1]:{port}/",
        "https://[::ffff:127.0.0.1]:{port}/",
        "https://0.0.0.0:{port}/",
        "https://2130706433:{port}/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        "http://127.0.0.1:{port}/",
        "file:///etc/passwd",
        "https://user@127.0.0.1:{port}/",
        "https:///",
    ],
)
def test_addresses_that_are_not_public(url: str) -> None:
    with closing(Server(OK)) as server:
        assert Fetcher(timeout_ms=500)(url.format(port=server.port)) is None
        assert server.requests == []


def test_a_name_that_changes_where_it_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that was looked at is the one that is connected to: the name is looked up once."""
    asked: list[str] = []
    with closing(Server(OK)) as server:

        def look_up(host: str, port: int, **more: Any) -> Any:
            asked.append(host)
            address = "93.184.215.14" if len(asked) == 1 else "127.0.0.1"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

        connected: list[Any] = []

        class Socket(socket.socket):
            def connect(self, address: Any, /) -> None:
                connected.append(address)
                raise OSError("no way there")

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        monkeypatch.setattr(socket, "socket", Socket)
        assert Fetcher()(f"https://keys.example:{server.port}/") is None
    assert asked == ["keys.example"]
    assert connected == [("93.184.215.14", server.port)]


def test_a_peer_that_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something between redirects the connection: the peer is looked at, too, before anything is sent."""
    with closing(Server(OK)) as server:
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda host, port, **more: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", port))],
        )

        class Socket(socket.socket):
            def connect(self, address: Any, /) -> None:
                super().connect(("127.0.0.1", server.port))

        monkeypatch.setattr(socket, "socket", Socket)
        assert address_is_public("93.184.215.14")
        assert Fetcher(timeout_ms=1_000)("https://keys.example/") is None
        assert server.requests == []


@pytest.fixture(scope="module")
def contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS of a server `localhost`, and of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    with tempfile.TemporaryDirectory() as folder:
        both = Path(folder) / "both.pem"
        both.write_bytes(
            pem
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(both)
    return server, ssl.create_default_context(cadata=pem.decode())


def test_tls(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server_side, trusting = contexts
    with closing(Server(OK, server_side)) as server:
        url = f"https://localhost:{server.port}/"
        assert Fetcher(private_addresses=True, context=trusting)(url) == SET
        assert Fetcher(private_addresses=True)(url) is None, "the certificate is nobody's"
        assert Fetcher(private_addresses=True, context=trusting)(url.replace("localhost", "127.0.0.1")) is None


class TestSources:
    """A gateway whose keys are at a URL."""

    def gateway(self, fetch: Callable[[str], bytes | None], clock: Clock) -> Gateway:
        clock.go(-60)
        trust = [{"tenant": "acme", "jwks_uri": "https://keys.example/jwks.json"}]
        made = Gateway(settings(trust=trust, preset="dev"), signing_key=SERVER, fetch=fetch, clock=clock)
        clock.go(60)
        return made

    def ask(self, made: Gateway, clock: Clock, key: SigningKey) -> str | None:
        call = Client(key, aud=str((made._members["audiences"] or [""])[0]), clock=clock).sign("GET", f"{ORIGIN}/")
        told: dict[str, str] = {}

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            told.update({name.lower(): value for name, value in headers})

        def app(environ: Any, start_response: Any) -> list[bytes]:
            start_response("200 OK", [("content-type", "application/json")])
            return [b"{}"]

        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "wsgi.input": None, "HTTP_X_SIGNATURE": call.header[1]}
        environ["HTTP_HOST"] = "gw.example"
        list(SignatureMiddleware(app, made)(environ, start))
        return told.get("x-signature-error")

    def test_rotation(self) -> None:
        clock, old, new = Clock(), SigningKey.generate("EdDSA"), SigningKey.generate("ES256")
        published = [old]
        fetches: list[float] = []

        def fetch(url: str) -> bytes:
            fetches.append(clock.ms)
            return Keyset([key.public_key for key in published]).to_jwks()

        made = self.gateway(fetch, clock)
        assert self.ask(made, clock, old) is None
        assert self.ask(made, clock, new) == "signature_unknown"
        assert len(fetches) == 1, "the cool-down is not over"
        published.append(new)
        clock.go(31)
        assert self.ask(made, clock, new) is None
        assert self.ask(made, clock, old) is None
        published.remove(old)
        clock.go(301)
        assert self.ask(made, clock, new) is None
        assert self.ask(made, clock, old) == "signature_unknown"
        assert len(fetches) == 3

    def test_a_storm_of_unknown_keys(self) -> None:
        clock, known = Clock(), SigningKey.generate("EdDSA")
        fetches: list[str] = []

        def fetch(url: str) -> bytes:
            fetches.append(url)
            time.sleep(0.05)
            return Keyset([known.public_key]).to_jwks()

        made = self.gateway(fetch, clock)
        stranger = SigningKey.generate("EdDSA")
        outcomes: list[str | None] = []
        threads = [threading.Thread(target=lambda: outcomes.append(self.ask(made, clock, stranger))) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert outcomes == ["signature_unknown"] * 40
        assert len(fetches) == 1

    def test_a_source_that_fails(self) -> None:
        clock, known = Clock(), SigningKey.generate("EdDSA")
        answers: list[bytes | None] = [None]
        made = self.gateway(lambda url: answers[0], clock)
        assert self.ask(made, clock, known) == "key_source_unavailable"
        answers[0] = Keyset([known.public_key]).to_jwks()
        clock.go(31)
        assert self.ask(made, clock, known) is None
        # What is broken, or not there, keeps what was there before: for a day.
        for broken in (None, b"{", json.dumps({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA"}]}).encode()):
            answers[0] = broken
            clock.go(301)
            assert self.ask(made, clock, known) is None
        clock.go(86_400)
        assert self.ask(made, clock, known) == "key_source_unavailable"
