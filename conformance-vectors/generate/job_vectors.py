"""The vectors of noun `job`."""

import json

import signatures
from document_vectors import SMALL_ORDER
from envelope import JOB_TYPE, body, job_entry, pae, sign_document, sign_job, text, without
from test_keys import ED1, ED2, SE1, SE2, SE3
from vectors import Noun

JOB = {
    "id": "7f3c2a10-5a3e-4b7e-9d41-0c8f6f1b2a77",
    "caller_id": "alice",
    "context_id": "shared_context",
    "payload": "print('Hello, wörld!')\n",
    "runner": "runner1",
    "executor": "rhai",
    "timeout": 300,
    "env_vars": {"LANG": "C.UTF-8", "😀": "1", "\ufb33": "2"},
    "created_at": "2024-01-01T00:00:00Z",
    "updated_at": "2024-01-01T00:00:00Z",
}
TIMED = {
    **JOB,
    "audience": "node7.example.com",
    "nonce": "n-1",
    "not_before": "2024-01-01T00:00:00Z",
    "expires_at": "2024-01-01T01:00:00Z",
}

#: 2024-01-01T00:00:00Z.
START = 1704067200

NOTES = {
    "sign": "A job is signed; the signature is deterministic, so the bytes are given.",
    "append": "Signing again appends: every signer signs the same bytes.",
    "verify": "The signatures of a job are verified.",
    "spelling": "Another JSON text of the same job.",
    "tampered": "The job was changed after it was signed.",
    "moved": "A signature was moved here from another job or another kind of document.",
    "wrong-key": "The signature is not one of the key that stands beside it.",
    "key-encoding": "A key has one spelling: lower-case hex of the compressed point (secp256k1) or of the 32 bytes (Ed25519).",
    "signature-encoding": "A signature has one spelling: 128 lower-case hex digits, r‖s or R‖S.",
    "algorithm": "`algorithm` is absent or `secp256k1`, or `ed25519`, and agrees with the key.",
    "low-s": "An ECDSA signature has two values of s; only the low one is valid.",
    "small-order": "A key or R of an Ed25519 signature is a point of small order.",
    "s-range": "S of an Ed25519 signature, or r or s of an ECDSA signature, is not in its range.",
    "duplicate-signer": "One key counts once, however often it signs and however it is written.",
    "shape": "A member of the job, or of an entry of `signatures`, is missing or has the wrong type.",
    "time": "Times are RFC 3339 in UTC with Z; validity includes both ends.",
    "audience": "The job and the policy name the same audience, or neither names one.",
    "reader": "The rules of the JSON reader hold for jobs, too.",
    "limit": "At most 64 signatures.",
    "signatories": "The distinct public keys in the order of the signatures.",
    "authorize": "The signers of the job satisfy the policy of the verifier.",
    "unauthorized": "Too few principals of the policy signed.",
    "principal": "Signatures are counted by principal: one that owns several keys counts once.",
    "policy": "A policy that contradicts itself, or has a member that is not known, is refused.",
    "canonical": "The DSSE pre-authentication encoding, which every signer signs.",
}


def build() -> Noun:
    """Every file of the noun."""
    noun = Noun("job")
    for name, make in (
        ("sign", _sign),
        ("verify", _verify),
        ("verify-refused", _verify_refused),
        ("authorize", _authorize),
        ("policy", _policy),
        ("canonical", _canonical),
    ):
        file = noun.file(name, signatures.CHECKED_BY, {})
        make(file)
        file.notes = {flag: NOTES[flag] for case in file.cases for flag in case["flags"]}
    return noun


