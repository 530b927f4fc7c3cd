"""Media types, bodies, and nonces within bodies: rows 7 to 10 of the table of checks."""

from http_cases import no, ok
from http_profile import BODY, JSON_TYPE, NONCE, NOW, SECOND, settings

NOTES = {
    "htm": "The method as it was received.",
    "cty": "The media type that was signed is the one that was received.",
    "can": "What the payload is: canonical JSON, octets, or nothing.",
    "reserialised": "A proxy wrote the body anew, and its value stayed.",
    "changed": "The value of the body was changed.",
    "strict": "A body that has no one canonical form.",
    "limit": "Size and depth.",
    "coding": "The body has a content coding.",
    "forward": "What the handler gets: the canonical body, or the original one.",
    "nonce": "The nonce and time of a body (`nonce`, `ts`), by NONCE_LOCATION.",
}
_B = "signature_binding_mismatch"
_BAD_BODY = "body_not_canonicalizable"
_EMPTY = {"body": b"", "content_type": None}
_NONE = {"can": "none", "cty": None}


def media(file):
    """Media types, and what the payload is."""
    for received in (
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        'application/json ; charset="utf-8"',
        "application/json; profile=x",
    ):
        ok(file, f"the media type is received as {received}", "cty", content_type=received)
    for received in (
        "text/plain",
        "application/jsonp",
        "application/json, text/plain",
        "application/json; charset=utf-16",
        "application/json; charset=iso-8859-1",
        "json",
        "*/*",
        "",
        None,
    ):
        no(file, _B, f"the media type is received as {received}", "cty", content_type=received)
    no(file, _B, "two lines with the media type", "cty", fields=(("Content-Type", "text/plain"),))
    no(file, _B, "one media type in two lines", "cty", fields=(("Content-Type", JSON_TYPE),))
    no(
        file,
        _B,
        "the media type was signed in capital letters",
        "cty",
        header={"cty": "application/problem+JSON", "can": "raw"},
        content_type="application/problem+JSON",
        payload=BODY.encode(),
    )
    plain = {"header": {"can": "raw", "cty": "text/html"}, "body": b"<p>"}
    for received in ("text/html", "text/html; charset=utf-8", 'Text/HTML ;Charset="UTF-8"; level=1'):
        ok(file, f"octets: the media type is received as {received}", "cty", content_type=received, **plain)
    for received in ("text/html; charset=utf-7", "text/html; charset=utf-8; charset=utf-7", "text/plain"):
        no(file, _B, f"octets: the media type is received as {received}", "cty", content_type=received, **plain)
    problem = "application/problem+json"
    ok(file, "a type with +json", "cty", header={"cty": problem}, content_type=problem, body=b'{"title" : "x"}')
    raw = {"can": "raw", "cty": "text/plain"}
    text = b'{"b":1, "a":2}\r\n'
    ok(file, "octets of another media type", "can", header=raw, content_type="text/plain", body=text)
    ok(file, "octets of another media type, none of them", "can", header=raw, content_type="text/plain", body=b"")
    no(
        file,
        "signature_invalid",
        "octets of another media type, one space less",
        "can",
        header=raw,
        content_type="text/plain",
        body=text.replace(b" ", b""),
        payload=text,
    )
    no(
        file,
        "signature_invalid",
        "a byte that is not UTF-8 is not U+FFFD",
        "can",
        header=raw,
        content_type="text/plain",
        body="\ufffd".encode(),
        payload=b"\xff",
    )
    no(
        file,
        "signature_invalid",
        "U+FFFD is not a byte that is not UTF-8",
        "can",
        header=raw,
        content_type="text/plain",
        body=b"\xff",
        payload="\ufffd".encode(),
    )
    no(
        file,
        "signature_invalid",
        "CRLF for LF",
        "can",
        header=raw,
        content_type="text/plain",
        body=b"a\r\n",
        payload=b"a\n",
    )
    get = {"method": "GET", "header": {"htm": "GET", **_NONE}}
    ok(file, "no body", "can", **get, **_EMPTY)
    ok(file, "no body and no can", "can", method="GET", header={"htm": "GET", "can": None, "cty": None}, **_EMPTY)
    for body, comment in ((b'""', "an empty text"), (b" ", "a space"), (b"{}", "an object"), (b"\x00", "a zero")):
        no(
            file,
            _B,
            f"signed without body, received with {comment}",
            "can",
            **get,
            body=body,
            content_type=JSON_TYPE,
            payload=b"",
        )
    no(
        file,
        _B,
        "signed without body and without can, received with a body",
        "can",
        header={"can": None, "cty": None},
        body=b"{}",
        payload=b"",
    )
    no(file, _BAD_BODY, "signed with a body, received without", "can", body=b"", payload=BODY.encode())
    ok(file, "an empty text is a body", "can", body=b'""')


