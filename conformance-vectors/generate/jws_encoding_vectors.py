"""Texts that are no JWS, or one in a lax spelling."""

import json

from encoding import b64u, lax
from jose_keys import HS256, P256, text_of
from jose_signatures import sign
from jws_text import PAYLOAD, compact, entry, flattened, general, header_of, trusted
from test_keys import ED1, SE1


def refused(file):
    """Texts that are refused before a signature is looked at, or because of its spelling."""

    def no(jws, code, comment, *flags, keys=(ED1,), **args):
        file.invalid("jws_verify", {"jws": jws, "keys": trusted(*keys), **args}, code, comment, *flags)

    _segments(no)
    _base64url(no)
    _json(no)
    _payload(no)
    _limits(no)


def _segments(no):
    token = compact(ED1)
    header, payload, signature = token.split(".")
    for text, comment in (
        ("", "nothing"),
        (".", "one dot"),
        ("..", "two dots"),
        ("...", "three dots"),
        (header, "one segment"),
        (f"{header}.{payload}", "two segments"),
        (f"{token}.", "a dot behind the token"),
        (f".{token}", "a dot in front of the token"),
        (f"{token}.{signature}", "four segments"),
        (f"{token}.{payload}.{signature}", "five segments, as of a JWE"),
        (f"{header}.{payload}.{signature}.{header}.{payload}.{signature}", "two tokens"),
        ("." * 10_000, "ten thousand dots"),
        (token.replace(".", ","), "commas"),
        (b"\xff" + token.encode(), "a byte that is not ASCII in front"),
    ):
        code = "signature_header_malformed" if text == ".." else "jws_malformed"
        no(text, code, comment, "compact", *(["class-13"] if "thousand" in comment else []))
    no(f".{payload}.{signature}", "signature_header_malformed", "no header", "compact")