def _sign(file):
    def ok(job, key, comment, *flags, spelled=None):
        args = {"job": spelled or text(job), "key": {"jwk_utf8": key.private_jwk()}}
        file.valid("job_sign", args, {"job_utf8": text(sign_job(job, key))}, comment, "sign", *flags)

    def no(job, code, comment, *flags, key=SE1, **detail):
        args = {"job": job if isinstance(job, (str, bytes)) else text(job), "key": {"jwk_utf8": key.private_jwk()}}
        file.invalid("job_sign", args, code, comment, "sign", *flags, **detail)

    ok(JOB, SE1, "secp256k1")
    ok(JOB, SE2, "another key")
    ok(JOB, ED1, "Ed25519 names its algorithm", "algorithm")
    ok(TIMED, SE1, "all optional members", "time", "audience")
    ok(JOB, SE1, "white space and another order", "spelling", spelled=json.dumps(dict(reversed(JOB.items())), indent=2))
    ok(sign_job(JOB, SE1), SE2, "a second signature", "append")
    ok(sign_job(JOB, SE1, SE2), ED1, "a third signature", "append", "algorithm")
    ok(
        {**JOB, "signatures": []},
        SE1,
        "signatures is an empty array",
        "append",
        spelled=text({**JOB, "signatures": []}),
    )
    ok({**JOB, "priority": 1.5, "tags": ["a", None]}, SE1, "members that the format does not name are signed, too")
    ok({**JOB, "payload": "", "id": "", "env_vars": {}, "timeout": 0}, SE1, "empty texts, and a timeout of 0")
    ok({**JOB, "payload": '\u0000\u001f"\\/\u2028'}, SE1, "a payload of awkward characters")

    no(sign_job(JOB, SE1), "duplicate_signer", "the same key again", "duplicate-signer")
    no(sign_job(JOB, SE2, SE1), "duplicate_signer", "the same key again, behind another", "duplicate-signer")
    for name in JOB:
        no(without(JOB, name), "job_malformed", f"no {name}", "shape", pointer=f"/{name}")
    for name, value in (
        ("id", 1),
        ("caller_id", None),
        ("context_id", []),
        ("payload", {}),
        ("runner", True),
        ("executor", 0.5),
        ("timeout", "300"),
        ("timeout", -1),
        ("timeout", 1.5),
        ("env_vars", []),
        ("env_vars", {"A": 1}),
        ("env_vars", {"A": None}),
        ("created_at", 1704067200),
        ("updated_at", ""),
        ("audience", 1),
        ("nonce", None),
        ("not_before", 0),
        ("expires_at", "soon"),
    ):
        no({**JOB, name: value}, "job_malformed", f"{name} is {json.dumps(value)}", "shape", pointer=f"/{name}")
    for value in (
        "2024-01-01",
        "2024-01-01T00:00:00",
        "2024-01-01T00:00:00+00:00",
        "2024-01-01T01:00:00+01:00",
        "2024-01-01t00:00:00z",
        "2024-01-01 00:00:00Z",
        "2024-02-30T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:00:60Z",
        "2024-1-1T00:00:00Z",
        "2024-01-01T00:00Z",
        "2024-01-01T00:00:00.Z",
        " 2024-01-01T00:00:00Z",
    ):
        no({**JOB, "created_at": value}, "job_malformed", f'created_at is "{value}"', "time", pointer="/created_at")
    no("[]", "job_malformed", "not an object", "shape")
    no('{"id":9007199254740993}', "number_not_exact", "a number that would change", "reader", offset=6)
    no('{"id":"a","id":"b"}', "duplicate_member", "a member twice", "reader", offset=10)
    no(b'{"id":"\xff"}', "invalid_utf8", "not UTF-8", "reader", offset=7)
    many = {**JOB, "signatures": [{"public_key": f"{number}", "signature": ""} for number in range(64)]}
    no(many, "too_many_signatures", "a 65th signature", "limit")


