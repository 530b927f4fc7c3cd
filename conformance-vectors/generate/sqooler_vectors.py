"""The vectors of noun `sqooler`: files and keys of sqooler 0.9."""

import base64
import json

import signatures
from document_vectors import SMALL_ORDER
from encoding import b64u
from jose_keys import HS256
from sqooler_files import (
    accepted,
    compact,
    forged,
    header,
    joined,
    padded,
    private_jwk,
    public_jwk,
    signature,
    signed,
)
from test_keys import ED1, ED2, SE1
from vectors import Noun

KID = "node-1"
NAME, JOB = "fermions", "5f2a0c1e9b7d4a6083c2e1f4"

RESULT = {
    "display_name": NAME,
    "backend_version": "0.3.1",
    "job_id": JOB,
    "qobj_id": None,
    "success": True,
    "status": "DONE",
    "header": {},
    "results": [{"header": {}, "shots": 4, "success": True, "data": {"memory": ["0 1", "1 0"]}}],
}
CONFIG = {
    "description": "Ünïts ☕",
    "version": "0.3",
    "display_name": NAME,
    "gates": [{"name": "hop", "wires": [0, 1], "max": 1e22, "min": 1e-07}],
    "num_wires": 8,
    "last_queue_check": "2026-01-02T03:04:05+00:00",
    "sign": True,
    "kid": KID,
}

NOTES = {
    "sign": "A payload is signed; the file is the one that sqooler stores, byte for byte.",
    "verify": "A file is verified for the names that are expected; the result is the payload as the file spells it.",
    "number": "Numbers as Python writes them: shortest digits, an exponent below 1e-4 and from 1e16 on, integers as they are.",
    "string": "Strings as Python writes them: ASCII alone, surrogate pairs, lower-case digits.",
    "structure": "Members stay in their order; a comma and a colon are followed by a space.",
    "kid": "In the signed header the kid has the fewest escapes, in the file it is ASCII.",
    "around": "What stands around the header, the payload and the signature is not signed.",
    "names": "The names of the payload are strings of 1 to 256 bytes.",
    "copied": "The file is as it was signed, but for another back end or another job than the expected one.",
    "tampered": "The file was changed after it was signed.",
    "header": "The header is the one that sqooler writes, and nothing else is understood.",
    "wrong-key": "The file is not signed by the expected key.",
    "signature-encoding": "A signature has one spelling: padded base64url of 64 bytes.",
    "s-range": "S of the signature is not below the order of the group.",
    "small-order": "The public key is a point of small order.",
    "shape": "A member is missing, not known, or has the wrong type.",
    "unsigned": "What sqooler stores without a signature is the payload alone.",
    "reader": "The rules of the JSON reader hold for files, too.",
    "limit": "A file may be nested 128 deep, so a payload 127.",
    "algorithm": "sqooler signs with Ed25519 alone.",
    "argument": "An expected name that no file can have.",
    "key": "A key as sqooler spells it, and as RFC 8037 does.",
    "key-encoding": "x and d have one spelling: padded base64url of 32 bytes.",
    "key-use": "A private key is for signing, a public one for verifying.",
}

_CHECKED_BY = (
    "files and keys by sqooler 0.9.0, and again by Python's json.dumps with Ed25519 of OpenSSL (cryptography) and libsodium "
    "(PyNaCl), which must agree; sqooler verifies every file that is valid here; codes are by hand, from the rules of the format"
)


def build() -> Noun:
    """Every file of the noun."""
    noun = Noun("sqooler")
    for name, make in (
        ("sign", _sign),
        ("sign-refused", _sign_refused),
        ("verify", _verify),
        ("verify-refused", _verify_refused),
        ("keys", _keys),
        ("keys-refused", _keys_refused),
    ):
        file = noun.file(name, _CHECKED_BY, {})
        make(file)
        file.notes = {flag: NOTES[flag] for case in file.cases for flag in case["flags"]}
    return noun


def _private(key=ED1, kid=KID):
    return {"jwk_utf8": key.private_jwk(kid=kid)}


def _public(key=ED1, kid=KID):
    return {"jwk_utf8": key.public_jwk(kid=kid)}


