"""What an import says about a key, and keys that the tests of imports need."""

from encoding import b64u
from jose_keys import AsymmetricKey
from signatures import SECP256K1_ORDER
from test_keys import TestKey


def all_public(key: AsymmetricKey, kid=None) -> dict:
    """The result of `public_key_import`; `kid` is that of the JWK."""
    return {
        "alg": key.algorithm,
        "kid": kid or key.thumbprint,
        "thumbprint": key.thumbprint,
        **({"public_hex": key.public_hex} if isinstance(key, TestKey) else {}),
        "public_jwk_utf8": key.public_jwk(**_named(kid)),
        "public_pem_utf8": key.public_pem,
        "public_der_b64u": b64u(key.public_der),
    }


def all_private(key: AsymmetricKey, kid=None) -> dict:
    """The result of `key_import`."""
    return {
        **all_public(key, kid),
        **({"private_hex": key.private_hex} if isinstance(key, TestKey) else {}),
        "private_jwk_utf8": key.private_jwk(**_named(kid)),
        "private_pem_utf8": key.private_pem,
        "private_der_b64u": b64u(key.private_der),
    }


def _named(kid) -> dict:
    return {"kid": kid} if kid else {}


#: RFC 8037 appendix A.1; its thumbprint is in A.3.
RFC_8037 = TestKey(
    "rfc8037", "EdDSA", bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
)
assert RFC_8037.thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
#: RFC 8032 section 7.1, test 3.
RFC_8032 = TestKey(
    "rfc8032", "EdDSA", bytes.fromhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")
)
assert RFC_8032.public_hex == "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
ONE = TestKey("one", "ES256K", (1).to_bytes(32, "big"))
LAST = TestKey("last", "ES256K", (SECP256K1_ORDER - 1).to_bytes(32, "big"))
LEADING_ZERO = TestKey(
    "zero", "ES256K", bytes.fromhex("00000000000000000000000000000000000000000000000000000000deadbeef")
)
