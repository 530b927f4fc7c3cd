"""Documents: signed by us and verified by another library, and the reverse; DSSE; what is refused."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from oracles import jwk, pae
from test_keys import oracle

import samebyte
from samebyte import SigningKey, Verifier, document

TYPE = "application/vnd.example.order+json"
BODY: dict[str, Any] = {"to": "bob", "amount": 12.5, "é": ["😂", None, {"b": 1, "a": 2}]}
ED, K1 = SigningKey.from_jwk(jwk("ed25519-1")), SigningKey.from_jwk(jwk("secp256k1-1"))
VERIFIER = Verifier([ED.public_key, K1.public_key])


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_signatures_verify_with_another_library() -> None:
    signed = document.sign(document.sign(BODY, ED, TYPE), K1, TYPE)
    assert rfc8785.dumps(json.loads(signed)) == signed
    message = pae(TYPE, rfc8785.dumps(BODY))
    assert document.signing_input(BODY, TYPE) == document.signing_input(signed, TYPE) == message
    first, second = json.loads(signed)["signatures"]
    assert (first["kid"], first["alg"]) == (ED.kid, "EdDSA")
    assert (second["kid"], second["alg"]) == (K1.kid, "ES256K")
    oracle(jwk("ed25519-1")).public_key().verify(decoded(first["sig"]), message)
    pair = decoded(second["sig"])
    der = encode_dss_signature(int.from_bytes(pair[:32], "big"), int.from_bytes(pair[32:], "big"))
    oracle(jwk("secp256k1-1")).public_key().verify(der, message, ec.ECDSA(hashes.SHA256()))


def test_signatures_of_another_library_verify() -> None:
    signature = oracle(jwk("ed25519-1")).sign(pae(TYPE, rfc8785.dumps(BODY)))
    entry = {"kid": ED.kid, "alg": "EdDSA", "sig": base64.urlsafe_b64encode(signature).rstrip(b"=").decode()}
    verified = document.verify({**BODY, "signatures": [entry]}, VERIFIER, TYPE)
    assert verified.document == BODY
    assert verified.canonical == rfc8785.dumps(BODY)
    assert verified.signatures == (document.Signature(0, ED.public_key.kid, "EdDSA", True),)


@pytest.mark.parametrize("form", [bytes, bytes.decode, bytearray, memoryview, json.loads])
def test_every_form_of_a_signed_document(form: Any) -> None:
    verified = document.verify(form(document.sign(BODY, ED, TYPE)), VERIFIER, TYPE)
    assert verified == document.verify(document.sign(json.dumps(BODY), ED, TYPE), VERIFIER, TYPE)


def test_a_result_does_not_change() -> None:
    verified = document.verify(document.sign(BODY, ED, TYPE), VERIFIER, TYPE)
    verified.document["amount"] = 0
    assert verified.document == BODY
    assert verified.canonical == rfc8785.dumps(BODY)
    assert json.loads(verified.to_json())["document"] == BODY
    assert "bob" not in repr(verified)
    assert verified != verified.to_json()
    assert len({verified, document.verify(document.sign(BODY, ED, TYPE), VERIFIER, TYPE)}) == 1


def test_keys_that_are_not_trusted_are_told() -> None:
    other = SigningKey.generate("EdDSA")
    signed = document.sign(document.sign(BODY, other, TYPE), ED, TYPE)
    verified = document.verify(signed, VERIFIER, TYPE)
    assert [(s.kid, s.verified) for s in verified.signatures] == [(other.kid, False), (ED.kid, True)]


def test_what_stands_for_a_verifier() -> None:
    signed = document.sign(BODY, ED, TYPE)
    for trust in (ED.public_key, samebyte.Keyset([ED.public_key, K1.public_key]), VERIFIER):
        assert document.verify(signed, trust, TYPE) == document.verify(signed, VERIFIER, TYPE)


def test_many_at_once() -> None:
    texts = [document.sign({"number": number}, ED, TYPE) for number in range(100)]
    texts[33] = texts[33].replace(b'"number":33', b'"number":34')
    texts[66] = b"{"
    outcomes = document.verify_many(iter(texts), VERIFIER, TYPE)
    assert len(outcomes) == len(texts)
    for number, (text, outcome) in enumerate(zip(texts, outcomes, strict=True)):
        if isinstance(outcome, document.VerifiedDocument):
            assert outcome == document.verify(text, VERIFIER, TYPE)
            assert outcome.document == {"number": number}
    refused = [(n, o.code) for n, o in enumerate(outcomes) if isinstance(o, samebyte.SamebyteError)]
    assert refused == [(33, "signature_verification_failed"), (66, "invalid_json")]
    assert document.verify_many([], VERIFIER, TYPE) == []


def test_dsse_both_ways() -> None:
    signed = document.sign(BODY, ED, TYPE)
    envelope = json.loads(document.to_dsse(signed, TYPE))
    assert envelope["payloadType"] == TYPE
    assert base64.b64decode(envelope["payload"]) == rfc8785.dumps(BODY)
    [entry] = envelope["signatures"]
    oracle(jwk("ed25519-1")).public_key().verify(base64.b64decode(entry["sig"]), pae(TYPE, rfc8785.dumps(BODY)))
    assert document.from_dsse(envelope, TYPE) == signed


def tampered(signed: bytes, **members: Any) -> dict[str, Any]:
    return {**json.loads(signed), **members}


SIGNED = document.sign(BODY, ED, TYPE)


@pytest.mark.parametrize(
    ("work", "code", "kind"),
    [
        (
            lambda: document.verify(tampered(SIGNED, amount=13), VERIFIER, TYPE),
            "signature_verification_failed",
            samebyte.RejectedError,
        ),
        (
            lambda: document.verify(SIGNED, VERIFIER, "application/other"),
            "signature_verification_failed",
            samebyte.RejectedError,
        ),
        (lambda: document.verify(BODY, VERIFIER, TYPE), "document_unsigned", samebyte.RejectedError),
        (
            lambda: document.verify(SIGNED, Verifier([K1.public_key]), TYPE),
            "signature_unknown",
            samebyte.UntrustedError,
        ),
        (
            lambda: document.verify(SIGNED, Verifier([ED.public_key, K1.public_key], threshold=2), TYPE),
            "threshold_not_met",
            samebyte.UntrustedError,
        ),
        (lambda: document.verify(SIGNED, VERIFIER, "text"), "type_invalid", samebyte.UsageError),
        (lambda: document.sign(SIGNED, ED, TYPE), "duplicate_signer", samebyte.RejectedError),
        (lambda: document.sign([], ED, TYPE), "document_malformed", samebyte.MalformedError),
        (lambda: document.sign({"a": 2**53 + 1}, ED, TYPE), "number_not_exact", samebyte.MalformedError),
        (lambda: document.sign('{"a":9007199254740993}', ED, TYPE), "number_not_exact", samebyte.MalformedError),
        (lambda: document.sign({"a": {1}}, ED, TYPE), "unsupported_type", samebyte.UsageError),
        (lambda: document.sign(BODY, ED.public_key, TYPE), "invalid_argument", samebyte.UsageError),  # type: ignore[arg-type]
        (lambda: document.sign(BODY, ED, 1), "invalid_argument", samebyte.UsageError),  # type: ignore[arg-type]
        (lambda: document.verify(SIGNED, ED, TYPE), "key_unsupported", samebyte.MalformedError),
        (lambda: document.verify(SIGNED, "key", TYPE), "invalid_argument", samebyte.UsageError),  # type: ignore[arg-type]
        (lambda: document.verify(SIGNED, K1.public_key, TYPE), "signature_unknown", samebyte.UntrustedError),
        (lambda: document.verify_many(SIGNED, VERIFIER, TYPE), "invalid_argument", samebyte.UsageError),  # type: ignore[arg-type]
        (lambda: document.verify_many([{}], VERIFIER, TYPE), "invalid_argument", samebyte.UsageError),  # type: ignore[list-item]
        (lambda: document.to_dsse(BODY, TYPE), "document_unsigned", samebyte.RejectedError),
        (lambda: document.from_dsse({}, TYPE), "document_malformed", samebyte.MalformedError),
        (lambda: document.signing_input("[]", TYPE), "document_malformed", samebyte.MalformedError),
    ],
)
def test_refused(work: Any, code: str, kind: type[samebyte.SamebyteError]) -> None:
    with pytest.raises(kind) as caught:
        work()
    assert caught.value.code == code
