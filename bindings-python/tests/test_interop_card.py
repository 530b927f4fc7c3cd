"""Agent Cards against the official SDK: each verifies what the other signs; and a release that signed other bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from a2a.types import AgentCard
from a2a.utils.signing import InvalidSignaturesError, create_agent_card_signer, create_signature_verifier
from cards import CARDS
from google.protobuf.json_format import MessageToDict, ParseDict
from interop import proved
from jose_keys import CURVES, RSA, key, pem

import samebyte
from samebyte import card

# All that the SDK has, but for shared secrets, which no one publishes a card with.
ALGORITHMS = ("EdDSA", *CURVES, *RSA)
LEGACY = Path(__file__).parents[2] / "build" / "a2a-1.1"


def message(text: str | bytes | dict[str, Any]) -> AgentCard:
    made: AgentCard = ParseDict(text if isinstance(text, dict) else json.loads(text), AgentCard())
    return made


def signed_by_sdk(algorithm: str, plain: dict[str, Any]) -> str:
    """The card as a server of the SDK would serve it."""
    made = key(algorithm)
    header: Any = {"kid": made.signs.kid, "alg": algorithm, "typ": "JOSE"}
    return json.dumps(MessageToDict(create_agent_card_signer(made.secret, header)(message(plain))))


def verify_by_sdk(algorithm: str, text: str | bytes) -> None:
    create_signature_verifier(lambda kid, jku: key(algorithm).public, [algorithm])(message(text))


def changed(text: str) -> str:
    """The same card with another name."""
    members = json.loads(text)
    members["name"] += "!"
    return json.dumps(members)


@pytest.mark.parametrize("name", CARDS)
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_both_directions(algorithm: str, name: str) -> None:
    made, plain = key(algorithm), CARDS[name]
    ours = card.sign(json.dumps(plain), made.signs)
    verify_by_sdk(algorithm, ours)
    with pytest.raises(InvalidSignaturesError):
        verify_by_sdk(algorithm, changed(ours))

    theirs = signed_by_sdk(algorithm, plain)
    verified = card.verify(theirs, made.verifies, "sdk")
    assert verified.card == {member: value for member, value in json.loads(theirs).items() if member != "signatures"}
    assert (verified.algorithm, verified.kid, verified.form) == (algorithm, made.signs.kid, "sdk")
    with pytest.raises(samebyte.RejectedError) as refused:
        card.verify(changed(theirs), made.verifies, "sdk")
    assert refused.value.code == "signature_invalid"
    proved("card", algorithm, name, "a2a-sdk", ours_to_theirs=True, theirs_to_ours=True)


@pytest.mark.parametrize("name", CARDS)
def test_the_same_bytes_are_signed(name: str) -> None:
    """EdDSA has one signature for one text; so equal signatures show equal bytes."""
    made = key("EdDSA")
    theirs = json.loads(signed_by_sdk("EdDSA", CARDS[name]))["signatures"][0]
    ours = json.loads(card.sign(json.dumps(CARDS[name]), made.signs))["signatures"][0]
    assert ours == theirs


def legacy(plain: dict[str, Any]) -> str:
    """The card signed by a release that did not sign RFC 8785 text."""
    if not LEGACY.exists():
        pytest.skip("build/a2a-1.1 is missing; `cargo xtask test python` installs it")
    made = key("ES256")
    order = {"card": plain, "kid": made.signs.kid, "pem": pem(made.secret).decode()}
    environment = {**os.environ, "PYTHONPATH": str(LEGACY)}
    script = Path(__file__).parent / "legacy_sdk.py"
    run = subprocess.run(  # noqa: S603, our own script
        [sys.executable, str(script)],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return run.stdout


@pytest.mark.parametrize("name", ["non-ASCII", "numeric params"])
def test_a_release_that_signed_other_bytes(name: str) -> None:
    text = legacy(CARDS[name])
    with pytest.raises(InvalidSignaturesError):
        verify_by_sdk("ES256", text)
    for form in ("sdk", "spec", "raw"):
        with pytest.raises(samebyte.RejectedError) as refused:
            card.verify(text, key("ES256").verifies, form)
        assert refused.value.code == "signature_invalid"
    [signature] = card.diagnose(text, key("ES256").verifies)["signatures"]
    assert signature["key_found"] is True
    assert signature["verifies_as"] == ["sdk-1.1.3-and-older"]
    assert "signed again" in signature["hint"]


def test_that_release_where_the_bytes_are_the_same() -> None:
    text = legacy(CARDS["minimal"])
    assert card.verify(text, key("ES256").verifies, "sdk").card["name"] == "Example"


def test_one_signature_for_each_form() -> None:
    """A card that is read in several ways is signed once for each, and the SDK finds the one that it means."""
    plain = {**CARDS["minimal"], "documentationUrl": "", "x-vendor": {"a": []}}
    text = json.dumps(plain)
    with pytest.raises(samebyte.SamebyteError) as refused:
        card.sign(text, key("ES256").signs)
    assert refused.value.code == "card_not_portable"
    assert "/x-vendor" in refused.value.detail["pointers"]
    each = card.sign(text, key("ES256").signs, portability="each")
    sdk = create_signature_verifier(lambda kid, jku: key("ES256").public, ["ES256"])
    sdk(ParseDict(json.loads(each), AgentCard(), ignore_unknown_fields=True))
    for form in ("sdk", "spec", "raw"):
        assert card.verify(each, key("ES256").verifies, form).form == form
    stripped = card.sign(text, key("ES256").signs, portability="strip")
    verify_by_sdk("ES256", stripped)
    assert json.loads(stripped).keys() == CARDS["minimal"].keys() | {"signatures"}
