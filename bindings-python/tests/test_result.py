"""Signed results and configurations, and the files of sqooler, each held against another library's Ed25519."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ed25519
from oracles import jwk, pae
from test_keys import oracle

import samebyte
from samebyte import Keyset, SigningKey, Verifier, config, result, sqooler

KEY, OTHER = SigningKey.from_jwk(jwk("ed25519-1")), SigningKey.from_jwk(jwk("ed25519-2"))
THEIRS: ed25519.Ed25519PrivateKey = oracle(jwk("ed25519-1"))
RESULT: dict[str, Any] = {"display_name": "fermions", "job_id": "1", "payload": {"counts": [1, 2.5, "é"]}, "more": None}
CONFIG: dict[str, Any] = {"display_name": "fermions", "payload": {"num_wires": 8}}
WHOSE: Any = {"display_name": "fermions", "job_id": "1"}
NAME: Any = {"display_name": "fermions"}


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.parametrize(("kind", "module", "body"), [("result", result, RESULT), ("config", config, CONFIG)])
def test_another_library_agrees(kind: str, module: Any, body: dict[str, Any]) -> None:
    message = pae(f"application/vnd.samebyte.{kind}.v1+json", rfc8785.dumps(body))
    signed = json.loads(module.sign(body, KEY))
    THEIRS.public_key().verify(decoded(signed["signatures"][0]["sig"]), message)
    entry = {
        "alg": "EdDSA",
        "kid": KEY.kid,
        "sig": base64.urlsafe_b64encode(THEIRS.sign(message)).rstrip(b"=").decode(),
    }
    expected = WHOSE if kind == "result" else NAME
    for trust in (KEY.public_key, Keyset([KEY.public_key]), Verifier([KEY.public_key])):
        for form in (dict, json.dumps, lambda value: json.dumps(value).encode()):
            verified = module.verify(form({**body, "signatures": [entry]}), trust, **expected)
            assert getattr(verified, kind) == body
            assert verified.canonical == rfc8785.dumps(body)
            assert [(entry.kid, entry.verified) for entry in verified.signatures] == [(KEY.kid, True)]
            assert json.loads(verified.to_json()).keys() == {kind, "signatures"}


SIGNED, SIGNED_CONFIG = result.sign(RESULT, KEY), config.sign(CONFIG, KEY)


@pytest.mark.parametrize(
    ("work", "code"),
    [
        (lambda: result.verify(SIGNED, KEY.public_key, display_name="bosons", job_id="1"), "display_name_mismatch"),
        (lambda: result.verify(SIGNED, KEY.public_key, display_name="fermions", job_id="2"), "job_id_mismatch"),
        (lambda: config.verify(SIGNED_CONFIG, KEY.public_key, display_name="bosons"), "display_name_mismatch"),
        (lambda: result.verify(RESULT, KEY.public_key, **WHOSE), "document_unsigned"),
        (lambda: result.verify(SIGNED, OTHER.public_key, **WHOSE), "signature_unknown"),
        (
            lambda: result.verify(SIGNED.replace(b"2.5", b"3.5"), KEY.public_key, **WHOSE),
            "signature_verification_failed",
        ),
        (lambda: config.verify(SIGNED, KEY.public_key, **NAME), "signature_verification_failed"),
        (lambda: result.sign(SIGNED, KEY), "duplicate_signer"),
        (lambda: result.sign({"payload": 1}, KEY), "result_malformed"),
        (lambda: config.sign([], KEY), "result_malformed"),
        (lambda: result.verify(SIGNED, KEY.public_key, display_name=1, job_id="1"), "invalid_argument"),  # type: ignore[arg-type]
    ],
)
def test_refused(work: Any, code: str) -> None:
    with pytest.raises(samebyte.SamebyteError) as caught:
        work()
    assert caught.value.code == code


# The members in the order and the numbers in the spelling of Python.
PAYLOAD = {"job_id": "1", "display_name": "fermions", "x": [1e-07, 1e22, -0.0, 1.0, 2**70], "é": "😀"}


def padded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


def file_of_theirs(payload: Any) -> str:
    """What sqooler writes. It signs the compact text of the header, and the text of the payload as it is written."""
    header = {"alg": "EdDSA", "kid": KEY.kid, "typ": "JWS", "version": "0.1"}
    parts = (json.dumps(header, separators=(",", ":")), json.dumps(payload))
    message = ".".join(padded(part.encode()) for part in parts)
    return json.dumps({"header": header, "payload": payload, "signature": padded(THEIRS.sign(message.encode()))})


def test_files_of_sqooler() -> None:
    file = file_of_theirs(PAYLOAD)
    assert sqooler.sign(json.dumps(PAYLOAD), KEY) == file
    for form in (str, str.encode):
        verified = sqooler.verify_result(form(file), KEY.public_key, **WHOSE)
        assert verified.text == json.dumps(PAYLOAD)
        assert verified.payload == PAYLOAD
        assert sqooler.verify_config(form(file), KEY.public_key, **NAME) == verified
    for text, expected, code in (
        (file.replace("1e-07", "1e-7"), WHOSE, "signature_invalid"),
        (file, {**WHOSE, "job_id": "2"}, "job_id_mismatch"),
        (file, {**WHOSE, "display_name": "bosons"}, "display_name_mismatch"),
        (json.dumps(PAYLOAD), WHOSE, "document_unsigned"),
    ):
        with pytest.raises(samebyte.SamebyteError) as caught:
            sqooler.verify_result(text, KEY.public_key, **expected)
        assert caught.value.code == code


def test_keys_of_sqooler() -> None:
    public = {
        "x": padded(THEIRS.public_key().public_bytes_raw()),
        "key_ops": "verify",
        "kid": "node-1",
        "d": None,
        "kty": "OKP",
        "alg": "EdDSA",
        "crv": "Ed25519",
    }
    private = {**public, "key_ops": "sign", "d": padded(THEIRS.private_bytes_raw())}
    for form in (dict, json.dumps):
        key = sqooler.signing_key(form(private))
        assert (key.to_hex(), key.kid) == (KEY.to_hex(), "node-1")
        assert sqooler.public_key(form(public)) == KEY.public_key
    assert json.loads(sqooler.signing_key_jwk(key)) == private
    assert json.loads(sqooler.public_key_jwk(key.public_key)) == public
    with pytest.raises(samebyte.SamebyteError) as caught:
        sqooler.signing_key_jwk(SigningKey.generate("ES256K"))
    assert caught.value.code == "algorithm_unsupported"