def _sign(file):
    def ok(payload, comment, *flags, spelled=None, kid=KID, key=ED1):
        args = {"payload": spelled or json.dumps(payload), "key": _private(key, kid)}
        file.valid("sqooler_sign", args, {"file_utf8": signed(key, kid, payload)}, comment, "sign", *flags)

    ok(RESULT, "a result", "structure")
    ok(CONFIG, "a configuration", "structure")
    ok(RESULT, "another key", "structure", key=ED2)
    ok({}, "an empty payload", "structure")
    ok(RESULT, "no white space", "structure", spelled=json.dumps(RESULT, separators=(",", ":")))
    ok(RESULT, "much white space", "structure", spelled=json.dumps(RESULT, indent="\t") + "\r\n ")
    ok({"z": 1, "a": 2, "é": 3, "": 4, "10": 5, "9": 6}, "members are not sorted", "structure")
    nested = {"a": [[], {}, [[]], [{}], [1, [2, [3]]], {"b": {"c": {}}}], "d": [True, False, None]}
    ok(nested, "empty and nested arrays and objects", "structure")
    for literals in (
        "0 -0 1 -1 10 9007199254740991 9007199254740993 -9007199254740993",
        "18446744073709551616 295147905179352830001 -100000000000000000000000000000000000000000001",
        "0.0 -0.0 -0e5 0e-7 1.0 -1.0 0.1 -0.1 0.10 1.50 100.25",
        "1e0 1e5 1E+2 1e15 1e16 1e17 -1e16 1e21 1e22 1e+100 1.5e300",
        "0.001 0.0001 0.00012345 0.00001 0.000012345 -0.00001 1e-5 1e-6 1e-07 1.5e-10 1e-100",
        "9999999999999998.0 9999999999999999.0 123456789012345680.0 1234567890123456.7 0.00009999999999999999",
        "5e-324 2.2250738585072014e-308 1.7976931348623157e308 -1.7976931348623157e+308 1e-400 -1e-400",
        "0.1000000000000000055 0.30000000000000004 2.675 1.0000000000000002 4.35 9007199254740993.0 1e23",
    ):
        spelled = '{"n":[' + ",".join(literals.split()) + "]}"
        ok(json.loads(spelled), f"the numbers {literals}", "number", spelled=spelled)
    power = 10**308
    ok({"n": [power, -power + 1]}, "integers of 309 digits", "number")
    for text, comment in (
        ("é ü ß ñ", "letters beyond ASCII"),
        ("漢字 かな 한글", "characters of three bytes"),
        ("😀 𝒳 \U0010ffff", "characters beyond the basic plane"),
        ("".join(map(chr, range(0x20))), "every control character"),
        ("\"\\/<>&'", "quotes, backslashes and slashes"),
        ("\x7e\x7f\x80\x9f\xa0", "the end of ASCII"),
        ("\u2028\u2029\ufeff\ufffd\uffff\ud7ff\ue000", "line separators, a byte order mark, the ends of the planes"),
    ):
        ok({text: text}, comment, "string")
        raw = json.dumps({text: text}, ensure_ascii=False)
        if raw != json.dumps({text: text}):
            ok({text: text}, f"{comment}, without escapes in the input", "string", spelled=raw)
    ok({"a/b": "\u00e9"}, "escapes that are not needed", "string", spelled='{"\\u0061\\/b":"\\u00E9"}')
    for kid in ("é", "😀", '"\\/', "\x7f\x80\u2028", "\x01\x1f\b\f\n\r\t", "<>&'", " ", "../x", "k" * 300):
        ok({"a": 1}, f"kid {json.dumps(kid)[:24]}", "kid", kid=kid)
    deep = '{"x":' + "[" * 126 + "]" * 126 + "}"
    ok(json.loads(deep), "a payload that is nested 127 deep", "limit", spelled=deep)
    file.valid(
        "sqooler_sign",
        {"payload": "{}", "key": {"alg": "EdDSA", "hex": ED1.private_hex}},
        {"file_utf8": signed(ED1, ED1.thumbprint, {})},
        "a key without a kid has its thumbprint",
        "sign",
        "kid",
    )


