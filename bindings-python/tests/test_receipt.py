"""Receipts: both directions with PyNaCl."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from nacl.signing import SigningKey as Node
from nacl.signing import VerifyKey
from oracles import RECEIPT, jwk

import samebyte
from samebyte import SigningKey, receipt

KEY = SigningKey.from_jwk(jwk("ed25519-1"))
NODE = Node(bytes.fromhex(KEY.to_hex()))
OTHER = SigningKey.from_jwk(jwk("ed25519-2"))


def joined(fields: dict[str, Any]) -> bytes:
    names = ("version", "module_hash", "exit_code", "wall_time_ms", "timestamp")
    return "|".join(str(fields[name]) for name in names).encode()


def signed_by_pynacl(fields: dict[str, Any]) -> dict[str, Any]:
    signature = NODE.sign(hashlib.sha256(joined(fields)).digest()).signature
    return {**fields, "node_pubkey": NODE.verify_key.encode().hex(), "signature": signature.hex()}


def test_what_we_sign_pynacl_verifies() -> None:
    signed = json.loads(receipt.sign(RECEIPT, KEY))
    digest = hashlib.sha256(joined(RECEIPT)).digest()
    VerifyKey(bytes.fromhex(signed["node_pubkey"])).verify(digest, bytes.fromhex(signed["signature"]))
    assert signed == signed_by_pynacl(RECEIPT)
    assert receipt.canonical_representation(RECEIPT) == receipt.canonical_representation(signed) == joined(RECEIPT)


@pytest.mark.parametrize("form", [dict, json.dumps, lambda fields: json.dumps(fields, indent=1).encode()])
def test_what_pynacl_signs_we_verify(form: Any) -> None:
    fields = {**RECEIPT, "exit_code": 2**32 - 1, "wall_time_ms": 2**53 - 1, "timestamp": 0, "module_hash": "0f" * 32}
    verified = receipt.verify(form(signed_by_pynacl(fields)), KEY.public_key)
    for name in ("module_hash", "exit_code", "wall_time_ms", "timestamp"):
        assert getattr(verified, name) == fields[name]
    assert verified.node_pubkey == KEY.public_key.to_hex()
    assert verified.to_json() == samebyte.canonicalize(signed_by_pynacl(fields))


SIGNED = signed_by_pynacl(RECEIPT)


@pytest.mark.parametrize(
    ("work", "code"),
    [
        (lambda: receipt.verify({**SIGNED, "exit_code": 1}, KEY.public_key), "signature_invalid"),
        (lambda: receipt.verify(SIGNED, OTHER.public_key), "key_mismatch"),
        (lambda: receipt.verify({**SIGNED, "more": 1}, KEY.public_key), "receipt_malformed"),
        (lambda: receipt.verify(RECEIPT, KEY.public_key), "receipt_malformed"),
        (lambda: receipt.sign({**RECEIPT, "module_hash": "a|b"}, KEY), "receipt_malformed"),
        (lambda: receipt.sign({**RECEIPT, "exit_code": 2**32}, KEY), "receipt_malformed"),
        (lambda: receipt.sign({**RECEIPT, "exit_code": 1.5}, KEY), "receipt_malformed"),
        (lambda: receipt.sign(RECEIPT, SigningKey.generate("ES256K")), "algorithm_unsupported"),
        (lambda: receipt.verify(SIGNED, SigningKey.generate("ES256K").public_key), "algorithm_unsupported"),
        (lambda: receipt.verify(SIGNED, KEY), "invalid_argument"),  # type: ignore[arg-type]
        (lambda: receipt.verify("", KEY.public_key), "invalid_json"),
    ],
)
def test_refused(work: Any, code: str) -> None:
    with pytest.raises(samebyte.SamebyteError) as caught:
        work()
    assert caught.value.code == code
