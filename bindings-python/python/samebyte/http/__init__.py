"""Signed requests and responses over HTTP, with replay defence.

A request carries a detached JWS (RFC 7515, appendix F) over its canonical JSON body (RFC 8785), bound to method, target
URI, audience, time and a nonce that is accepted once; a response one that is bound to its request.

A gateway is a :class:`Gateway` behind :class:`samebyte.http.asgi.SignatureMiddleware` (FastAPI, Starlette) or
:class:`samebyte.http.wsgi.SignatureMiddleware` (Flask, Django). A client is a :class:`Client`, over
:mod:`samebyte.http.httpx` or :mod:`samebyte.http.requests`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from samebyte import _native
from samebyte._json import JSON
from samebyte._native import http_address_is_public as address_is_public
from samebyte._native import http_target_normalize as normalize_target
from samebyte.http._client import Call, Client, VerifiedResponse
from samebyte.http._fetch import Fetcher
from samebyte.http._gateway import Gateway
from samebyte.http._identity import Identity

__all__ = [
    "Call",
    "Client",
    "Fetcher",
    "Gateway",
    "Identity",
    "VerifiedResponse",
    "address_is_public",
    "explain",
    "normalize_target",
]


def explain(
    settings: JSON, method: str, target: str, headers: Iterable[tuple[bytes, bytes]], body: bytes, now_ms: int
) -> dict[str, Any]:
    """What every check finds in a signed request: for people who look for a fault.

    ``target``: path and query as they were received. Nothing is remembered of the request. Raises ``settings_invalid``.
    """
    path, _, query = target.encode().partition(b"?")
    report = _native.http_request_explain(settings, method, path, query, list(headers), body, now_ms)
    explained: dict[str, Any] = json.loads(report)
    return explained