def _sign_refused(file):
    def no(payload, code, comment, *flags, key=None, **detail):
        args = {"payload": payload, "key": key or _private()}
        file.invalid("sqooler_sign", args, code, comment, "sign", *flags, **detail)

    for payload in ("[]", "1", '"x"', "null", "true", '["{"]'):
        no(payload, "result_malformed", f"the payload is {payload}", "shape", pointer="/payload")
    for payload, code, comment in (
        ('{"a":1,"a":2}', "duplicate_member", "a member stands twice"),
        ('{"a":{"b":1,"\\u0062":1}}', "duplicate_member", "an inner member stands twice, once with an escape"),
        ('{"a":NaN}', "number_not_finite", "NaN"),
        ('{"a":Infinity}', "number_not_finite", "Infinity"),
        ('{"a":-Infinity}', "number_not_finite", "-Infinity"),
        ('{"a":1e400}', "number_overflow", "a float beyond the largest double"),
        ('{"a":1' + "0" * 400 + "}", "number_overflow", "an integer beyond the largest double"),
        ('{"a":"\\ud800"}', "lone_surrogate", "half of a surrogate pair"),
        ('{"a":"\n"}', "control_character", "a line feed in a string"),
        ('{"a":1}{}', "trailing_bytes", "something behind the payload"),
        ('{"a":01}', "invalid_json", "a leading zero"),
        ("", "invalid_json", "nothing"),
        (b'{"a":"\xff"}', "invalid_utf8", "a byte that is not UTF-8"),
        (b"\xef\xbb\xbf{}", "byte_order_mark", "a byte order mark"),
    ):
        no(payload, code, comment, "reader")
    no('{"x":' + "[" * 127 + "]" * 127 + "}", "too_deep", "a payload that is nested 128 deep", "limit")
    no("{}", "algorithm_unsupported", "a key of another algorithm", "algorithm", key={"jwk_utf8": SE1.private_jwk()})
    no("{}", "algorithm_unsupported", "a symmetric key", "algorithm", key=HS256.form)


def _args(noun, file, key, display_name, job_id):
    args = {"file": file, "key": key or _public(), "display_name": display_name}
    return {**args, "job_id": job_id} if noun == "result" else args


def _verify(file):
    def ok(noun, text, comment, *flags, key=ED1, kid=KID, display_name=NAME, job_id=JOB, payload=None):
        if payload is None:
            # As sqooler stores it: a file of three members, each where `json.dumps` puts it.
            payload = text[text.index('"payload": ') + 11 : text.rindex(', "signature": "')]
        assert accepted(text, key, kid) == (payload == json.dumps(json.loads(payload))), comment
        args = _args(noun, text, _public(key, kid), display_name, job_id)
        file.valid(f"sqooler_{noun}_verify", args, {"payload_utf8": payload}, comment, "verify", *flags)

    ok("result", signed(ED1, KID, RESULT), "a result", "structure")
    ok("config", signed(ED1, KID, CONFIG), "a configuration", "structure")
    ok("config", signed(ED1, KID, RESULT), "a configuration with a job_id", "structure")
    ok("result", signed(ED2, "node-2", RESULT), "another key", "structure", key=ED2, kid="node-2")
    curious = {
        "floats": [1e-07, 1e22, -0.0, 1.0, 0.1, 1e16, 0.0001, 0.00001, 5e-324, 1.7976931348623157e308],
        "integers": [0, -1, 9007199254740993, 2**64, 295147905179352830001, -(10**100)],
        "text": ["é", "😀", "\u2028", "\x00\x1f\x7f", '"\\/'],
        "nested": {"z": [[], {}, [{}]], "a": None, "é": {"😀": [True, False]}},
    }
    for noun, document in (("result", RESULT), ("config", CONFIG)):
        text = signed(ED1, KID, {**document, **curious})
        ok(noun, text, "floats, big integers, text of many scripts, nesting", "number", "string")
        names = {"display_name": 'é😀"\\\n' + "x" * 200, "job_id": "0"}
        text = signed(ED1, KID, {**document, **names})
        ok(
            noun,
            text,
            "names with characters that JSON escapes",
            "names",
            display_name=names["display_name"],
            job_id="0",
        )
        text = signed(ED1, KID, {**document, "display_name": "x" * 256, "job_id": "y" * 256})
        ok(noun, text, "names of 256 bytes", "names", display_name="x" * 256, job_id="y" * 256)
    for kid in ("é", "😀", '"\\/', "\x7f\x80\u2028", "\x01\x1f\b\f\n\r\t", ""):
        ok("result", signed(ED1, kid, RESULT), f"kid {json.dumps(kid)}", "kid", kid=kid)
    payload = json.dumps(RESULT)
    sig = signature(ED1, header(KID), payload)
    head = json.dumps(header(KID))
    for text, comment in (
        (f'{{"signature":"{sig}","payload":{payload},"header":{head}}}', "another order of the members"),
        (f' {{ "header"\t:\n{head} ,\r\n"payload" :   {payload}\n,"signature":"{sig}" }} \n', "other white space"),
        (joined(compact(header(KID)), payload, sig), "a header without white space"),
        (joined(json.dumps(dict(reversed(header(KID).items()))), payload, sig), "another order of the header"),
        (
            joined(head.replace("EdDSA", "\\u0045dDSA").replace("kid", "k\\u0069d"), payload, sig),
            "a header with escapes",
        ),
        (joined(head, payload, sig.replace(sig[3], f"\\u{ord(sig[3]):04x}")), "a signature with an escape"),
    ):
        ok("result", text, comment, "around", payload=payload)
    # What Python would write in another way is signed as it stands: nobody else has to write it again.
    for spelled, comment in (
        (json.dumps(RESULT, indent=1), "a payload with line feeds"),
        (json.dumps({**RESULT, "x": 1e22}).replace("1e+22", "1E22"), "a payload with another spelling of a number"),
        (payload.replace('"job_id"', '"job\\u005fid"'), "a payload with an escape in the name of a member"),
        (payload.replace('"DONE"', '"D\u00d6NE"'), "a payload that is not ASCII"),
    ):
        ok("result", forged(ED1, KID, spelled), comment, "structure", payload=spelled)
    deep = json.loads('{"x":' + "[" * 126 + "]" * 126 + "}")
    ok("result", signed(ED1, KID, {**RESULT, **deep}), "a file that is nested 128 deep", "limit")


