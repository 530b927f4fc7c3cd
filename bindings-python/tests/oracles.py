"""What tests hold the package against: the formats, spelled out anew, and random documents."""

from __future__ import annotations

import json
import random
import struct
from pathlib import Path
from typing import Any

KEYS = Path(__file__).parents[2] / "conformance-vectors" / "keys"
JOB_TYPE = "application/vnd.samebyte.job.v1+json"

JOB: dict[str, Any] = {
    "id": "7d9f",
    "caller_id": "alice",
    "context_id": "shared_context",
    "payload": "print('Grüße')",
    "runner": "runner1",
    "executor": "rhai",
    "timeout": 300,
    "env_vars": {"z": "1", "a": "2"},
    "created_at": "2024-01-01T00:00:00Z",
    "updated_at": "2024-01-01T00:00:00Z",
}

RECEIPT: dict[str, Any] = {
    "version": "0.1",
    "module_hash": "sha256:" + "ab" * 32,
    "exit_code": 0,
    "wall_time_ms": 1234,
    "timestamp": 1700000000,
}


def jwk(name: str) -> dict[str, str]:
    """A test key."""
    key: dict[str, str] = json.loads((KEYS / f"{name}.jwk").read_text())
    return key


def pae(media_type: str, body: bytes) -> bytes:
    """The pre-authentication encoding of DSSE."""
    kind = media_type.encode()
    return b" ".join([b"DSSEv1", b"%d" % len(kind), kind, b"%d" % len(body), body])


CHARACTERS = 'abcdefgh "\\/\n\t\x00\x1f\x7f\x80é\u2028\ud7ff\ue000\ufb33\uffff😂𝄞'


def random_string(source: random.Random) -> str:
    return "".join(source.choices(CHARACTERS, k=source.randrange(12)))


def random_number(source: random.Random) -> int | float:
    match source.randrange(5):
        case 0:
            return source.randrange(-1000, 1000)
        case 1:
            return source.randrange(-(2**53) + 1, 2**53)
        case 2:
            return source.uniform(-1e6, 1e6)
        case 3:
            return round(source.uniform(-1000, 1000), 2)
        case _:
            number: float = struct.unpack("<d", source.randbytes(8))[0]
            return number if abs(number) < float("inf") else 0.5


def random_document(source: random.Random, depth: int = 4) -> Any:
    """A document in which everything that JSON has stands in odd places."""
    kind = source.randrange(7 if depth else 5)
    match kind:
        case 0:
            return source.choice([None, True, False])
        case 1 | 2:
            return random_string(source)
        case 3 | 4:
            return random_number(source)
        case 5:
            return [random_document(source, depth - 1) for _ in range(source.randrange(5))]
        case _:
            return {random_string(source): random_document(source, depth - 1) for _ in range(source.randrange(6))}
