"""Signs the cards with the Python SDK that is installed: `python sign.py > python-VERSION.json`.

Ed25519 is deterministic, so the file stays as it is when it is written again.
"""

import importlib.metadata
import json
import logging
import sys
from pathlib import Path

from a2a.types import AgentCard
from a2a.utils.signing import _canonicalize_agent_card, create_agent_card_signer
from google.protobuf.json_format import MessageToDict, ParseDict
from jwt import PyJWK

logging.disable()
HERE = Path(__file__).resolve().parent
VERSION = importlib.metadata.version("a2a-sdk")
JWK = json.loads((HERE.parent.parent / "keys" / "ed25519-1.jwk").read_text("ascii"))


def signed(card: dict) -> dict:
    """What the SDK makes of a card: the text that it signs, and the entry that it appends."""
    message = ParseDict(card, AgentCard(), ignore_unknown_fields=True)
    text = _canonicalize_agent_card(message)
    header = {"alg": "EdDSA", "kid": JWK["kid"], "typ": "JOSE"}
    sign = create_agent_card_signer(PyJWK(JWK).key, header, {"made by": f"a2a-sdk {VERSION}"})
    return {"canonical": text, "signature": MessageToDict(sign(message))["signatures"][0]}


cards = json.loads((HERE / "cards.json").read_text("ascii"))
made = {"version": VERSION, "cards": {name: signed(card) for name, card in cards.items()}}
json.dump(made, sys.stdout, indent=1)
print()
