"""JWS against PyJWT, joserfc and jwcrypto: they verify ours, we verify theirs, and no one what was tampered with."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import joserfc.jwk
import joserfc.jws
import jwt
import pytest
from interop import proved
from jose_keys import ALGORITHMS, Key, key
from joserfc.errors import JoseError
from jwcrypto.common import JWException
from jwcrypto.jws import JWS

import samebyte
from samebyte import jws

# joserfc warns of the name that RFC 9864 has replaced, and signs and verifies under it.
pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated via RFC 9864")

Sign = Callable[[Key, bytes], str]
Verify = Callable[[Key, str, bytes], bytes]

TEXT = [b'{"iss":"joe","exp":1300819380}', "Grüße, 😂\n".encode(), b"long " * 600]
BYTES = [*TEXT, bytes(range(256))]
# What stands in a compact token as it is, and joserfc does not detach by itself.
URL_SAFE = [b"plain-text_of~the~URL"]


@dataclass(frozen=True)
class Form:
    """A serialization: our options for it, what is not in the token, and which payloads it takes."""

    options: dict[str, Any]
    payloads: list[bytes]
    detached: bool = False


FORMS = {
    "compact": Form({}, BYTES),
    "compact, detached": Form({"detached": True}, BYTES, detached=True),
    "compact, b64:false": Form({"b64": False}, URL_SAFE),
    "compact, b64:false, detached": Form({"b64": False, "detached": True}, TEXT, detached=True),
    "flattened": Form({"serialization": "flattened"}, BYTES),
    "flattened, detached": Form({"serialization": "flattened", "detached": True}, BYTES, detached=True),
    "flattened, b64:false": Form({"serialization": "flattened", "b64": False}, TEXT),
    "general": Form({"serialization": "general"}, BYTES),
    "general, b64:false": Form({"serialization": "general", "b64": False}, TEXT),
}


def header(form: str, key: Key) -> dict[str, Any]:
    """The protected header that a peer is told to write."""
    raw = {"b64": False, "crit": ["b64"]} if "b64:false" in form else {}
    return {"alg": key.algorithm, "kid": key.signs.kid, **raw}


class PyJWT:
    name = "PyJWT"
    refusals = (jwt.PyJWTError,)

    def sign(self, form: str) -> Sign | None:
        match form:
            case "compact":
                return lambda key, payload: jwt.api_jws.encode(payload, key.secret, key.algorithm)
            case "compact, b64:false, detached":
                return lambda key, payload: jwt.api_jws.encode(
                    payload, key.secret, key.algorithm, is_payload_detached=True
                )
        return None

    def verify(self, form: str) -> Verify | None:
        match form:
            case "compact":
                return lambda key, token, _: jwt.api_jws.decode(token, key.public, [key.algorithm])
            case "compact, b64:false, detached":
                return lambda key, token, payload: jwt.api_jws.decode(
                    token, key.public, [key.algorithm], detached_payload=payload
                )
        return None


class Joserfc:
    name = "joserfc"
    refusals = (JoseError,)

    def sign(self, form: str) -> Sign | None:
        def compact(key: Key, payload: bytes) -> str:
            token = joserfc.jws.serialize_compact(header(form, key), payload, key.joserfc, [key.algorithm])
            return joserfc.jws.detach_content(token) if form == "compact, detached" else token

        def one(key: Key, payload: bytes) -> str:
            member: Any = {"protected": header(form, key)}
            return json.dumps(joserfc.jws.serialize_json(member, payload, key.joserfc, [key.algorithm]))

        def several(key: Key, payload: bytes) -> str:
            member: Any = {"protected": header(form, key)}
            return json.dumps(joserfc.jws.serialize_json([member], payload, key.joserfc, [key.algorithm]))

        # Its detached JSON keeps an empty payload, which RFC 7515, appendix F, has left out.
        offered = {"compact": compact, "flattened": one, "general": several}
        return None if form == "flattened, detached" else offered[form.split(",")[0]]

    def verify(self, form: str) -> Verify | None:
        def compact(key: Key, token: str, payload: bytes) -> bytes:
            beside = payload if FORMS[form].detached else None
            return joserfc.jws.deserialize_compact(token, key.joserfc, [key.algorithm], payload=beside).payload

        def from_json(key: Key, token: str, _: bytes) -> bytes:
            read: Any = joserfc.jws.deserialize_json(json.loads(token), key.joserfc, [key.algorithm])
            payload: bytes = read.payload
            return payload

        return None if form == "flattened, detached" else compact if form.startswith("compact") else from_json


class Jwcrypto:
    name = "jwcrypto"
    refusals = (JWException,)

    def sign(self, form: str) -> Sign | None:
        def sign(key: Key, payload: bytes) -> str:
            made = JWS(payload.decode() if "b64:false" in form else payload)
            made.add_signature(key.jwcrypto, key.algorithm, json.dumps(header(form, key)))
            if FORMS[form].detached:
                made.detach_payload()
            token: str = made.serialize(compact=form.startswith("compact"))
            return token

        # Its detached JSON keeps an empty payload; with one signature its JSON is always flattened.
        return None if form == "flattened, detached" or form.startswith("general") else sign

    def verify(self, form: str) -> Verify | None:
        def verify(key: Key, token: str, payload: bytes) -> bytes:
            read = JWS()
            read.deserialize(token)
            beside = payload if FORMS[form].detached else None
            read.verify(key.jwcrypto, key.algorithm, detached_payload=beside)
            verified: Any = payload if beside is not None else read.payload
            return verified.encode() if isinstance(verified, str) else verified

        # It decodes the payload of a compact token, whatever b64 says.
        return None if form == "compact, b64:false" else verify


PEERS = (PyJWT(), Joserfc(), Jwcrypto())


def damaged(token: str) -> str:
    """The same JWS with one bit of its last signature changed."""
    at = token.rindex('"signature"') + 20 if token.startswith("{") else token.rindex(".") + 5
    return token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_both_directions(algorithm: str, form: str, peer: Any) -> None:
    made, spec = key(algorithm), FORMS[form]
    sign, verify = peer.sign(form), peer.verify(form)
    if sign is None and verify is None:
        return
    for payload in spec.payloads:
        if verify:
            token = jws.sign(payload, made.signs, **spec.options)
            assert verify(made, token, payload) == payload
            with pytest.raises(peer.refusals):
                verify(made, damaged(token), payload)
        if sign:
            token = sign(made, payload)
            beside = payload if spec.detached else None
            verified = jws.verify(token, made.verifies, payload=beside)
            assert verified.payload == payload
            assert verified.algorithm == algorithm
            with pytest.raises(samebyte.RejectedError) as refused:
                jws.verify(damaged(token), made.verifies, payload=beside)
            assert refused.value.code in ("signature_invalid", "signature_malformed")
    proved("jws", algorithm, form, peer.name, ours_to_theirs=verify and True, theirs_to_ours=sign and True)


SIGNERS = ("EdDSA", "ES256", "RS256", "HS512")


@pytest.mark.parametrize("payload", BYTES, ids=range(len(BYTES)))
def test_several_signatures(payload: bytes) -> None:
    """General serialization with a signature of each of four keys; joserfc wants all of them to hold."""
    keys = [key(algorithm) for algorithm in SIGNERS]
    token = jws.sign(payload, keys[0].signs, serialization="general")
    for each in keys[1:]:
        token = jws.append(token, each.signs)
    theirs = joserfc.jwk.KeySet([each.joserfc for each in keys])
    assert joserfc.jws.deserialize_json(json.loads(token), theirs, list(SIGNERS)).payload == payload
    for each in keys:
        read = JWS()
        read.deserialize(token)
        read.verify(each.jwcrypto)
        assert read.payload == payload

    verifier = samebyte.Verifier([each.verifies for each in keys], policy="all")
    members: Any = [{"protected": {"alg": each.algorithm, "kid": each.signs.kid}} for each in keys]
    verified = jws.verify(json.dumps(joserfc.jws.serialize_json(members, payload, theirs, list(SIGNERS))), verifier)
    assert verified.payload == payload
    assert [entry.algorithm for entry in verified.signatures] == list(SIGNERS)
    made = JWS(payload)
    for each in keys:
        made.add_signature(each.jwcrypto, each.algorithm, json.dumps({"alg": each.algorithm, "kid": each.signs.kid}))
    assert jws.verify(made.serialize(), verifier).payload == payload
    if payload == BYTES[-1]:
        for peer in ("joserfc", "jwcrypto"):
            form = "general, four signatures"
            proved("jws", ", ".join(SIGNERS), form, peer, ours_to_theirs=True, theirs_to_ours=True)


@pytest.mark.parametrize("algorithm", [name for name in ALGORITHMS if not name.startswith("HS")])
def test_signed_elsewhere(algorithm: str) -> None:
    """What `prepare` tells, signed by another library as a service would, is a JWS that a third one verifies."""
    made = key(algorithm)
    prepared = jws.prepare(b"payload", made.signs.public_key, typ="example")
    assert (prepared.algorithm, prepared.kid) == (algorithm, made.signs.kid)
    signature = jwt.get_algorithm_by_name(algorithm).sign(prepared.message, made.secret)
    token = jws.finish(b"payload", made.signs.public_key, signature, typ="example")
    assert jwt.api_jws.decode(token, made.public, [algorithm]) == b"payload"
    assert jws.verify(token, samebyte.Verifier([made.verifies], typ="example")).header["typ"] == "example"
