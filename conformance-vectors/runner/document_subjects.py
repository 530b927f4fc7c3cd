"""Documents, jobs and receipts of the matrix."""

import base64
import json

from signing import Check, Signing, b64u, flip, high_s, public_jwk

_TYPE = "application/vnd.example.matrix+json"
_JOB = {
    "id": "matrix-1",
    "caller_id": "alice",
    "context_id": "shared_context",
    "payload": "print('Hello!')\n",
    "runner": "runner1",
    "executor": "rhai",
    "timeout": 300,
    "env_vars": {"LANG": "C.UTF-8"},
    "created_at": "2024-01-01T00:00:00Z",
    "updated_at": "2024-01-01T00:00:00Z",
}
_RECEIPT = {
    "version": "0.1",
    "module_hash": f"sha256:{'ab' * 32}",
    "exit_code": 0,
    "wall_time_ms": 12,
    "timestamp": 1704067200,
}

#: Members in which implementations like to differ: order, escapes, numbers, emptiness.
_AWKWARD = '{"\U0001f600":"\u20ac\u2028\\"\\\\\\/\\u0001","\ufb33":[0.10,1E21,1e-7,-0,5e-324,9007199254740992],"a":{"b":[],"c":{}}}'


def signings(keys):
    """Every subject with every key that may sign it; `keys` are the test keys by file name."""
    ed1, ed2, se1, se2 = (keys[name] for name in ("ed25519-1", "ed25519-2", "secp256k1-1", "secp256k1-2"))
    pairs = {"ed25519-1": (ed1, ed2), "ed25519-2": (ed2, ed1), "secp256k1-1": (se1, se2), "secp256k1-2": (se2, se1)}
    job, receipt = json.dumps(_JOB), json.dumps(_RECEIPT)
    subjects = [
        ("job", "plain", job, pairs),
        ("job", "awkward", f'{job[:-1]},"extra":{_AWKWARD}}}', ("ed25519-1", "secp256k1-1")),
        ("receipt", "plain", receipt, ("ed25519-1", "ed25519-2")),
        (
            "receipt",
            "limits",
            receipt.replace("12,", "9007199254740991,").replace(": 0,", ": 4294967295,"),
            ("ed25519-1",),
        ),
        ("document", "empty", "{}", ("ed25519-1", "secp256k1-1")),
        ("document", "awkward", _AWKWARD, pairs),
    ]
    return [
        _signing(noun, f"{key}/{name}", subject, *pairs[key]) for noun, name, subject, used in subjects for key in used
    ]


def _signing(noun, name, subject, jwk, other_jwk):
    untouched, tampered = _CHECKS[noun]
    args = {f"{noun}_utf8": subject, "key": {"jwk_utf8": jwk}}
    if noun == "document":
        args["type"] = _TYPE
    keys = (jwk, other_jwk)
    return Signing(
        noun,
        name,
        f"{noun}_sign",
        args,
        f"{noun}_utf8",
        lambda signed: Check("untouched", *untouched(keys, signed)),
        lambda signed: tampered(keys, signed, json.loads(signed), args),
    )


def _document_args(jwk, text, media_type=_TYPE):
    return {"document_utf8": text, "keys": [{"jwk_utf8": public_jwk(jwk)}], "type": media_type}


def _document_checks(keys, signed, value, signing):
    jwk, other_jwk = keys

    def check(name, changed, code, args=None, **detail):
        text = json.dumps(changed) if isinstance(changed, dict) else changed
        return Check(name, "document_verify", args or _document_args(jwk, text), code, detail)

    failed, entry = "signature_verification_failed", value["signatures"][0]
    raw = base64.urlsafe_b64decode(entry["sig"] + "==")
    checks = [
        *_signed_again("document", signing, other_jwk, signed),
        check("another-spelling", json.dumps(dict(reversed(value.items())), indent=1), None),
        check("member-added", {**value, "added": 1}, failed, index=0, cause="signature_invalid"),
        check(
            "another-type",
            signed,
            failed,
            _document_args(jwk, signed, "application/json"),
            index=0,
            cause="signature_invalid",
        ),
        check("another-key", signed, "signature_unknown", _document_args(other_jwk, signed)),
        check("unsigned", {**value, "signatures": []}, "document_unsigned"),
        check("twice", {**value, "signatures": [entry, entry]}, "duplicate_signer", index=1),
        check("padded", _with(value, sig=entry["sig"] + "=="), failed, index=0, cause="signature_malformed"),
        check("flipped", _with(value, sig=b64u(flip(raw))), failed, index=0, cause="signature_invalid"),
        check("duplicate-member", signed.replace('"signatures":', '"signatures":[],"signatures":'), "duplicate_member"),
    ]
    if entry["alg"] == "ES256K":
        checks.append(
            check("high-s", _with(value, sig=b64u(high_s(raw))), failed, index=0, cause="signature_not_low_s")
        )
    return checks


