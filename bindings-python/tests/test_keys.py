"""Keys: every form, both directions with ``cryptography``, and secrets that stay secret."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import pickle
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from oracles import jwk

import samebyte
from samebyte import Keyset, PublicKey, SigningKey, Verifier

NAMES = ["ed25519-1", "ed25519-2", "secp256k1-1", "secp256k1-2", "secp256k1-3"]


def number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def oracle(key: dict[str, str]) -> Any:
    """The private key of a JWK, made by another library from its numbers."""
    if key["kty"] == "OKP":
        return ed25519.Ed25519PrivateKey.from_private_bytes(number(key["d"]).to_bytes(32, "big"))
    return ec.derive_private_key(number(key["d"]), ec.SECP256K1())


def public_jwk(key: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in key.items() if name not in ("d", "key_ops")}


def spki(public: Any) -> bytes:
    encoded: bytes = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return encoded


def pkcs8(private: Any) -> bytes:
    encoded: bytes = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return encoded


def raw_public(public: Any) -> bytes:
    if isinstance(public, ed25519.Ed25519PublicKey):
        return public.public_bytes_raw()
    encoded: bytes = public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    return encoded


@pytest.mark.parametrize("name", NAMES)
def test_every_form_agrees_with_another_library(name: str) -> None:
    made = jwk(name)
    other = oracle(made)
    key = SigningKey.from_jwk(made)
    algorithm = "EdDSA" if made["kty"] == "OKP" else "ES256K"
    secret = number(made["d"]).to_bytes(32, "big")
    public = key.public_key

    assert key.algorithm == public.algorithm == algorithm
    assert key.to_hex() == secret.hex()
    assert public.to_hex() == raw_public(other.public_key()).hex()
    assert spki(other.public_key()) == public.to_pem()

    # What we write, the other library reads.
    read = serialization.load_pem_private_key(key.to_pem(), None)
    assert pkcs8(read) == pkcs8(other)
    assert spki(serialization.load_pem_public_key(public.to_pem())) == spki(other.public_key())

    # What the other library writes, we read; in each spelling of text.
    for pem in (pkcs8(other), pkcs8(other).decode(), bytearray(pkcs8(other)), memoryview(pkcs8(other))):
        assert SigningKey.from_pem(pem).to_hex() == secret.hex()
    assert PublicKey.from_pem(spki(other.public_key())) == public

    # JWK: the numbers, and text and objects alike.
    written = json.loads(key.to_jwk())
    for member in {"kty", "crv", "x", "y", "d"} & made.keys():
        assert written[member] == made[member]
    assert json.loads(public.to_jwk()).keys() == written.keys() - {"d"}
    for form in (made, json.dumps(made), json.dumps(made).encode()):
        assert SigningKey.from_jwk(form).to_jwk() == key.to_jwk()
    assert PublicKey.from_jwk(public_jwk(made)) == public
    assert SigningKey.from_hex(algorithm, secret.hex()).public_key == public
    assert PublicKey.from_hex(algorithm, public.to_hex().encode()) == public

    # RFC 7638, section 3: the required members in order.
    required = {m: made[m] for m in sorted({"crv", "kty", "x", "y"} & made.keys())}
    digest = hashlib.sha256(json.dumps(required, separators=(",", ":")).encode()).digest()
    assert public.thumbprint == key.thumbprint == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256K"])
def test_generated_keys(algorithm: str) -> None:
    first, second = SigningKey.generate(algorithm), SigningKey.generate(algorithm)
    assert first.public_key != second.public_key
    assert first.kid == first.thumbprint == first.public_key.kid
    read: Any = serialization.load_pem_private_key(first.to_pem(), None)
    assert raw_public(read.public_key()).hex() == first.public_key.to_hex()


def test_a_kid_of_ones_own() -> None:
    key = SigningKey.from_jwk({**jwk("ed25519-1"), "kid": "mine"})
    assert key.kid == key.public_key.kid == "mine"
    assert key.thumbprint != "mine"
    assert json.loads(key.to_jwk())["kid"] == "mine"


def test_equality_and_hash_of_public_keys() -> None:
    one, same, other = (SigningKey.from_jwk(jwk(name)).public_key for name in ("ed25519-1", "ed25519-1", "ed25519-2"))
    assert one == same
    assert one != other
    assert (one == "text") is False
    assert len({one, same, other}) == 2
    with pytest.raises(TypeError):
        one < other  # type: ignore[operator]  # noqa: B015, the comparison is what fails


@pytest.mark.parametrize("name", NAMES)
def test_secrets_are_not_shown(name: str) -> None:
    key = SigningKey.from_jwk(jwk(name))
    secrets = [key.to_hex(), jwk(name)["d"]]
    for shown in (repr(key), str(key), f"{key}", repr([key]), repr(vars(type(key)))):
        assert not any(secret in shown for secret in secrets)
    assert repr(key) == f"SigningKey({key.algorithm}, kid={key.kid}, [secret])"
    assert not hasattr(key, "__dict__")


def test_private_keys_are_not_copied() -> None:
    key = SigningKey.generate("EdDSA")
    for work in (pickle.dumps, copy.copy, copy.deepcopy, lambda k: pickle.dumps([k])):
        with pytest.raises(TypeError, match="neither copied nor pickled"):
            work(key)
    with pytest.raises(TypeError):
        type("Sub", (SigningKey,), {})
    with pytest.raises(TypeError):
        SigningKey()


def test_no_secret_in_errors() -> None:
    made = jwk("ed25519-1")
    wrong = {**made, "d": jwk("ed25519-2")["d"]}
    with pytest.raises(samebyte.RejectedError) as caught:
        SigningKey.from_jwk(wrong)
    assert caught.value.code == "key_mismatch"
    for text in (str(caught.value), repr(caught.value), repr(caught.value.detail)):
        assert wrong["d"] not in text
    secret = "AB" * 32
    with pytest.raises(samebyte.MalformedError) as malformed:
        SigningKey.from_hex("EdDSA", secret)
    assert malformed.value.code == "key_malformed"
    assert secret not in repr(malformed.value)


@pytest.mark.parametrize(
    ("work", "code"),
    [
        (lambda: SigningKey.generate("RS1"), "algorithm_unsupported"),
        (lambda: SigningKey.generate("none"), "algorithm_unsupported"),
        (lambda: SigningKey.generate(1), "invalid_argument"),  # type: ignore[arg-type]
        (lambda: SigningKey.from_pem(b"-----BEGIN"), "key_malformed"),
        (lambda: SigningKey.from_pem(1), "invalid_argument"),  # type: ignore[arg-type]
        (lambda: SigningKey.from_hex("EdDSA", {}), "invalid_argument"),  # type: ignore[arg-type]
        (lambda: SigningKey.from_hex("ES256K", "00" * 32), "key_malformed"),
        (lambda: SigningKey.from_jwk("{"), "invalid_json"),
        (lambda: SigningKey.from_jwk({}), "key_malformed"),
        (lambda: SigningKey.from_jwk({"k": {1}}), "unsupported_type"),
        (lambda: PublicKey.from_jwk(jwk("ed25519-1")), "key_malformed"),
        (lambda: PublicKey.from_hex("EdDSA", "00" * 32), "key_weak"),
        (lambda: PublicKey.from_hex("ES256K", "04" + "ab" * 64), "key_malformed"),
        (lambda: PublicKey.from_pem("text"), "key_malformed"),
        (lambda: PublicKey.from_jwk({**public_jwk(jwk("ed25519-1")), "use": "enc"}), "key_use_forbidden"),
        (lambda: PublicKey.from_jwk({"kty": "RSA", "n": "AQAB", "e": "AQAB"}), "key_weak"),
    ],
)
def test_keys_that_are_refused(work: Any, code: str) -> None:
    with pytest.raises(samebyte.SamebyteError) as caught:
        work()
    assert caught.value.code == code


SECRET = bytes(range(32))


def test_shared_secrets() -> None:
    key = SigningKey.symmetric("HS256", SECRET, kid="mine")
    assert (key.algorithm, key.kid) == ("HS256", "mine")
    assert json.loads(key.to_jwk())["k"] == base64.urlsafe_b64encode(SECRET).rstrip(b"=").decode()
    assert SigningKey.symmetric_from_jwk(key.to_jwk()).to_jwk() == key.to_jwk()
    assert SigningKey.symmetric_from_jwk(json.loads(key.to_jwk())).kid == "mine"
    anonymous = SigningKey.symmetric("HS256", bytearray(SECRET))
    assert anonymous.kid is None
    assert repr(anonymous) == "SigningKey(HS256, kid=None, [secret])"
    assert SigningKey.generate("HS512", kid="made").kid == "made"
    for work, code in (
        (lambda: key.public_key, "key_unsupported"),
        (lambda: key.thumbprint, "key_unsupported"),
        (key.to_pem, "key_unsupported"),
        (key.to_hex, "key_unsupported"),
        (lambda: SigningKey.symmetric("HS512", SECRET), "key_weak"),
        (lambda: SigningKey.symmetric("HS256", b""), "key_malformed"),
        (lambda: SigningKey.symmetric("EdDSA", SECRET), "algorithm_unsupported"),
        (lambda: SigningKey.symmetric("HS256", SigningKey.generate("EdDSA").to_pem()), "key_use_forbidden"),
        (lambda: SigningKey.symmetric("HS256", SigningKey.generate("EdDSA").public_key.to_jwk()), "key_use_forbidden"),
        (lambda: SigningKey.from_jwk(key.to_jwk()), "key_use_forbidden"),
        (lambda: SigningKey.generate("HS256", size=2048), "unknown_option"),  # type: ignore[call-arg]
    ):
        with pytest.raises(samebyte.SamebyteError) as caught:
            work()
        assert caught.value.code == code


def test_key_sets() -> None:
    one, two = (SigningKey.from_jwk(jwk(name)).public_key for name in ("ed25519-1", "secp256k1-1"))
    secret = SigningKey.symmetric("HS256", SECRET, kid="mine")
    keys = Keyset(key for key in (one, two, secret))
    assert len(keys) == 3
    assert repr(keys) == "Keyset(3 keys)"
    assert keys.get(one.kid) == one
    for work, code in (
        (lambda: keys.get("unknown"), "key_unknown"),
        (lambda: keys.get("mine"), "key_unknown"),
        (lambda: Keyset([one, one]), "duplicate_kid"),
        (lambda: Keyset([SigningKey.generate("EdDSA")]), "key_unsupported"),
        (lambda: Keyset(["key"]), "invalid_argument"),  # type: ignore[list-item]
        (lambda: Keyset(one), "invalid_argument"),  # type: ignore[arg-type]
    ):
        with pytest.raises(samebyte.SamebyteError) as caught:
            work()
        assert caught.value.code == code


def test_jwks() -> None:
    one, two = (SigningKey.from_jwk(jwk(name)).public_key for name in ("ed25519-1", "secp256k1-1"))
    members = {"keys": [json.loads(key.to_jwk()) for key in (one, two)]}
    for form in (members, json.dumps(members), json.dumps(members).encode()):
        keys = Keyset.from_jwks(form)
        assert [len(keys), keys.get(one.kid), keys.get(two.kid)] == [2, one, two]
        assert json.loads(keys.to_jwks()) == members
    assert Keyset.lint(members) == []
    # A shared secret is never published.
    mixed = Keyset([one, SigningKey.symmetric("HS256", SECRET, kid="mine")])
    assert json.loads(mixed.to_jwks()) == {"keys": members["keys"][:1]}
    unknown = {"keys": [{"kty": "none"}, *members["keys"]]}
    assert len(Keyset.from_jwks(unknown)) == 2
    [finding] = Keyset.lint(unknown)
    assert (finding["level"], finding["pointer"]) == ("skipped", "/keys/0")
    private = {"keys": [*members["keys"], json.loads(SigningKey.generate("ES256").to_jwk())]}
    assert [(f["level"], f["pointer"]) for f in Keyset.lint(private)] == [("error", "/keys/2")]
    for broken, code, pointer in (
        (private, "key_malformed", "/keys/2"),
        ({"keys": members["keys"] * 2}, "duplicate_kid", "/keys/2"),
        ({"keys": 1}, "key_malformed", None),
        ("{", "invalid_json", None),
    ):
        with pytest.raises(samebyte.SamebyteError) as caught:
            Keyset.from_jwks(broken)
        assert caught.value.code == code
        assert pointer in (None, caught.value.detail.get("pointer"))


def test_verifiers() -> None:
    one, two = (SigningKey.from_jwk(jwk(name)).public_key for name in ("ed25519-1", "ed25519-2"))
    Verifier([one])
    Verifier(Keyset([one]), threshold=None, crit=("exp",))
    Verifier((key for key in (one, two)), threshold=2)
    Verifier([one, two], policy="all", algorithms=["EdDSA"], require_low_s=True, typ="JOSE", max_signatures=2)
    for keys, options, code in (
        ([], {}, "invalid_argument"),
        ([one], {"threshold": 0}, "invalid_argument"),
        ([one], {"threshold": 2}, "invalid_argument"),
        ([one], {"threshold": -1}, "invalid_argument"),
        ([one], {"threshold": 1 << 70}, "number_not_exact"),
        ([one], {"threshold": "1"}, "invalid_argument"),
        ([one], {"threshold": 1, "policy": "all"}, "invalid_argument"),
        ([one], {"policy": "most"}, "invalid_argument"),
        ([one], {"algorithms": ["none"]}, "algorithm_unsupported"),
        ([one], {"kids": ["unknown"]}, "invalid_argument"),
        ([one], {"typ": 1}, "invalid_argument"),
        ([one], {"crit": {"exp"}}, "unsupported_type"),
        ([one], {"treshold": 1}, "unknown_option"),
        ([one, "key"], {}, "invalid_argument"),
        ([SigningKey.generate("EdDSA")], {}, "key_unsupported"),
        (one, {}, "invalid_argument"),
        ([one, one], {}, "duplicate_kid"),
    ):
        arguments: Any = keys
        with pytest.raises(samebyte.SamebyteError) as caught:
            Verifier(arguments, **options)
        assert caught.value.code == code, options
