"""Gateways with settings from the environment, and each place where nonces are kept."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis.asyncio
from gateways import CALLER, ORIGIN, SERVER, Clock, gateway, settings
from servers import RedisServer
from starlette.requests import Request
from starlette.responses import JSONResponse

import samebyte
from samebyte import Keyset, SigningKey
from samebyte.http import Client, Gateway
from samebyte.http.asgi import SignatureMiddleware
from samebyte.http.wsgi import SignatureMiddleware as WsgiMiddleware
from samebyte.replay import SqliteStore
from samebyte.replay.redis import AsyncRedisStore, RedisStore

FIELDS = [(b"content-type", b"application/json")]


class App:
    """Counts the requests that reach it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.bodies.append(await Request(scope, receive).body())
        await JSONResponse({})(scope, receive, send)


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Variables, with the keys in files."""
    keys, key = folder / "trusted.json", folder / "key.pem"
    keys.write_bytes(Keyset([CALLER.public_key]).to_jwks())
    key.write_bytes(SERVER.to_pem())
    given = {"PUBLIC_ORIGINS": ORIGIN, "AUDIENCES": str(folder), "TRUSTED_KEYS": str(keys), "SIGNING_KEY": str(key)}
    return {**given, "SIGN_RESPONSES": "on", "PATH": "/bin", **more}


async def statuses(gateways: list[Gateway], app: App, lines: list[tuple[tuple[str, str], bytes]]) -> list[list[int]]:
    """Each frame, sent to all gateways at once."""
    clients = [
        httpx.AsyncClient(transport=httpx.ASGITransport(SignatureMiddleware(app, made)), base_url=ORIGIN)
        for made in gateways
    ]

    async def send(http: httpx.AsyncClient, line: tuple[str, str], body: bytes) -> int:
        headers = {"content-type": "application/json", **dict([line])}
        return (await http.post("/rpc", content=body, headers=headers)).status_code

    answers = await asyncio.gather(*(send(http, line, body) for line, body in lines for http in clients))
    for http in clients:
        await http.aclose()
    for made in gateways:
        await made.stop_async()
    return [list(answers[n : n + len(clients)]) for n in range(0, len(answers), len(clients))]


@pytest.mark.parametrize("kind", ["redis", "sqlite"])
def test_two_gateways_of_one_store(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Every frame is sent to both at once, and accepted by one."""
    clock, app = Clock(), App()
    if kind == "redis":
        server: RedisServer = request.getfixturevalue("redis_server")
        port = server.port
        patient: dict[str, Any] = {"timeout_ms": 5_000, "connect_timeout_ms": 5_000}
        stores: list[Any] = [AsyncRedisStore(redis.asyncio.Redis(port=port), **patient) for _ in range(2)]
    else:
        stores = [SqliteStore(tmp_path / "nonces.db", timeout_ms=5_000) for _ in range(2)]
    gateways = [gateway(clock, options={"replay": store}, audiences=["both"]) for store in stores]
    # What is new is cold: the requests are signed later.
    clock.go(40)
    client = Client(CALLER, aud="both", clock=clock)
    lines = []
    for number in range(200):
        call = client.sign("POST", f"{ORIGIN}/rpc", FIELDS, b"%d" % number)
        lines.append((call.header, b"%d" % number))
    for answers in asyncio.run(statuses(gateways, app, lines)):
        assert sorted(answers) == [200, 409]
    assert sorted(app.bodies) == sorted(body for _, body in lines)


