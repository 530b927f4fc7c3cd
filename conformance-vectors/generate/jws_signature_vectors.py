"""Signatures that are not one of this key over these bytes, or not in their one spelling."""

import hashlib

from document_vectors import SMALL_ORDER
from encoding import b64u, from_b64u
from jose_keys import HS256, HS384, HS512, ORDERS, P256, P384, P521, RSA, RSA_2, RSA_3072
from jose_signatures import digest, ec_der, ec_join, ec_split, mac, pkcs1, pss, raw_rsa, sign
from jws_text import PAYLOAD, accepted, compact, entry, flattened, header_of, trusted, verified
from jws_verify_vectors import SIGNERS
from signatures import SECP256K1_ORDER, der, high_s, join, plus_order, split
from test_keys import ED1, SE1


def refused(file):
    """Signatures that are refused."""

    def no(jws, code, comment, *flags, keys=(ED1,), **args):
        file.invalid("jws_verify", {"jws": jws, "keys": trusted(*keys), **args}, code, comment, *flags)

    for key, alg in SIGNERS:
        _tampered(no, key, alg)
    for key in (P256, P384, P521):
        _ecdsa(no, key)
    _es256k(no)
    _ed25519(no)
    _rsa(no)
    _hmac(no)


def both(file):
    """Class 15: an ECDSA signature and its twin. JOSE accepts both; a verifier may ask for the low one."""
    for key in (P256, P384, P521):
        made = from_b64u(entry(key).signature)
        r, s = ec_split(key, made)
        twin = ec_join(key, r, ORDERS[key.algorithm] - s)
        token = compact(key, signature=twin)
        expected = accepted([verified(key)])
        file.valid(
            "jws_verify",
            {"jws": token, "keys": trusted(key)},
            expected,
            f"{key.algorithm}: the twin",
            "twin",
            "class-15",
        )
    low = from_b64u(entry(SE1).signature)
    twin = compact(SE1, signature=high_s(low))
    file.valid(
        "jws_verify",
        {"jws": twin, "keys": trusted(SE1)},
        accepted([verified(SE1)]),
        "ES256K: high s",
        "twin",
        "class-15",
    )
    file.valid(
        "jws_verify",
        {"jws": compact(SE1), "keys": trusted(SE1), "verifier": {"require_low_s": True}},
        accepted([verified(SE1)]),
        "ES256K: low s is required, and is there",
        "twin",
        "class-15",
    )
    for token in (compact(SE1, signature=high_s(low)), flattened(SE1, signature=high_s(low))):
        file.invalid(
            "jws_verify",
            {"jws": token, "keys": trusted(SE1), "verifier": {"require_low_s": True}},
            "signature_not_low_s",
            "ES256K: low s is required",
            "twin",
            "class-15",
        )


def _tampered(no, key, alg):
    header = header_of(key, alg)
    good = entry(key, alg=alg)
    signature = from_b64u(good.signature)

    def token(signature=good.signature, payload=PAYLOAD, header=header):
        return compact(key, payload, header, alg=alg, signature=signature)

    flipped = (
        bytes([signature[0] ^ 1]) + signature[1:]
        if alg != "ES512"
        else signature[:40] + bytes([signature[40] ^ 1]) + signature[41:]
    )
    if alg in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"):
        flipped = signature[:-1] + bytes([signature[-1] ^ 1])
    for changed, code, comment in (
        (token(flipped), "signature_invalid", "a bit of the signature"),
        (token(payload=PAYLOAD + b" "), "signature_invalid", "the payload"),
        (token(header=header | {"typ": "JWT"}), "signature_invalid", "the header"),
        (token(signature[:-1]), "signature_malformed", "a byte less"),
        (token(signature + b"\x00"), "signature_malformed", "a byte more"),
        (token(""), "signature_malformed", "no signature"),
    ):
        no(changed, code, f"{alg} with {key.name}: {comment}", "tampered", keys=(key,))


