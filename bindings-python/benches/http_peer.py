"""Requests for the peers of ``cargo xtask bench http-python`` and ``http-node``, signed by http-message-signatures.

Writes ``peer.txt`` (the field lines of one request on each line, with a tab between two) and ``peer.pem`` into the
folder that is named. What is covered is what a signed request of samebyte covers: method, target, type, body; with a
nonce.
"""

import secrets
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

COUNT = 5000
FIELDS = ("Content-Digest", "Signature-Input", "Signature")


class Message:
    """What the package takes for a request."""

    def __init__(self, body: bytes) -> None:
        self.method = "POST"
        self.url = "https://gw.example/rpc"
        self.headers = {"Host": "gw.example", "Content-Type": "application/json"}
        self.body = body


def main() -> None:
    """Signs."""
    folder = Path(sys.argv[1])
    body = (folder / "body.json").read_bytes()
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "peer.pem").write_bytes(public)
    keys = MappingKeyResolver(public_keys={}, private_keys={"client-1": key})
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=keys)
    with (folder / "peer.txt").open("w") as file:
        for _ in range(COUNT):
            message = Message(body)
            signer.sign(
                message,
                key_id="client-1",
                nonce=secrets.token_urlsafe(16),
                covered_component_ids=("@method", "@target-uri", "content-type"),
                body=body,
            )
            lines = [f"{name}: {message.headers[name]}" for name in FIELDS]
            file.write("\t".join(lines) + "\n")


if __name__ == "__main__":
    main()
