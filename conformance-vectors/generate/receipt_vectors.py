"""The vectors of noun `receipt`."""

import hashlib
import json

import edwards
import signatures
from document_vectors import SMALL_ORDER
from envelope import text, without
from test_keys import ED1, ED2, SE1
from vectors import Noun

HASH = hashlib.sha256(b"(module)").hexdigest()
RECEIPT = {
    "version": "0.1",
    "module_hash": f"sha256:{HASH}",
    "exit_code": 0,
    "wall_time_ms": 235,
    "timestamp": 1704067200,
}

#: The largest integer that every JSON reader holds exactly.
SAFE = 2**53 - 1

NOTES = {
    "sign": "A receipt is signed; Ed25519 is deterministic, so the bytes are given.",
    "verify": "A receipt is verified with the key that the caller expects.",
    "canonical": "The text whose SHA-256 is signed.",
    "range": "The ends of the ranges of the integers.",
    "spelling": "Another JSON text of the same receipt.",
    "tampered": "The receipt was changed after it was signed.",
    "wrong-key": "The receipt is not one of the expected key, whatever key it names.",
    "algorithm": "Receipts are signed with Ed25519.",
    "separator": "The separator `|` cannot enter a field.",
    "shape": "A member is missing, not known, or outside its grammar.",
    "encoding": "Keys, hashes and signatures have one spelling: lower-case hex of exact length.",
    "small-order": "R of the signature is a point of small order.",
    "s-range": "S of the signature is not below the order of the group.",
    "cofactor": "The key has a part of order 8: verifiers that multiply by the cofactor and those that do not disagree.",
    "reader": "The rules of the JSON reader hold for receipts, too.",
}

_CHECKED_BY = signatures.CHECKED_BY + "; the joined text by Python's format, SHA-256 by hashlib"


def build() -> Noun:
    """Every file of the noun."""
    noun = Noun("receipt")
    for name, make in (
        ("sign", _sign),
        ("verify", _verify),
        ("verify-refused", _verify_refused),
        ("canonical", _canonical),
    ):
        file = noun.file(name, _CHECKED_BY, {})
        make(file)
        file.notes = {flag: NOTES[flag] for case in file.cases for flag in case["flags"]}
    return noun


def joined(receipt: dict) -> str:
    """`version|module_hash|exit_code|wall_time_ms|timestamp`."""
    return "{version}|{module_hash}|{exit_code}|{wall_time_ms}|{timestamp}".format(**receipt)


def signed(receipt: dict, key) -> dict:
    """The receipt with the key and its signature."""
    digest = hashlib.sha256(joined(receipt).encode()).digest()
    return {**receipt, "node_pubkey": key.public_hex, "signature": signatures.sign(key, digest).hex()}


def _bad_shapes(no):
    """Receipts that no operation takes."""
    for name in RECEIPT:
        no(without(RECEIPT, name), f"no {name}", "shape", member=name)
    for value in ("0.2", "1", "0.10", "", 0.1, None, "0.1|x"):
        flag = "separator" if isinstance(value, str) and "|" in value else "shape"
        no({**RECEIPT, "version": value}, f"version is {json.dumps(value)}", flag, member="version")
    for value, flag in (
        (f"sha256:{HASH}|0", "separator"),
        (f"{HASH[:-2]}|0", "separator"),
        (f"sha256:{HASH.upper()}", "encoding"),
        (f"SHA256:{HASH}", "encoding"),
        (f"sha256:{HASH[:-1]}", "encoding"),
        (f"sha256:{HASH}0", "encoding"),
        (f"sha256:sha256:{HASH}", "encoding"),
        (f"sha512:{HASH}", "encoding"),
        (f"sha256: {HASH}", "encoding"),
        (f"sha256:{HASH}\n", "encoding"),
        ("sha256:", "encoding"),
        ("", "encoding"),
        (None, "shape"),
        (7, "shape"),
    ):
        no({**RECEIPT, "module_hash": value}, f"module_hash is {json.dumps(value)}", flag, member="module_hash")
    for name, limit in (("exit_code", 2**32 - 1), ("wall_time_ms", SAFE), ("timestamp", SAFE)):
        for value in (-1, limit + 1, 0.5, "0", None, True, [0], "1|2"):
            flag = "separator" if value == "1|2" else "range" if type(value) is int else "shape"
            no({**RECEIPT, name: value}, f"{name} is {json.dumps(value)}", flag, member=name)
    for name in ("job_id", "Version", "", "stdout", "exit_code "):
        no({**RECEIPT, name: "x"}, f'a member "{name}" that the format does not have', "shape", member=name)
    for data in ("[]", "null", '"0.1"'):
        no(data, f"{data} is not an object", "shape")


