"""The application of Starlette that ``cargo xtask bench http-python`` measures, with and without something before it.

``BENCH``: ``unsigned`` nothing, ``peer`` PyPI's http-message-signatures (RFC 9421; signature and digest of the body, no
replay store), anything else the middleware with settings from the environment.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


async def echo(request: Request) -> Response:
    """Answers with the body that it got."""
    return Response(await request.body(), media_type="application/json")


class Message:
    """What the other package takes for a request."""

    method = "POST"
    url = "https://gw.example/rpc"

    def __init__(self, request: Request) -> None:
        self.headers = dict(request.headers)


def peer() -> Any:
    """A handler behind the other package."""
    from http_message_signatures import HTTPMessageVerifier, InvalidSignature, MappingKeyResolver, algorithms

    public = Path(os.environ["PEER_KEY"]).read_bytes()
    keys = MappingKeyResolver(public_keys={"client-1": public}, private_keys={})
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=keys)
    components = ("@method", "@target-uri", "content-type", "content-digest")

    async def handler(request: Request) -> Response:
        body = await request.body()
        try:
            verifier.verify(Message(request), body=body, require_components=components)
        except InvalidSignature:
            return Response(status_code=401)
        return Response(body, media_type="application/json")

    return handler


MODE = os.environ.get("BENCH")
app = Starlette(routes=[Route("/rpc", peer() if MODE == "peer" else echo, methods=["POST"])])
if MODE not in ("unsigned", "peer"):
    from samebyte.http.asgi import SignatureMiddleware

    app.add_middleware(SignatureMiddleware)
