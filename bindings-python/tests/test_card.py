"""Agent Cards: the face, and what it refuses. What the official SDK makes of them: test_interop_card."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import rfc8785
from cards import CARDS, MINIMAL
from oracles import jwk
from test_keys import oracle

import samebyte
from samebyte import Keyset, SigningKey, Verifier, card

KEY, K1 = SigningKey.from_jwk(jwk("ed25519-1")), SigningKey.from_jwk(jwk("secp256k1-1"))
TEXT = json.dumps(MINIMAL)
SIGNED = card.sign(TEXT, KEY)


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.parametrize("name", CARDS)
def test_a_signature_is_a_detached_jws_of_canonical_bytes(name: str) -> None:
    text = json.dumps(CARDS[name])
    signed = json.loads(card.sign(text, KEY))
    [entry] = signed.pop("signatures")
    canonical = rfc8785.dumps(CARDS[name])
    assert signed == CARDS[name]
    assert card.canonicalize(text, "raw") == card.canonicalize(text.encode(), "sdk") == canonical
    assert json.loads(decoded(entry["protected"])) == {"alg": "EdDSA", "kid": KEY.kid, "typ": "JOSE"}
    payload = base64.urlsafe_b64encode(canonical).rstrip(b"=").decode()
    message = f"{entry['protected']}.{payload}".encode()
    oracle(jwk("ed25519-1")).public_key().verify(decoded(entry["signature"]), message)


def test_a_result() -> None:
    for trust in (KEY.public_key, Keyset([KEY.public_key, K1.public_key]), Verifier([KEY.public_key])):
        for form in ("sdk", "spec", "raw"):
            verified = card.verify(SIGNED, trust, form)
            assert verified.card == MINIMAL
            assert verified.canonical == rfc8785.dumps(MINIMAL)
            assert (verified.form, verified.index, verified.kid) == (form, 0, KEY.kid)
            assert (verified.algorithm, verified.thumbprint) == ("EdDSA", KEY.thumbprint)
            assert verified.header == {"alg": "EdDSA", "kid": KEY.kid, "typ": "JOSE"}
            assert verified.unsigned_paths == ()
            assert verified.unsigned_paths_truncated is False
            assert json.loads(verified.to_json())["form"] == form
    verified.card["name"] = "another"
    assert verified.card == MINIMAL
    assert verified == card.verify(SIGNED.encode(), KEY.public_key, "raw")
    assert len({verified, card.verify(SIGNED, KEY.public_key, "raw")}) == 1
    assert verified != card.verify(SIGNED, KEY.public_key, "sdk")


def test_options() -> None:
    twice = card.sign(SIGNED, K1, jku="https://agent.example/jwks.json", typ="JWT", algorithm="ES256K")
    verified = card.verify(twice, K1.public_key, "spec")
    assert verified.index == 1
    assert (verified.header["typ"], verified.header["jku"]) == ("JWT", "https://agent.example/jwks.json")
    assert card.sign(TEXT, KEY, portability=None, form=None, jku=None, typ=None, algorithm=None) == SIGNED


def test_what_is_not_signed_is_told() -> None:
    served = json.dumps({**json.loads(SIGNED), "url": "https://elsewhere.example"})
    verified = card.verify(served, KEY.public_key, "sdk")
    assert verified.unsigned_paths == ("/url",)
    assert verified.card == MINIMAL
    with pytest.raises(samebyte.RejectedError):
        card.verify(served, KEY.public_key, "raw")
    report = card.diagnose(served, KEY.public_key)
    assert report["signatures"][0]["verifies_as"] == ["sdk"]
    assert report["differences"] == [{"pointer": "/url", "why": "unknown"}]


UNPORTABLE = json.dumps({**MINIMAL, "iconUrl": ""})


@pytest.mark.parametrize(
    ("work", "code"),
    [
        (lambda: card.sign(UNPORTABLE, KEY), "card_not_portable"),
        (lambda: card.sign(SIGNED, KEY), "duplicate_signer"),
        (lambda: card.sign(TEXT, KEY, portability="maybe"), "invalid_argument"),  # type: ignore[arg-type]
        (lambda: card.sign(TEXT, KEY, portability="strip", form="sdk"), "invalid_argument"),
        (lambda: card.sign(TEXT, KEY, forms="sdk"), "unknown_option"),  # type: ignore[call-arg]
        (lambda: card.sign(MINIMAL, KEY), "invalid_argument"),  # type: ignore[arg-type]
        (lambda: card.sign("[]", KEY), "card_malformed"),
        (lambda: card.sign(TEXT, KEY.public_key), "invalid_argument"),  # type: ignore[arg-type]
        (lambda: card.verify(TEXT, KEY.public_key, "sdk"), "card_unsigned"),
        (lambda: card.verify(SIGNED, KEY.public_key, "best"), "invalid_argument"),  # type: ignore[arg-type]
        (lambda: card.verify(SIGNED, K1.public_key, "sdk"), "signature_unknown"),
        (lambda: card.verify(SIGNED, Keyset([K1.public_key]), "sdk"), "signature_unknown"),
        (lambda: card.verify(SIGNED.replace("Example", "Exemple"), KEY.public_key, "sdk"), "signature_invalid"),
        (lambda: card.verify(SIGNED[:-1], KEY.public_key, "sdk"), "invalid_json"),
        (lambda: card.canonicalize('{"name":1}', "sdk"), "card_malformed"),
        (lambda: card.diagnose("{", KEY.public_key), "invalid_json"),
    ],
)
def test_refused(work: Any, code: str) -> None:
    with pytest.raises(samebyte.SamebyteError) as caught:
        work()
    assert caught.value.code == code