def _verify_refused(file):
    good = {"result": signed(ED1, KID, RESULT), "config": signed(ED1, KID, CONFIG)}

    def no(noun, text, code, comment, *flags, key=None, display_name=NAME, job_id=JOB, **detail):
        args = _args(noun, text, key, display_name, job_id)
        file.invalid(f"sqooler_{noun}_verify", args, code, comment, "verify", *flags, **detail)

    def changed(noun, old, new):
        assert good[noun].count(old) >= 1, old
        return good[noun].replace(old, new, 1)

    no(
        "result",
        good["result"],
        "job_id_mismatch",
        "a result that was copied to another job",
        "copied",
        job_id="0" * 24,
    )
    for noun in ("result", "config"):
        no(noun, good[noun], "display_name_mismatch", "a file of another back end", "copied", display_name="bosons")
        no(noun, good[noun], "display_name_mismatch", "case matters", "copied", display_name="Fermions")
        for value, comment in (("", "empty"), ("x" * 257, "longer than 256 bytes")):
            comment = f"the expected display_name is {comment}"
            no(noun, good[noun], "invalid_argument", comment, "argument", display_name=value, argument="display_name")
        for old, new, comment in (
            ('"fermions"', '"bosons"', "display_name"),
            ('"0.3', '"0.4', "a version"),
            (
                '{"display_name": ' if noun == "result" else '{"description": ',
                '{"a": 1, ' + ('"display_name": ' if noun == "result" else '"description": '),
                "a member was added",
            ),
            ('"payload": {', '"payload": { ', "white space was added"),
        ):
            expected = "bosons" if comment == "display_name" else NAME
            no(noun, changed(noun, old, new), "signature_invalid", comment, "tampered", display_name=expected)
    no(
        "result",
        good["result"],
        "invalid_argument",
        "the expected job_id is empty",
        "argument",
        job_id="",
        argument="job_id",
    )
    no(
        "result",
        changed("result", JOB, "0" * 24),
        "signature_invalid",
        "job_id, and asked for",
        "tampered",
        job_id="0" * 24,
    )
    no(
        "result",
        changed("result", JOB, "0" * 24),
        "signature_invalid",
        "the signature is looked at before the names",
        "tampered",
    )
    no(
        "config",
        changed("config", "1e-07", "1e-7"),
        "signature_invalid",
        "the same number in another spelling",
        "tampered",
        "number",
    )
    no(
        "config",
        changed("config", "\\u00dc", "Ü"),
        "signature_invalid",
        "the same letter in another spelling",
        "tampered",
        "string",
    )

    payload = json.dumps(RESULT)
    for more, code, comment in (
        ({"alg": "none"}, "algorithm_not_allowed", "alg none"),
        ({"alg": "None"}, "algorithm_not_allowed", "alg None"),
        ({"alg": "HS256"}, "algorithm_not_allowed", "alg HS256"),
        ({"alg": "ES256K"}, "algorithm_not_allowed", "alg ES256K"),
        ({"alg": "Ed25519"}, "algorithm_not_allowed", "alg Ed25519, which sqooler does not write"),
        ({"alg": "eddsa"}, "algorithm_not_allowed", "alg eddsa"),
        ({"typ": "JWT"}, "typ_mismatch", "typ JWT"),
        ({"typ": "jws"}, "typ_mismatch", "typ jws"),
        ({"version": "0.2"}, "signature_header_malformed", "version 0.2"),
        ({"version": "0.10"}, "signature_header_malformed", "version 0.10"),
        ({"version": ""}, "signature_header_malformed", "an empty version"),
        ({"kid": "node-2"}, "signature_unknown", "the kid of another key"),
        ({"kid": "Node-1"}, "signature_unknown", "the kid in another case"),
        ({"kid": ""}, "signature_unknown", "an empty kid"),
        ({"crit": ["exp"], "exp": 1}, "signature_header_malformed", "crit and exp"),
        ({"jwk": {}}, "signature_header_malformed", "an embedded key"),
        ({"b64": False}, "signature_header_malformed", "b64"),
        ({"x": None}, "signature_header_malformed", "a member that is null"),
    ):
        text = forged(ED1, KID, payload, **more)
        no("result", text, code, f"signed with {comment}", "header")
    for head, comment in (
        ({"alg": 1}, "alg is a number"),
        ({"alg": None}, "alg is null"),
        ({"kid": ["node-1"]}, "kid is an array"),
        ({"typ": None}, "typ is null"),
        ({"version": 0.1}, "version is a number"),
    ):
        text = forged(ED1, KID, payload, **head)
        no("result", text, "signature_header_malformed", f"signed where {comment}", "header")
    for name in ("alg", "kid", "typ", "version"):
        head = {key: value for key, value in header(KID).items() if key != name}
        text = joined(json.dumps(head), payload, signature(ED1, head, payload))
        no("result", text, "signature_header_malformed", f"signed without {name}", "header")
    sig = signature(ED1, header(KID), payload)
    for head in ("[]", '"eyJ9"', "null", "{}"):
        no("result", joined(head, payload, sig), "signature_header_malformed", f"the header is {head}", "header")

    head = json.dumps(header(KID))
    other = forged(ED2, KID, payload)
    no("result", other, "signature_invalid", "signed by another key with this kid", "wrong-key")
    no(
        "result",
        good["result"],
        "signature_invalid",
        "the expected key is another with this kid",
        "wrong-key",
        key=_public(ED2),
    )
    no(
        "result",
        good["result"],
        "signature_unknown",
        "the expected key has another kid",
        "wrong-key",
        key=_public(ED1, "node-2"),
    )
    no(
        "result",
        good["result"],
        "signature_unknown",
        "the expected key has no kid but its thumbprint",
        "wrong-key",
        key={"alg": "EdDSA", "hex": ED1.public_hex},
    )
    no(
        "result",
        good["result"],
        "algorithm_unsupported",
        "the expected key is not one of Ed25519",
        "algorithm",
        key={"jwk_utf8": SE1.public_jwk()},
    )
    no(
        "result",
        good["result"],
        "key_weak",
        "the expected key is a point of small order",
        "small-order",
        key={"alg": "EdDSA", "hex": SMALL_ORDER[0].hex()},
    )
    for text, comment in (
        (
            joined(head, payload, signature(ED1, header(KID), compact(RESULT))),
            "the signature is one over the canonical payload",
        ),
        (
            joined(head, payload, signature(ED1, header(KID), json.dumps(RESULT, ensure_ascii=False) + " ")),
            "the signature is one over the payload and a space",
        ),
        (joined(head, payload, _unpadded(ED1, payload)), "the signature is one over a signing input without padding"),
    ):
        no("result", text, "signature_invalid", comment, "tampered")
    raw = base64.urlsafe_b64decode(sig)
    last = sig[85]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for spelled, comment in (
        (sig[:-2], "no padding"),
        (sig[:-1], "half of the padding"),
        (sig + "=", "too much padding"),
        (sig[:85] + alphabet[alphabet.index(last) | 1] + "==", "trailing bits that are not zero"),
        (sig + "\\n", "a line feed at the end"),
        (" " + sig, "a space at the start"),
        (sig[:40] + "!" + sig[40:], "a character that is none of base64url"),
        (sig[:40] + "\\u0000" + sig[40:], "a zero"),
        (sig[:40] + "=" + sig[41:], "padding in the middle"),
        ("", "nothing"),
        (padded(raw[:63]), "63 bytes"),
        (padded(raw + b"\0"), "65 bytes"),
        (raw.hex(), "hex"),
    ):
        no("result", joined(head, payload, spelled), "signature_malformed", comment, "signature-encoding")
    no(
        "result",
        joined(head, payload, padded(signatures.plus_order(raw))),
        "signature_malformed",
        "S plus the order of the group",
        "s-range",
    )
    no(
        "result",
        joined(head, payload, sig).replace(f'"{sig}"', "null"),
        "signature_malformed",
        "the signature is null",
        "signature-encoding",
    )
    no(
        "result",
        joined(head, payload, sig).replace(f'"{sig}"', f'["{sig}"]'),
        "signature_malformed",
        "the signature is an array",
        "signature-encoding",
    )

    no("result", payload, "document_unsigned", "a result that is not signed", "unsigned")
    no("config", json.dumps(CONFIG), "document_unsigned", "a configuration that is not signed", "unsigned")
    no("result", "{}", "document_unsigned", "an empty object", "unsigned")
    no(
        "result",
        f'{{"header": {head}, "payload": {payload}}}',
        "document_unsigned",
        "the signature was taken away",
        "unsigned",
    )
    for text, comment in (
        ("[]", "an array"),
        ("null", "null"),
        (f'"{sig}"', "a string"),
        (f'{{"payload": {payload}, "signature": "{sig}"}}', "no header"),
        (f'{{"header": {head}, "signature": "{sig}"}}', "no payload"),
        (good["result"][:-1] + ', "protected": ""}', "a fourth member"),
        (good["result"].replace('"header"', '"Header"', 1), "a member in another case"),
        (good["result"].replace('"payload"', '"p\\u0061yload"', 1), "an escape in the name of the payload"),
        (joined(head, "[]", signature(ED1, header(KID), "[]")), "the payload is an array"),
        (joined(head, f'"{padded(payload.encode())}"', sig), "the payload is base64url"),
        (joined(head, "null", signature(ED1, header(KID), "null")), "the payload is null"),
    ):
        no("result", text, "result_malformed", comment, "shape")
    for noun, document, names in (
        ("result", RESULT, ("display_name", "job_id")),
        ("config", CONFIG, ("display_name",)),
    ):
        for name in names:
            bare = {key: value for key, value in document.items() if key != name}
            text = signed(ED1, KID, bare)
            no(noun, text, "result_malformed", f"signed without {name}", "names", "shape", pointer=f"/payload/{name}")
            for value in (None, 7, "", "x" * 257, ["fermions"]):
                text = signed(ED1, KID, {**document, name: value})
                comment = f"signed with {name} {json.dumps(value)[:16]}"
                no(noun, text, "result_malformed", comment, "names", "shape", pointer=f"/payload/{name}")

    for old, new, code, comment in (
        ('"payload": {', '"payload": {}, "payload": {', "duplicate_member", "payload stands twice"),
        ('"header": {', '"header": {"alg": "none", ', "duplicate_member", "alg stands twice"),
        ('"payload": {', f'"payload": {{"display_name": "{NAME}", ', "duplicate_member", "display_name stands twice"),
        ('"signature"', '"signature": "", "signature"', "duplicate_member", "signature stands twice"),
        ('"shots": 4', '"shots": NaN', "number_not_finite", "NaN"),
        ('"shots": 4', '"shots": -Infinity', "number_not_finite", "-Infinity"),
        ('"shots": 4', '"shots": 1e400', "number_overflow", "a number beyond the largest double"),
        ('"shots": 4', '"shots": 04', "invalid_json", "a leading zero"),
        ('"DONE"', '"\\ud83d"', "lone_surrogate", "half of a surrogate pair"),
        ('"DONE"', '"DO\tNE"', "control_character", "a tabulator in a string"),
    ):
        no("result", changed("result", old, new), code, comment, "reader")
    for value, code in (
        (float("nan"), "number_not_finite"),
        (10**400, "number_overflow"),
        ("\ud800", "lone_surrogate"),
    ):
        comment = (
            f"signed by sqooler with {str(value)[:3] if not isinstance(value, str) else 'half of a surrogate pair'}"
        )
        no("result", signed(ED1, KID, {**RESULT, "x": value}), code, comment, "reader")
    no("result", good["result"] + "{}", "trailing_bytes", "something behind the file", "reader")
    no("result", b"\xef\xbb\xbf" + good["result"].encode(), "byte_order_mark", "a byte order mark", "reader")
    no(
        "result",
        good["result"].encode().replace(b"DONE", b"\xff"),
        "invalid_utf8",
        "a byte that is not UTF-8",
        "reader",
    )
    no("result", "", "invalid_json", "nothing", "reader")
    deep = json.loads('{"x":' + "[" * 127 + "]" * 127 + "}")
    no("result", signed(ED1, KID, {**RESULT, **deep}), "too_deep", "a file that is nested 129 deep", "limit")


