"""Writes signed requests for `load.lua`, and the keys of a gateway that accepts them.

`frames.py FOLDER NUMBER ORIGIN`: `FOLDER/body` (1 KiB of canonical JSON), `FOLDER/frames` (one signature a line, each
with a nonce of its own), `FOLDER/trusted.json`, `FOLDER/key.pem`. The requests are good for five minutes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import samebyte
from samebyte import Keyset, SigningKey
from samebyte.http import Client

folder, number, origin = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
folder.mkdir(parents=True, exist_ok=True)

document = {
    "id": 1,
    "jsonrpc": "2.0",
    "method": "message/send",
    "params": {
        "configuration": {"acceptedOutputModes": ["text/plain", "application/json"], "blocking": True},
        "message": {
            "contextId": "5a3c1b9e-0d57-4f0e-9a55-2c1f3f6f3d10",
            "messageId": "9229e770-767c-417b-a0b0-f0741243c589",
            "parts": [{"kind": "text", "text": "Übersetze bitte den folgenden Absatz. " * 15}],
            "role": "user",
        },
        "metadata": {"attempt": 1, "budget": 12.5, "deadline": None, "tags": ["a", "b", "c"]},
    },
}
body = samebyte.canonicalize(document)

caller, gateway = SigningKey.generate("EdDSA"), SigningKey.generate("EdDSA")
client = Client(caller, ttl=300)
fields = [(b"content-type", b"application/json")]
with (folder / "frames").open("w") as frames:
    for _ in range(number):
        frames.write(client.sign("POST", f"{origin}/rpc", fields, body).header[1] + "\n")
(folder / "body").write_bytes(body)
(folder / "trusted.json").write_bytes(Keyset([caller.public_key]).to_jwks())
(folder / "key.pem").write_bytes(gateway.to_pem())
