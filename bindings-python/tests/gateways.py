"""A gateway, those who call it, and the time that both go by."""

from __future__ import annotations

import itertools
import json
import os
import time
from typing import Any

import httpx
from oracles import jwk

from samebyte import Keyset, SigningKey
from samebyte.http import Client, Gateway
from samebyte.http.asgi import SignatureMiddleware
from samebyte.http.httpx import AsyncSignedTransport

ORIGIN = "https://gw.example"
CALLER = SigningKey.from_jwk(jwk("ed25519-1"))
SERVER = SigningKey.from_jwk(jwk("p256-1"))

_NUMBERS = itertools.count()


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.ms = time.time_ns() // 1_000_000

    def __call__(self) -> int:
        return self.ms

    def go(self, seconds: float) -> None:
        self.ms += round(seconds * 1000)


def settings(**more: Any) -> dict[str, Any]:
    """Settings, with an audience of their own: two gateways of one audience cannot both keep nonces in memory."""
    trust = {"tenant": "acme", "jwks": json.loads(Keyset([CALLER.public_key]).to_jwks())}
    given = {"audiences": [f"test-{os.getpid()}-{next(_NUMBERS)}"], "public_origins": [ORIGIN], "trust": [trust]}
    return {**given, "sign_responses": "on", **more}


def gateway(clock: Clock, *, options: dict[str, Any] | None = None, **more: Any) -> Gateway:
    """A gateway that has run for a while, so that nothing is cold."""
    clock.go(-600)
    made = Gateway(settings(**more), signing_key=SERVER, clock=clock, **(options or {}))
    clock.go(600)
    return made


def audience(made: Gateway) -> str:
    audiences = made._members["audiences"]
    assert audiences
    return str(audiences[0])


def caller(made: Gateway, clock: Clock, *, key: SigningKey = CALLER, **more: Any) -> Client:
    """Who signs requests to this gateway."""
    return Client(key, Keyset([SERVER.public_key]), aud=audience(made), clock=clock, **more)


def session(app: Any, made: Gateway, client: Client | None) -> httpx.AsyncClient:
    """An `httpx` client of an ASGI application behind a gateway; without a `client` it signs nothing."""
    plain = httpx.ASGITransport(SignatureMiddleware(app, made))
    transport = plain if client is None else AsyncSignedTransport(client, plain)
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN)