def _verify(file):
    def ok(job, comment, *flags, spelled=None):
        signers = [entry["public_key"] for entry in job["signatures"]]
        result = text({"job": without(job, "signatures"), "signatories": signers})
        file.valid(
            "job_verify_signatures", {"job": spelled or text(job)}, {"result_utf8": result}, comment, "verify", *flags
        )

    ok(sign_job(JOB, SE1), "secp256k1")
    ok(sign_job(JOB, ED1), "Ed25519", "algorithm")
    ok(sign_job(JOB, SE3, SE1, SE2), "three signers")
    ok(sign_job(JOB, ED1, SE1, ED2), "signers of both kinds", "algorithm")
    ok(sign_job(TIMED, SE1), "times and audience are not asked here", "time", "audience")
    ok(
        {**JOB, "signatures": [job_entry(SE1, pae(JOB_TYPE, JOB), algorithm="secp256k1")]},
        "the algorithm is named",
        "algorithm",
    )
    ok(sign_job({**JOB, "priority": 1.5}, SE1), "a member that the format does not name")
    ok(
        sign_job({**JOB, "created_at": "2024-02-29T23:59:59.123456789Z"}, SE1),
        "a leap day and nine digits of a fraction",
        "time",
    )
    job = sign_job(JOB, SE1)
    ok(
        job,
        "white space and another order",
        "spelling",
        spelled=json.dumps(dict(reversed(job.items())), indent=2, ensure_ascii=True),
    )
    ok(job, "another spelling of a number", "spelling", spelled=text(job).replace('"timeout":300', '"timeout":3.0e2'))

    def signers(job, comment, *flags):
        keys = [entry["public_key"] for entry in job["signatures"]]
        file.valid("job_signatories", {"job": text(job)}, {"result_utf8": text(keys)}, comment, "signatories", *flags)

    signers(sign_job(JOB, SE1), "one signer")
    signers(sign_job(JOB, SE3, ED1, SE1), "in the order of the signatures, not of the keys", "algorithm")

    for job, code, comment, flag, detail in (
        (JOB, "document_unsigned", "no signature", "shape", {}),
        (
            {**sign_job(JOB, SE1), "payload": ""},
            "signature_verification_failed",
            "a changed job has no signatories",
            "tampered",
            {"index": 0, "cause": "signature_invalid"},
        ),
        (
            {**JOB, "signatures": sign_job(JOB, SE1)["signatures"] * 2},
            "duplicate_signer",
            "one key twice",
            "duplicate-signer",
            {"index": 1},
        ),
    ):
        file.invalid("job_signatories", {"job": text(job)}, code, comment, "signatories", flag, **detail)


