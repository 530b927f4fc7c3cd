"""Files and keys of sqooler 0.9, made and verified by sqooler itself."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import interop
import pytest

import samebyte
from samebyte import SigningKey, sqooler

PYTHON = Path(__file__).parents[2] / "build" / "sqooler-venv" / "bin" / "python"
WHOSE: Any = {"display_name": "fermions", "job_id": "1"}
RESULT: dict[str, Any] = {
    **WHOSE,
    "z": "members stay in their order",
    "floats": [1e-07, 1e22, -0.0, 1.0, 0.1, 1e16, 0.00001, 5e-324, 1.7976931348623157e308],
    "integers": [0, -1, 2**53 + 1, 2**64, -(10**100)],
    "text": ["é", "\u2028", "😀", "\x00\x7f", '"\\/\b'],
    "nested": [[[], {}, [{}]], {"a": [None, True, False]}],
    "a": None,
}
CONFIG: dict[str, Any] = {"display_name": "fermions", "num_wires": 8, "description": "Ünïts ☕"}


def peer(**order: Any) -> Any:
    if not PYTHON.exists():
        pytest.skip("build/sqooler-venv is missing; `cargo xtask test python` installs it")
    script = Path(__file__).parent / "sqooler_peer.py"
    run = subprocess.run([PYTHON, script], input=json.dumps(order), capture_output=True, text=True, check=True)  # noqa: S603
    return json.loads(run.stdout)


@pytest.mark.parametrize(("form", "payload"), [("result", RESULT), ("configuration", CONFIG)])
def test_both_directions(form: str, payload: dict[str, Any]) -> None:
    file, private, public = peer(payload=payload)
    key = sqooler.signing_key(private)
    assert sqooler.public_key(public) == key.public_key
    assert sqooler.signing_key_jwk(key).decode() == private
    assert sqooler.public_key_jwk(key.public_key).decode() == public

    def verify(text: str, trusted: samebyte.PublicKey) -> sqooler.VerifiedPayload:
        if form == "result":
            return sqooler.verify_result(text, trusted, **WHOSE)
        return sqooler.verify_config(text, trusted, display_name="fermions")

    assert verify(file, key.public_key).payload == payload
    assert verify(file, key.public_key).text == json.dumps(payload)
    assert sqooler.sign(json.dumps(payload), key) == file

    # With a key of ours, which sqooler reads, too.
    ours = SigningKey.generate("EdDSA", kid="ours")
    made = sqooler.sign(json.dumps(payload), ours)
    jwks = {name: json.loads(text) for name, text in (("public", sqooler.public_key_jwk(ours.public_key)),)}
    assert peer(file=json.loads(made), **jwks) is True
    changed = {**payload, "display_name": "bosons"}
    assert peer(file={**json.loads(made), "payload": changed}, **jwks) is False
    again, _, _ = peer(payload=payload, private=json.loads(sqooler.signing_key_jwk(ours)))
    assert again == made

    for text, trusted, code in (
        (file.replace("fermions", "bosons"), key.public_key, "signature_invalid"),
        (file, ours.public_key, "signature_unknown"),
        (json.dumps(payload), key.public_key, "document_unsigned"),
    ):
        with pytest.raises(samebyte.SamebyteError) as refused:
            verify(text, trusted)
        assert refused.value.code == code
    interop.proved("result", "EdDSA", form, "sqooler", ours_to_theirs=True, theirs_to_ours=True, version="0.9.0")
