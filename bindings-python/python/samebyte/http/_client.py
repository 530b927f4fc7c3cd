"""The client's side: signs requests, and verifies what answers them. Over `httpx` and `requests`: see their modules."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from samebyte import _native
from samebyte._errors import error_of
from samebyte._native import Keyset, PublicKey, SigningKey

Fields: TypeAlias = Iterable[tuple[bytes, bytes]]

# The most bytes of a body, where nothing else is said; that of the core.
_MAX_BODY = 16 << 20


class VerifiedResponse:
    """A response that was accepted."""

    def __init__(self, body: bytes, report: bytes) -> None:
        self._report = report
        #: What was verified: of JSON the canonical text; of an unsigned response what was received.
        self.body = body

    @property
    def signed(self) -> bool:
        """Whether a trusted key signed it. One that is not signed is accepted only where that is not required."""
        return bool(self._member("signed"))

    @property
    def bound(self) -> bool:
        """Whether it answers this very request. A gateway that refuses before it reads the body cannot tell."""
        return bool(self._member("bound"))

    @property
    def kid(self) -> str | None:
        """The key id of the gateway's key."""
        kid: str | None = json.loads(self._report).get("kid")
        return kid

    def json(self) -> Any:
        """The body as a Python value."""
        return json.loads(self.body)

    def to_json(self) -> bytes:
        """``{"bound", "kid"?, "signed", "status"}`` as canonical JSON, equal in every language."""
        return self._report

    def _member(self, name: str) -> Any:
        return json.loads(self._report)[name]

    def __repr__(self) -> str:
        return f"VerifiedResponse({len(self.body)} bytes, signed={self.signed}, bound={self.bound})"


class Call:
    """A signed request whose response is outstanding."""

    def __init__(self, call: _native.HttpCall, clock: Callable[[], int]) -> None:
        self._call = call
        self._clock = clock

    @property
    def header(self) -> tuple[str, str]:
        """The name and the value of the field to send."""
        return self._call.header

    @property
    def body(self) -> bytes | None:
        """The body to send: of JSON the canonical text."""
        return self._call.body

    def verify(self, status: int, headers: Fields, body: bytes) -> VerifiedResponse:
        """Verifies the response to this request.

        Raises ``signature_missing``, ``signature_malformed``, ``signature_unknown``, ``signature_key_not_allowed``,
        ``signature_window_invalid``, ``signature_not_yet_valid``, ``signature_expired``, ``signature_invalid``,
        ``signature_binding_mismatch`` (it answers another request, or has another status or media type),
        ``body_too_large`` and ``body_not_canonicalizable``.
        """
        return VerifiedResponse(*self._call.verify(status, headers, body, self._clock()))


class Client:
    """Signs requests with ``key`` (a detached JWS, RFC 7515 appendix F) and verifies responses with ``responses``.

    ``aud``: the audience, where it is not the origin of the URL. ``iss``: the tenant. ``ttl``: for how many seconds a
    request is good. ``require_signed``: whether an unsigned response is refused; by default where there are keys for
    responses. ``demand_signature``: whether the gateway must sign, or else answer 501. ``hdr``: names of more fields
    that are bound. ``ath=False``: the credential of ``Authorization`` is not bound. ``header``, ``clock_skew``,
    ``future_skew`` (seconds), ``max_body`` (bytes): as those of the gateway. ``clock`` tells Unix milliseconds.

    Raises ``invalid_argument``.
    """

    def __init__(
        self,
        key: SigningKey,
        responses: Keyset | PublicKey | None = None,
        *,
        aud: str | None = None,
        iss: str | None = None,
        ttl: int | None = None,
        require_signed: bool | None = None,
        demand_signature: bool = False,
        hdr: Sequence[str] | None = None,
        ath: bool | None = None,
        header: str | None = None,
        clock_skew: int | None = None,
        future_skew: int | None = None,
        max_body: int | None = None,
        clock: Callable[[], int] | None = None,
    ) -> None:
        self._clock = clock or _wall
        self._client = _native.HttpClient(
            key,
            Keyset([responses]) if isinstance(responses, PublicKey) else responses,
            aud=aud,
            iss=iss,
            ttl=ttl,
            require_signed=require_signed,
            rsp="sign" if demand_signature else None,
            hdr=None if hdr is None else list(hdr),
            ath=ath,
            header=header,
            clock_skew=clock_skew,
            future_skew=future_skew,
            max_body=max_body,
        )
        self.max_body = _MAX_BODY if max_body is None else max_body
        self.header = (header or "x-signature").lower().encode()
        self._verifies = responses is not None

    def sign(
        self, method: str, url: str, headers: Fields = (), body: bytes | None = None, *, nonce: str | None = None
    ) -> Call:
        """Signs a request: send its header and its body. ``nonce``: 128 random bits where none is given.

        Raises ``invalid_argument``, ``body_too_large``, ``body_not_canonicalizable``.
        """
        return Call(self._client.sign(method, url, headers, body, nonce, self._clock()), self._clock)

    def signs(self, headers: Fields) -> bool:
        """Whether a response with these fields is one to verify, so that its body has to be read first."""
        return self._verifies and any(name.lower() == self.header for name, _ in headers)


def too_large(body: bytearray, client: Client) -> None:
    """Raises ``body_too_large`` where there is more than the client reads."""
    if len(body) > client.max_body:
        raise error_of("body_too_large", "the body of the response is larger than max_body", "")


def _wall() -> int:
    return time.time_ns() // 1_000_000
