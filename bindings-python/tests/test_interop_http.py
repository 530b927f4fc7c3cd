"""Signed requests and responses against PyJWT, Authlib and joserfc: with the payload put back in, each is a plain JWS.

Of what is critical in a header (`crit`) Authlib is told by `private_headers`, joserfc by its registry. PyJWT cannot be
told: it refuses the token, as it should, and verifies the signature by its algorithm.
"""

from __future__ import annotations

import base64
import hashlib
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import joserfc.jwk
import joserfc.jws
import jwt
import pytest
from gateways import ORIGIN, Clock, settings
from interop import proved
from jose_keys import Key, generated, key, pem
from joserfc.errors import JoseError
from joserfc.registry import HeaderParameter

import samebyte
from samebyte import Keyset
from samebyte.http import Client, Gateway
from samebyte.http._gateway import ACCEPT

# Authlib warns of the package that takes its place, whatever filters there are.
with warnings.catch_warnings(record=True):
    from authlib.jose import JsonWebSignature
    from authlib.jose.errors import BadSignatureError

# joserfc warns of the name that RFC 9864 has replaced.
pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated via RFC 9864")

ALGORITHMS = ("EdDSA", "ES256", "ES384")
CRITICAL = ["aud", "can", "crit", "cty", "exp", "htm", "htu", "iat", "nonce", "rqh", "sts", "iss"]
BODY = '{"a":["ü",1.5,null],"jsonrpc":"2.0"}'.encode()
JSON = [(b"content-type", b"application/json")]


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True)
class Peer:
    """What signs and verifies compact tokens; with the headers that are critical or without."""

    name: str
    sign: Callable[[Key, dict[str, Any], bytes], str]
    verify: Callable[[Key, str], bytes]
    refusals: tuple[type[Exception], ...]


def _authlib(names: list[str]) -> Any:
    return JsonWebSignature(algorithms=list(ALGORITHMS), private_headers=names)


def _authlib_sign(signer: Key, header: dict[str, Any], payload: bytes) -> str:
    token: bytes = _authlib(list(header)).serialize_compact(header, payload, pem(generated(signer.algorithm)))
    return token.decode()


def _authlib_verify(signer: Key, token: str) -> bytes:
    payload: bytes = _authlib(CRITICAL).deserialize_compact(token, signer.verifies.to_pem())["payload"]
    return payload


class _Registry(joserfc.jws.JWSRegistry):
    max_header_length = 4096


def _registry() -> Any:
    names = {name: HeaderParameter(name, lambda value: None) for name in (*CRITICAL, "rsp") if name != "crit"}
    return _Registry(names, list(ALGORITHMS))


def _joserfc_sign(signer: Key, header: dict[str, Any], payload: bytes) -> str:
    return joserfc.jws.serialize_compact(header, payload, signer.joserfc, registry=_registry())


def _joserfc_verify(signer: Key, token: str) -> bytes:
    return joserfc.jws.deserialize_compact(token, signer.joserfc, registry=_registry()).payload


def _pyjwt_sign(signer: Key, header: dict[str, Any], payload: bytes) -> str:
    return jwt.api_jws.encode(payload, signer.secret, signer.algorithm, headers=header)


def _pyjwt_verify(signer: Key, token: str) -> bytes:
    message, _, signature = token.rpartition(".")
    protected, payload = (base64.urlsafe_b64decode(part + "==") for part in message.split("."))
    if "crit" not in json.loads(protected):
        decoded: bytes = jwt.api_jws.decode(token, signer.public, [signer.algorithm])
        return decoded
    with pytest.raises(jwt.InvalidTokenError, match="critical"):
        jwt.api_jws.decode(token, signer.public, [signer.algorithm])
    algorithm = jwt.get_algorithm_by_name(signer.algorithm)
    if not algorithm.verify(message.encode(), signer.public, base64.urlsafe_b64decode(signature + "==")):
        raise jwt.InvalidSignatureError
    return payload


PEERS = [
    Peer("PyJWT", _pyjwt_sign, _pyjwt_verify, (jwt.PyJWTError,)),
    Peer("Authlib", _authlib_sign, _authlib_verify, (BadSignatureError,)),
    Peer("joserfc", _joserfc_sign, _joserfc_verify, (JoseError,)),
]


def attached(line: str, payload: bytes) -> str:
    """The token with its payload: what stands in the message is without."""
    protected, nothing, signature = line.split(".")
    assert nothing == ""
    return f"{protected}.{b64(payload)}.{signature}"


def detached(token: str) -> str:
    protected, _, signature = token.split(".")
    return f"{protected}..{signature}"


