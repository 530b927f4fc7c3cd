"""Ed25519 signatures that verifiers judge differently (RFC 8032 section 5.1, with the arithmetic written out).

A key A = aB + T with a point T of order 8 has a large order, so it is no weak key. A signature made with `a` fulfils
the equation of a cofactored verifier always, and that of a strict one only where the hash happens to be a multiple
of 8. libsodium says which of them are valid.
"""

import hashlib

import nacl.exceptions
import nacl.signing

from signatures import ED25519_ORDER

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_BASE_Y = 4 * pow(5, -1, _P) % _P
#: A point of order 8, in its encoding.
_TORSION = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")


def mixed_key_and_signature(message: bytes, valid: bool) -> tuple[bytes, bytes]:
    """A public key with a part of order 8, and a signature that libsodium finds `valid` or not."""
    a = int.from_bytes(hashlib.sha256(b"samebyte test-only mixed key").digest(), "little") % ED25519_ORDER
    public = _encode(_add(_times(a, _base()), _decode(_TORSION)))
    nonce = 1
    while True:
        r = _encode(_times(nonce, _base()))
        k = int.from_bytes(hashlib.sha512(r + public + message).digest(), "little")
        signature = r + ((nonce + k * a) % ED25519_ORDER).to_bytes(32, "little")
        if (k % ED25519_ORDER % 8 == 0) == valid:
            assert _accepts(public, message, signature) == valid
            return public, signature
        nonce += 1


def _accepts(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        nacl.signing.VerifyKey(public).verify(message, signature)
    except nacl.exceptions.BadSignatureError:
        return False
    return True


def _add(one: tuple, two: tuple) -> tuple:
    (x1, y1), (x2, y2) = one, two
    product = _D * x1 * x2 * y1 * y2
    x3 = (x1 * y2 + x2 * y1) * pow(1 + product, -1, _P) % _P
    y3 = (y1 * y2 + x1 * x2) * pow(1 - product, -1, _P) % _P
    return x3, y3


def _times(scalar: int, point: tuple) -> tuple:
    result = (0, 1)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _base() -> tuple:
    return _decode(_BASE_Y.to_bytes(32, "little"))


def _encode(point: tuple) -> bytes:
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _decode(data: bytes) -> tuple:
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    assert (x * x - square) % _P == 0
    return (x if x & 1 == sign else _P - x), y
