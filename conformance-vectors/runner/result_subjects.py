"""Results, configurations and files of sqooler of the matrix."""

import base64
import json

from signing import Check, Signing, flip, public_jwk

_NAME, _JOB = "fermions", "5f2a0c1e9b7d4a60"

#: Values in which implementations like to differ: order, escapes, numbers, emptiness.
_AWKWARD = (
    '{"\U0001f600":"\u20ac\u2028\\"\\\\\\/\\u0001\x7f","b":[0.10,1E21,1e-7,-0,5e-324,1e16,0.00001],"a":{"b":[],"c":{}}}'
)
_RESULT = f'{{"payload":{_AWKWARD},"job_id":"{_JOB}","display_name":"{_NAME}"}}'
_CONFIG = f'{{"payload":{_AWKWARD},"display_name":"{_NAME}","other":[]}}'
_STORED = f'{{"display_name":"{_NAME}","job_id":"{_JOB}","header":{_AWKWARD},"big":295147905179352830001,"zero":-0.0}}'

_FAILED = {"code": "signature_verification_failed", "detail": {"index": 0, "cause": "signature_invalid"}}


def signings(keys):
    """Every subject with every key that may sign it; `keys` are the test keys by file name."""
    ed1, ed2, se1, se2 = (keys[name] for name in ("ed25519-1", "ed25519-2", "secp256k1-1", "secp256k1-2"))
    documents = [
        _document(noun, f"{name}/awkward", subject, jwk, other)
        for noun, subject in (("result", _RESULT), ("config", _CONFIG))
        for name, jwk, other in (("ed25519-1", ed1, ed2), ("secp256k1-1", se1, se2))
    ]
    files = [
        _file(f"{name}/awkward", jwk, other) for name, jwk, other in (("ed25519-1", ed1, ed2), ("ed25519-2", ed2, ed1))
    ]
    return [*documents, *files]


def _document(noun, name, subject, jwk, other_jwk):
    def question(what, text, code=None, detail=None, **more):
        names = {"display_name": _NAME, **({"job_id": _JOB} if noun == "result" else {})}
        args = {"document_utf8": text, "keys": [{"jwk_utf8": public_jwk(jwk)}], **names, **more}
        return Check(what, f"{noun}_verify", args, code, detail or {})

    def tampered(signed):
        value = json.loads(signed)
        checks = [
            question("another-spelling", json.dumps(dict(reversed(value.items())), indent=1)),
            question("another-back-end", signed, "display_name_mismatch", display_name="bosons"),
            question("member-added", json.dumps({**value, "added": 1}), **_FAILED),
            question("renamed", json.dumps({**value, "display_name": "bosons"}), display_name="bosons", **_FAILED),
            question("another-key", signed, "signature_unknown", keys=[{"jwk_utf8": public_jwk(other_jwk)}]),
            question("unsigned", json.dumps({**value, "signatures": []}), "document_unsigned"),
            question("no-payload", signed.replace('"payload":', '"payloads":'), "result_malformed"),
        ]
        if noun == "result":
            checks.append(question("another-job", signed, "job_id_mismatch", job_id="0"))
            args = {name: member for name, member in question("", signed).args.items() if name != "job_id"}
            checks.append(Check("as-configuration", "config_verify", args, _FAILED["code"], _FAILED["detail"]))
        return checks

    args = {"document_utf8": subject, "key": {"jwk_utf8": jwk}}
    return Signing(
        noun, name, f"{noun}_sign", args, "document_utf8", lambda signed: question("untouched", signed), tampered
    )


def _file(name, jwk, other_jwk):
    def question(what, text, code=None, **more):
        args = {"file_utf8": text, "key": {"jwk_utf8": public_jwk(jwk)}, "display_name": _NAME, "job_id": _JOB, **more}
        return Check(what, "sqooler_result_verify", args, code)

    def tampered(signed):
        signature = json.loads(signed)["signature"]
        flipped = base64.urlsafe_b64encode(flip(base64.urlsafe_b64decode(signature))).decode("ascii")
        config = {name: member for name, member in question("", signed).args.items() if name != "job_id"}
        return [
            Check("as-configuration", "sqooler_config_verify", config),
            question("white-space-around", signed.replace(', "signature"', '\n,"signature"')),
            question(
                "white-space-inside",
                signed.replace(": {", ":  {").replace('"payload":  {', '"payload": {'),
                "signature_invalid",
            ),
            question("another-spelling", signed.replace("1e-07", "1e-7"), "signature_invalid"),
            question("another-back-end", signed, "display_name_mismatch", display_name="bosons"),
            question("another-job", signed, "job_id_mismatch", job_id="0"),
            question("moved", signed.replace(_JOB, "0"), "signature_invalid", job_id="0"),
            question("another-key", signed, "signature_unknown", key={"jwk_utf8": public_jwk(other_jwk)}),
            question("another-algorithm", signed.replace('"EdDSA"', '"none"'), "algorithm_not_allowed"),
            question("not-padded", signed.replace(signature, signature.rstrip("=")), "signature_malformed"),
            question("flipped", signed.replace(signature, flipped), "signature_invalid"),
            question("unsigned", json.dumps(json.loads(signed)["payload"]), "document_unsigned"),
            question("canonical", json.dumps(json.loads(signed), separators=(",", ":")), "signature_invalid"),
        ]

    args = {"payload_utf8": _STORED, "key": {"jwk_utf8": jwk}}
    return Signing(
        "sqooler", name, "sqooler_sign", args, "file_utf8", lambda signed: question("untouched", signed), tampered
    )