def _verify_refused(file):
    def no(job, code, comment, *flags, **detail):
        data = job if isinstance(job, (str, bytes)) else text(job)
        file.invalid("job_verify_signatures", {"job": data}, code, comment, *flags, **detail)

    def failed(job, cause, comment, *flags, index=0):
        no(job, "signature_verification_failed", comment, *flags, index=index, cause=cause)

    one, timed = sign_job(JOB, SE1), sign_job(TIMED, SE1)
    for name, value in (
        ("id", "7f3c2a10-5a3e-4b7e-9d41-0c8f6f1b2a78"),
        ("caller_id", "bob"),
        ("context_id", "other"),
        ("payload", "print('Hello, world!')\n"),
        ("runner", "runner2"),
        ("executor", "sh"),
        ("timeout", 301),
        ("env_vars", {}),
        ("created_at", "2024-01-01T00:00:01Z"),
        ("updated_at", "2024-01-01T00:00:01Z"),
    ):
        failed({**one, name: value}, "signature_invalid", f"{name} is changed", "tampered")
    for name, value in (
        ("audience", "node8.example.com"),
        ("nonce", "n-2"),
        ("not_before", "2023-01-01T00:00:00Z"),
        ("expires_at", "2034-01-01T01:00:00Z"),
    ):
        failed({**timed, name: value}, "signature_invalid", f"{name} is changed", "tampered")
        failed(without(timed, name), "signature_invalid", f"{name} is taken away", "tampered")
    failed({**one, "priority": 1}, "signature_invalid", "a member is added", "tampered")
    failed(
        {**one, "env_vars": {**JOB["env_vars"], "LD_PRELOAD": "x"}},
        "signature_invalid",
        "an environment variable is added",
        "tampered",
    )
    failed(
        {**one, "created_at": "2024-01-01T00:00:00.0Z"},
        "signature_invalid",
        "another spelling of the same time",
        "tampered",
    )

    message, entry = pae(JOB_TYPE, JOB), one["signatures"][0]
    raw = bytes.fromhex(entry["signature"])

    def with_entry(**more):
        return {**JOB, "signatures": [{name: value for name, value in {**entry, **more}.items() if value is not None}]}

    failed(
        {**JOB, "id": "another", "signatures": [entry]},
        "signature_invalid",
        "an approval moved to another job with the same content",
        "moved",
    )
    failed(
        {**TIMED, "signatures": [entry]},
        "signature_invalid",
        "an approval without times moved to a job with times",
        "moved",
    )
    other = sign_document(JOB, "application/vnd.example.order+json", SE1)["signatures"][0]
    failed(
        with_entry(signature=signatures.sign(SE1, pae("application/vnd.example.order+json", JOB)).hex()),
        "signature_invalid",
        "a signature over the same members as another document",
        "moved",
    )
    failed(
        with_entry(signature=signatures.sign(SE1, body(JOB).encode()).hex()),
        "signature_invalid",
        "a signature over the bare text, without its type",
        "moved",
    )
    no(
        {**JOB, "signatures": [other]},
        "job_malformed",
        "an entry of a document",
        "moved",
        "shape",
        pointer="/signatures/0",
    )

    failed(with_entry(public_key=SE2.public_hex), "signature_invalid", "another key", "wrong-key")
    failed(
        with_entry(public_key=("02" if entry["public_key"][1] == "3" else "03") + entry["public_key"][2:]),
        "signature_invalid",
        "the key of the opposite sign",
        "wrong-key",
    )
    two = sign_job(JOB, SE1, SE2)["signatures"]
    swapped = [{**two[0], "signature": two[1]["signature"]}, {**two[1], "signature": two[0]["signature"]}]
    failed({**JOB, "signatures": swapped}, "signature_invalid", "two signatures swapped", "wrong-key")
    failed(
        {**JOB, "signatures": [two[0], {**two[1], "signature": two[0]["signature"]}]},
        "signature_invalid",
        "one good, one copied",
        "wrong-key",
        index=1,
    )

    point = SE1.private.public_key().public_numbers()
    x, y = point.x.to_bytes(32, "big").hex(), point.y.to_bytes(32, "big").hex()
    hybrid = ("07" if point.y % 2 else "06") + x + y
    prime = 2**256 - 2**32 - 977
    for key, comment in (
        (entry["public_key"].upper(), "upper-case hex"),
        ("04" + x + y, "the uncompressed point"),
        (hybrid, "the hybrid encoding"),
        (x, "the x coordinate alone, as of BIP 340"),
        ("0x" + entry["public_key"], "0x in front"),
        (entry["public_key"] + " ", "a space behind"),
        (entry["public_key"][:-1], "65 digits"),
        (entry["public_key"] + "00", "68 digits"),
        ("", "empty"),
        ("05" + x, "a wrong first byte"),
        ("00" + x, "another wrong first byte"),
        ("02" + "00" * 31 + "05", "x of no point"),
        (f"02{prime:064x}", "x is the prime of the field"),
        ("02" + "ff" * 32, "x above the prime"),
        ("g" * 66, "no hex"),
        ("０" * 66, "full-width digits"),
    ):
        cause = "algorithm_mismatch" if len(key) == 64 else "key_malformed"
        failed(with_entry(public_key=key), cause, f"public_key: {comment}", "key-encoding")
    for value, comment in (
        (entry["signature"].upper(), "upper-case hex"),
        (signatures.der(raw).hex(), "DER"),
        (entry["signature"][:-2], "63 bytes"),
        (entry["signature"] + "00", "65 bytes"),
        (entry["signature"] + "1b", "a recovery id behind"),
        ("0x" + entry["signature"], "0x in front"),
        (" " + entry["signature"][1:], "a space"),
        ("", "empty"),
        (entry["signature"][:-1] + "g", "no hex"),
        (entry["signature"] + "\n", "a line feed behind"),
    ):
        failed(with_entry(signature=value), "signature_malformed", f"signature: {comment}", "signature-encoding")
    failed(with_entry(signature=signatures.high_s(raw).hex()), "signature_not_low_s", "high s", "low-s")
    both = {**JOB, "signatures": [entry, {**entry, "signature": signatures.high_s(raw).hex()}]}
    no(both, "duplicate_signer", "low and high s of one key are one signer", "low-s", "duplicate-signer", index=1)
    r, s = signatures.split(raw)
    order = signatures.SECP256K1_ORDER
    for data, comment in (
        (signatures.join(0, s), "r is 0"),
        (signatures.join(r, 0), "s is 0"),
        (bytes(64), "r and s are 0"),
        (signatures.join(order, s), "r is the order"),
        (signatures.join(r, order), "s is the order"),
        (b"\xff" * 64, "r and s are the largest numbers"),
    ):
        failed(with_entry(signature=data.hex()), "signature_malformed", comment, "s-range")
    for bit in (0, 255, 300, 511):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        cause = "signature_not_low_s" if int.from_bytes(flipped[32:], "big") > order // 2 else "signature_invalid"
        failed(with_entry(signature=bytes(flipped).hex()), cause, f"bit {bit} of the signature is changed", "tampered")

    edwards = job_entry(ED1, message)
    good = bytes.fromhex(edwards["signature"])

    def with_edwards(**more):
        return {
            **JOB,
            "signatures": [{name: value for name, value in {**edwards, **more}.items() if value is not None}],
        }

    failed(with_edwards(algorithm=None), "algorithm_mismatch", "an Ed25519 key without algorithm", "algorithm")
    failed(with_edwards(algorithm="secp256k1"), "algorithm_mismatch", "an Ed25519 key named secp256k1", "algorithm")
    failed(with_entry(algorithm="ed25519"), "algorithm_mismatch", "a secp256k1 key named ed25519", "algorithm")
    for name in ("EdDSA", "Ed25519", "ES256K", "none", "", "secp256r1"):
        failed(with_edwards(algorithm=name), "algorithm_unsupported", f'algorithm is "{name}"', "algorithm")
    failed(with_edwards(public_key=ED2.public_hex), "signature_invalid", "another key, Ed25519", "wrong-key")
    failed(with_edwards(public_key=ED1.public_hex.upper()), "key_malformed", "upper-case hex, Ed25519", "key-encoding")
    failed(
        with_edwards(signature=edwards["signature"].upper()),
        "signature_malformed",
        "upper-case hex, Ed25519",
        "signature-encoding",
    )
    failed(with_edwards(signature=signatures.plus_order(good).hex()), "signature_malformed", "S is S + L", "s-range")
    failed(
        with_edwards(signature=(good[:32] + b"\xff" * 32).hex()),
        "signature_malformed",
        "S is the largest number",
        "s-range",
    )
    failed({**with_edwards(), "payload": ""}, "signature_invalid", "the payload is changed, Ed25519", "tampered")
    for point in SMALL_ORDER:
        failed(
            with_edwards(public_key=point.hex(), signature=SMALL_ORDER[0].hex() + "00" * 32),
            "key_weak",
            f"the key is {point.hex()}",
            "small-order",
        )
    for point in SMALL_ORDER:
        failed(
            with_edwards(signature=(point + good[32:]).hex()), "signature_invalid", f"R is {point.hex()}", "small-order"
        )

    no({**JOB, "signatures": [entry, entry]}, "duplicate_signer", "the same entry twice", "duplicate-signer", index=1)
    no(
        {**JOB, "signatures": [entry, two[1], {**entry, "signature": "00"}]},
        "duplicate_signer",
        "one key with another signature",
        "duplicate-signer",
        index=2,
    )
    no(
        {**JOB, "signatures": [entry, {**entry, "algorithm": "secp256k1"}]},
        "duplicate_signer",
        "one key with and without algorithm",
        "duplicate-signer",
        index=1,
    )
    failed(
        {**JOB, "signatures": [entry, {**entry, "public_key": "04" + x + y}]},
        "key_malformed",
        "one key in two encodings",
        "duplicate-signer",
        "key-encoding",
        index=1,
    )
    failed(
        {**JOB, "signatures": [entry, {**entry, "public_key": entry["public_key"].upper()}]},
        "key_malformed",
        "one key in two cases",
        "duplicate-signer",
        "key-encoding",
        index=1,
    )

    no(JOB, "document_unsigned", "no member signatures", "shape")
    no({**JOB, "signatures": []}, "document_unsigned", "signatures is empty", "shape")
    for value in (None, {}, "x", 1, False):
        no(
            {**JOB, "signatures": value},
            "job_malformed",
            f"signatures is {json.dumps(value)}",
            "shape",
            pointer="/signatures",
        )
    for value, comment in (
        (None, "null"),
        ("x", "a string"),
        ([], "an array"),
        (without(entry, "signature"), "without signature"),
        (without(entry, "public_key"), "without public_key"),
        ({**entry, "role": "admin"}, "with one member more"),
        ({**entry, "signature": None}, "with signature null"),
        ({**entry, "public_key": 2}, "with a number as public_key"),
        ({**entry, "algorithm": None}, "with algorithm null"),
    ):
        no({**JOB, "signatures": [value]}, "job_malformed", f"an entry is {comment}", "shape", pointer="/signatures/0")
    no({**without(one, "id")}, "job_malformed", "no id", "shape", pointer="/id")
    no({**one, "timeout": "300"}, "job_malformed", "timeout is a string", "shape", pointer="/timeout")
    no(
        {**JOB, "signatures": [{**entry, "public_key": f"{number}"} for number in range(65)]},
        "too_many_signatures",
        "65 signatures",
        "limit",
    )
    signed = text(one)
    no(signed[:-1] + ',"runner":"runner2"}', "duplicate_member", "a member twice", "reader")
    no(signed[:-1] + ',"\\u0072unner":"runner2"}', "duplicate_member", "a member twice, escaped", "reader")
    no(signed + "x", "trailing_bytes", "a letter behind the job", "reader", offset=len(signed.encode()))
    no(signed.replace('"timeout":300', '"timeout":1e400'), "number_overflow", "a number that is too large", "reader")


