"""The vectors of noun `document`."""

import base64
import json

import edwards
import signatures
from encoding import b64u
from envelope import JOB_TYPE, body, document_entry, document_result, dsse, pae, sign_document, text, without
from test_keys import ED1, ED2, SE1, SE2, SE3
from vectors import Noun

TYPE = "application/vnd.example.order+json"

ORDER = {
    "order": 17,
    "lines": [{"article": "tea", "price": 4.5, "count": 2}, {"article": "çay ☕", "price": 1e-7, "count": 1}],
    "paid": False,
    "note": None,
    "\ufb33": "sorted",
    "😀": "sorted by UTF-16",
}

NOTES = {
    "sign": "A document is signed; the signature is deterministic, so the bytes are given.",
    "append": "Signing again appends: every signer signs the same bytes.",
    "verify": "A document is verified.",
    "spelling": "Another JSON text of the same document.",
    "tampered": "The document was changed after it was signed.",
    "wrong-key": "The signature is not one of the key that is named or trusted.",
    "wrong-type": "The signature is one over a document of another type.",
    "signature-encoding": "A signature has one spelling: base64url without padding of 64 bytes.",
    "low-s": "An ECDSA signature has two values of s; only the low one is valid.",
    "small-order": "R of an Ed25519 signature is a point of small order.",
    "s-range": "S of an Ed25519 signature, or r or s of an ECDSA signature, is not in its range.",
    "canonical-point": "A point has one encoding, whose y is below the prime of the field.",
    "cofactor": "The key has a part of order 8: verifiers that multiply by the cofactor and those that do not disagree.",
    "duplicate-signer": "One key counts once, however often it signs.",
    "threshold": "How many trusted keys must have signed; the number comes from the verifier alone.",
    "shape": "The document or an entry of `signatures` does not have its shape.",
    "type": "The type is a media type that is not one of samebyte's own.",
    "reader": "The rules of the JSON reader hold for documents, too.",
    "limit": "At most 64 signatures.",
    "signing-input": "The DSSE pre-authentication encoding, which every signer signs.",
    "dsse": "The same signatures as a DSSE envelope.",
}


def build() -> Noun:
    """Every file of the noun."""
    noun = Noun("document")
    for name, make in (
        ("sign", _sign),
        ("verify", _verify),
        ("verify-refused", _verify_refused),
        ("signing-input", _signing_input),
        ("dsse", _dsse),
    ):
        file = noun.file(name, signatures.CHECKED_BY, {})
        make(file)
        file.notes = {flag: NOTES[flag] for case in file.cases for flag in case["flags"]}
    return noun


def _private(key, **more):
    return {"jwk_utf8": key.private_jwk(**more)}


def _public(*keys):
    return [{"jwk_utf8": key.public_jwk()} for key in keys]