def _sign(file):
    def ok(receipt, comment, *flags, key=ED1, spelled=None):
        args = {"receipt": spelled or text(receipt), "key": {"jwk_utf8": key.private_jwk()}}
        file.valid("receipt_sign", args, {"receipt_utf8": text(signed(receipt, key))}, comment, "sign", *flags)

    def no(receipt, code, comment, *flags, key=ED1, **detail):
        args = {
            "receipt": receipt if isinstance(receipt, (str, bytes)) else text(receipt),
            "key": {"jwk_utf8": key.private_jwk()},
        }
        file.invalid("receipt_sign", args, code, comment, "sign", *flags, **detail)

    ok(RECEIPT, "a receipt")
    ok(RECEIPT, "another key", key=ED2)
    ok({**RECEIPT, "module_hash": HASH}, "a hash without its prefix", "encoding")
    ok({**RECEIPT, "exit_code": 0, "wall_time_ms": 0, "timestamp": 0}, "all integers are 0", "range")
    ok(
        {**RECEIPT, "exit_code": 2**32 - 1, "wall_time_ms": SAFE, "timestamp": SAFE},
        "all integers are as large as allowed",
        "range",
    )
    ok({**RECEIPT, "node_pubkey": ED1.public_hex}, "node_pubkey is there already")
    ok(
        {**RECEIPT, "exit_code": 100},
        "another spelling of an integer",
        "spelling",
        spelled=text({**RECEIPT, "exit_code": 100}).replace("100", "1.00e2"),
    )
    ok(
        RECEIPT,
        "white space and another order",
        "spelling",
        spelled=json.dumps(dict(reversed(RECEIPT.items())), indent=2),
    )

    no(RECEIPT, "algorithm_unsupported", "a secp256k1 key", "algorithm", key=SE1)
    no({**RECEIPT, "node_pubkey": ED2.public_hex}, "key_mismatch", "node_pubkey is another key", "wrong-key")
    no(
        {**RECEIPT, "node_pubkey": "local_execution"},
        "receipt_malformed",
        "node_pubkey is a word",
        "encoding",
        member="node_pubkey",
    )
    no(signed(RECEIPT, ED1), "receipt_malformed", "signed already", "shape", member="signature")
    no({**RECEIPT, "signature": ""}, "receipt_malformed", "an empty signature", "shape", member="signature")
    _bad_shapes(lambda receipt, comment, flag, **detail: no(receipt, "receipt_malformed", comment, flag, **detail))
    no(text(RECEIPT)[:-1] + ',"version":"0.1"}', "duplicate_member", "a member twice", "reader")
    no(text(RECEIPT).replace("235", "9007199254740993"), "number_not_exact", "an integer that would change", "reader")
    no(text(RECEIPT).replace("235", "1e400"), "number_overflow", "a number that is too large", "reader")