def bodies(file):
    """Rows 9 and 10."""
    value = b'{"amount":1,"list":[1,2.5,"\xe2\x82\xac"],"name":"a/b","nested":{"x":null,"y":true}}'
    for body, comment in (
        (
            b'{"nested":{"y":true,"x":null},"name":"a/b","list":[1,2.5,"\xe2\x82\xac"],"amount":1}',
            "members in another order",
        ),
        (
            b'{ "amount" : 1 ,\r\n\t"list" : [ 1, 2.5, "\xe2\x82\xac" ], "name" : "a/b", "nested" : { "x" : null, "y" : true } }\n',
            "white space",
        ),
        (b'{"amount":1,"list":[1,2.5,"\\u20ac"],"name":"a\\/b","nested":{"x":null,"y":true}}', "escapes"),
        (
            b'{"amount":1.0,"list":[1e0,25E-1,"\\u20AC"],"n\\u0061me":"a/b","nested":{"x":null,"y":true}}',
            "numbers in another form",
        ),
        (
            b'{"amount":1,"list":[1,2.50,"\xe2\x82\xac"],"name":"a/b","nested":{"x":null,"y":true}}',
            "a zero at the end of a number",
        ),
    ):
        ok(file, f"written anew: {comment}", "reserialised", body=body, payload=value)
    for body, comment in (
        (value.replace(b'"amount":1', b'"amount":2'), "a number"),
        (value.replace(b'"amount":1', b'"amount":"1"'), "a number became a text"),
        (value.replace(b"[1,2.5,", b"[2.5,1,"), "the order of an array"),
        (value.replace(b'"x":null,', b""), "a null is gone"),
        (value.replace(b"a/b", b"A/b"), "a letter"),
        (value.replace(b"true", b"false"), "true became false"),
        (value.replace(b'"amount"', b'"Amount"'), "a name"),
        (b"[" + value + b"]", "an array around it"),
        (value.replace(b"2.5", b"2.5000000000000004"), "the last bit of a number"),
        (value.replace("\u20ac".encode(), "e\u0301".encode()), "another text"),
    ):
        no(file, "signature_invalid", f"changed: {comment}", "changed", body=body, payload=value)
    no(
        file,
        "signature_invalid",
        "one spelling of a letter is not the other (no Unicode normalisation)",
        "changed",
        body='"\u00e9"'.encode(),
        payload='"e\u0301"'.encode(),
    )
    for body, comment in (
        (b"", "nothing"),
        (b" ", "white space"),
        (b'{"a":1,"a":1}', "a member twice"),
        (b'{"a":1,"\\u0061":2}', "a member twice, one of them escaped"),
        (b'{"x":{"a":1,"a":1}}', "a member twice, deeper"),
        (b"9007199254740993", "an integer that no double is equal to"),
        (b"0.1000000000000000055", "more digits than a double has"),
        (b"1e400", "a number beyond all doubles"),
        (b'"\\ud800"', "a lone surrogate"),
        (b'"\xed\xa0\x80"', "a surrogate in UTF-8"),
        (b'"\xff"', "a byte that is not UTF-8"),
        (b"\xef\xbb\xbf{}", "a byte order mark"),
        ("{}".encode("utf-16-le"), "UTF-16"),
        (b"\xff\xfe{\x00}\x00", "UTF-16 with its mark"),
        (b"{} {}", "two values"),
        (b"{}\x00", "a zero behind it"),
        (b"NaN", "NaN"),
        (b"-Infinity", "-Infinity"),
        (b'{"a":1,}', "a comma at the end"),
        (b"{'a':1}", "apostrophes"),
        (b"// a\n{}", "a comment"),
        (b'"a\nb"', "a line feed in a text"),
        (b"01", "a zero in front"),
        (b"[1", "no end"),
        (b"id=1&method=x", "a form"),
        (b"[" * 129 + b"]" * 129, "a depth of 129"),
        (b"[" * 100_000, "a hundred thousand brackets"),
    ):
        no(file, _BAD_BODY, f"not canonicalizable: {comment}", "strict", body=body, payload=b"{}")
    for body in (b"null", b"0", b"-0", b'""', b"[]", b"{}", b'"\\u0000"', b"1e21", b"[" * 128 + b"]" * 128):
        ok(file, f"a body of its own kind: {body[:9].decode()}", "strict", body=body)
    shallow = settings(max_depth=3)
    ok(file, "as deep as MAX_DEPTH", "limit", body=b"[[[]]]", settings=shallow)
    no(file, _BAD_BODY, "deeper than MAX_DEPTH", "limit", body=b"[[[[]]]]", payload=b"[]", settings=shallow)
    small = settings(max_body=len(BODY))
    ok(file, "as large as MAX_BODY", "limit", settings=small)
    no(file, "body_too_large", "larger than MAX_BODY", "limit", body=BODY.encode() + b" ", settings=small)
    no(
        file,
        "body_too_large",
        "Content-Length is larger than MAX_BODY",
        "limit",
        fields=(("Content-Length", str(len(BODY) + 1)),),
        settings=small,
    )
    no(
        file,
        "body_too_large",
        "larger than MAX_BODY, and no JSON",
        "limit",
        body=b"{" * 100,
        payload=b"{}",
        settings=small,
    )
    for coding in ("gzip", "br", "deflate", "GZIP", "identity, gzip", "x"):
        no(
            file,
            "content_encoding_unsupported",
            f"the coding {coding}",
            "coding",
            fields=(("Content-Encoding", coding),),
        )
    for coding in ("identity", "Identity"):
        ok(file, f"the coding {coding}", "coding", fields=(("Content-Encoding", coding),))
    no(
        file,
        "content_encoding_unsupported",
        "two codings in two lines",
        "coding",
        fields=(("Content-Encoding", "identity"), ("Content-Encoding", "gzip")),
    )
    spelled = b'{ "b" : 1.0, "a" : "\\u0061" }'
    for forward in ("canonical", "original"):
        ok(file, f"forwarded in its {forward} form", "forward", body=spelled, settings=settings(forward_body=forward))
    no(
        file,
        "signature_invalid",
        "forwarded as it is, and still verified",
        "forward",
        body=spelled,
        payload=b"{}",
        settings=settings(forward_body="original"),
    )


