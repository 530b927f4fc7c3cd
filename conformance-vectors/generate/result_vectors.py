"""The vectors of noun `result`: results and configurations as documents."""

import json

import jose_signatures
import signatures
from encoding import b64u
from envelope import body, document_entry, pae, sign_document, text, without
from jose_keys import HS256, P256, RSA
from test_keys import ED1, ED2, SE1
from vectors import Noun

RESULT_TYPE = "application/vnd.samebyte.result.v1+json"
CONFIG_TYPE = "application/vnd.samebyte.config.v1+json"

RESULT = {
    "display_name": "fermions",
    "job_id": "5f2a0c1e9b7d4a60",
    "payload": {"success": True, "counts": {"00": 512, "11": 488}, "energies": [1e-7, -0.5, 1e22], "note": "Ünïts ☕"},
    "backend_version": "0.3.1",
}
CONFIG = {
    "display_name": "fermions",
    "payload": {"num_wires": 8, "gates": ["hop", "swap"], "cold_atom_type": "fermion"},
}

NOTES = {
    "sign": "A result or configuration is signed; the signature is deterministic, so the bytes are given.",
    "append": "Signing again appends: every signer signs the same bytes.",
    "verify": "A result or configuration is verified for the names that are expected.",
    "names": "What a name may be: a string of 1 to 256 bytes.",
    "spelling": "Another JSON text of the same document.",
    "tampered": "The document was changed after it was signed.",
    "copied": "The document is as it was signed, but for another back end or another job than the expected one.",
    "wrong-key": "The signature is not one of the key that is named or trusted.",
    "wrong-type": "The signature is one over a document of another type.",
    "signature-encoding": "A signature has one spelling: base64url without padding of 64 bytes.",
    "duplicate-signer": "One key counts once, however often it signs.",
    "threshold": "How many trusted keys must have signed; the number comes from the verifier alone.",
    "shape": "A member is missing or has the wrong type.",
    "argument": "An expected name that no document can have.",
    "reader": "The rules of the JSON reader hold for results, too.",
    "algorithm": "Every algorithm of public keys signs; a symmetric key proves nothing to others.",
    "limit": "At most 64 signatures.",
}

_CHECKED_BY = (
    signatures.CHECKED_BY
    + "; ES256 and RSASSA-PSS by generate/jose_signatures.py and OpenSSL, RSASSA-PKCS1-v1_5 by both, too"
)
_TYPES = {"result": RESULT_TYPE, "config": CONFIG_TYPE}


def build() -> Noun:
    """Every file of the noun."""
    noun = Noun("result")
    for name, make in (
        ("sign", _sign),
        ("sign-refused", _sign_refused),
        ("verify", _verify),
        ("verify-refused", _verify_refused),
    ):
        file = noun.file(name, _CHECKED_BY, {})
        make(file)
        file.notes = {flag: NOTES[flag] for case in file.cases for flag in case["flags"]}
    return noun


def result_of(noun: str, document: dict, *trusted) -> str:
    """What verifying the document with these keys says."""
    kids = {key.thumbprint for key in trusted}
    entries = [
        {"alg": entry["alg"], "index": index, "kid": entry["kid"], "verified": entry["kid"] in kids}
        for index, entry in enumerate(document["signatures"])
    ]
    return text({noun: without(document, "signatures"), "signatures": entries})


def _private(key):
    return {"jwk_utf8": key.private_jwk()}


def _public(*keys):
    return [{"jwk_utf8": key.public_jwk()} for key in keys]