def _verify(file):
    def ok(receipt, comment, *flags, key=None, spelled=None):
        args = {"receipt": spelled or text(receipt), "key": key or {"jwk_utf8": ED1.public_jwk()}}
        file.valid("receipt_verify", args, {"result_utf8": text(receipt)}, comment, "verify", *flags)

    one = signed(RECEIPT, ED1)
    ok(one, "a receipt")
    ok(signed(RECEIPT, ED2), "another key", key={"jwk_utf8": ED2.public_jwk()})
    ok(one, "the expected key as hex", key={"alg": "EdDSA", "hex": ED1.public_hex})
    ok(one, "the expected key as PEM", key={"pem_utf8": ED1.public_pem})
    ok(signed({**RECEIPT, "module_hash": HASH}, ED1), "a hash without its prefix", "encoding")
    ok(signed({**RECEIPT, "exit_code": 0, "wall_time_ms": 0, "timestamp": 0}, ED1), "all integers are 0", "range")
    ok(
        signed({**RECEIPT, "exit_code": 2**32 - 1, "wall_time_ms": SAFE, "timestamp": SAFE}, ED1),
        "all integers are as large as allowed",
        "range",
    )
    ok(signed({**RECEIPT, "exit_code": 137}, ED1), "a program that was killed")
    ok(one, "white space and another order", "spelling", spelled=json.dumps(dict(reversed(one.items())), indent=2))
    ok(
        signed({**RECEIPT, "exit_code": 100}, ED1),
        "another spelling of an integer",
        "spelling",
        spelled=text(signed({**RECEIPT, "exit_code": 100}, ED1)).replace(":100,", ":1e2,"),
    )


def _verify_refused(file):
    def no(receipt, code, comment, *flags, key=None, **detail):
        args = {
            "receipt": receipt if isinstance(receipt, (str, bytes)) else text(receipt),
            "key": key or {"jwk_utf8": ED1.public_jwk()},
        }
        file.invalid("receipt_verify", args, code, comment, *flags, **detail)

    one = signed(RECEIPT, ED1)
    other = hashlib.sha256(b"(another)").hexdigest()
    for name, value in (
        ("module_hash", f"sha256:{other}"),
        ("module_hash", HASH),
        ("exit_code", 1),
        ("wall_time_ms", 236),
        ("timestamp", 1704067201),
    ):
        no({**one, name: value}, "signature_invalid", f"{name} is changed to {value}", "tampered")
    good = bytes.fromhex(one["signature"])
    for bit in (0, 255, 256, 503):
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << bit % 8
        no(
            {**one, "signature": bytes(flipped).hex()},
            "signature_invalid",
            f"bit {bit} of the signature is changed",
            "tampered",
        )

    digest = hashlib.sha256(joined(RECEIPT).encode()).digest()
    no(signed(RECEIPT, ED2), "key_mismatch", "a receipt that another key signed and names", "wrong-key")
    no({**one, "node_pubkey": ED2.public_hex}, "key_mismatch", "another key is named", "wrong-key")
    no(
        {**one, "signature": signatures.sign(ED2, digest).hex()},
        "signature_invalid",
        "the expected key is named, another one signed",
        "wrong-key",
    )
    no(one, "key_mismatch", "another key is expected", "wrong-key", key={"jwk_utf8": ED2.public_jwk()})
    no(one, "algorithm_unsupported", "a secp256k1 key is expected", "algorithm", key={"jwk_utf8": SE1.public_jwk()})
    no(
        {**one, "signature": signatures.sign(ED1, joined(RECEIPT).encode()).hex()},
        "signature_invalid",
        "a signature over the text, not over its digest",
        "wrong-key",
    )
    no(
        {**one, "signature": signatures.sign(ED1, digest.hex().encode()).hex()},
        "signature_invalid",
        "a signature over the digest in hex",
        "wrong-key",
    )
    no(
        {**RECEIPT, "node_pubkey": "local_execution", "signature": "unsigned"},
        "receipt_malformed",
        "words in place of key and signature",
        "encoding",
        member="node_pubkey",
    )
    no(
        {**RECEIPT, "node_pubkey": SMALL_ORDER[0].hex(), "signature": SMALL_ORDER[0].hex() + "00" * 32},
        "key_mismatch",
        "a key of small order is named",
        "small-order",
        "wrong-key",
    )
    for point in SMALL_ORDER:
        no({**one, "signature": (point + good[32:]).hex()}, "signature_invalid", f"R is {point.hex()}", "small-order")
    for point in SMALL_ORDER:
        no(
            one,
            "key_weak",
            f"the expected key is {point.hex()}",
            "small-order",
            key={"alg": "EdDSA", "hex": point.hex()},
        )
    no({**one, "signature": signatures.plus_order(good).hex()}, "signature_malformed", "S is S + L", "s-range")
    no(
        {**one, "signature": (good[:32] + b"\xff" * 32).hex()},
        "signature_malformed",
        "S is the largest number",
        "s-range",
    )

    # The key is not part of what a receipt signs, so the digest is the same.
    public, mixed = edwards.mixed_key_and_signature(digest, valid=False)
    receipt = {**RECEIPT, "node_pubkey": public.hex(), "signature": mixed.hex()}
    key = {"alg": "EdDSA", "hex": public.hex()}
    no(receipt, "signature_invalid", "valid to a cofactored verifier only", "cofactor", key=key)

    for name, values in (
        (
            "signature",
            (
                one["signature"].upper(),
                one["signature"][:-2],
                one["signature"] + "00",
                one["signature"] + "\n",
                "",
                "unsigned",
                "g" * 128,
                None,
                1,
            ),
        ),
        (
            "node_pubkey",
            (
                ED1.public_hex.upper(),
                ED1.public_hex[:-2],
                ED1.public_hex + "00",
                "0x" + ED1.public_hex,
                " " + ED1.public_hex,
                "",
                "é" * 32,
                None,
                1,
            ),
        ),
    ):
        for value in values:
            no(
                {**one, name: value},
                "receipt_malformed",
                f"{name} is {json.dumps(value)}"[:80],
                "encoding",
                member=name,
            )
        no(without(one, name), "receipt_malformed", f"no {name}", "shape", member=name)

    def bad(receipt, comment, flag, **detail):
        full = (
            {"node_pubkey": one["node_pubkey"], "signature": one["signature"], **receipt}
            if isinstance(receipt, dict)
            else receipt
        )
        no(full, "receipt_malformed", comment, flag, **detail)

    _bad_shapes(bad)
    ambiguous = {**RECEIPT, "version": f"0.1|sha256:{HASH}", "module_hash": "0"}
    bad(ambiguous, "a separator moved from one field into another", "separator")
    signed_text = text(one)
    no(signed_text[:-1] + ',"exit_code":1}', "duplicate_member", "a member twice", "reader")
    no(signed_text + signed_text, "trailing_bytes", "two receipts", "reader", offset=len(signed_text))
    no(
        signed_text.replace("235", "235.00000000000000001"),
        "number_not_exact",
        "an integer that is not quite one",
        "reader",
    )


