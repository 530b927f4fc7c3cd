"""The application of the benchmark: it reads 1 KiB of JSON and answers with it.

`VARIANT`: `unsigned` for the application alone; else it is behind a gateway with settings from the environment.
"""

from __future__ import annotations

import os

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from samebyte.http import Gateway
from samebyte.http.asgi import SignatureMiddleware


async def rpc(request: Request) -> Response:
    return JSONResponse(await request.json())


app = Starlette(routes=[Route("/rpc", rpc, methods=["POST"])])
if os.environ["VARIANT"] != "unsigned":
    app.add_middleware(SignatureMiddleware, gateway=Gateway.from_environment())
