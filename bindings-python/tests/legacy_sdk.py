"""Signs a card with the a2a-sdk that stands first on the search path; card and PEM file come from standard input.

Of its own because two releases of one package cannot be in one process.
"""

from __future__ import annotations

import json
import sys

from a2a.types import AgentCard
from a2a.utils.signing import create_agent_card_signer
from google.protobuf.json_format import MessageToDict, ParseDict


def main() -> None:
    order = json.load(sys.stdin)
    sign = create_agent_card_signer(order["pem"], {"kid": order["kid"], "alg": "ES256", "jku": None, "typ": "JOSE"})
    print(json.dumps(MessageToDict(sign(ParseDict(order["card"], AgentCard())))))


if __name__ == "__main__":
    main()