def _canonical(file):
    def ok(receipt, comment, *flags, spelled=None):
        expected = {"canonical_utf8": joined(receipt)}
        file.valid(
            "receipt_canonical_representation",
            {"receipt": spelled or text(receipt)},
            expected,
            comment,
            "canonical",
            *flags,
        )

    ok(RECEIPT, "not signed yet")
    ok(signed(RECEIPT, ED1), "signed; key and signature are not part of the text")
    ok({**RECEIPT, "module_hash": HASH}, "a hash without its prefix", "encoding")
    ok(
        {**RECEIPT, "exit_code": 2**32 - 1, "wall_time_ms": SAFE, "timestamp": SAFE},
        "all integers are as large as allowed",
        "range",
    )
    ok({**RECEIPT, "wall_time_ms": 10**15}, "no exponent, no point", "range")

    def no(receipt, comment, flag, **detail):
        args = {"receipt": receipt if isinstance(receipt, str) else text(receipt)}
        file.invalid(
            "receipt_canonical_representation", args, "receipt_malformed", comment, "canonical", flag, **detail
        )

    no({**RECEIPT, "module_hash": f"sha256:{HASH}|1"}, "a separator in the hash", "separator", member="module_hash")
    no({**RECEIPT, "version": "0.1|"}, "a separator in the version", "separator", member="version")
    no({**RECEIPT, "exit_code": "0|1"}, "a separator in the exit code", "separator", member="exit_code")
    no({**RECEIPT, "exit_code": 2**32}, "an exit code that is too large", "range", member="exit_code")
    no(without(RECEIPT, "timestamp"), "no timestamp", "shape", member="timestamp")
    file.invalid(
        "receipt_canonical_representation",
        {"receipt": "{"},
        "invalid_json",
        "not JSON",
        "canonical",
        "reader",
        offset=1,
    )