def _policy_text(*signers, threshold=1, **more):
    named = [
        {"keys": [key if isinstance(key, str) else key.public_hex for key in keys], "principal": name}
        for name, *keys in signers
    ]
    return {"signers": named, "threshold": threshold, **more}


def _authorize(file):
    def ok(job, policy, principals, comment, *flags, now=START, ignored=()):
        result = text(
            {
                "ignored": [key.public_hex for key in ignored],
                "job": without(job, "signatures"),
                "principals": principals,
            }
        )
        args = {"job": text(job), "policy": text(policy), "now": now}
        file.valid("job_authorize", args, {"result_utf8": result}, comment, "authorize", *flags)

    def no(job, policy, code, comment, *flags, now=START, **detail):
        file.invalid(
            "job_authorize", {"job": text(job), "policy": text(policy), "now": now}, code, comment, *flags, **detail
        )

    one, two, three = sign_job(JOB, SE1), sign_job(JOB, SE1, SE2), sign_job(JOB, SE1, SE2, ED1)
    alice, bob, carol = ("alice", SE1), ("bob", SE2), ("carol", ED1)
    ok(one, _policy_text(alice), ["alice"], "the one allowed signer")
    ok(one, _policy_text(alice, bob), ["alice"], "one of two allowed signers")
    ok(two, _policy_text(alice, bob, threshold=2), ["alice", "bob"], "two of two")
    ok(
        three,
        _policy_text(carol, alice, bob, threshold=2),
        ["alice", "bob", "carol"],
        "three of three, where two are enough; names are sorted",
    )
    ok(two, _policy_text(alice), ["alice"], "a signer that the policy does not know is ignored", ignored=[SE2])
    ok(
        sign_job(JOB, SE3, SE1, ED2),
        _policy_text(alice),
        ["alice"],
        "two signers that the policy does not know",
        ignored=[SE3, ED2],
    )
    ok(one, _policy_text(("alice", SE3, SE1, ED1)), ["alice"], "one of several keys of a principal", "principal")
    ok(
        three,
        _policy_text(("alice", SE1, SE2), carol, threshold=2),
        ["alice", "carol"],
        "a principal with two keys counts once, another makes two",
        "principal",
    )
    ok(sign_job(JOB, ED1), _policy_text(carol), ["carol"], "Ed25519")
    ok(one, _policy_text(('Ålice "A"', SE1)), ['Ålice "A"'], "a name of any characters")

    no(
        one,
        _policy_text(bob),
        "unauthorized",
        "a valid signature of somebody else",
        "unauthorized",
        required=1,
        signed=0,
    )
    no(one, _policy_text(alice, bob, threshold=2), "unauthorized", "one of two", "unauthorized", required=2, signed=1)
    no(
        two,
        _policy_text(alice, carol, threshold=2),
        "unauthorized",
        "the second signer is not in the policy",
        "unauthorized",
        required=2,
        signed=1,
    )
    no(
        two,
        _policy_text(("alice", SE1, SE2), carol, threshold=2),
        "unauthorized",
        "one principal with two keys counts once",
        "principal",
        "unauthorized",
        required=2,
        signed=1,
    )
    no(
        sign_job({**JOB, "threshold": 1, "policy": _policy_text(bob)}, SE1),
        _policy_text(alice, bob, threshold=2),
        "unauthorized",
        "a job does not bring its own policy",
        "unauthorized",
        required=2,
        signed=1,
    )
    no(JOB, _policy_text(alice), "document_unsigned", "no signature", "shape")
    no(
        {**one, "payload": ""},
        _policy_text(alice),
        "signature_verification_failed",
        "a changed job",
        "tampered",
        index=0,
        cause="signature_invalid",
    )
    moved = {**JOB, "id": "another", "signatures": one["signatures"]}
    no(
        moved,
        _policy_text(alice),
        "signature_verification_failed",
        "an approval moved to another job",
        "moved",
        index=0,
        cause="signature_invalid",
    )
    broken = {
        **JOB,
        "signatures": [one["signatures"][0], {**two["signatures"][1], "signature": one["signatures"][0]["signature"]}],
    }
    no(
        broken,
        _policy_text(alice),
        "signature_verification_failed",
        "a good signature of an allowed signer and a bad one",
        "wrong-key",
        index=1,
        cause="signature_invalid",
    )
    high = {
        **JOB,
        "signatures": [
            {
                **one["signatures"][0],
                "signature": signatures.high_s(bytes.fromhex(one["signatures"][0]["signature"])).hex(),
            }
        ],
    }
    no(
        high,
        _policy_text(alice),
        "signature_verification_failed",
        "high s",
        "low-s",
        index=0,
        cause="signature_not_low_s",
    )
    twice = {**JOB, "signatures": one["signatures"] * 2}
    no(
        twice,
        _policy_text(alice, bob, threshold=2),
        "duplicate_signer",
        "one signer twice does not make two",
        "duplicate-signer",
        index=1,
    )
    no(without(one, "runner"), _policy_text(alice), "job_malformed", "a job without runner", "shape", pointer="/runner")

    timed = sign_job(TIMED, SE1)
    at_home = _policy_text(alice, audience="node7.example.com")
    end = START + 3600
    for now, comment in (
        (START, "at the start"),
        (START + 1, "a second in"),
        (end - 1, "a second before the end"),
        (end, "at the end"),
    ):
        ok(timed, at_home, ["alice"], comment, "time", "audience", now=now)
    no(timed, at_home, "job_not_yet_valid", "a second before the start", "time", now=START - 1)
    no(timed, at_home, "job_not_yet_valid", "long before the start, in 1970", "time", now=0)
    no(timed, at_home, "job_not_yet_valid", "before 1970", "time", now=-1)
    no(timed, at_home, "job_expired", "a second after the end", "time", now=end + 1)
    no(timed, at_home, "job_expired", "long after the end", "time", now=2**53 - 1)
    fraction = sign_job({**JOB, "not_before": "2024-01-01T00:00:00.5Z", "expires_at": "2024-01-01T00:00:02.5Z"}, SE1)
    no(fraction, _policy_text(alice), "job_not_yet_valid", "half a second before the start", "time", now=START)
    ok(fraction, _policy_text(alice), ["alice"], "half a second behind the start", "time", now=START + 1)
    ok(fraction, _policy_text(alice), ["alice"], "half a second before the end", "time", now=START + 2)
    no(fraction, _policy_text(alice), "job_expired", "half a second after the end", "time", now=START + 3)
    ok(one, _policy_text(alice), ["alice"], "a job without times is valid at any time", "time", now=2**53 - 1)
    no(timed, _policy_text(alice, audience="node8.example.com"), "audience_mismatch", "another audience", "audience")
    no(timed, _policy_text(alice), "audience_mismatch", "the policy names no audience", "audience")
    no(one, at_home, "audience_mismatch", "the job names no audience", "audience")
    no(
        timed,
        _policy_text(alice, audience="NODE7.example.com"),
        "audience_mismatch",
        "the audience in capitals",
        "audience",
    )
    no(timed, _policy_text(alice, audience=""), "audience_mismatch", "an empty audience", "audience")


