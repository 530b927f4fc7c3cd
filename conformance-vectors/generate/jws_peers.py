"""Other people's JWS libraries confirm what they can read of the valid vectors."""

import json

import jwt
from joserfc import jws as joserfc_jws
from joserfc.jwk import import_key
from joserfc.registry import HeaderParameter
from jwcrypto import jwk as jwcrypto_jwk
from jwcrypto import jws as jwcrypto_jws

from jose_keys import OctKey

_ALGORITHMS = [
    "EdDSA",
    "Ed25519",
    "ES256K",
    "ES256",
    "ES384",
    "ES512",
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "HS256",
    "HS384",
    "HS512",
]


def confirm(text: str, keys: list, payload: bytes, detached: bool, encoded=True) -> int:
    """The number of libraries that verify this JWS; one that reads it and refuses it is an error here."""
    compact = not text.startswith("{")
    count = 0
    if encoded and not (compact and detached):
        count += _jwcrypto(text, keys, payload, detached)
    if compact and encoded and not detached:
        count += _pyjwt(text, keys[0], payload)
    if encoded and not detached:
        count += _joserfc(text, keys, payload)
    return count


def _public(key) -> dict:
    return json.loads(key.jwk() if isinstance(key, OctKey) else key.public_jwk())


def _pyjwt(text, key, payload) -> int:
    algorithm = jwt.get_unverified_header(text)["alg"]
    if algorithm == "Ed25519":
        return 0
    read = jwt.api_jws.PyJWS().decode(text, jwt.PyJWK(_public(key), algorithm).key, algorithms=[algorithm])
    assert read == payload
    return 1


def _joserfc(text, keys, payload) -> int:
    parameters = {name: HeaderParameter(name, "str") for name in ("note", "iss")}
    registry = joserfc_jws.JWSRegistry(parameters, _ALGORITHMS, strict_check_header=False)
    imported = [import_key(_public(key)) for key in keys]
    if text.startswith("{"):
        pending = list(imported)
        found = joserfc_jws.deserialize_json(json.loads(text), lambda _: pending.pop(0), registry=registry)
    else:
        found = joserfc_jws.deserialize_compact(text, imported[0], registry=registry)
    assert found.payload == payload
    return 1


def _jwcrypto(text, keys, payload, detached) -> int:
    for key in keys:
        token = jwcrypto_jws.JWS()
        token.allowed_algs = _ALGORITHMS
        token.deserialize(text)
        token.verify(jwcrypto_jwk.JWK(**_public(key)), detached_payload=payload if detached else None)
        assert detached or token.payload == payload
    return 1