def _sign(file):
    def ok(noun, document, key, comment, *flags, spelled=None):
        signed = sign_document(document, _TYPES[noun], key)
        args = {"document": spelled or text(document), "key": _private(key)}
        file.valid(f"{noun}_sign", args, {"document_utf8": text(signed)}, comment, "sign", *flags)

    ok("result", RESULT, ED1, "Ed25519")
    ok("result", RESULT, SE1, "ECDSA over secp256k1")
    ok("result", RESULT, ED2, "another key")
    ok("result", sign_document(RESULT, RESULT_TYPE, ED1), SE1, "a second signature", "append")
    ok("result", sign_document(RESULT, RESULT_TYPE, ED1, SE1), ED2, "a third signature", "append")
    ok("config", CONFIG, ED1, "a configuration, Ed25519")
    ok("config", CONFIG, SE1, "a configuration, ECDSA over secp256k1")
    ok("config", sign_document(CONFIG, CONFIG_TYPE, ED1), ED2, "a second signature of a configuration", "append")
    ok("config", {**CONFIG, "job_id": 7}, ED1, "a member job_id means nothing in a configuration", "names")
    for payload in (None, True, 0, -1.5e-10, "text", "", [], {}, [[{}]], {"signatures": [1]}):
        ok("result", {**RESULT, "payload": payload}, ED1, f"the payload is {json.dumps(payload)}", "shape")
    for name, comment in (
        ("x", "a name of one byte"),
        ("x" * 256, "a name of 256 bytes"),
        ("é" * 128, "a name of 256 bytes and 128 characters"),
        ('😀\u0001"\\\n', "a name with characters that JSON escapes"),
        (" ", "a name that is a space"),
        ("../../etc/passwd", "a name that looks like a path is a name"),
    ):
        ok("result", {**RESULT, "display_name": name, "job_id": name}, ED1, comment, "names")
        ok("config", {**CONFIG, "display_name": name}, ED1, comment, "names")
    ok(
        "result",
        {"display_name": "a", "job_id": "b", "payload": 100},
        ED1,
        "input that is not canonical",
        "spelling",
        spelled='{ "payload" : 1.00e2,\n"j\\u006fb_id":"b", "display_name":"\\u0061" , "signatures":[ ] }',
    )


def _sign_refused(file):
    def no(noun, document, code, comment, *flags, key=ED1, **detail):
        data = document if isinstance(document, (str, bytes)) else text(document)
        args = {"document": data, "key": _private(key)}
        file.invalid(f"{noun}_sign", args, code, comment, "sign", *flags, **detail)

    for noun, document, names in (
        ("result", RESULT, ("display_name", "job_id")),
        ("config", CONFIG, ("display_name",)),
    ):
        for name in names:
            no(noun, without(document, name), "result_malformed", f"no {name}", "shape", pointer=f"/{name}")
            for value in (None, 1, True, ["x"], {}, "", "x" * 257, "é" * 129):
                comment = (
                    f"{name} is {json.dumps(value)}" if len(str(value)) < 20 else f"{name} is longer than 256 bytes"
                )
                if value == "é" * 129:
                    comment = f"{name} has 129 characters and 258 bytes"
                changed = {**document, name: value}
                no(noun, changed, "result_malformed", comment, "names", "shape", pointer=f"/{name}")
        no(noun, without(document, "payload"), "result_malformed", "no payload", "shape", pointer="/payload")
        for value in ("[]", '"x"', "null", "1"):
            no(noun, value, "result_malformed", f"the document is {value}", "shape", pointer="")
        no(
            noun,
            {**document, "signatures": {}},
            "result_malformed",
            "signatures is not an array",
            "shape",
            pointer="/signatures",
        )
        no(
            noun,
            {**document, "signatures": [{"alg": "EdDSA", "kid": "a"}]},
            "result_malformed",
            "an entry of signatures without sig",
            "shape",
            pointer="/signatures/0",
        )
        signed = sign_document(document, _TYPES[noun], SE1, ED1)
        no(noun, signed, "duplicate_signer", "the same key again", "duplicate-signer", index=2)
        many = [{"alg": "EdDSA", "kid": f"k{number}", "sig": ""} for number in range(64)]
        no(noun, {**document, "signatures": many}, "too_many_signatures", "a 65th signature", "limit")
        plain = text(document)
        file.invalid(
            f"{noun}_sign",
            {"document": plain, "key": HS256.form},
            "algorithm_unsupported",
            "a symmetric key",
            "sign",
            "algorithm",
        )
        no(noun, plain[:-1] + ',"display_name":"x"}', "duplicate_member", "a member stands twice", "reader")
        no(noun, plain[:-1] + ',"n":9007199254740993}', "number_not_exact", "a number that no double is", "reader")
        no(noun, plain[:-1] + ',"n":NaN}', "number_not_finite", "NaN", "reader")
        no(noun, plain[:-1] + ',"n":"\\ud800"}', "lone_surrogate", "half of a surrogate pair", "reader")
        no(noun, plain.encode() + b"\xff", "invalid_utf8", "a byte that is not UTF-8", "reader")
        no(noun, plain + "{}", "trailing_bytes", "something behind the document", "reader")


def _arguments(noun, document, keys, display_name, job_id, threshold):
    data = document if isinstance(document, (str, bytes)) else text(document)
    args = {"document": data, "keys": _public(*keys), "display_name": display_name}
    if noun == "result":
        args["job_id"] = job_id
    return args if threshold is None else {**args, "threshold": threshold}