def test_a_store_that_stalls_refuses_in_time(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, app = Clock(), App()
    monkeypatch.setattr("samebyte.replay._watch._now_ms", clock)
    made = gateway(clock, options={"replay": AsyncRedisStore(redis.asyncio.Redis(port=redis_server.port))})
    client = Client(CALLER, aud=str((made._members["audiences"] or [""])[0]), clock=clock)

    async def ask() -> None:
        await made.start_async()
        clock.go(40)
        transport = httpx.ASGITransport(SignatureMiddleware(app, made))
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:

            async def send() -> tuple[int, str | None, float]:
                call = client.sign("POST", f"{ORIGIN}/rpc", FIELDS, b"{}")
                begin = time.monotonic()
                answer = await http.post(
                    "/rpc", content=b"{}", headers=dict([call.header, ("content-type", "application/json")])
                )
                return answer.status_code, answer.headers.get("x-signature-error"), time.monotonic() - begin

            assert 200 in [(await send())[0] for _ in range(5)], "a busy machine may be late, not always"
            with redis_server.stopped():
                answers = [await send() for _ in range(4)]
                assert {answer[:2] for answer in answers} == {(503, "replay_store_unavailable")}
                # Once at least the machine had nothing else to do.
                assert min(answer[2] for answer in answers) < 0.150
            redis_server.kill()
            assert (await send())[:2] == (503, "replay_store_unavailable")
            redis_server.begin()
            for _ in range(3):
                # What was signed before the loss was seen may have been accepted before.
                assert (await send())[1] in ("replay_state_cold", "replay_store_unavailable")
            clock.go(40)
            assert 200 in [(await send())[0] for _ in range(5)], "a busy machine may be late, not always"
        await made.stop_async()

    asyncio.run(ask())
    assert len(app.bodies) == made.stats()["accepted"]


class TestEnvironment:
    def test_each_store(self, tmp_path: Path, redis_server: RedisServer) -> None:
        for url, waiting, threads in (
            ("memory", type(None), type(None)),
            (f"sqlite:{tmp_path}/n.db", SqliteStore, SqliteStore),
            (f"redis://127.0.0.1:{redis_server.port}/1", AsyncRedisStore, RedisStore),
        ):
            given = environment(tmp_path, REPLAY_STORE=url)
            assert type(Gateway.from_environment(given).replay) is waiting
            made = Gateway.from_environment(given, asynchronous=False)
            assert type(made.replay) is threads
            WsgiMiddleware(lambda environ, start: [], made)
            assert made.started
            made.stop()

    def test_from_the_process(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in environment(tmp_path, SIGNATURE_MODE="observe").items():
            monkeypatch.setenv(name, value)
        assert SignatureMiddleware(App()).gateway.publishes

    @pytest.mark.parametrize(
        ("change", "setting"),
        [
            ({"TRUSTED_KEYS": "/nowhere/at/all"}, "TRUSTED_KEYS"),
            ({"SIGNING_KEY": "/nowhere/at/all"}, "SIGNING_KEY"),
            ({"SIGNING_KEY": ""}, None),
            ({"PUBLIC_ORIGINS": ""}, None),
            ({"NONCE_TTL": "0"}, "NONCE_TTL"),
            ({"NONCE_TTL": "soon"}, "NONCE_TTL"),
            ({"SIGNATURE_MODE": "strict"}, "SIGNATURE_MODE"),
            ({"REPLAY_STORE": "memcached://"}, "REPLAY_STORE"),
        ],
    )
    def test_contradictions(self, tmp_path: Path, change: dict[str, str], setting: str | None) -> None:
        with pytest.raises(samebyte.SamebyteError) as refused:
            Gateway.from_environment(environment(tmp_path, **change))
        assert refused.value.code == "settings_invalid"
        if setting:
            assert refused.value.detail["setting"] == setting
        assert "PRIVATE" not in str(refused.value)

    def test_keys_inline(self, tmp_path: Path) -> None:
        key = SigningKey.generate("ES256")
        given = environment(
            tmp_path, TRUSTED_KEYS=Keyset([CALLER.public_key]).to_jwks().decode(), SIGNING_KEY=key.to_jwk().decode()
        )
        assert key.thumbprint in Gateway.from_environment(given).jwks().decode()
        twice = Keyset([CALLER.public_key]).to_jwks().decode().replace('{"keys":', '{"keys":[],"keys":')
        with pytest.raises(samebyte.MalformedError) as refused:
            Gateway.from_environment({**given, "TRUSTED_KEYS": twice})
        assert refused.value.code == "duplicate_member"

    def test_a_redis_that_evicts(self, tmp_path: Path, redis_server: RedisServer) -> None:
        redis_server.client().config_set("maxmemory-policy", "allkeys-lru")
        url = f"redis://127.0.0.1:{redis_server.port}"
        made = Gateway.from_environment(environment(tmp_path, REPLAY_STORE=url))
        with pytest.raises(samebyte.UsageError, match="noeviction"):
            asyncio.run(made.start_async())
        allowed = environment(tmp_path, REPLAY_STORE=url, REPLAY_ALLOW_EVICTION="1")
        made = Gateway.from_environment(allowed, asynchronous=False)
        made.start()
        made.stop()

    def test_a_second_worker_does_not_start(self, tmp_path: Path) -> None:
        """Each worker is a process of its own, as under `uvicorn --workers` and gunicorn."""
        work = (
            "import sys\n"
            "from samebyte.http import Gateway\n"
            "try:\n    gateway = Gateway.from_environment()\n    gateway.start()\n"
            "except Exception as error:\n    sys.exit(str(error))\n"
            "print('started', flush=True)\nsys.stdin.read()\n"
        )
        given = {**os.environ, **environment(tmp_path, PATH=os.environ["PATH"])}
        workers = [
            subprocess.Popen(  # noqa: S603
                [sys.executable, "-c", work],
                env=given,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(4)
        ]
        lines = []
        for worker in workers:
            assert worker.stdout
            lines.append(worker.stdout.readline().strip())
        errors = [worker.communicate("")[1] for worker in workers]
        assert sorted(lines) == ["", "", "", "started"]
        assert sum("memory with several workers" in error for error in errors) == 3


class TestSnapshot:
    def test_nonces_outlive_the_process(self, tmp_path: Path) -> None:
        clock, app, file = Clock(), App(), tmp_path / "nonces"
        given = settings(audiences=["kept"])

        def start() -> Gateway:
            return Gateway(given, signing_key=SERVER, clock=clock, snapshot=file)

        made = start()
        clock.go(40)
        call = Client(CALLER, aud="kept", clock=clock).sign("POST", f"{ORIGIN}/rpc", FIELDS, b"{}")
        frame = [(call.header, b"{}")]
        assert asyncio.run(statuses([made], app, frame)) == [[200]]
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        fresh = Client(CALLER, aud="kept", clock=clock).sign("POST", f"{ORIGIN}/rpc", FIELDS, b"{}")
        again = start()
        assert asyncio.run(statuses([again], app, [*frame, (fresh.header, b"{}")])) == [[409], [200]]
        # What is damaged is as good as not there: what was signed before is refused.
        file.write_bytes(file.read_bytes()[:-1])
        assert asyncio.run(statuses([start()], app, frame)) == [[503]]
        file.unlink()
        assert asyncio.run(statuses([start()], app, frame)) == [[503]]