def _base64url(no):
    """Class 12: one signature has one spelling."""
    for key, which in ((ED1, "EdDSA"), (HS256, "HS256")):
        segments = compact(key).split(".")
        for place, name, code in (
            (0, "header", "jws_malformed"),
            (1, "payload", "jws_malformed"),
            (2, "signature", "signature_malformed"),
        ):
            text = segments[place]
            padding = "=" * (-len(text) % 4)
            changes = [
                (text + (padding or "="), "padding"),
                (text + "\n", "a line feed behind it"),
                (" " + text, "a space in front"),
                (text[:10] + " " + text[10:], "a space inside"),
                (text[:10] + "\n" + text[10:], "a line feed inside"),
                (text[:10] + "\r\n" + text[10:], "CR LF inside"),
                (text[:10] + "!" + text[11:], "an exclamation mark"),
                (text[:10] + "+" + text[11:], "a plus sign"),
                (text[:10] + "/" + text[11:], "a slash"),
                (text[:10] + "\x00" + text[11:], "a zero byte"),
                (text[:10] + "é" + text[11:], "a letter beyond ASCII"),
                (text[: len(text) // 4 * 4] + "A", "a length of 1 modulo 4"),
            ]
            if len(text) % 4:
                changes.append((lax(text), "trailing bits that are not zero"))
            for changed, comment in changes:
                parts = [*segments[:place], changed, *segments[place + 1 :]]
                no(
                    ".".join(parts),
                    code,
                    f"{which}, {name}: {comment}",
                    "compact",
                    "base64url",
                    "class-12",
                    keys=(key,),
                )
    # The MAC is over the lax spelling, so only the spelling is wrong.
    header = lax(b64u(b'{"alg":"EdDSA","x":10}'))

    body = b64u(PAYLOAD)
    no(
        f"{header}.{body}.{b64u(sign(ED1, f'{header}.{body}'.encode()))}",
        "jws_malformed",
        "a lax header that is signed as it is",
        "compact",
        "base64url",
        "class-12",
    )
    body = lax(b64u(b"four"))
    header = b64u(text_of(header_of(ED1)).encode())
    no(
        f"{header}.{body}.{b64u(sign(ED1, f'{header}.{body}'.encode()))}",
        "jws_malformed",
        "a lax payload that is signed as it is",
        "compact",
        "base64url",
        "class-12",
    )
    good = json.loads(flattened(ED1))
    for name, code in (
        ("protected", "jws_malformed"),
        ("payload", "jws_malformed"),
        ("signature", "signature_malformed"),
    ):
        no(
            text_of({**good, name: good[name] + "="}),
            code,
            f"flattened, {name}: padding",
            "flattened",
            "base64url",
            "class-12",
        )
        no(
            text_of({**good, name: good[name][:9] + "\n" + good[name][9:]}),
            code,
            f"flattened, {name}: a line feed",
            "flattened",
            "base64url",
            "class-12",
        )


def _json(no):
    good = json.loads(flattened(ED1))
    made = entry(ED1).members()
    several = {"payload": good["payload"], "signatures": [made]}
    malformed = "jws_malformed"
    for value, comment, flag in (
        ({}, "no member", "general"),
        ({"payload": good["payload"]}, "no signature", "flattened"),
        ({**good, "signatures": [made]}, "both signature and signatures", "general"),
        ({**several, "signature": good["signature"]}, "signature beside signatures", "general"),
        ({**several, "protected": good["protected"]}, "protected beside signatures", "general"),
        ({**several, "header": {"a": 1}}, "header beside signatures", "general"),
        ({**several, "signatures": []}, "no entry", "general"),
        ({**several, "signatures": {}}, "signatures is an object", "general"),
        ({**several, "signatures": "x"}, "signatures is a string", "general"),
        ({**several, "signatures": [7]}, "an entry is a number", "general"),
        ({**several, "signatures": [[made]]}, "an entry is an array", "general"),
        ({**several, "signatures": [{"protected": made["protected"]}]}, "an entry without signature", "general"),
        ({**several, "signatures": [{**made, "signature": 7}]}, "the signature of an entry is a number", "general"),
        (
            {**several, "signatures": [{**made, "protected": 7}]},
            "the protected header of an entry is a number",
            "general",
        ),
        (
            {**several, "signatures": [{**made, "protected": {"alg": "EdDSA"}}]},
            "the protected header of an entry is an object",
            "general",
        ),
        (
            {**several, "signatures": [{**made, "header": 7}]},
            "the unprotected header of an entry is a number",
            "general",
        ),
        ({**good, "payload": 7}, "payload is a number", "flattened"),
        ({**good, "payload": {"a": 1}}, "payload is an object", "flattened"),
        ({**good, "payload": ["x"]}, "payload is an array", "flattened"),
        ({**good, "signature": 7}, "signature is a number", "flattened"),
        ({**good, "signature": [good["signature"]]}, "signature is an array", "flattened"),
        ({**good, "protected": 7}, "protected is a number", "flattened"),
        ({**good, "protected": {"alg": "EdDSA"}}, "protected is an object", "flattened"),
        ({**good, "header": "x"}, "header is a string", "flattened"),
        ({**good, "header": []}, "header is an array", "flattened"),
    ):
        no(text_of(value), malformed, comment, flag)
    no(json.dumps({**several, "signatures": None}), malformed, "signatures is null", "general")
    for member in ("payload", "signature", "protected", "header"):
        no(json.dumps({**good, member: None}), malformed, f"{member} is null", "flattened")
    text = flattened(ED1)
    for changed, code, comment, flag in (
        (text[:-1] + ',"payload":"' + b64u(b"other") + '"}', "duplicate_member", "payload twice", "class-10"),
        (
            text[:-1] + ',"\\u0070ayload":"' + b64u(b"other") + '"}',
            "duplicate_member",
            "payload twice, once behind an escape",
            "class-10",
        ),
        (text[:-1] + ',"signature":""}', "duplicate_member", "signature twice", "class-10"),
        (text_of(several)[:-1] + ',"signatures":[]}', "duplicate_member", "signatures twice", "class-10"),
        ("\ufeff" + text, "byte_order_mark", "a byte order mark", "class-23"),
        (text + "x", "trailing_bytes", "a letter behind the object", "class-23"),
        (text + text, "trailing_bytes", "two objects", "class-23"),
        (text[:-1], "invalid_json", "cut short", "class-23"),
        (text.replace('"payload"', '"a":NaN,"payload"'), "number_not_finite", "NaN", "class-23"),
        (b'{"a":"\xff",' + text[1:].encode(), "invalid_utf8", "a byte that is not UTF-8", "class-23"),
        (
            text.replace('"payload"', '"a":' + "[" * 200 + "]" * 200 + ',"payload"'),
            "too_deep",
            "two hundred levels",
            "class-13",
        ),
        (text.encode("utf-16-le"), "invalid_json", "UTF-16", "class-23"),
    ):
        no(changed, code, comment, "flattened", flag)
    no("[" + text + "]", malformed, "an array of a JWS", "flattened")
    no(json.dumps(compact(ED1)), malformed, "a token inside a JSON string", "compact")


def _payload(no):
    for text, form in ((compact(ED1), "compact"), (flattened(ED1), "flattened"), (general([entry(ED1)]), "general")):
        no(text, "payload_unexpected", "a payload beside one that is attached", form, "detached", payload=PAYLOAD)
        no(
            text,
            "payload_unexpected",
            "another payload beside one that is attached",
            form,
            "detached",
            "class-09",
            "class-24",
            payload="x",
        )
    no(
        flattened(ED1, b""),
        "payload_unexpected",
        "a payload beside one that is attached and empty",
        "flattened",
        "detached",
        payload="x",
    )
    no(flattened(ED1, detached=True), "payload_missing", "detached, and none given", "flattened", "detached")
    no(general([entry(ED1)], None), "payload_missing", "detached, and none given", "general", "detached")
    plain = header_of(ED1, b64=False, crit=["b64"])
    no(
        flattened(ED1, b"x", plain, encoded=False, detached=True),
        "payload_missing",
        "unencoded and detached, and none given",
        "flattened",
        "detached",
        "b64",
    )
    no(
        compact(ED1, detached=True),
        "signature_invalid",
        "detached, none given, so the payload is empty",
        "compact",
        "detached",
    )
    for detached, form in ((compact(ED1, detached=True), "compact"), (flattened(ED1, detached=True), "flattened")):
        for payload, comment in (
            (PAYLOAD + b"\n", "a line feed more"),
            (b"", "empty"),
            (b64u(PAYLOAD).encode(), "encoded"),
            (PAYLOAD[:-1], "a byte less"),
        ):
            no(
                detached,
                "signature_invalid",
                f"the payload that is given is {comment}",
                form,
                "detached",
                payload=payload,
            )
    plain_token = compact(ED1, b"x", plain, encoded=False)
    no(
        plain_token,
        "payload_unexpected",
        "unencoded: a payload beside one that is attached",
        "compact",
        "b64",
        "class-09",
        payload="y",
    )
    canonical = compact(ED1, b'{"a":1}', detached=True)
    for payload, code, comment in (
        ('{"a":2}', "signature_invalid", "another value"),
        ('{"a":1', "invalid_json", "no JSON"),
        ('{"a":1,"a":1}', "duplicate_member", "a member twice"),
    ):
        no(
            canonical,
            code,
            f"canonicalized: {comment}",
            "canonicalize",
            "detached",
            payload=payload,
            canonicalize="exact",
        )
    no(
        canonical,
        "number_not_exact",
        "canonicalized: a number that is not exact",
        "canonicalize",
        "detached",
        payload='{"a":1.0000000000000000001}',
        canonicalize="exact",
    )
    no(
        canonical,
        "signature_invalid",
        "not canonicalized: another spelling",
        "canonicalize",
        "detached",
        payload='{"a": 1}',
    )
    no(
        canonical,
        "invalid_argument",
        "an unknown policy",
        "canonicalize",
        "detached",
        payload='{"a":1}',
        canonicalize="strict",
    )
    no(
        compact(ED1),
        "invalid_argument",
        "canonicalize asked of an attached payload",
        "canonicalize",
        canonicalize="exact",
    )


def _limits(no):
    """Class 13."""
    tiny = {"signature": "", "protected": ""}
    many = text_of({"payload": "", "signatures": [tiny] * 65})
    no(many, "too_many_signatures", "65 signatures", "general", "limit", "class-13", verifier={"policy": "any"})
    pair = general([entry(ED1), entry(SE1)])
    no(
        pair,
        "too_many_signatures",
        "more signatures than the caller's limit",
        "general",
        "limit",
        "class-13",
        keys=(ED1, SE1),
        verifier={"policy": "all", "max_signatures": 1},
    )
    for text, form in ((compact(ED1, b"x" * 100), "compact"), (flattened(ED1, b"x" * 100), "flattened")):
        no(
            text,
            "too_large",
            "a payload over the caller's limit",
            form,
            "limit",
            "class-13",
            verifier={"max_payload_bytes": 99},
        )
    no(
        compact(ED1, b"x" * 100, detached=True),
        "too_large",
        "a detached payload over the caller's limit",
        "compact",
        "limit",
        "detached",
        "class-13",
        payload="x" * 100,
        verifier={"max_payload_bytes": 99},
    )
    long = compact(ED1, signature="A" * 30_000)
    no(long, "signature_malformed", "a signature of thirty thousand characters", "compact", "limit", "class-13")
    no(
        compact(P256, signature="A" * 4001),
        "signature_malformed",
        "a signature of 4,001 characters",
        "compact",
        "limit",
        "class-13",
        keys=(P256,),
    )
