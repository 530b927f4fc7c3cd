"""What a JWS says of itself, without any trust in it."""

import json

from encoding import b64u, from_b64u
from jose_keys import HS256, P256, RSA, text_of
from jws_text import PAYLOAD, Entry, compact, entry, flattened, general, header_of
from test_keys import ED1, SE1

_JSON = {"attached": True, "bytes": len(PAYLOAD), "json": json.loads(PAYLOAD)}


def _report(serialization: str, payload: dict, *signatures: dict) -> dict:
    signatures = [{"index": i, **signature} for i, signature in enumerate(signatures)]
    report = {"payload": payload, "serialization": serialization, "signatures": signatures, "verified": False}
    return {"report_utf8": text_of(report)}


def valid(file):
    """Reports, also about what no verifier takes."""

    def ok(jws, report, comment, *flags):
        file.valid("jws_inspect", {"jws": jws}, report, comment, "inspect", *flags)

    for key in (ED1, SE1, P256, RSA, HS256):
        size = len(from_b64u(entry(key).signature))
        said = {"header": header_of(key), "signature_bytes": size}
        ok(compact(key), _report("compact", _JSON, said), key.name, "compact")
    said = {"header": header_of(ED1), "signature_bytes": 64}
    ok(flattened(ED1), _report("flattened", _JSON, said), "flattened", "flattened")
    other = {"header": header_of(SE1), "signature_bytes": 64}
    ok(general([entry(ED1), entry(SE1)]), _report("general", _JSON, said, other), "two signatures", "general")
    noted = entry(ED1, unprotected={"note": 1})
    ok(
        general([noted]),
        _report("general", _JSON, {**said, "unprotected": {"note": 1}}),
        "an unprotected header",
        "general",
        "unprotected",
    )
    ok(
        flattened(ED1, detached=True),
        _report("flattened", {"attached": False}, said),
        "detached",
        "flattened",
        "detached",
    )
    ok(general([entry(ED1)], None), _report("general", {"attached": False}, said), "detached", "general", "detached")
    text = "no JSON: \u20ac"
    payload = {"attached": True, "bytes": len(text.encode()), "text": text}
    ok(compact(ED1, text.encode()), _report("compact", payload, said), "a payload that is text", "payload")
    ok(
        compact(ED1, b"\xff\xfe"),
        _report("compact", {"attached": True, "base64url": "__4", "bytes": 2}, said),
        "a payload that is not text",
        "payload",
    )
    plain = header_of(ED1, b64=False, crit=["b64"])
    payload = {"attached": True, "bytes": 9, "text": "unencoded"}
    ok(
        compact(ED1, b"unencoded", plain, encoded=False),
        _report("compact", payload, {"header": plain, "signature_bytes": 64}),
        "an unencoded payload",
        "b64",
    )
    for header, code, comment in (
        ('{"alg":"EdDSA","crit":[]}', "signature_header_malformed", "an empty crit"),
        ('{"alg":"EdDSA","zip":"DEF"}', "signature_header_malformed", "zip"),
        ('{"kid":"a"}', "signature_header_malformed", "no alg"),
    ):
        said = {"code": code, "header": json.loads(header), "signature_bytes": 64}
        ok(
            compact(ED1, header=header),
            _report("compact", _JSON, said),
            f"a header that is refused: {comment}",
            "header",
        )
    for header, code, comment in (
        ('{"alg":"EdDSA","alg":"none"}', "duplicate_member", "alg twice"),
        ("[]", "signature_header_malformed", "an array"),
        ('{"alg"', "invalid_json", "cut short"),
        (b'{"alg":"\xff"}', "invalid_utf8", "a byte that is not UTF-8"),
    ):
        said = {"code": code, "signature_bytes": 64}
        ok(
            compact(ED1, header=header),
            _report("compact", _JSON, said),
            f"a header that cannot be shown: {comment}",
            "header",
        )
    none = {"alg": "none"}
    ok(
        compact(ED1, header=none, signature="", alg="EdDSA"),
        _report("compact", _JSON, {"header": none, "signature_bytes": 0}),
        "none",
        "header",
        "class-01",
    )
    broken = Entry(entry(SE1).protected, "A")
    report = _report(
        "general",
        _JSON,
        {"header": header_of(ED1), "signature_bytes": 64},
        {"code": "signature_malformed", "header": header_of(SE1), "signature_bytes": 0},
    )
    ok(general([entry(ED1), broken]), report, "a broken signature", "general", "broken")
    ok(
        compact(ED1).replace(b64u(PAYLOAD), "A"),
        _report(
            "compact", {"attached": True, "code": "jws_malformed"}, {"header": header_of(ED1), "signature_bytes": 64}
        ),
        "a payload that is not base64url",
        "payload",
    )


def refused(file):
    """Texts that are no JWS at all."""

    def no(jws, code, comment, *flags):
        file.invalid("jws_inspect", {"jws": jws}, code, comment, "inspect", *flags)

    for text, code, comment in (
        ("", "jws_malformed", "nothing"),
        ("a.b", "jws_malformed", "two segments"),
        (compact(ED1) + ".x", "jws_malformed", "four segments"),
        ("{}", "jws_malformed", "an empty object"),
        ("{", "invalid_json", "cut short"),
        ('{"signatures":[]}', "jws_malformed", "no entry"),
        ('{"payload":"","payload":""}', "duplicate_member", "payload twice"),
        ('{"payload":7,"signature":""}', "jws_malformed", "payload is a number"),
    ):
        no(text, code, comment)
    tiny = {"protected": "", "signature": ""}
    no(text_of({"payload": "", "signatures": [tiny] * 65}), "too_many_signatures", "65 signatures", "limit", "class-13")