def _verify(file):
    def ok(noun, document, keys, comment, *flags, spelled=None, threshold=None):
        expected = {"result_utf8": result_of(noun, document, *keys)}
        names = (document["display_name"], document.get("job_id"))
        args = _arguments(noun, spelled or document, keys, *names, threshold)
        file.valid(f"{noun}_verify", args, expected, comment, "verify", *flags)

    for noun, document in (("result", RESULT), ("config", CONFIG)):
        kind = _TYPES[noun]
        once = sign_document(document, kind, ED1)
        ok(noun, once, [ED1], "Ed25519")
        ok(noun, sign_document(document, kind, SE1), [SE1], "ECDSA over secp256k1")
        for key in (P256, RSA.bound("RS256"), RSA.bound("PS256")):
            entry = document_entry(ED1, b"", alg=key.algorithm, kid=key.thumbprint)
            entry["sig"] = b64u(jose_signatures.sign(key, pae(kind, document)))
            made = {**document, "signatures": [entry]}
            ok(noun, made, [key], f"{key.algorithm}", "algorithm")
        ok(noun, once, [ED2, ED1, SE1], "one of the trusted keys signed")
        ok(
            noun,
            sign_document(document, kind, ED2, ED1),
            [ED1],
            "a signature of a key that is not trusted beside one that is",
        )
        both = sign_document(document, kind, ED1, SE1)
        ok(noun, both, [ED1, SE1], "both keys signed, both are asked for", "threshold", threshold=2)
        ok(noun, both, [ED1, SE1], "both keys signed, one is asked for", "threshold", threshold=1)
        ok(
            noun,
            once,
            [ED1],
            "other white space and order",
            "spelling",
            spelled=json.dumps(dict(reversed(once.items())), indent=1),
        )
        ok(
            noun,
            once,
            [ED1],
            "other escapes and numbers",
            "spelling",
            spelled=json.dumps(once).replace("1e-07", "0.1e-6"),
        )
        name = 'é😀"\\\n' + "x" * 200
        named = {**document, "display_name": name, "job_id": name}
        ok(noun, sign_document(named, kind, ED1), [ED1], "names with characters that JSON escapes", "names")
        ok(noun, sign_document({**document, "payload": None}, kind, ED1), [ED1], "the payload is null", "shape")


