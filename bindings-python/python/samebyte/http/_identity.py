"""Who signed a request: what the handler is told."""

from __future__ import annotations

from typing import cast

from samebyte._result import Result


class Identity(Result):
    """The verified identity of a request. :meth:`to_json` gives all of it as canonical JSON."""

    @property
    def tenant(self) -> str:
        """The tenant that the key belongs to; empty where the settings name none."""
        return cast(str, self._members["tenant"])

    @property
    def kid(self) -> str:
        """The key id."""
        return cast(str, self._members["kid"])

    @property
    def algorithm(self) -> str:
        """The algorithm (RFC 7518) of the signature."""
        return cast(str, self._members["alg"])

    @property
    def issuer(self) -> str | None:
        """``iss``, where the request names one. It is the tenant then."""
        return self._members.get("iss")

    @property
    def audience(self) -> str:
        """``aud``: the gateway that the request was signed for."""
        return cast(str, self._members["aud"])

    @property
    def nonce(self) -> str:
        """The nonce, which is accepted once."""
        return cast(str, self._members["nonce"])

    @property
    def issued_at(self) -> int:
        """``iat``, in Unix seconds."""
        return cast(int, self._members["iat"])

    @property
    def expires_at(self) -> int:
        """``exp``, in Unix seconds."""
        return cast(int, self._members["exp"])

    @property
    def request_hash(self) -> str:
        """base64url of SHA-256 over what was signed: ``rqh`` of the response."""
        return cast(str, self._members["request_hash"])