def _sign(file):
    def ok(document, key, comment, *flags, spelled=None, media_type=TYPE, expected=None):
        signed = expected or sign_document(document, media_type, key)
        args = {"document": spelled or text(document), "key": _private(key), "type": media_type}
        file.valid("document_sign", args, {"document_utf8": text(signed)}, comment, "sign", *flags)

    def no(document, code, comment, *flags, media_type=TYPE, key=ED1, **detail):
        data = document if isinstance(document, (str, bytes)) else text(document)
        file.invalid(
            "document_sign",
            {"document": data, "key": _private(key), "type": media_type},
            code,
            comment,
            "sign",
            *flags,
            **detail,
        )

    ok({}, ED1, "an empty object")
    ok({"a": 1}, ED1, "Ed25519")
    ok({"a": 1}, SE1, "ECDSA over secp256k1")
    ok({"a": 1}, ED2, "another key")
    ok(ORDER, ED1, "every kind of value")
    ok(ORDER, SE2, "every kind of value, ECDSA")
    ok({"b": 2, "a": 1}, ED1, "input that is not canonical", "spelling", spelled='{ "b" : 2.0,\n "a" : 1e0 }')
    ok({"a": 1}, ED1, "signatures is an empty array", "append", spelled='{"a":1,"signatures":[]}')
    ok(sign_document(ORDER, TYPE, ED1), SE1, "a second signature", "append")
    ok(sign_document(ORDER, TYPE, ED1, SE1), ED2, "a third signature", "append")
    ok({"a": 1, "signature": "x", "Signatures": []}, ED1, "members that are named like signatures are signed")
    ok({"a": {"signatures": [1]}}, ED1, "an inner member signatures is signed")
    ok({"a": 1}, ED1, "a short type", "type", media_type="a/b")
    ok({"a": 1}, ED1, "a type with every sign that it may have", "type", media_type="a1!#$&-^_.+/B2!#$&-^_.+")
    ok({"a": 1}, ED1, "127 characters on each side", "type", media_type="a" * 127 + "/" + "b" * 127)
    message = pae(TYPE, {"a": 1})
    named = {"a": 1, "signatures": [document_entry(ED1, message, kid='order desk "7" é')]}
    file.valid(
        "document_sign",
        {"document": '{"a":1}', "key": _private(ED1, kid='order desk "7" é'), "type": TYPE},
        {"document_utf8": text(named)},
        "the kid of the key is that of its JWK",
        "sign",
    )

    no(sign_document({"a": 1}, TYPE, ED1), "duplicate_signer", "the same key again", "duplicate-signer")
    no(
        sign_document({"a": 1}, TYPE, SE1, ED1),
        "duplicate_signer",
        "the same key again, behind another",
        "duplicate-signer",
    )
    for data in ("[]", "1", '"a"', "null"):
        no(data, "document_malformed", f"{data} is not an object", "shape")
    no('{"a":9007199254740993}', "number_not_exact", "a number that would change", "reader", offset=5, pointer="/a")
    no('{"a":1,"a":2}', "duplicate_member", "a member twice", "reader", offset=7)
    no('{"a":1', "invalid_json", "not JSON", "reader", offset=6)
    no(b'{"a":"\xff"}', "invalid_utf8", "not UTF-8", "reader", offset=6)
    no("[" * 129 + "]" * 129, "too_deep", "129 levels", "reader", offset=128)
    for media_type, comment in (
        ("", "empty"),
        ("order", "no solidus"),
        ("a/b/c", "two solidi"),
        ("a/ b", "a space"),
        ("/b", "nothing before the solidus"),
        ("a/", "nothing behind the solidus"),
        ("application/json; charset=utf-8", "a parameter"),
        ("a/b\n", "a line feed"),
        ("a/é", "a letter beyond ASCII"),
        (".a/b", "a point first"),
        ("a" * 128 + "/b", "128 characters"),
    ):
        no({"a": 1}, "type_invalid", comment, "type", media_type=media_type)
    for media_type in (JOB_TYPE, "application/vnd.samebyte.receipt.v1+json", "Application/VND.samebyte.JOB.v1+json"):
        no({"a": 1}, "type_invalid", f"{media_type} is made by its own operation", "type", media_type=media_type)
    _shapes(lambda document, comment, flag, **detail: no(document, "document_malformed", comment, flag, **detail))
    many = {"a": 1, "signatures": [{"alg": "EdDSA", "kid": f"k{number}", "sig": ""} for number in range(64)]}
    no(many, "too_many_signatures", "a 65th signature", "limit")


def _shapes(no):
    """Documents whose `signatures` have a wrong shape."""
    for value in (None, {}, "x", 1, True):
        no({"a": 1, "signatures": value}, f"signatures is {json.dumps(value)}", "shape", pointer="/signatures")
    good = {"alg": "EdDSA", "kid": "k", "sig": "x"}
    for name in good:
        no({"a": 1, "signatures": [without(good, name)]}, f"an entry without {name}", "shape", pointer="/signatures/0")
        no(
            {"a": 1, "signatures": [{**good, "kid": "other"}, {**good, name: 1}]},
            f"{name} is a number",
            "shape",
            pointer="/signatures/1",
        )
    no({"a": 1, "signatures": [{**good, "x": 1}]}, "an entry with one member more", "shape", pointer="/signatures/0")
    for value in (None, [], "x", 0):
        no({"a": 1, "signatures": [value]}, f"an entry that is {json.dumps(value)}", "shape", pointer="/signatures/0")


