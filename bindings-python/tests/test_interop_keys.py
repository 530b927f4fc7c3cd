"""Keys against ``cryptography``, ``joserfc`` and ``jwcrypto``: what one writes, the other reads, for every form."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from typing import Any

import joserfc.jwk
import jwcrypto.jwk
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, PublicFormat
from interop import proved
from jose_keys import CURVES, RSA, SECRET_BYTES, generated, key, pem

import samebyte
from samebyte import Keyset, PublicKey, SigningKey

# RSA keys are of no algorithm of their own, so that one stands for all.
KINDS = ("EdDSA", *CURVES, "RS256")
PASSWORD = "pass wörd 🔑".encode()


def numbers(private: Any) -> Any:
    """What two keys have in common if they are the same."""
    return private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, serialization.NoEncryption())


def public_numbers(public: Any) -> Any:
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def row(algorithm: str, form: str, peer: str, *, ours: bool | None = True, theirs: bool | None = True) -> None:
    proved("key", "RSA" if algorithm in RSA else algorithm, form, peer, ours_to_theirs=ours, theirs_to_ours=theirs)


@pytest.mark.parametrize("algorithm", KINDS)
def test_files_of_private_keys(algorithm: str) -> None:
    private = generated(algorithm)
    ours = SigningKey.from_pem(pem(private))
    for encoding, form, write, read in (
        (Encoding.PEM, "PKCS#8 PEM", ours.to_pem, SigningKey.from_pem),
        (Encoding.DER, "PKCS#8 DER", ours.to_der, SigningKey.from_der),
    ):
        theirs = private.private_bytes(encoding, PrivateFormat.PKCS8, serialization.NoEncryption())
        load: Any = getattr(serialization, f"load_{form[-3:].lower()}_private_key")
        assert numbers(load(write(), None)) == numbers(private)
        assert read(theirs).to_der() == ours.to_der()
        row(algorithm, form, "cryptography")


@pytest.mark.parametrize("algorithm", KINDS)
def test_encrypted_files(algorithm: str) -> None:
    private = generated(algorithm)
    how = serialization.BestAvailableEncryption(PASSWORD)
    theirs = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)
    read = SigningKey.from_pem(theirs, password=PASSWORD)
    assert numbers(serialization.load_der_private_key(read.to_der(), None)) == numbers(private)
    assert SigningKey.from_pem(theirs, password=PASSWORD.decode()).to_der() == read.to_der()
    with pytest.raises(samebyte.SamebyteError) as wrong:
        SigningKey.from_pem(theirs, password=b"another")
    assert wrong.value.code == "password_wrong"
    written = read.to_pem(password=PASSWORD)
    assert written.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert numbers(serialization.load_pem_private_key(written, PASSWORD)) == numbers(private)
    with pytest.raises(ValueError, match="password"):
        serialization.load_pem_private_key(written, b"another")
    assert read.to_pem(password=PASSWORD) != written
    row(algorithm, "encrypted PKCS#8 PEM", "cryptography")


# What OpenSSL writes PBES2 with: the cipher, and the function that a key is derived with.
CIPHERS = ("aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "des3")
DERIVATIONS = (
    ["-scrypt"],
    *(["-v2prf", f"hmacWithSHA{bits}"] for bits in (1, 224, 256, 384, 512)),
)


@pytest.mark.parametrize("derivation", DERIVATIONS, ids=lambda words: words[-1])
@pytest.mark.parametrize("cipher", CIPHERS)
def test_encrypted_by_openssl(cipher: str, derivation: list[str]) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the command openssl is not installed")
    command = [openssl, "pkcs8", "-passin", "env:PASSWORD", "-passout", "env:PASSWORD"]
    words = "secret words"
    environment = {**os.environ, "PASSWORD": words}
    plain = pem(generated("ES256"))
    run: Any = partial(subprocess.run, capture_output=True, check=True, env=environment)
    theirs = run([*command, "-topk8", "-v2", cipher, *derivation], input=plain).stdout
    assert b"ENCRYPTED" in theirs
    ours = SigningKey.from_pem(theirs, password=words)
    assert ours.to_der() == SigningKey.from_pem(plain).to_der()
    assert run(command, input=ours.to_pem(password=words)).stdout == ours.to_pem()


@pytest.mark.parametrize("algorithm", KINDS)
def test_files_of_public_keys(algorithm: str) -> None:
    public = generated(algorithm).public_key()
    for encoding, form in ((Encoding.PEM, "SPKI PEM"), (Encoding.DER, "SPKI DER")):
        theirs = public.public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
        name = form[-3:].lower()
        ours = getattr(PublicKey, f"from_{name}")(theirs)
        assert getattr(ours, f"to_{name}")() == theirs
        load: Any = getattr(serialization, f"load_{name}_public_key")
        assert public_numbers(load(getattr(ours, f"to_{name}")())) == public_numbers(public)
        row(algorithm, form, "cryptography")


def by_joserfc(jwk: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """A JWK through joserfc: its own key, and the private JWK that it writes."""
    read: Any = joserfc.jwk.import_key(jwk)
    return read, read.as_dict(private=True)


def by_jwcrypto(jwk: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    read = jwcrypto.jwk.JWK(**jwk)
    return read, read.export(as_dict=True)


def public_jwk(read: Any) -> dict[str, Any]:
    """The public JWK that either writes."""
    public: dict[str, Any]
    public = read.export_public(as_dict=True) if isinstance(read, jwcrypto.jwk.JWK) else read.as_dict(private=False)
    return public


JWK_PEERS: dict[str, Callable[[dict[str, Any]], tuple[Any, dict[str, Any]]]] = {
    "joserfc": by_joserfc,
    "jwcrypto": by_jwcrypto,
}


@pytest.mark.parametrize("peer", JWK_PEERS)
@pytest.mark.parametrize("algorithm", KINDS)
def test_jwk(algorithm: str, peer: str) -> None:
    ours = SigningKey.from_pem(pem(generated(algorithm)))
    read, private = JWK_PEERS[peer](json.loads(ours.to_jwk()))
    assert read.thumbprint() == ours.thumbprint
    assert SigningKey.from_jwk(private).to_der() == ours.to_der()
    assert PublicKey.from_jwk(public_jwk(read)) == ours.public_key
    row(algorithm, "JWK", peer)


@pytest.mark.parametrize("peer", JWK_PEERS)
@pytest.mark.parametrize("algorithm", SECRET_BYTES)
def test_jwk_of_a_shared_secret(algorithm: str, peer: str) -> None:
    made = key(algorithm)
    _, private = JWK_PEERS[peer](json.loads(made.signs.to_jwk()))
    again = SigningKey.symmetric_from_jwk(private)
    assert json.loads(again.to_jwk())["k"] == json.loads(made.signs.to_jwk())["k"] == private["k"]
    row(algorithm, "JWK", peer)


def test_jwks() -> None:
    """A set of one key of each kind; jwcrypto reads ours, and ours is what jwcrypto writes."""
    keys = [SigningKey.from_pem(pem(generated(kind))).public_key for kind in KINDS]
    ours = Keyset(keys)
    theirs = jwcrypto.jwk.JWKSet.from_json(ours.to_jwks().decode())
    again = Keyset.from_jwks(theirs.export(private_keys=False))
    for each in keys:
        assert theirs.get_key(each.kid).thumbprint() == each.thumbprint
        assert again.get(each.kid) == each
    assert len(again) == len(ours) == len(KINDS)
    proved("key", "one of each", "JWKS", "jwcrypto", ours_to_theirs=True, theirs_to_ours=True)


@pytest.mark.parametrize("algorithm", KINDS)
def test_made_by_us_read_by_others(algorithm: str) -> None:
    """Keys that we generate, not only those that we were given."""
    ours = SigningKey.generate(algorithm)
    read: Any = serialization.load_pem_private_key(ours.to_pem(), None)
    assert public_numbers(read.public_key()) == ours.public_key.to_der()
    assert by_jwcrypto(json.loads(ours.to_jwk()))[0].thumbprint() == ours.thumbprint