def _policy(file):
    job = text(sign_job(JOB, SE1, SE2))
    alice, bob = ("alice", SE1), ("bob", SE2)
    result = text({"ignored": [], "job": JOB, "principals": ["alice", "bob"]})
    args = {"job": job, "policy": json.dumps(_policy_text(alice, bob, threshold=2), indent=2), "now": START}
    file.valid("job_authorize", args, {"result_utf8": result}, "a policy in any spelling", "authorize", "spelling")

    def no(policy, comment, code="policy_invalid", flag="policy", **detail):
        data = policy if isinstance(policy, str) else text(policy)
        file.invalid("job_authorize", {"job": job, "policy": data, "now": START}, code, comment, flag, **detail)

    good = _policy_text(alice, bob)
    for threshold in (0, -1, 3, 1.5, "1", None, True, [1], 2**53 - 1):
        no({**good, "threshold": threshold}, f"threshold is {json.dumps(threshold)}", pointer="/threshold")
    no(without(good, "threshold"), "no threshold", pointer="/threshold")
    no(without(good, "signers"), "no signers")
    no(_policy_text(threshold=1), "nobody may sign")
    no(_policy_text(threshold=0), "nobody may sign and nobody must")
    for value in ({}, None, "alice", 1):
        no({**good, "signers": value}, f"signers is {json.dumps(value)}")
    for value in (
        None,
        "alice",
        [],
        {},
        {"principal": "alice"},
        {"keys": [SE1.public_hex]},
        {"principal": 1, "keys": [SE1.public_hex]},
        {"principal": "alice", "keys": "x"},
        {"principal": "alice", "keys": [1]},
    ):
        no({"signers": [value], "threshold": 1}, f"a signer is {json.dumps(value)[:40]}")
    no(_policy_text(("alice",), bob), "a principal without a key")
    no(_policy_text(alice, ("alice", SE2)), "a principal twice")
    no(_policy_text(alice, ("bob", SE1)), "a key of two principals")
    no(_policy_text(("alice", SE1, SE1)), "a key twice")
    point = SE1.private.public_key().public_numbers()
    for key, comment in (
        (SE1.public_hex.upper(), "in upper case"),
        (f"04{point.x:064x}{point.y:064x}", "uncompressed"),
        ("02" + "00" * 31 + "05", "of no point"),
        ("", "that is empty"),
        ("x", "that is no hex"),
        (SE1.public_jwk(), "that is a JWK"),
    ):
        no(_policy_text(("alice", key)), f"a key {comment}", pointer="/signers/0/keys/0", cause="key_malformed")
    no(
        _policy_text(alice, ("bob", SMALL_ORDER[0].hex())),
        "a key of small order",
        pointer="/signers/1/keys/0",
        cause="key_weak",
    )
    no({**good, "mode": "any"}, "a member that is not known")
    no({**good, "Threshold": 1}, "a member in another case")
    no({**good, "signers": [{**good["signers"][0], "weight": 2}]}, "a member of a signer that is not known")
    for value in (None, 1, ["node7"]):
        no({**good, "audience": value}, f"audience is {json.dumps(value)}")
    for data in ("[]", "null", '"alice"'):
        no(data, f"{data} is not an object")
    no("", "an empty text", code="invalid_json", flag="reader")
    no(text(good)[:-1] + ',"threshold":1}', "a member twice", code="duplicate_member", flag="reader")
    no(text(good) + "}", "a brace too many", code="trailing_bytes", flag="reader")
    no(
        text(good).replace('"threshold":1', '"threshold":1.00000000000000001'),
        "a threshold that is not quite 1",
        code="number_not_exact",
        flag="reader",
    )


