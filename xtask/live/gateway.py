"""The gateway of `cargo xtask demo`: FastAPI under uvicorn, behind the middleware of samebyte.

Its settings are environment variables. It listens on a free port, writes its origin, and ends with its standard input.
"""

import os
import socket
import sys
import threading

import uvicorn
from fastapi import FastAPI, Request
from samebyte.http.asgi import SignatureMiddleware

listener = socket.create_server(("127.0.0.1", 0))
origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
os.environ["PUBLIC_ORIGINS"] = origin

app = FastAPI()
app.add_middleware(SignatureMiddleware)
calls = 0


@app.post("/rpc")
async def rpc(request: Request) -> dict[str, object]:
    """What only a verified request reaches."""
    global calls
    calls += 1
    call = await request.json()
    return {"jsonrpc": "2.0", "id": call["id"], "result": {"signer": request.state.samebyte.kid}}


@app.get("/calls")
async def count() -> int:
    """How often the handler ran."""
    return calls


class Server(uvicorn.Server):
    """A server that says when it is there."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As that of uvicorn."""
        await super().startup(sockets)
        print(origin, flush=True)


server = Server(uvicorn.Config(app, log_level="warning"))


def stop() -> None:
    """Ends the server when nobody is left who would ask it to."""
    sys.stdin.read()
    server.should_exit = True


threading.Thread(target=stop, daemon=True).start()
server.run(sockets=[listener])
