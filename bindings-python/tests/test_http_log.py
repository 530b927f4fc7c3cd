"""What the log shows at its default level: what was refused, and what would have been."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from gateways import ORIGIN, Clock, caller, gateway, session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from werkzeug.test import Client as Browser

from samebyte import SigningKey
from samebyte.http import Client, Gateway
from samebyte.http.wsgi import SignatureMiddleware

BODY = b'{"secret":"hush"}'

# Posts a body, signed by somebody or nobody, and tells the status.
Post = Callable[[Gateway, Client | None], int]


def with_asgi(made: Gateway, client: Client | None) -> int:
    async def answer(_: Request) -> PlainTextResponse:
        return PlainTextResponse("done")

    async def post() -> int:
        app = Starlette(routes=[Route("/rpc", answer, methods=["POST"])])
        async with session(app, made, client) as http:
            headers = {"content-type": "application/json"}
            return (await http.post("/rpc?token=hush", content=BODY, headers=headers)).status_code

    return asyncio.run(post())


def with_wsgi(made: Gateway, client: Client | None) -> int:
    def answer(_: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"done"]

    headers = []
    if client is not None:
        call = client.sign("POST", f"{ORIGIN}/rpc?token=hush", [(b"content-type", b"application/json")], BODY)
        headers.append(call.header)
    browser = Browser(SignatureMiddleware(answer, made))
    response = browser.post(
        "/rpc?token=hush", base_url=ORIGIN, data=BODY, content_type="application/json", headers=headers
    )
    return response.status_code


@pytest.mark.parametrize("post", [with_asgi, with_wsgi])
@pytest.mark.parametrize(
    ("mode", "shown", "hidden"),
    [
        ("off", [], ["passed"] * 3),
        (
            "observe",
            [("signature_missing", "passed"), ("signature_unknown", "passed")],
            ["passed"],
        ),
        ("optional", [("signature_missing", "passed"), ("signature_unknown", "refused")], ["accepted"]),
        ("required", [("signature_missing", "refused"), ("signature_unknown", "refused")], ["accepted"]),
    ],
)
def test_by_mode(
    caplog: pytest.LogCaptureFixture, post: Post, mode: str, shown: list[tuple[str, str]], hidden: list[str]
) -> None:
    clock = Clock()
    made = gateway(clock, mode=mode, sign_responses="off")
    stranger = caller(made, clock, key=SigningKey.generate("EdDSA"), require_signed=False)
    with caplog.at_level(logging.DEBUG, "samebyte.http"):
        post(made, None)
        post(made, stranger)
        assert post(made, caller(made, clock, require_signed=False)) == 200
    made.stop()
    told = [record for record in caplog.records if record.name == "samebyte.http"]
    warned = [json.loads(record.message) for record in told if record.levelno == logging.WARNING]
    assert [(event["code"], event["outcome"]) for event in warned] == shown
    quiet = [json.loads(record.message) for record in told if record.levelno == logging.DEBUG]
    assert [event["outcome"] for event in quiet] == hidden
    assert "hush" not in caplog.text


def test_a_logger_that_nobody_set_up_shows_what_would_have_been_refused(capfd: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    made = gateway(clock, mode="observe")
    logger = logging.getLogger("samebyte.http")
    handlers, logging.root.handlers = logging.root.handlers, []
    try:
        assert logger.level == logging.NOTSET
        assert with_wsgi(made, None) == 200
    finally:
        logging.root.handlers = handlers
        made.stop()
    assert json.loads(capfd.readouterr().err)["code"] == "signature_missing"