def _verify_refused(file):
    def no(noun, document, code, comment, *flags, keys=(ED1,), names=(None, None), threshold=None, **detail):
        expected = {**RESULT, **CONFIG}
        display_name = names[0] if names[0] is not None else expected["display_name"]
        job_id = names[1] if names[1] is not None else expected["job_id"]
        args = _arguments(noun, document, keys, display_name, job_id, threshold)
        file.invalid(f"{noun}_verify", args, code, comment, "verify", *flags, **detail)

    signed = sign_document(RESULT, RESULT_TYPE, ED1)
    config = sign_document(CONFIG, CONFIG_TYPE, ED1)
    failed = {"index": 0, "cause": "signature_invalid"}

    no(
        "result",
        signed,
        "job_id_mismatch",
        "a result that was copied to another job",
        "copied",
        names=(None, "5f2a0c1e9b7d4a61"),
    )
    no("result", signed, "display_name_mismatch", "a result of another back end", "copied", names=("bosons", None))
    no("result", signed, "display_name_mismatch", "both names are others", "copied", names=("bosons", "1"))
    no(
        "config",
        config,
        "display_name_mismatch",
        "a configuration of another back end",
        "copied",
        names=("bosons", None),
    )
    for name, comment in (
        ("Fermions", "case matters"),
        ("fermions ", "a space at the end matters"),
        ("fermion", "a part of the name is not the name"),
        ("fermions\u0000", "a zero at the end matters"),
    ):
        no("result", signed, "display_name_mismatch", comment, "copied", names=(name, None))
        no("config", config, "display_name_mismatch", comment, "copied", names=(name, None))
    composed = sign_document({**RESULT, "job_id": "\u00e9"}, RESULT_TYPE, ED1)
    no("result", composed, "job_id_mismatch", "names are not normalized", "copied", names=(None, "e\u0301"))

    for noun, document, kind in (("result", signed, RESULT_TYPE), ("config", config, CONFIG_TYPE)):
        plain = without(document, "signatures")
        for name in plain:
            changed = {**document, name: "x"}
            expected = ("x" if name == "display_name" else None, "x" if name == "job_id" else None)
            comment = f"{name} was changed"
            no(noun, changed, "signature_verification_failed", comment, "tampered", names=expected, **failed)
        no(noun, {**document, "extra": 1}, "signature_verification_failed", "a member was added", "tampered", **failed)
        no(noun, plain, "document_unsigned", "no signatures", "shape")
        no(noun, {**plain, "signatures": []}, "document_unsigned", "an empty array of signatures", "shape")
        no(noun, document, "signature_unknown", "the signer is not trusted", "wrong-key", keys=[ED2, SE1])
        renamed = {**plain, "signatures": [{**document["signatures"][0], "kid": ED2.thumbprint}]}
        no(
            noun,
            renamed,
            "signature_verification_failed",
            "the entry names another key",
            "wrong-key",
            keys=[ED2],
            **failed,
        )
        both = sign_document(plain, kind, ED1, SE1)
        no(
            noun,
            both,
            "threshold_not_met",
            "one of two signed",
            "threshold",
            keys=[ED1, ED2],
            threshold=2,
            required=2,
            verified=1,
        )
        twice = {**plain, "signatures": document["signatures"] * 2}
        no(noun, twice, "duplicate_signer", "one key signs twice", "duplicate-signer", index=1)
        no(noun, document, "invalid_argument", "no threshold is 0", "argument", threshold=0)
        other = [{**document["signatures"][0], "alg": "ES256K"}]
        no(
            noun,
            {**plain, "signatures": other},
            "signature_verification_failed",
            "the entry names another algorithm",
            "wrong-key",
            index=0,
            cause="algorithm_mismatch",
        )
        for spelled, comment in (
            (document["signatures"][0]["sig"] + "==", "padding"),
            (document["signatures"][0]["sig"][:-2], "too short"),
            ("", "empty"),
        ):
            no(
                noun,
                {**plain, "signatures": [{**document["signatures"][0], "sig": spelled}]},
                "signature_verification_failed",
                f"the spelling of the signature: {comment}",
                "signature-encoding",
                index=0,
                cause="signature_malformed",
            )
        for wrong, comment in (
            ("application/vnd.samebyte.job.v1+json", "a job"),
            (CONFIG_TYPE if noun == "result" else RESULT_TYPE, "the other of the two"),
            ("application/json", "any document"),
        ):
            made = sign_document(plain, wrong, ED1)
            comment = f"the signature is one over the same text as {comment}"
            no(noun, made, "signature_verification_failed", comment, "wrong-type", **failed)
        bare = {**plain, "signatures": [document_entry(ED1, body(plain).encode("utf-8"))]}
        no(
            noun,
            bare,
            "signature_verification_failed",
            "the signature is one over the text alone",
            "wrong-type",
            **failed,
        )
        for value in (None, 7, "", "x" * 257):
            made = sign_document({**plain, "display_name": value}, kind, ED1)
            comment = f"display_name is {json.dumps(value)[:20]} and signed"
            no(noun, made, "result_malformed", comment, "names", "shape", pointer="/display_name")
        made = sign_document(without(plain, "payload"), kind, ED1)
        no(noun, made, "result_malformed", "no payload, and signed", "shape", pointer="/payload")
        no(noun, "[]", "result_malformed", "the document is an array", "shape", pointer="")
        for value, comment in (
            ("", "empty"),
            ("x" * 257, "longer than 256 bytes"),
            ("é" * 129, "258 bytes in 129 characters"),
        ):
            comment = f"the expected display_name is {comment}"
            no(noun, document, "invalid_argument", comment, "argument", names=(value, None), argument="display_name")
        doubled = text(document)[:-1] + ',"display_name":"bosons"}'
        no(noun, doubled, "duplicate_member", "display_name stands twice", "reader")
    for value in (None, 7, ""):
        made = sign_document({**RESULT, "job_id": value}, RESULT_TYPE, ED1)
        comment = f"job_id is {json.dumps(value)} and signed"
        no("result", made, "result_malformed", comment, "names", "shape", pointer="/job_id")
    made = sign_document(without(RESULT, "job_id"), RESULT_TYPE, ED1)
    no("result", made, "result_malformed", "no job_id, and signed", "shape", pointer="/job_id")
    no(
        "result",
        signed,
        "invalid_argument",
        "the expected job_id is empty",
        "argument",
        names=(None, ""),
        argument="job_id",
    )
    forged = {**signed, "job_id": "1"}
    no(
        "result",
        forged,
        "signature_verification_failed",
        "the signature is looked at before the names",
        "tampered",
        **failed,
    )
    assert pae(RESULT_TYPE, RESULT) != pae(CONFIG_TYPE, RESULT)
