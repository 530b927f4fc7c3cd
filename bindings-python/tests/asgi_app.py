"""An application of ASGI behind the middleware, and those who ask it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from gateways import Clock, gateway, session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from samebyte.http import Gateway, Identity

JSON = {"content-type": "application/json"}


class App:
    """An application that counts its calls and keeps what it was given."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.identities: list[Identity | None] = []
        self.answer: Response = JSONResponse({"z": 1, "a": "ü"}, headers={"x-more": "kept"})
        routes = [
            Route("/{path:path}", self.handle, methods=["GET", "POST", "PUT", "OPTIONS", "DELETE"]),
            WebSocketRoute("/ws", self.websocket),
        ]
        self.app = Starlette(routes=routes)

    async def handle(self, request: Request) -> Response:
        self.bodies.append(await request.body())
        self.identities.append(getattr(request.state, "samebyte", None))
        if "length" in request.query_params:
            assert int(request.headers["content-length"]) == len(self.bodies[-1])
        return self.answer

    async def websocket(self, websocket: WebSocket) -> None:
        await websocket.accept()
        identity = getattr(websocket.state, "samebyte", None)
        await websocket.send_text(identity.kid if identity else "nobody")
        await websocket.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def running(clock: Clock) -> Iterator[Gateway]:
    made = gateway(clock)
    yield made
    made.stop()


def run(work: Any) -> Any:
    return asyncio.run(work)


async def post(app: App, made: Gateway, client: Any, body: Any = b'{"b":1, "a":2}', **more: Any) -> httpx.Response:
    async with session(app.app, made, client) as http:
        return await http.request(
            more.pop("method", "POST"),
            more.pop("path", "/rpc"),
            content=body,
            headers={**JSON, **more.pop("headers", {})},
            **more,
        )


def code(response: httpx.Response) -> tuple[int, str]:
    """Of a refusal, which says it three times."""
    content = response.json()
    assert content["status"] == response.status_code
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-signature-error"] == content["error"]
    if response.status_code == 401:
        assert response.headers["www-authenticate"] == f'Signature error="{content["error"]}"'
    return response.status_code, content["error"]
