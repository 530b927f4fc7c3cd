"""JWS: every option of the face, what a result tells, and what is refused. What others make of it: test_interop_jws."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from oracles import jwk

import samebyte
from samebyte import Keyset, SigningKey, Verifier, jws

ED, K1 = SigningKey.from_jwk(jwk("ed25519-1")), SigningKey.from_jwk(jwk("secp256k1-1"))
SECRET = bytes(range(32))
HS = SigningKey.symmetric("HS256", SECRET, kid="mine")
TRUST = Keyset([ED.public_key, K1.public_key, HS])


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def header(token: str) -> Any:
    """The protected header of the first signature."""
    if not token.startswith("{"):
        return json.loads(decoded(token.split(".")[0]))
    members = json.loads(token)
    return json.loads(decoded(members.get("signatures", [members])[0]["protected"]))


def test_a_token_spelled_out() -> None:
    token = jws.sign("Grüße", HS, typ="JOSE", header={"n": 1})
    protected, payload, signature = token.split(".")
    assert decoded(protected) == b'{"alg":"HS256","kid":"mine","n":1,"typ":"JOSE"}'
    assert decoded(payload) == "Grüße".encode()
    assert decoded(signature) == hmac.digest(SECRET, f"{protected}.{payload}".encode(), hashlib.sha256)


@pytest.mark.parametrize("key", [ED, K1, HS], ids=["EdDSA", "ES256K", "HS256"])
@pytest.mark.parametrize("form", [str, str.encode, lambda token: bytearray(token.encode())])
def test_a_result(key: SigningKey, form: Callable[[str], Any]) -> None:
    verified = jws.verify(form(jws.sign(b'{"a": [1.0]}', key)), TRUST)
    assert verified.payload == b'{"a": [1.0]}'
    assert verified.json() == {"a": [1.0]}
    assert isinstance(verified.json()["a"][0], float)
    assert (verified.kid, verified.algorithm, verified.index) == (key.kid, key.algorithm, 0)
    assert verified.header == {"alg": key.algorithm, "kid": key.kid}
    assert verified.thumbprint == (None if key is HS else key.thumbprint)
    assert verified.signatures == (
        jws.Signature(0, True, key.kid, key.algorithm, verified.thumbprint, verified.header, None, None),
    )
    assert json.loads(verified.to_json())[0]["verified"] is True
    assert repr(verified) == "VerifiedJws(12 bytes)"


def test_what_stands_for_a_verifier() -> None:
    token, other = jws.sign(b"text", ED), jws.sign(b"text", HS)
    for trust in (ED.public_key, Keyset([ED.public_key]), Verifier([ED.public_key]), Verifier(TRUST)):
        assert jws.verify(token, trust).payload == b"text"
        assert jws.verify(token, trust).payload == b"text"
    assert jws.verify(other, HS).kid == "mine"


def test_key_ids() -> None:
    assert header(jws.sign(b"", ED))["kid"] == ED.kid
    assert header(jws.sign(b"", ED, kid="other"))["kid"] == "other"
    assert header(jws.sign(b"", ED, kid=...))["kid"] == ED.kid
    assert "kid" not in header(jws.sign(b"", ED, kid=None))
    assert jws.verify(jws.sign(b"", ED, kid=None), ED.public_key).kid == ED.kid
    anonymous = SigningKey.symmetric("HS256", SECRET)
    assert header(jws.sign(b"", anonymous)) == {"alg": "HS256"}
    assert jws.verify(jws.sign(b"", anonymous), anonymous).kid is None


def test_defaults_may_be_spelled_out() -> None:
    spelled = jws.sign(
        b"text",
        ED,
        serialization="compact",
        detached=False,
        b64=True,
        canonicalize=None,
        algorithm=None,
        kid=...,
        typ=None,
        header=None,
        unprotected=None,
    )
    assert spelled == jws.sign(b"text", ED)


@pytest.mark.parametrize("serialization", ["compact", "flattened", "general"])
@pytest.mark.parametrize("b64", [True, False])
@pytest.mark.parametrize("detached", [True, False])
def test_every_serialization(serialization: Any, b64: bool, detached: bool) -> None:
    token = jws.sign("text", ED, serialization=serialization, b64=b64, detached=detached)
    assert header(token).get("b64", True) is b64
    assert (serialization == "compact") is not token.startswith("{")
    assert jws.verify(token, ED.public_key, payload="text" if detached else None).payload == b"text"
    with pytest.raises(samebyte.RejectedError) as refused:
        jws.verify(token, SigningKey.generate("EdDSA", kid=ED.kid).public_key, payload="text" if detached else None)
    assert refused.value.code == "signature_invalid"


DATA: dict[str, Any] = {"z": 1, "a": ["é", 0.5, None], "b": {"y": True, "x": -0.0}}


def test_payloads_in_canonical_form() -> None:
    expected = samebyte.canonicalize(DATA)
    for payload in (DATA, json.dumps(DATA), json.dumps(DATA, indent=2).encode()):
        token = jws.sign(payload, ED, canonicalize="exact")
        assert jws.verify(token, ED.public_key).payload == expected
        apart = jws.sign(payload, ED, canonicalize="exact", detached=True)
        for given in (DATA, json.dumps(DATA), expected):
            assert jws.verify(apart, ED.public_key, payload=given, canonicalize="exact").payload == expected
        assert jws.verify(apart, ED.public_key, payload=expected).payload == expected
    assert jws.verify(jws.sign([], ED, canonicalize="ieee754"), ED.public_key).json() == []
    assert jws.verify(jws.sign(None, ED, canonicalize="ieee754"), ED.public_key).payload == b"null"
    # RFC 8785 takes the nearest double; `exact` takes none.
    assert jws.verify(jws.sign("9007199254740993", ED, canonicalize="ieee754"), ED.public_key).payload[-1:] == b"2"


def test_more_signatures() -> None:
    token = jws.sign(b"text", ED, serialization="flattened", unprotected={"note": "first"})
    token = jws.append(token, K1, typ="second")
    token = jws.append(token, HS)
    everyone = Verifier(TRUST, policy="all")
    verified = jws.verify(token, everyone)
    assert [entry.kid for entry in verified.signatures] == [ED.kid, K1.kid, "mine"]
    assert verified.signatures[0].unprotected == {"note": "first"}
    assert verified.signatures[1].header == {"alg": "ES256K", "kid": K1.kid, "typ": "second"}
    some = jws.verify(token, Verifier([K1.public_key], policy="any"))
    assert (some.index, some.kid) == (1, K1.kid)
    assert [(entry.verified, entry.code) for entry in some.signatures] == [
        (False, "algorithm_not_allowed"),
        (True, None),
        (False, "algorithm_not_allowed"),
    ]
    apart = jws.append(
        jws.sign(DATA, ED, serialization="general", detached=True, canonicalize="exact"),
        K1,
        payload=DATA,
        canonicalize="exact",
    )
    assert jws.verify(apart, everyone, payload=samebyte.canonicalize(DATA)).index == 0


def test_signed_elsewhere() -> None:
    """The `digest` is that of the `message`, and what another key has signed is not taken."""
    prepared = jws.prepare("text", K1.public_key)
    assert isinstance(prepared, jws.Prepared)
    assert (prepared.algorithm, prepared.kid) == ("ES256K", K1.kid)
    assert prepared.digest == hashlib.sha256(prepared.message).digest()
    assert jws.prepare("text", ED.public_key).digest is None
    ours = jws.sign("text", ED)
    assert jws.prepare("text", ED.public_key).message == ours.rpartition(".")[0].encode()
    signature = decoded(ours.rpartition(".")[2])
    assert jws.finish("text", ED.public_key, signature) == ours
    for wrong, code in ((decoded(TOKEN.rpartition(".")[2]), "signature_invalid"), (b"", "signature_malformed")):
        with pytest.raises(samebyte.SamebyteError) as refused:
            jws.finish("text", ED.public_key, wrong)
        assert refused.value.code == code


def test_inspection_trusts_nothing() -> None:
    token = jws.sign(b'{"a":1}', ED)
    report = jws.inspect(token[:-4] + "AAAA")
    assert str(ED.kid) in json.dumps(report)
    with pytest.raises(samebyte.MalformedError):
        jws.inspect("no token")


def test_many_at_once() -> None:
    tokens: list[str | bytes] = [jws.sign(str(number), ED) for number in range(200)]
    tokens[50] = jws.sign("50", K1)
    tokens[100] = jws.sign("100", SigningKey.generate("EdDSA"))
    tokens[150] = b"no token"
    outcomes = jws.verify_many(tuple(tokens), Keyset([ED.public_key, K1.public_key]))
    assert [
        outcome.code if isinstance(outcome, samebyte.SamebyteError) else outcome.payload for outcome in outcomes
    ] == [{100: "signature_unknown", 150: "jws_malformed"}.get(number, str(number).encode()) for number in range(200)]
    assert jws.verify_many([], ED.public_key) == []


TOKEN = jws.sign(b'{"a":1,"a":2}', ED)


@pytest.mark.parametrize(
    ("work", "code"),
    [
        (lambda: jws.sign({}, ED), "invalid_argument"),
        (lambda: jws.sign({}, ED, canonicalize="best"), "invalid_argument"),  # type: ignore[arg-type]
        (lambda: jws.sign({"a": {1}}, ED, canonicalize="exact"), "unsupported_type"),
        (lambda: jws.sign("{", ED, canonicalize="exact"), "invalid_json"),
        (lambda: jws.sign("\ud800", ED), "lone_surrogate"),
        (lambda: jws.sign("9007199254740993", ED, canonicalize="exact"), "number_not_exact"),
        (lambda: jws.sign(b"", ED.public_key), "invalid_argument"),  # type: ignore[arg-type]
        (lambda: jws.sign(b"", ED, algorithm="ES256K"), "algorithm_mismatch"),
        (lambda: jws.sign(b"", ED, algorithm="none"), "algorithm_unsupported"),
        (lambda: jws.sign(b"", ED, detached=1), "invalid_argument"),  # type: ignore[arg-type]
        (lambda: jws.sign(b"", ED, serialization="best"), "invalid_argument"),  # type: ignore[arg-type]
        (lambda: jws.sign(b"", ED, header={"alg": "none"}), "signature_header_malformed"),
        (lambda: jws.sign(b"", ED, typo="JOSE"), "unknown_option"),  # type: ignore[call-arg]
        (lambda: jws.sign(b"a.b", ED, b64=False), "payload_unencodable"),
        (lambda: jws.append(TOKEN, K1), "jws_malformed"),
        (lambda: jws.verify({}, ED.public_key), "invalid_argument"),  # type: ignore[arg-type]
        (lambda: jws.verify(TOKEN, "key"), "invalid_argument"),  # type: ignore[arg-type]
        (lambda: jws.verify(TOKEN, ED), "key_unsupported"),
        (lambda: jws.verify(TOKEN, K1.public_key), "algorithm_not_allowed"),
        (lambda: jws.verify(TOKEN, HS), "algorithm_not_allowed"),
        (lambda: jws.verify(TOKEN, SigningKey.generate("EdDSA").public_key), "signature_unknown"),
        (lambda: jws.verify(TOKEN, Verifier([ED.public_key], typ="JOSE")), "typ_mismatch"),
        (lambda: jws.verify(TOKEN, ED.public_key, payload=b"more"), "payload_unexpected"),
        (lambda: jws.verify(TOKEN, ED.public_key, canonicalize="best"), "invalid_argument"),  # type: ignore[arg-type]
        (lambda: jws.verify(TOKEN, ED.public_key, payload={}), "invalid_argument"),
        (lambda: jws.verify(TOKEN, ED.public_key).json(), "duplicate_member"),
        (lambda: jws.verify_many(TOKEN, ED.public_key), "invalid_argument"),
        (lambda: jws.verify_many([1], ED.public_key), "invalid_argument"),  # type: ignore[list-item]
        (lambda: jws.finish(b"", K1.public_key, b"", algorithm="EdDSA"), "algorithm_mismatch"),
    ],
)
def test_refused(work: Any, code: str) -> None:
    with pytest.raises(samebyte.SamebyteError) as caught:
        work()
    assert caught.value.code == code