def _verify(file):
    def ok(document, keys, comment, *flags, spelled=None, media_type=TYPE, **more):
        args = {"document": spelled or text(document), "keys": _public(*keys), "type": media_type, **more}
        file.valid(
            "document_verify", args, {"result_utf8": document_result(document, *keys)}, comment, "verify", *flags
        )

    one, two = sign_document(ORDER, TYPE, ED1), sign_document(ORDER, TYPE, ED1, SE1)
    ok(sign_document({}, TYPE, ED1), [ED1], "an empty object")
    ok(one, [ED1], "Ed25519")
    ok(sign_document(ORDER, TYPE, SE1), [SE1], "ECDSA over secp256k1")
    ok(one, [SE1, ED2, ED1], "the key is one of several")
    ok(two, [ED1], "a second signature that is not trusted is reported and does not count")
    ok(two, [SE1], "a first signature that is not trusted")
    ok(two, [SE1, ED1], "both are trusted")
    ok(two, [ED1, SE1], "two of two", "threshold", threshold=2)
    ok(two, [ED1, SE1, SE2], "two of three", "threshold", threshold=2)
    ok(one, [ED1, SE1], "one of two, said outright", "threshold", threshold=1)
    ok(
        sign_document(ORDER, TYPE, ED2, SE3, ED1, SE1),
        [ED1, SE1],
        "two of two among four signatures",
        "threshold",
        threshold=2,
    )
    ok(
        one,
        [ED1],
        "white space and another order",
        "spelling",
        spelled=json.dumps(dict(reversed(one.items())), indent=2),
    )
    ok(
        sign_document({"n": 100}, TYPE, ED1),
        [ED1],
        "another spelling of a number",
        "spelling",
        spelled=text(sign_document({"n": 100}, TYPE, ED1)).replace("100", "1.00e2"),
    )
    ok(sign_document({"a": 1}, "A/B", ED1), [ED1], "a type is signed as it is written", "type", media_type="A/B")
    message = pae(TYPE, {"a": 1})
    stranger = {"alg": "X", "kid": "stranger", "sig": "?"}
    ok(
        {"a": 1, "signatures": [stranger, document_entry(ED1, message)]},
        [ED1],
        "an entry of an unknown key is not looked into",
    )
    ok(
        {"a": 1, "signatures": [document_entry(ED1, message), document_entry(ED1, message, kid="alias")]},
        [ED1],
        "the same key under a second kid does not count",
        "duplicate-signer",
    )
    named = {"a": 1, "signatures": [document_entry(ED1, message, kid="desk")]}
    file.valid(
        "document_verify",
        {"document": text(named), "keys": [{"jwk_utf8": ED1.public_jwk(kid="desk")}], "type": TYPE},
        {
            "result_utf8": text(
                {"document": {"a": 1}, "signatures": [{"alg": "EdDSA", "index": 0, "kid": "desk", "verified": True}]}
            )
        },
        "the kid of the key is that of its JWK",
        "verify",
    )
    public, mixed = edwards.mixed_key_and_signature(pae(TYPE, {"a": 1}), valid=True)
    document = {"a": 1, "signatures": [{"alg": "EdDSA", "kid": "mixed", "sig": b64u(mixed)}]}
    file.valid(
        "document_verify",
        {
            "document": text(document),
            "keys": [{"jwk_utf8": json.dumps({"crv": "Ed25519", "kid": "mixed", "kty": "OKP", "x": b64u(public)})}],
            "type": TYPE,
        },
        {
            "result_utf8": text(
                {
                    "document": {"a": 1},
                    "signatures": [{"alg": "EdDSA", "index": 0, "kid": "mixed", "verified": True}],
                }
            )
        },
        "a key with a part of order 8 whose signature is valid without the cofactor",
        "verify",
        "cofactor",
    )
    for form, comment in (
        ({"alg": "EdDSA", "hex": ED1.public_hex}, "the key from hex"),
        ({"pem_utf8": ED1.public_pem}, "the key from PEM"),
    ):
        file.valid(
            "document_verify",
            {"document": text(one), "keys": [form], "type": TYPE},
            {"result_utf8": document_result(one, ED1)},
            comment,
            "verify",
        )