def _unpadded(key, payload):
    message = f"{b64u(compact(header(KID)).encode())}.{b64u(payload.encode())}"
    return padded(signatures.sign(key, message.encode("ascii")))


def _keys(file):
    def ok(key, kid, comment, *flags, spelled=lambda text: text):
        expected = {"kid": kid, "sqooler_jwk_utf8": private_jwk(key, kid), "private_jwk_utf8": key.private_jwk(kid=kid)}
        args = {"jwk": spelled(private_jwk(key, kid))}
        file.valid("sqooler_key_import", args, expected, f"a private key: {comment}", "key", *flags)
        expected = {"kid": kid, "sqooler_jwk_utf8": public_jwk(key, kid), "public_jwk_utf8": key.public_jwk(kid=kid)}
        args = {"jwk": spelled(public_jwk(key, kid))}
        file.valid("sqooler_public_key_import", args, expected, f"a public key: {comment}", "key", *flags)

    ok(ED1, KID, "as sqooler writes it")
    ok(ED2, "node-2", "another one")
    for kid in ("é", "😀", '"\\/', "\x7f\x80\u2028", "\x01\x1f\b\f\n\r\t", ""):
        # Asks sqooler, too, how it spells this key.
        signed(ED1, kid, {})
        ok(ED1, kid, f"kid {json.dumps(kid)}", "kid")
    ok(
        ED1,
        KID,
        "another order and white space",
        "around",
        spelled=lambda text: json.dumps(dict(sorted(json.loads(text).items())), indent=2),
    )
    ok(
        ED1,
        KID,
        "escapes",
        "around",
        spelled=lambda text: text.replace("OKP", "\\u004fKP").replace("kid", "k\\u0069d").replace("=", "\\u003d"),
    )