class Scene:
    """A caller and a gateway with one key each."""

    def __init__(self, algorithm: str, **more: Any) -> None:
        self.clock = Clock()
        self.key = key(algorithm)
        self.audience = "interop"
        jwks = json.loads(Keyset([self.key.signs.public_key]).to_jwks())
        trust = [{"tenant": "acme", "jwks": jwks}]
        members = settings(trust=trust, preset="dev", audiences=[self.audience], **more)
        self.gateway = Gateway(members, signing_key=self.key.signs, clock=self.clock)
        self.client = Client(self.key.signs, self.key.signs.public_key, aud=self.audience, clock=self.clock)

    def accepted(self, line: str, body: bytes) -> samebyte._native.Exchange | None:
        """The exchange of a request that the gateway accepts."""
        headers = [*JSON, (b"host", b"gw.example"), (b"x-signature", line.encode())]
        exchange = self.gateway.native.begin("POST", b"/rpc", b"q=1", None, headers, self.clock())
        exchange.read(body, self.clock())
        return exchange if exchange.step == ACCEPT else None

    def header(self, **more: Any) -> dict[str, Any]:
        """A header as its specification says, member by member."""
        now = self.clock() // 1000
        common = {"alg": self.key.algorithm, "kid": self.key.signs.kid, "can": "jcs", "cty": "application/json"}
        return {**common, "iat": now, "exp": now + 60, "nonce": "abc123", **more}


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_requests(algorithm: str, peer: Peer) -> None:
    scene = Scene(algorithm)
    call = scene.client.sign("POST", f"{ORIGIN}/rpc?q=1", JSON, b" " + BODY)
    assert call.body == BODY
    token = attached(call.header[1], BODY)
    assert peer.verify(scene.key, token) == BODY
    for other in (attached(call.header[1], BODY + b" "), attached(call.header[1], b"{}")):
        with pytest.raises(peer.refusals):
            peer.verify(scene.key, other)

    crit = ["aud", "can", "exp", "htm", "htu", "iat", "nonce"]
    header = scene.header(typ="samebyte-req+jws", crit=crit, aud=scene.audience, htm="POST", htu=f"{ORIGIN}/rpc?q=1")
    line = detached(peer.sign(scene.key, header, BODY))
    assert scene.accepted(line, b"{}") is None
    exchange = scene.accepted(line, b"\n" + BODY)
    assert exchange is not None
    assert exchange.body() == BODY
    assert scene.accepted(line, BODY) is None, "it was accepted before"
    proved("http", algorithm, "signed request", peer.name, ours_to_theirs=True, theirs_to_ours=True)


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_responses(algorithm: str, peer: Peer) -> None:
    for crit in (True, False):
        scene = Scene(algorithm, response_crit=crit)
        call = scene.client.sign("POST", f"{ORIGIN}/rpc?q=1", JSON, BODY)
        exchange = scene.accepted(call.header[1], BODY)
        assert exchange is not None
        status, fields, body = exchange.respond(200, b"application/json", b'{ "r" : 1 }', scene.clock())
        line = dict(fields)[b"x-signature"].decode()
        assert peer.verify(scene.key, attached(line, body)) == body == b'{"r":1}'
        assert ("crit" in json.loads(base64.urlsafe_b64decode(line.split(".")[0] + "=="))) is crit
        with pytest.raises(peer.refusals):
            peer.verify(scene.key, attached(line, b'{"r":2}'))
        assert call.verify(status, [*JSON, (b"x-signature", line.encode())], body).bound

    sent = json.loads(base64.urlsafe_b64decode(call.header[1].split(".")[0] + "=="))
    signing_input = f"{call.header[1].split('.')[0]}.{b64(BODY)}"
    header = scene.header(
        typ="samebyte-res+jws",
        crit=["aud", "can", "exp", "iat", "nonce", "rqh", "sts"],
        aud=scene.key.signs.kid,
        sts=200,
        nonce=sent["nonce"],
        rqh=b64(hashlib.sha256(signing_input.encode()).digest()),
    )
    theirs = detached(peer.sign(scene.key, header, b'{"r":1}'))
    assert call.verify(200, [*JSON, (b"x-signature", theirs.encode())], b'{"r": 1.0}').body == b'{"r":1}'
    other = detached(peer.sign(scene.key, {**header, "rqh": b64(bytes(32))}, b'{"r":1}'))
    with pytest.raises(samebyte.RejectedError) as refused:
        call.verify(200, [*JSON, (b"x-signature", other.encode())], b'{"r":1}')
    assert refused.value.code == "signature_binding_mismatch"
    proved("http", algorithm, "signed response", peer.name, ours_to_theirs=True, theirs_to_ours=True)
