"""Signed documents (DSSE pre-authentication encoding over canonical text), written a second time."""

import base64
import json

import signatures
from canonical import canonical
from encoding import b64u
from test_keys import TestKey

JOB_TYPE = "application/vnd.samebyte.job.v1+json"


def text(value) -> str:
    """The canonical text of a Python value."""
    return canonical(json.dumps(value, ensure_ascii=False))


def body(document: dict) -> str:
    """What is signed of a document: all members but `signatures`, in canonical text."""
    return text(without(document, "signatures"))


def pae(media_type: str, document: dict) -> bytes:
    """The bytes that every signer of the document signs."""
    return _pae(media_type.encode("ascii"), body(document).encode("utf-8"))


def _pae(media_type: bytes, data: bytes) -> bytes:
    return b"DSSEv1 %d %s %d %s" % (len(media_type), media_type, len(data), data)


# The example of the DSSE protocol.
assert (
    _pae(b"http://example.com/HelloWorld", b"hello world") == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
)


def document_entry(key: TestKey, message: bytes, **more) -> dict:
    """An entry of `signatures` of a document; `more` replaces members."""
    return {"alg": key.algorithm, "kid": key.thumbprint, "sig": b64u(signatures.sign(key, message)), **more}


def sign_document(document: dict, media_type: str, *keys: TestKey) -> dict:
    """The document with one more signature of each key."""
    message = pae(media_type, document)
    entries = [document_entry(key, message) for key in keys]
    return {**document, "signatures": document.get("signatures", []) + entries}


def document_result(document: dict, *trusted: TestKey) -> str:
    """What verifying the document with these keys says."""
    kids = {key.thumbprint for key in trusted}
    entries = [
        {"alg": entry["alg"], "index": index, "kid": entry["kid"], "verified": entry["kid"] in kids}
        for index, entry in enumerate(document["signatures"])
    ]
    return text({"document": without(document, "signatures"), "signatures": entries})


def job_entry(key: TestKey, message: bytes, **more) -> dict:
    """An entry of `signatures` of a job; `more` replaces members, `None` takes one away."""
    entry = {"public_key": key.public_hex, "signature": signatures.sign(key, message).hex(), **more}
    if key.algorithm == "EdDSA":
        entry = {"algorithm": "ed25519", **entry}
    return {name: value for name, value in entry.items() if value is not None}


def sign_job(job: dict, *keys: TestKey) -> dict:
    """The job with one more signature of each key."""
    message = pae(JOB_TYPE, job)
    return {**job, "signatures": job.get("signatures", []) + [job_entry(key, message) for key in keys]}


def dsse(document: dict, media_type: str) -> dict:
    """The signed document as a DSSE envelope."""
    return {
        "payload": base64.b64encode(body(document).encode("utf-8")).decode("ascii"),
        "payloadType": media_type,
        "signatures": [
            {"alg": entry["alg"], "keyid": entry["kid"], "sig": _base64(entry["sig"])}
            for entry in document["signatures"]
        ],
    }


def without(value: dict, *names: str) -> dict:
    """The object without these members."""
    return {name: member for name, member in value.items() if name not in names}


def _base64(b64url: str) -> str:
    return base64.b64encode(base64.urlsafe_b64decode(b64url + "=" * (-len(b64url) % 4))).decode("ascii")