def nonces(file):
    """The nonce of the seed, which stands in the body."""
    bare = {"iat": None, "exp": None, "nonce": None}
    body = f'{{"id":1,"jsonrpc":"2.0","method":"m","nonce":"{NONCE}","ts":{SECOND}}}'.encode()
    malformed = "signature_malformed"
    for location in ("either", "body"):
        where = settings(nonce_location=location)
        ok(file, f"{location}: in the body", "nonce", header=bare, body=body, settings=where)
        for wrong, comment in (
            (b"{}", "neither nonce nor ts"),
            (body.replace(b',"ts":%d' % SECOND, b""), "no ts"),
            (body.replace(b'"nonce":"abc123",', b""), "no nonce"),
            (body.replace(b'"abc123"', b"7"), "nonce is a number"),
            (body.replace(b'"abc123"', b'"a b"'), "nonce has a space"),
            (body.replace(b"%d" % SECOND, b'"%d"' % SECOND), "ts is a text"),
            (body.replace(b"%d" % SECOND, b"%d.5" % SECOND), "ts has a fraction"),
            (b'{"params":' + body + b"}", "not at the top"),
            (b"[" + body + b"]", "in an array"),
        ):
            no(file, malformed, f"{location}: in the body, {comment}", "nonce", header=bare, body=wrong, settings=where)
    no(
        file,
        malformed,
        "header: in the body",
        "nonce",
        header=bare,
        body=body,
        settings=settings(nonce_location="header"),
    )
    ok(
        file,
        "header: the body may have members of these names",
        "nonce",
        body=b'{"nonce":"other","ts":7}',
        settings=settings(nonce_location="header"),
    )
    no(file, malformed, "body: in the header alone", "nonce", settings=settings(nonce_location="body"))
    ok(file, "either: in both, equal", "nonce", body=body)
    ok(file, "either: in both, a nonce alone is data of the application", "nonce", body=b'{"nonce":"other"}')
    ok(file, "either: in both, another type is data of the application", "nonce", body=b'{"nonce":7,"ts":8}')
    no(file, _B, "either: in both, another nonce", "nonce", body=body.replace(b"abc123", b"abc124"))
    no(file, _B, "either: in both, another time", "nonce", body=body.replace(b"%d" % SECOND, b"%d" % (SECOND + 1)))
    for name in ("iat", "exp", "nonce"):
        no(file, malformed, f"either: the header lacks {name} alone", "nonce", header={name: None}, body=body)
        no(
            file,
            malformed,
            f"either: the header has {name} alone",
            "nonce",
            header={**bare, name: {"iat": SECOND, "exp": SECOND + 60, "nonce": NONCE}[name]},
            body=body,
        )
    no(file, "signature_expired", "in the body: too old", "nonce", header=bare, body=body, now=NOW + 330_001)
    ok(file, "in the body: exp is ts and NONCE_TTL", "nonce", header=bare, body=body, now=NOW + 330_000)
    no(file, "signature_not_yet_valid", "in the body: in the future", "nonce", header=bare, body=body, now=NOW - 5_001)
    no(
        file,
        "signature_expired",
        "in the body: the clock is read again",
        "nonce",
        header=bare,
        body=body,
        later=NOW + 330_001,
    )
    no(file, "replay_detected", "in the body: seen before", "nonce", header=bare, body=body, replay="replay")
    no(
        file,
        "signature_expired",
        "in the body: too old, and the signature is one of zeros",
        "nonce",
        header=bare,
        body=body,
        now=NOW + 330_001,
        how={"signature": bytes(64)},
    )
    strict = settings(nonce_min_len=22)
    no(file, malformed, "in the body: shorter than the settings want", "nonce", header=bare, body=body, settings=strict)
    no(file, malformed, "no body to stand in", "nonce", method="GET", header={"htm": "GET", **_NONE, **bare}, **_EMPTY)
    raw = {"can": "raw", "cty": "text/plain", **bare}
    for body_, comment in (
        (b"{", "a brace"),
        (b'{"nonce', "a name without end"),
        (b'{"nonce":"', "a text without end"),
        (b'{"nonce":', "no value"),
        (b'{"a":[[[', "open brackets"),
        (b'{"a\\', "a backslash at the end"),
        (b"{}}}", "too many braces"),
        (b'{"nonce":"other","ts":7}', "JSON with another nonce"),
    ):
        ok(
            file,
            f"octets are not read as JSON: {comment}",
            "nonce",
            header={"can": "raw", "cty": "text/plain"},
            content_type="text/plain",
            body=body_,
        )
    no(file, malformed, "octets have no members", "nonce", header=raw, content_type="text/plain", body=body)