def _ecdsa(no, key):
    """Class 4."""
    n, alg = ORDERS[key.algorithm], key.algorithm
    made = from_b64u(entry(key).signature)
    r, s = ec_split(key, made)
    size = key.size
    for signature, code, comment in (
        (ec_join(key, 0, 0), "signature_malformed", "r and s are 0"),
        (ec_join(key, 0, s), "signature_malformed", "r is 0"),
        (ec_join(key, r, 0), "signature_malformed", "s is 0"),
        (ec_join(key, n, s), "signature_malformed", "r is n"),
        (ec_join(key, r, n), "signature_malformed", "s is n"),
        (ec_join(key, n, n), "signature_malformed", "r and s are n"),
        (b"\xff" * 2 * size, "signature_malformed", "r and s are the largest number"),
        (ec_join(key, 1, 1), "signature_invalid", "r and s are 1"),
        (ec_join(key, n - 1, n - 1), "signature_invalid", "r and s are n−1"),
        (ec_join(key, s, r), "signature_invalid", "s and r"),
        (ec_der(key, made), "signature_malformed", "DER"),
        (b"\x00" + made[:size] + b"\x00" + made[size:], "signature_malformed", "r and s with a byte too many each"),
        (made[1:size] + made[size + 1 :], "signature_malformed", "r and s with a byte less each"),
        (made + made, "signature_malformed", "twice"),
    ):
        no(compact(key, signature=signature), code, f"{alg}: {comment}", "ecdsa", "class-04", keys=(key,))


def _es256k(no):
    n = SECP256K1_ORDER
    made = from_b64u(entry(SE1).signature)
    r, s = split(made)
    for signature, code, comment in (
        (join(0, 0), "signature_malformed", "r and s are 0"),
        (join(0, s), "signature_malformed", "r is 0"),
        (join(r, 0), "signature_malformed", "s is 0"),
        (join(n, s), "signature_malformed", "r is n"),
        (join(r, n), "signature_malformed", "s is n"),
        (b"\xff" * 64, "signature_malformed", "r and s are the largest number"),
        (join(1, 1), "signature_invalid", "r and s are 1"),
        (join(s, r), "signature_invalid", "s and r"),
        (der(made), "signature_malformed", "DER"),
        (made + b"\x01", "signature_malformed", "with a recovery byte"),
        (b"\x00" + made[:32] + b"\x00" + made[32:], "signature_malformed", "r and s with a byte too many each"),
    ):
        no(compact(SE1, signature=signature), code, f"ES256K: {comment}", "ecdsa", "class-04", keys=(SE1,))


def _ed25519(no):
    """Class 16."""
    made = from_b64u(entry(ED1).signature)
    for signature, comment in (
        (plus_order(made), "S + L"),
        (made[:32] + b"\xff" * 32, "S is the largest number"),
        (b"\x01" + bytes(31) + bytes(32), "R is the neutral point, S is 0"),
        *((point + made[32:], f"R is the point of small order {point.hex()[:8]}…") for point in SMALL_ORDER),
        (b"\xed" + b"\xff" * 30 + b"\x7f" + made[32:], "R is another encoding of 0"),
        (bytes(64), "zeros"),
        (b"\xff" * 64, "ones"),
    ):
        code = "signature_malformed" if comment in ("S + L", "S is the largest number", "ones") else "signature_invalid"
        no(compact(ED1, signature=signature), code, f"EdDSA: {comment}", "ed25519", "class-16")
    header = header_of(ED1)
    prehashed = compact(ED1, header=header, signature=sign(ED1, hashlib.sha512(f"{b64u(PAYLOAD)}".encode()).digest()))
    no(prehashed, "signature_invalid", "EdDSA: a hash is signed", "ed25519", "class-16")