def _verify_refused(file):
    def no(document, code, comment, *flags, keys=(ED1,), media_type=TYPE, detail=None, **more):
        data = document if isinstance(document, (str, bytes)) else text(document)
        keys = _public(*keys) if isinstance(keys, tuple) else keys
        file.invalid(
            "document_verify",
            {"document": data, "keys": keys, "type": media_type, **more},
            code,
            comment,
            *flags,
            **(detail or {}),
        )

    def failed(document, cause, comment, *flags, index=0, **more):
        no(document, "signature_verification_failed", comment, *flags, detail={"index": index, "cause": cause}, **more)

    small = {"order": 17, "lines": [{"article": "tea", "count": 2}], "paid": False, "note": None}
    one = sign_document(small, TYPE, ED1)
    for change, comment in (
        ({"order": 18}, "a number"),
        ({"order": "17"}, "a number made a string"),
        ({"paid": True}, "a literal"),
        ({"note": ""}, "null made an empty string"),
        ({"lines": [{"article": "tea", "count": 3}]}, "an inner number"),
        ({"lines": [{"article": "Tea", "count": 2}]}, "an inner string"),
        ({"lines": [{"article": "tea", "count": 2}] * 2}, "an element more"),
        ({"lines": []}, "an element less"),
        ({"extra": 1}, "a member more"),
    ):
        failed({**one, **change}, "signature_invalid", f"changed: {comment}", "tampered")
        failed(
            {**sign_document(small, TYPE, SE1), **change},
            "signature_invalid",
            f"changed: {comment}, ECDSA",
            "tampered",
            keys=(SE1,),
        )
    failed(without(one, "note"), "signature_invalid", "a member less", "tampered")
    failed({**without(one, "paid"), "Paid": False}, "signature_invalid", "a member renamed", "tampered")
    failed(
        {**sign_document({"a": "\u00e9"}, TYPE, ED1), "a": "e\u0301"},
        "signature_invalid",
        "a decomposed letter in place of the composed one",
        "tampered",
    )

    entry = one["signatures"][0]
    for media_type in ("application/vnd.example.invoice+json", "application/json", TYPE.upper(), TYPE + "x"):
        failed(one, "signature_invalid", f"verified as {media_type}", "wrong-type", media_type=media_type)
    no(one, "type_invalid", "verified as a job", "wrong-type", "type", media_type=JOB_TYPE)
    no(one, "type_invalid", "no media type", "type", media_type="order")
    plain = {**small, "signatures": [{**entry, "sig": b64u(signatures.sign(ED1, body(small).encode()))}]}
    failed(plain, "signature_invalid", "a signature over the bare text, without its type", "wrong-type")

    no(one, "signature_unknown", "another key", "wrong-key", keys=(ED2,))
    no(one, "signature_unknown", "another key of another algorithm", "wrong-key", keys=(SE1,))
    no(sign_document(small, TYPE, SE2), "signature_unknown", "another key, ECDSA", "wrong-key", keys=(SE1, SE3))
    forged = {**small, "signatures": [{**sign_document(small, TYPE, ED2)["signatures"][0], "kid": ED1.thumbprint}]}
    failed(forged, "signature_invalid", "the kid of a trusted key over the signature of another", "wrong-key")
    forged = {**small, "signatures": [{**sign_document(small, TYPE, SE2)["signatures"][0], "kid": SE1.thumbprint}]}
    failed(forged, "signature_invalid", "the same with ECDSA", "wrong-key", keys=(SE1,))
    failed(
        {**small, "signatures": [{**entry, "alg": "ES256K"}]},
        "algorithm_mismatch",
        "the alg of another kind of key",
        "wrong-key",
    )
    for alg in ("none", "", "HS256", "eddsa", "ES256"):
        failed({**small, "signatures": [{**entry, "alg": alg}]}, "algorithm_mismatch", f'alg is "{alg}"', "wrong-key")
    swapped = {**small, "signatures": [{**entry, "kid": SE1.thumbprint, "alg": "ES256K"}]}
    # What is S of Ed25519 here is read as s of ECDSA, and happens to be a high one.
    failed(
        swapped, "signature_not_low_s", "an Ed25519 signature named as one of a secp256k1 key", "wrong-key", keys=(SE1,)
    )

    for sig, comment in (
        (entry["sig"] + "==", "padding"),
        (entry["sig"][:-2], "63 bytes"),
        (entry["sig"] + "AA", "65 bytes"),
        ("", "empty"),
        (entry["sig"] + "\n", "a line feed"),
        (" " + entry["sig"], "a space"),
        (_trailing_bits(entry["sig"]), "trailing bits that are not zero"),
        (base64.b64encode(signatures.sign(ED1, pae(TYPE, small))).decode().rstrip("="), "the alphabet of base64"),
        (signatures.sign(ED1, pae(TYPE, small)).hex(), "hex"),
        ("A" + entry["sig"], "one character more"),
    ):
        failed({**small, "signatures": [{**entry, "sig": sig}]}, "signature_malformed", comment, "signature-encoding")
    ecdsa = sign_document(small, TYPE, SE1)["signatures"][0]
    raw = signatures.sign(SE1, pae(TYPE, small))

    def with_ecdsa(data):
        return {**small, "signatures": [{**ecdsa, "sig": b64u(data)}]}

    failed(with_ecdsa(signatures.der(raw)), "signature_malformed", "DER", "signature-encoding", keys=(SE1,))
    failed(with_ecdsa(raw[:63]), "signature_malformed", "63 bytes, ECDSA", "signature-encoding", keys=(SE1,))
    failed(
        with_ecdsa(raw + b"\x00"),
        "signature_malformed",
        "65 bytes, as with a recovery id",
        "signature-encoding",
        keys=(SE1,),
    )
    failed(with_ecdsa(signatures.high_s(raw)), "signature_not_low_s", "high s", "low-s", keys=(SE1,))
    order = signatures.SECP256K1_ORDER
    r, s = signatures.split(raw)
    for data, comment in (
        (signatures.join(order, s), "r is the order"),
        (signatures.join(r, order), "s is the order"),
        (b"\xff" * 64, "r and s are the largest numbers"),
        (signatures.join(0, s), "r is 0"),
        (signatures.join(r, 0), "s is 0"),
        (bytes(64), "r and s are 0"),
    ):
        failed(with_ecdsa(data), "signature_malformed", comment, "s-range", keys=(SE1,))
    good = signatures.sign(ED1, pae(TYPE, small))

    def with_eddsa(data):
        return {**small, "signatures": [{**entry, "sig": b64u(data)}]}

    failed(with_eddsa(signatures.plus_order(good)), "signature_malformed", "S is S + L", "s-range")
    failed(with_eddsa(good[:32] + b"\xff" * 32), "signature_malformed", "S is the largest number", "s-range")
    failed(
        with_eddsa(good[:32] + signatures.ED25519_ORDER.to_bytes(32, "little")),
        "signature_malformed",
        "S is L",
        "s-range",
    )
    failed(with_eddsa(good[:32] + bytes(32)), "signature_invalid", "S is 0", "s-range")
    for point in SMALL_ORDER:
        failed(with_eddsa(point + good[32:]), "signature_invalid", f"R is {point.hex()}", "small-order")
    for point, comment in (
        ("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "R is p+1, another encoding of 1"),
        ("f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "R is p+3, another encoding of 3"),
        ("0200000000000000000000000000000000000000000000000000000000000000", "R is no point"),
    ):
        failed(with_eddsa(bytes.fromhex(point) + good[32:]), "signature_invalid", comment, "canonical-point")
    public, mixed = edwards.mixed_key_and_signature(pae(TYPE, small), valid=False)
    document = {**small, "signatures": [{"alg": "EdDSA", "kid": "mixed", "sig": b64u(mixed)}]}
    jwk = json.dumps({"crv": "Ed25519", "kid": "mixed", "kty": "OKP", "x": b64u(public)})
    failed(document, "signature_invalid", "valid to a cofactored verifier only", "cofactor", keys=[{"jwk_utf8": jwk}])
    for bit in (0, 255, 256, 503):
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << bit % 8
        failed(with_eddsa(bytes(flipped)), "signature_invalid", f"bit {bit} of the signature is changed", "tampered")

    two = sign_document(small, TYPE, ED1, SE1)
    no(
        {**one, "signatures": one["signatures"] * 2},
        "duplicate_signer",
        "the same entry twice",
        "duplicate-signer",
        detail={"index": 1},
    )
    no(
        {**one, "signatures": two["signatures"] + [{**entry, "sig": "AAAA"}]},
        "duplicate_signer",
        "the same kid with another signature",
        "duplicate-signer",
        detail={"index": 2},
    )
    alias = {**small, "signatures": [entry, {**entry, "kid": "alias"}]}
    no(
        alias,
        "threshold_not_met",
        "one key under two kids counts once",
        "duplicate-signer",
        "threshold",
        keys=(ED1, SE1),
        threshold=2,
    )
    no(one, "threshold_not_met", "one of two", "threshold", keys=(ED1, SE1), threshold=2)
    no(two, "threshold_not_met", "two of three", "threshold", keys=(ED1, SE1, ED2), threshold=3)
    no(
        sign_document({"threshold": 1}, TYPE, ED1),
        "threshold_not_met",
        "a document does not lower the threshold",
        "threshold",
        keys=(ED1, SE1),
        threshold=2,
    )
    no(
        two,
        "threshold_not_met",
        "a signature that is not trusted does not count",
        "threshold",
        keys=(ED1, ED2),
        threshold=2,
    )
    for threshold, keys, comment in (
        (0, (ED1,), "0"),
        (2, (ED1,), "2 of one"),
        (-1, (ED1,), "-1"),
        (1, (), "1 of none"),
    ):
        no(one, "invalid_argument", f"a threshold of {comment}", "threshold", keys=keys, threshold=threshold)
    no(one, "duplicate_kid", "one key twice", "duplicate-signer", keys=(ED1, ED1))
    no(
        one,
        "duplicate_kid",
        "one key twice, in two forms",
        "duplicate-signer",
        keys=[{"jwk_utf8": ED1.public_jwk(kid="other")}, {"alg": "EdDSA", "hex": ED1.public_hex}],
    )
    no(
        one,
        "duplicate_kid",
        "one kid for two keys",
        "duplicate-signer",
        keys=[{"jwk_utf8": ED1.public_jwk(kid="k")}, {"jwk_utf8": ED2.public_jwk(kid="k")}],
    )
    no(
        one,
        "key_malformed",
        "a private key where a public one is due",
        "wrong-key",
        keys=[{"jwk_utf8": ED1.private_jwk()}],
    )
    for more, comment in (({"use": "enc"}, "use is enc"), ({"key_ops": ["sign"]}, "key_ops has no verify")):
        keys = [{"jwk_utf8": ED1.public_jwk(**more)}]
        no(one, "key_use_forbidden", f"a key that may not verify: {comment}", "wrong-key", keys=keys)
    broken = {
        **two,
        "signatures": [two["signatures"][0], {**two["signatures"][1], "sig": b64u(bytes([raw[0] ^ 1]) + raw[1:])}],
    }
    failed(
        broken,
        "signature_invalid",
        "a valid signature and an invalid one, both of trusted keys",
        "threshold",
        index=1,
        keys=(ED1, SE1),
    )

    no(small, "document_unsigned", "no member signatures", "shape")
    no({**small, "signatures": []}, "document_unsigned", "signatures is empty", "shape")
    _shapes(lambda document, comment, flag, **detail: no(document, "document_malformed", comment, flag, detail=detail))
    for data in ("[]", "null", "17"):
        no(data, "document_malformed", f"{data} is not an object", "shape")
    many = {**small, "signatures": [entry] + [{**entry, "kid": f"k{number}"} for number in range(64)]}
    no(many, "too_many_signatures", "65 signatures", "limit")
    signed = text(one)
    no(signed[:-1] + ',"paid":false}', "duplicate_member", "a member twice", "reader")
    no(
        signed + " {}",
        "trailing_bytes",
        "something behind the document",
        "reader",
        detail={"offset": len(signed.encode()) + 1},
    )
    no(
        signed.replace('"order":17', '"order":17.0000000000000001'),
        "number_not_exact",
        "a number that is nearly the one that was signed",
        "reader",
    )
    no("\ufeff" + signed, "byte_order_mark", "a byte order mark", "reader", detail={"offset": 0})


def _signing_input(file):
    def ok(document, comment, *flags, spelled=None, media_type=TYPE):
        expected = {"signing_input_utf8": pae(media_type, document).decode()}
        file.valid(
            "document_signing_input",
            {"document": spelled or text(document), "type": media_type},
            expected,
            comment,
            "signing-input",
            *flags,
        )

    ok({}, "an empty object")
    ok({"a": 1}, "one member")
    ok(ORDER, "lengths are those of bytes")
    ok({"a": 1}, "the length of the type is said, too", media_type="a/b")
    ok(sign_document({"a": 1}, TYPE, ED1), "signatures are left out")
    ok({"a": 1}, "signatures of any kind are left out", spelled='{"signatures":7,"a":1}')
    ok({"b": 1, "a": [0.5]}, "another spelling", "spelling", spelled=' { "b" : 1 , "a" : [ 5e-1 ] } ')

    def no(data, code, comment, *flags, media_type=TYPE, **detail):
        file.invalid(
            "document_signing_input",
            {"document": data, "type": media_type},
            code,
            comment,
            "signing-input",
            *flags,
            **detail,
        )

    no("[]", "document_malformed", "not an object", "shape")
    no("{}", "type_invalid", "not a media type", "type", media_type="x")
    no("{}", "type_invalid", "a type of samebyte's own", "type", media_type=JOB_TYPE)
    no('{"a":0.1000000000000000055}', "number_not_exact", "a number that would change", "reader", offset=5)


def _dsse(file):
    one, two = sign_document(ORDER, TYPE, ED1), sign_document({"a": 1}, TYPE, SE1, ED2)
    for document, comment in (
        (one, "one signature"),
        (two, "two signatures"),
        (sign_document({}, TYPE, ED1), "an empty object"),
    ):
        envelope = text(dsse(document, TYPE))
        file.valid(
            "document_to_dsse", {"document": text(document), "type": TYPE}, {"envelope_utf8": envelope}, comment, "dsse"
        )
        file.valid(
            "document_from_dsse",
            {"envelope": envelope, "type": TYPE},
            {"document_utf8": text(document)},
            comment,
            "dsse",
        )
    file.valid(
        "document_to_dsse",
        {"document": json.dumps(one, indent=1), "type": TYPE},
        {"envelope_utf8": text(dsse(one, TYPE))},
        "input that is not canonical",
        "dsse",
        "spelling",
    )
    envelope = dsse(two, TYPE)
    file.valid(
        "document_from_dsse",
        {"envelope": json.dumps(envelope, indent=1), "type": TYPE},
        {"document_utf8": text(two)},
        "an envelope that is not canonical",
        "dsse",
        "spelling",
    )

    def to(document, code, comment, *flags, media_type=TYPE, **detail):
        file.invalid(
            "document_to_dsse",
            {"document": text(document), "type": media_type},
            code,
            comment,
            "dsse",
            *flags,
            **detail,
        )

    to({"a": 1}, "document_unsigned", "no signature", "shape")
    to({"a": 1, "signatures": []}, "document_unsigned", "an empty array of signatures", "shape")
    to(["a"], "document_malformed", "not an object", "shape")
    to(
        {"a": 1, "signatures": [{"alg": "EdDSA", "kid": "k", "sig": "?"}]},
        "document_malformed",
        "a signature that is not base64url",
        "shape",
    )
    to(
        {"a": 1, "signatures": [{"alg": "EdDSA", "kid": "k"}]},
        "document_malformed",
        "an entry without sig",
        "shape",
        pointer="/signatures/0",
    )
    to({**two, "signatures": two["signatures"][:1] * 2}, "duplicate_signer", "one kid twice", "duplicate-signer")
    to(two, "type_invalid", "not a media type", "type", media_type="x")

    def back(value, code, comment, *flags, media_type=TYPE, **detail):
        data = value if isinstance(value, str) else text(value)
        file.invalid(
            "document_from_dsse", {"envelope": data, "type": media_type}, code, comment, "dsse", *flags, **detail
        )

    def payload(data: str):
        return {**envelope, "payload": base64.b64encode(data.encode()).decode()}

    back(envelope, "type_invalid", "another type is expected", "wrong-type", media_type="application/json")
    back(
        {**envelope, "payloadType": "application/json"}, "type_invalid", "the envelope names another type", "wrong-type"
    )
    back(
        {**envelope, "payload": envelope["payload"].rstrip("=")},
        "document_malformed",
        "a payload without padding",
        "signature-encoding",
    )
    back(
        {**envelope, "payload": envelope["payload"] + "\n"},
        "document_malformed",
        "a payload with a line feed",
        "signature-encoding",
    )
    back(payload('{"a": 1}'), "document_malformed", "a payload that is not canonical", "shape")
    back(payload('{"b":1,"a":1}'), "document_malformed", "a payload whose members are not in order", "shape")
    back(payload("[1]"), "document_malformed", "a payload that is not an object", "shape")
    back(payload('{"a":1,"signatures":[]}'), "document_malformed", "a payload that has signatures itself", "shape")
    back(payload("hello"), "invalid_json", "a payload that is not JSON", "reader")
    back(payload('{"a":1,"a":1}'), "duplicate_member", "a payload with a member twice", "reader")
    back({**envelope, "signatures": []}, "document_unsigned", "no signature", "shape")
    back({**envelope, "signatures": {}}, "document_malformed", "signatures is an object", "shape")
    for name in ("payload", "payloadType"):
        back(without(envelope, name), "document_malformed", f"no {name}", "shape")
        back({**envelope, name: 1}, "document_malformed", f"{name} is a number", "shape")
    first = envelope["signatures"][0]
    back(
        {**envelope, "signatures": [{**first, "sig": first["sig"].rstrip("=")}]},
        "document_malformed",
        "a signature without padding",
        "signature-encoding",
    )
    back({**envelope, "signatures": [without(first, "alg")]}, "document_malformed", "an entry without alg", "shape")
    back({**envelope, "signatures": [without(first, "keyid")]}, "document_malformed", "an entry without keyid", "shape")
    back(
        {**envelope, "signatures": [{**first, "cert": "x"}]},
        "document_malformed",
        "an entry with a member that is not known",
        "shape",
    )
    back({**envelope, "signatures": [first, first]}, "duplicate_signer", "one keyid twice", "duplicate-signer")
    back("[]", "document_malformed", "not an object", "shape")
    back(envelope, "type_invalid", "a type of samebyte's own", "type", media_type=JOB_TYPE)


#: The eight points of small order of Ed25519, in their canonical encodings.
SMALL_ORDER = tuple(
    bytes.fromhex(text)
    for text in (
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    )
)


def _trailing_bits(sig: str) -> str:
    """The same bytes to a lax decoder: the last character carries four bits that are not zero."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return sig[:-1] + alphabet[alphabet.index(sig[-1]) + 1]
