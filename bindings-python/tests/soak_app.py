"""A gateway for the race and fault suite, with settings from the environment: ``soak_app.py PORT``."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

import uvicorn

from samebyte.http.asgi import SignatureMiddleware

ran: Counter[str] = Counter()


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Counts how often it was called with the same `id`; `GET /open/runs` tells."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    if scope["path"] == "/open/runs":
        answer: dict[str, Any] = {"most": max(ran.values(), default=0), "runs": ran.total()}
    else:
        asked = json.loads(body) if body else {}
        ran[str(asked.get("id"))] += 1
        answer = {"id": asked.get("id"), "jsonrpc": "2.0", "result": "pong"}
    sent = json.dumps(answer).encode()
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(sent)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": sent})


if __name__ == "__main__":
    # The middleware has to see the address that connected, and not what X-Forwarded-For says.
    uvicorn.run(
        SignatureMiddleware(app), port=int(sys.argv[1]), log_level="warning", access_log=False, proxy_headers=False
    )