def _rsa(no):
    """Class 17."""
    header = header_of(RSA)
    message = f"{entry(RSA).protected}.{b64u(PAYLOAD)}".encode()
    made = from_b64u(entry(RSA).signature)
    n = RSA.private.public_key().public_numbers().n
    info = bytes.fromhex("3031300d060960864801650304020105000420")
    tight = bytes.fromhex("302f300b0609608648016503040201" + "0420")
    hashed = digest("RS256", message)
    size = 256
    padded = b"\x00\x01" + b"\xff" * (size - len(info) - 35) + b"\x00" + info + hashed
    assert raw_rsa(RSA, padded) == made
    for signature, code, comment in (
        (pkcs1(RSA, message, "RS256", tight), "signature_invalid", "DigestInfo without NULL"),
        (pkcs1(RSA, message, "RS256", b""), "signature_invalid", "a digest without DigestInfo"),
        (pkcs1(RSA, message, "RS512"), "signature_invalid", "the digest of RS512"),
        (
            raw_rsa(RSA, padded[:2] + b"\xff" * 8 + b"\x00" + info + hashed + bytes(size - 11 - len(info) - 32)),
            "signature_invalid",
            "short padding, and bytes behind the digest (CVE-2006-4339)",
        ),
        (raw_rsa(RSA, b"\x00\x02" + padded[2:]), "signature_invalid", "the padding of encryption"),
        (raw_rsa(RSA, b"\x00\x01" + b"\xfe" + padded[3:]), "signature_invalid", "a byte of the padding that is not FF"),
        (raw_rsa(RSA, b"\x00\x00" + padded[2:]), "signature_invalid", "block type 0"),
        (pss(RSA, message, "PS256", bytes(32)), "signature_invalid", "the signature of PS256"),
        ((int.from_bytes(made, "big") + n).to_bytes(257, "big"), "signature_malformed", "the number plus the modulus"),
        (n.to_bytes(256, "big"), "signature_malformed", "the modulus itself"),
        (b"\xff" * 256, "signature_malformed", "a number above the modulus"),
        (bytes(256), "signature_invalid", "zero"),
        (bytes(255) + b"\x01", "signature_invalid", "one"),
        (b"\x00" + made, "signature_malformed", "a zero byte in front"),
        (made[1:], "signature_malformed", "the first byte is missing"),
        (from_b64u(entry(RSA_2, header=header).signature), "signature_invalid", "another key"),
        (from_b64u(entry(RSA_3072, header=header).signature), "signature_malformed", "a longer key"),
    ):
        no(compact(RSA, signature=signature), code, f"RS256: {comment}", "rsa", "class-17", keys=(RSA,))
    header = header_of(RSA, "PS256")
    message = f"{entry(RSA, alg='PS256').protected}.{b64u(PAYLOAD)}".encode()
    for salt in (0, 20, 31, 33, 64, 222):
        signature = pss(RSA, message, "PS256", bytes(range(salt)))
        no(
            compact(RSA, header=header, signature=signature),
            "signature_invalid",
            f"PS256: a salt of {salt} bytes",
            "rsa",
            "class-17",
            keys=(RSA,),
        )
    for signature, comment in (
        (pkcs1(RSA, message, "RS256"), "the signature of RS256"),
        (pss(RSA, message, "PS384", bytes(48)), "the signature of PS384"),
    ):
        no(
            compact(RSA, header=header, signature=signature),
            "signature_invalid",
            f"PS256: {comment}",
            "rsa",
            "class-17",
            keys=(RSA,),
        )


def _hmac(no):
    for key in (HS256, HS384, HS512):
        message = f"{entry(key).protected}.{b64u(PAYLOAD)}".encode()
        made = mac(key.secret, message, key.alg)
        for signature, code, comment in (
            (made[: len(made) // 2], "signature_malformed", "half of the tag"),
            (made[::-1], "signature_invalid", "the tag backwards"),
            (mac(key.secret + b"\x01", message, key.alg), "signature_invalid", "a longer secret"),
            (mac(b"", message, key.alg), "signature_invalid", "the empty secret"),
            (mac(b64u(key.secret).encode(), message, key.alg), "signature_invalid", "the secret in base64url"),
            (bytes(len(made)), "signature_invalid", "zeros"),
        ):
            no(compact(key, signature=signature), code, f"{key.alg}: {comment}", "hmac", keys=(key,))
    for key, alg in ((HS512, "HS256"), (HS512, "HS384")):
        message = f"{entry(key).protected}.{b64u(PAYLOAD)}".encode()
        no(
            compact(key, signature=mac(key.secret, message, alg)),
            "signature_malformed",
            f"HS512: the tag of {alg}",
            "hmac",
            keys=(key,),
        )