def _canonical(file):
    def ok(job, comment, *flags, spelled=None):
        expected = {"canonical_utf8": pae(JOB_TYPE, job).decode()}
        file.valid(
            "job_canonical_representation", {"job": spelled or text(job)}, expected, comment, "canonical", *flags
        )

    ok(JOB, "without signatures")
    ok(TIMED, "all optional members", "time", "audience")
    ok(sign_job(JOB, SE1, ED1), "signatures are left out")
    ok(JOB, "signatures of any kind are left out", spelled=text({**JOB, "signatures": "?"}))
    ok(JOB, "another spelling", "spelling", spelled=json.dumps(JOB, indent=4))
    ok({**JOB, "extra": {"b": 1, "a": 1e21}}, "a member that the format does not name")

    def no(job, code, comment, flag, **detail):
        file.invalid(
            "job_canonical_representation",
            {"job": job if isinstance(job, str) else text(job)},
            code,
            comment,
            "canonical",
            flag,
            **detail,
        )

    no(without(JOB, "payload"), "job_malformed", "no payload", "shape", pointer="/payload")
    no({**JOB, "env_vars": None}, "job_malformed", "env_vars is null", "shape", pointer="/env_vars")
    no("7", "job_malformed", "not an object", "shape")
    no('{"a":NaN}', "number_not_finite", "NaN", "reader", offset=5)