def _keys_refused(file):
    def no(op, text, code, comment, *flags, **detail):
        file.invalid(op, {"jwk": text}, code, comment, "key", *flags, **detail)

    for op, good in (
        ("sqooler_key_import", private_jwk(ED1, KID)),
        ("sqooler_public_key_import", public_jwk(ED1, KID)),
    ):
        private = op == "sqooler_key_import"
        ops = "sign" if private else "verify"
        x = padded(ED1.public_bytes)

        def changed(old, new, good=good):
            assert old in good, old
            return good.replace(old, new, 1)

        no(
            op,
            (ED1.private_jwk if private else ED1.public_jwk)(kid=KID),
            "key_malformed",
            "the spelling of RFC 8037",
            "shape",
        )
        no(op, changed(f'"{ops}"', f'["{ops}"]'), "key_malformed", "key_ops is an array", "shape", member="key_ops")
        other = "verify" if private else "sign"
        no(op, changed(f'"{ops}"', f'"{other}"'), "key_use_forbidden", f"key_ops is {other}", "key-use")
        no(op, changed(f'"{ops}"', '"Sign"'), "key_use_forbidden", "key_ops is Sign", "key-use")
        for name, value in (
            ("kty", "OKP"),
            ("alg", "EdDSA"),
            ("crv", "Ed25519"),
            ("key_ops", ops),
            ("x", x),
            ("kid", KID),
        ):
            member = f'"{name}":"{value}"'
            without = changed(f",{member}", "") if name != "x" else changed(f"{member},", "")
            no(op, without, "key_malformed", f"no {name}", "shape", member=name)
            no(op, changed(member, f'"{name}":null'), "key_malformed", f"{name} is null", "shape", member=name)
        for name, value in (("kty", "EC"), ("alg", "ES256K"), ("alg", "none"), ("crv", "X25519"), ("crv", "Ed448")):
            current = {"kty": "OKP", "alg": "EdDSA", "crv": "Ed25519"}[name]
            text = changed(f'"{name}":"{current}"', f'"{name}":"{value}"')
            no(op, text, "key_unsupported", f"{name} is {value}", "algorithm", member=name)
        no(op, changed("{", '{"use":"sig",'), "key_malformed", "a member that sqooler does not write", "shape")
        no(op, changed("{", '{"kid":"x",'), "duplicate_member", "kid stands twice", "reader")
        no(op, changed(f'"{KID}"', "7"), "key_malformed", "kid is a number", "shape", member="kid")
        no(op, changed(f'"{KID}"', '"\\udc00"'), "lone_surrogate", "kid is half of a surrogate pair", "reader")
        for spelled, comment in (
            (x[:-1], "no padding"),
            (x + "=", "too much padding"),
            (x[:42] + "x=", "trailing bits that are not zero"),
            (x + "\\n", "a line feed at the end"),
            (x[:20] + "+" + x[21:], "a character of base64"),
            (padded(ED1.public_bytes[:31]), "31 bytes"),
            (padded(ED1.public_bytes + b"\0"), "33 bytes"),
            ("", "nothing"),
        ):
            no(op, changed(f'"{x}"', f'"{spelled}"'), "key_malformed", f"x: {comment}", "key-encoding")
        no(op, "[]", "key_malformed", "an array", "shape")
        no(op, f'"{padded(good.encode())}"', "key_malformed", "the string for configuration files", "shape")
        no(op, "", "invalid_json", "nothing", "reader")
        no(op, good.encode() + b"\xff", "invalid_utf8", "a byte that is not UTF-8", "reader")
        no(op, changed("{", '{"n":NaN,'), "number_not_finite", "NaN", "reader")
    d = padded(ED1.secret)
    for spelled, comment in (
        (d[:-1], "no padding"),
        (d[:42] + "d=", "trailing bits that are not zero"),
        (padded(ED1.secret * 2), "64 bytes"),
        ("", "nothing"),
    ):
        text = private_jwk(ED1, KID).replace(f'"{d}"', f'"{spelled}"')
        no("sqooler_key_import", text, "key_malformed", f"d: {comment}", "key-encoding")
    op = "sqooler_key_import"
    no(op, private_jwk(ED1, KID).replace(f'"{d}"', "null"), "key_malformed", "d is null", "shape", member="d")
    no(op, private_jwk(ED1, KID).replace(f'"d":"{d}",', ""), "key_malformed", "no d", "shape", member="d")
    no(
        op,
        private_jwk(ED1, KID).replace(padded(ED1.public_bytes), padded(ED2.public_bytes)),
        "key_mismatch",
        "x of another key",
        "wrong-key",
    )
    op = "sqooler_public_key_import"
    text = private_jwk(ED1, KID).replace('"sign"', '"verify"')
    no(op, text, "key_malformed", "a private key where a public one is due", "key-use", member="d")
    no(op, private_jwk(ED1, KID), "key_use_forbidden", "a private key", "key-use")
    no(op, public_jwk(ED1, KID).replace('"d":null,', ""), "key_malformed", "no d", "shape", member="d")
    text = public_jwk(ED1, KID).replace(padded(ED1.public_bytes), padded(SMALL_ORDER[0]))
    no(op, text, "key_weak", "a point of small order", "small-order")
