"""sqooler itself, for the tests: signs and verifies what standard input orders.

Runs in the virtual environment of sqooler, which wants another release of ``cryptography`` than the tests.
"""

from __future__ import annotations

import json
import sys

from sqooler.security import JWK, JWSDict, create_jwk_pair, public_from_private_jwk, sign_payload


def main() -> None:
    order = json.load(sys.stdin)
    if "file" in order:
        print(json.dumps(JWSDict(**order["file"]).verify_signature(JWK(**order["public"]))))
        return
    private = JWK(**order["private"]) if "private" in order else create_jwk_pair("node-1")[0]
    signed = sign_payload(order["payload"], private).model_dump()
    public = public_from_private_jwk(private).model_dump_json()
    print(json.dumps([json.dumps(signed), private.model_dump_json(), public]))


if __name__ == "__main__":
    main()
