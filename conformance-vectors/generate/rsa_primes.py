"""RSA keys whose primes follow from a sentence, so that anyone can see that they are no secret.

A prime is the first one at or above a number that is read from SHA-256 of the sentence and a counter. This is no way to
make a key that is to be secret.
"""

import hashlib
import math

from cryptography.hazmat.primitives.asymmetric import rsa

_SMALL = [n for n in range(3, 2000, 2) if all(n % d for d in range(3, math.isqrt(n) + 1, 2))]


def rsa_key(sentence: str, bits: int, e: int = 65537) -> rsa.RSAPrivateKey:
    """The private key of `bits` bits of this sentence."""
    p = _prime(f"{sentence} p", bits - bits // 2, e)
    q = _prime(f"{sentence} q", bits // 2, e)
    return rsa_key_of(max(p, q), min(p, q), e)


def rsa_key_of(p: int, q: int, e: int = 65537) -> rsa.RSAPrivateKey:
    """The private key with these primes; OpenSSL checks it."""
    d = pow(e, -1, math.lcm(p - 1, q - 1))
    return rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(e, p * q)
    ).private_key(unsafe_skip_rsa_key_validation=p.bit_length() < 512)


def stream(sentence: str, length: int) -> bytes:
    """`length` bytes: SHA-256 of the sentence with 0, 1, 2, … behind it."""
    blocks = (hashlib.sha256(f"{sentence} {i}".encode("ascii")).digest() for i in range(-(-length // 32)))
    return b"".join(blocks)[:length]


def _prime(sentence: str, bits: int, e: int) -> int:
    """A prime of exactly `bits` bits, whose two highest are set, so that a product has all its bits."""
    candidate = int.from_bytes(stream(sentence, bits // 8), "big") | 3 << (bits - 2) | 1
    while not (all(candidate % p for p in _SMALL) and math.gcd(candidate - 1, e) == 1 and is_prime(candidate)):
        candidate += 2
    assert candidate.bit_length() == bits
    return candidate


def is_prime(n: int) -> bool:
    """Miller and Rabin with the first 24 primes as bases: enough for numbers that nobody chose to deceive."""
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for base in [2, *_SMALL[:23]]:
        x = pow(base, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def roca_key(sentence: str) -> rsa.RSAPrivateKey:
    """A key of 2048 bits as the chips of CVE-2017-15361 made them: both primes are k·M + 65537^a mod M, where M is
    the product of the first 126 primes."""
    p, q = (_roca_prime(f"{sentence} {name}") for name in "pq")
    assert pow(p * q, 1, 11) in {pow(65537, a, 11) for a in range(10)}
    return rsa_key_of(max(p, q), min(p, q))


def _roca_prime(sentence: str) -> int:
    product = math.prod([2, *_SMALL][:126])
    low, high = 3 << 1022, 1 << 1024
    for i in range(10_000):
        seed = int.from_bytes(stream(f"{sentence} {i}", 64), "big")
        base = pow(65537, seed >> 128, product)
        first = -(-(low - base) // product)
        candidate = (first + seed % ((high - low) // product)) * product + base
        if candidate % 65537 != 1 and is_prime(candidate):
            assert candidate.bit_length() == 1024
            return candidate
    raise AssertionError(sentence)
