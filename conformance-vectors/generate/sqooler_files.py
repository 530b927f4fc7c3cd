"""Files and keys of sqooler, written twice: by sqooler itself, and here from its description."""

import base64
import json
import subprocess
from pathlib import Path

import signatures
from canonical import canonical
from test_keys import TestKey

#: Made by `cargo xtask test sqooler`.
_PYTHON = Path(__file__).resolve().parents[2] / "build/sqooler-venv/bin/python"


class _Peer:
    """sqooler, started when it is first asked."""

    def __init__(self):
        self._process = None

    def ask(self, **request) -> dict:
        if self._process is None:
            command = [str(_PYTHON), "-W", "ignore", str(Path(__file__).with_name("sqooler_peer.py"))]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


_PEER = _Peer()


def padded(data: bytes) -> str:
    """base64url with padding."""
    return base64.urlsafe_b64encode(data).decode("ascii")


def private_jwk(key: TestKey, kid: str) -> str:
    """The private key as `JWK.model_dump_json` writes it."""
    return _jwk(key, "sign", kid, f'"{padded(key.secret)}"')


def public_jwk(key: TestKey, kid: str) -> str:
    """The public key as `JWK.model_dump_json` writes it."""
    return _jwk(key, "verify", kid, "null")


def _jwk(key, key_ops, kid, d):
    return (
        f'{{"x":"{padded(key.public_bytes)}","key_ops":"{key_ops}","kid":{compact(kid)},"d":{d},'
        '"kty":"OKP","alg":"EdDSA","crv":"Ed25519"}'
    )


def compact(value) -> str:
    """A string, or an object whose members are in order, with the fewest escapes."""
    return canonical(json.dumps(value))


def header(kid: str, /, **more) -> dict:
    """The header of a signature; `more` replaces members."""
    return {"alg": "EdDSA", "kid": kid, "typ": "JWS", "version": "0.1", **more}


def signature(key: TestKey, head: dict, payload: str) -> str:
    """Over a header and the text of a payload."""
    message = f"{padded(compact(head).encode())}.{padded(payload.encode())}"
    return padded(signatures.sign(key, message.encode("ascii")))


def joined(head: str, payload: str, sig: str) -> str:
    """A file with these parts."""
    return f'{{"header": {head}, "payload": {payload}, "signature": "{sig}"}}'


def forged(key: TestKey, kid: str, payload: str, /, **more) -> str:
    """A file whose header and payload are not those that sqooler writes, with a good signature over them."""
    head = header(kid, **more)
    return joined(json.dumps(head), payload, signature(key, head, payload))


def signed(key: TestKey, kid: str, payload) -> str:
    """The file that sqooler stores, and the one that its description gives."""
    answer = _PEER.ask(payload=json.dumps(payload), private=private_jwk(key, kid))
    assert answer["private"] == private_jwk(key, kid), answer
    assert answer["public"] == public_jwk(key, kid), answer
    file = forged(key, kid, json.dumps(payload))
    assert answer["file"] == file, (answer["file"], file)
    assert accepted(file, key, kid)
    return file


def accepted(file: str, key: TestKey, kid: str) -> bool:
    """The verdict of sqooler."""
    return _PEER.ask(file=file, public=public_jwk(key, kid))["verified"]