def _job_checks(keys, signed, value, signing):
    _, other_jwk = keys

    def check(name, changed, code, op="job_verify_signatures", **detail):
        return Check(
            name, op, {"job_utf8": json.dumps(changed) if isinstance(changed, dict) else changed}, code, detail
        )

    failed, entry = "signature_verification_failed", value["signatures"][0]
    raw = bytes.fromhex(entry["signature"])
    policy = {"signers": [{"keys": [entry["public_key"]], "principal": "alice"}], "threshold": 1}
    allowed = {"job_utf8": signed, "policy_utf8": json.dumps(policy), "now": 1704067200}
    nobody = {
        **policy,
        "signers": [
            {"keys": ["02" + "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"], "principal": "bob"}
        ],
    }
    checks = [
        *_signed_again("job", signing, other_jwk, signed),
        check("signatories", signed, None, "job_signatories"),
        Check("authorized", "job_authorize", allowed),
        Check("unauthorized", "job_authorize", {**allowed, "policy_utf8": json.dumps(nobody)}, "unauthorized"),
        check("another-spelling", json.dumps(dict(reversed(value.items())), indent=1), None),
        check("payload-changed", {**value, "payload": "rm -rf /"}, failed, index=0, cause="signature_invalid"),
        check("moved", {**value, "id": "matrix-2"}, failed, index=0, cause="signature_invalid"),
        check("unsigned", {**value, "signatures": []}, "document_unsigned"),
        check("twice", {**value, "signatures": [entry, entry]}, "duplicate_signer", index=1),
        check(
            "upper-case",
            _with(value, signature=entry["signature"].upper()),
            failed,
            index=0,
            cause="signature_malformed",
        ),
        check(
            "upper-case-key",
            _with(value, public_key=entry["public_key"].upper()),
            failed,
            index=0,
            cause="key_malformed",
        ),
        check("flipped", _with(value, signature=flip(raw).hex()), failed, index=0, cause="signature_invalid"),
        check("no-runner", {name: member for name, member in value.items() if name != "runner"}, "job_malformed"),
    ]
    if len(entry["public_key"]) == 66:
        checks.append(
            check("high-s", _with(value, signature=high_s(raw).hex()), failed, index=0, cause="signature_not_low_s")
        )
    return checks


def _signed_again(noun, args, other_jwk, signed):
    """A second key appends its signature; the same key must not."""
    args = {**args, f"{noun}_utf8": signed}
    return [
        Check("countersigned", f"{noun}_sign", {**args, "key": {"jwk_utf8": other_jwk}}),
        Check("signed-again", f"{noun}_sign", args, "duplicate_signer"),
    ]


def _receipt_args(jwk, text):
    return {"receipt_utf8": text, "key": {"jwk_utf8": public_jwk(jwk)}}


def _receipt_checks(keys, signed, value, _):
    def check(name, changed, code, jwk=keys[0], **detail):
        text = json.dumps(changed) if isinstance(changed, dict) else changed
        return Check(name, "receipt_verify", _receipt_args(jwk, text), code, detail)

    return [
        check("another-spelling", json.dumps(dict(reversed(value.items())), indent=1), None),
        check("exit-code-changed", {**value, "exit_code": 1}, "signature_invalid"),
        check("another-key", signed, "key_mismatch", keys[1]),
        check(
            "separator",
            {**value, "module_hash": value["module_hash"] + "|0"},
            "receipt_malformed",
            member="module_hash",
        ),
        check(
            "upper-case", {**value, "signature": value["signature"].upper()}, "receipt_malformed", member="signature"
        ),
        check("flipped", {**value, "signature": flip(bytes.fromhex(value["signature"])).hex()}, "signature_invalid"),
        check("member-added", {**value, "job_id": "x"}, "receipt_malformed", member="job_id"),
        check(
            "unsigned",
            {name: member for name, member in value.items() if name != "signature"},
            "receipt_malformed",
            member="signature",
        ),
    ]


def _with(value, **members):
    """The document or job with these members in its first entry of `signatures`."""
    return {**value, "signatures": [{**value["signatures"][0], **members}, *value["signatures"][1:]]}


_CHECKS = {
    "document": (lambda keys, signed: ("document_verify", _document_args(keys[0], signed)), _document_checks),
    "job": (lambda keys, signed: ("job_verify_signatures", {"job_utf8": signed}), _job_checks),
    "receipt": (lambda keys, signed: ("receipt_verify", _receipt_args(keys[0], signed)), _receipt_checks),
}
