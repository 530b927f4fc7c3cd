"""The vectors of noun `key`."""

import key_ec_vectors
import key_encrypted_vectors
import key_private_vectors
import key_public_vectors
import key_rsa_vectors
import key_symmetric_vectors
from classes import CLASSES
from vectors import Noun

_CHECKED_BY = (
    "OpenSSL (cryptography) writes the files, opens the encrypted ones and computes the public keys; libsodium (PyNaCl) and libsecp256k1 (coincurve) agree on "
    "the latter; thumbprints by json and hashlib; the keys of RFC 8037 appendix A carry the thumbprint of the RFC; codes are by hand"
)

NOTES = {
    "jwk": "RFC 7517 with RFC 7518 (EC, RSA, oct), RFC 8037 (Ed25519) and RFC 8812 (secp256k1).",
    "pem": "PKCS#8 (RFC 5958, RFC 8410) and SPKI (RFC 5280) in PEM (RFC 7468).",
    "hex": "64 lower-case hex digits, or 66 of a compressed point.",
    "rfc": "A key that an RFC publishes.",
    "kid": "The kid is that of the JWK, else the RFC 7638 thumbprint.",
    "use": "`use`, `key_ops` and `alg` of a JWK are enforced.",
    "encoding": "A member has one spelling (base64url without padding, of exactly its length), and so has a file.",
    "kind": "Private where public is due, or the reverse.",
    "mismatch": "The parts of a key do not belong together.",
    "unsupported": "A key type, curve or file that is not supported.",
    "range": "A number outside of its range: a scalar, a point that is not on the curve, a modulus or exponent of RSA, the length of a secret.",
    "small-order": "A public key of small order verifies signatures that nobody made.",
    "reader": "The rules of the JSON reader hold for JWKs, too.",
    "algorithm": "The algorithm is named by the caller.",
    "der": "PKCS#8 and SPKI in DER.",
    "encrypted": "Encrypted PKCS#8 (RFC 5958) with PBES2 (RFC 8018), PBKDF2 or scrypt (RFC 7914).",
    "password": "The password does not open the file.",
    "cost": "A file that asks for more work than a reader should do for it.",
    "symmetric": "The secret of a symmetric key as bytes.",
    "confusion": "Texts of asymmetric keys are no secrets.",
    **CLASSES,
}


def build() -> Noun:
    """Every file of the noun."""
    noun = Noun("key")
    for name, make in (
        ("private", key_private_vectors.valid),
        ("private-refused", key_private_vectors.refused),
        ("public", key_public_vectors.valid),
        ("public-refused", key_public_vectors.refused),
        ("ec", key_ec_vectors.valid),
        ("ec-refused", key_ec_vectors.refused),
        ("rsa", key_rsa_vectors.valid),
        ("rsa-refused", key_rsa_vectors.refused),
        ("encrypted", key_encrypted_vectors.valid),
        ("encrypted-refused", key_encrypted_vectors.refused),
        ("symmetric", key_symmetric_vectors.valid),
        ("symmetric-refused", key_symmetric_vectors.refused),
    ):
        file = noun.file(name, _CHECKED_BY, {})
        make(file)
        file.notes = {flag: NOTES[flag] for case in file.cases for flag in case["flags"]}
    return noun
