"""The signature line and its header: rows 1 and 2 of the table of checks."""

import json

from encoding import b64u, lax
from http_cases import no, ok
from http_profile import BODY, CRITICAL, SECOND, request_header, settings
from jose_keys import text_of
from test_keys import ED1

NOTES = {
    "line": "One line of two parts with two dots between them.",
    "base64url": "base64url without padding, white space or bits that are not zero: one signature has one spelling.",
    "json": "The header is strict JSON, of at most 4 KiB and a depth of 3.",
    "member": "A member that is missing, of another type or outside its grammar.",
    "forbidden": "Members that would bring a key, an address of one, or another payload.",
    "crit": "RFC 7515 section 4.1.11, and every binding that is there is declared.",
    "typ": "Neither a token of another protocol nor a response is a request.",
    "alg": "The algorithm is allowed by the settings and is that of the key.",
}
_M = "signature_malformed"


def frames(file):
    """Everything about the line and its header."""
    _line(file)
    _base64url(file)
    _json(file)
    _members(file)
    _crit(file)
    _typ(file)


def _line(file):
    def edited(comment, edit, *flags):
        no(file, _M, comment, "line", *flags, edit=edit)

    for name in ("x-signature", "X-SIGNATURE", "X-sIGNATURE"):
        ok(file, f"the field is called {name}", "line", edit=lambda line, name=name: ((name, line),))
    ok(
        file,
        "white space around the value is no part of it",
        "line",
        edit=lambda line: (("X-Signature", f" \t{line} \t"),),
    )
    ok(
        file,
        "a field of another name, by the settings",
        "line",
        settings=settings(header="x-jws-signature"),
        edit=lambda line: (("X-JWS-Signature", line), ("X-Signature", "ignored")),
    )
    edited("two lines", lambda line: (("X-Signature", line), ("X-Signature", line)))
    edited("two lines of which one is empty", lambda line: (("X-Signature", ""), ("X-Signature", line)))
    edited("two lines in other letters", lambda line: (("X-Signature", line), ("x-signature", "a..b")))
    edited("a list of two in one line", lambda line: (("X-Signature", f"{line}, {line}"),))
    edited("an empty line", lambda line: (("X-Signature", ""),))
    edited("nothing but dots", lambda line: (("X-Signature", ".."),))
    edited("no dot", lambda line: (("X-Signature", line.replace(".", "")),))
    edited("one dot", lambda line: (("X-Signature", line.replace("..", ".")),))
    edited("three dots", lambda line: (("X-Signature", line.replace("..", "...")),))
    edited("a dot at the end", lambda line: (("X-Signature", line + "."),))
    edited("the payload is attached", lambda line: (("X-Signature", line.replace("..", "." + b64u(b"{}") + ".")),))
    edited("no header", lambda line: (("X-Signature", ".." + line.rpartition(".")[2]),))
    edited("no signature", lambda line: (("X-Signature", line.rpartition(".")[0] + "."),))
    edited("quotation marks", lambda line: (("X-Signature", f'"{line}"'),))
    edited("a scheme in front", lambda line: (("X-Signature", f"Signature {line}"),))
    edited("a byte beyond ASCII", lambda line: (("X-Signature", line + "\u00e9"),))
    edited("more than 8 KiB", lambda line: (("X-Signature", line + "A" * 8192),))


def _base64url(file):
    def edited(comment, header=lambda text: text, signature=lambda text: text):
        def edit(line):
            first, _, last = line.partition("..")
            return (("X-Signature", f"{header(first)}..{signature(last)}"),)

        no(file, _M, comment, "base64url", edit=edit)

    edited("padding behind the signature", signature=lambda text: text + "==")
    edited("padding behind the header", header=lambda text: text + "=")
    edited("bits of the signature that are not zero", signature=lax)
    edited("a space in the header", header=lambda text: text[:8] + " " + text[8:])
    edited("a tab in the signature", signature=lambda text: text[:8] + "\t" + text[8:])
    edited("the alphabet of base64: plus", signature=lambda text: "+" + text[1:])
    edited("the alphabet of base64: slash", header=lambda text: "/" + text[1:])
    edited("a character of no alphabet", signature=lambda text: text[:9] + "!" + text[10:])
    edited("a percent-encoded character", signature=lambda text: "%41" + text[1:])
    edited("a length that no bytes have", signature=lambda text: text[:-1])
    header = text_of(request_header())
    for length in range(1, 3):
        spaced = header + " " * ((length - len(header)) % 3)
        no(
            file,
            _M,
            f"bits of a header of {length} bytes over that are not zero",
            "base64url",
            header=spaced,
            edit=lambda line: (("X-Signature", lax(line.partition("..")[0]) + ".." + line.partition("..")[2]),),
        )


def _json(file):
    header = request_header()
    text = text_of(header)
    for spelled, comment in (
        (json.dumps(header, indent=2), "white space and another order"),
        (json.dumps(dict(reversed(header.items()))), "the members in reverse"),
        (text.replace('"POST"', '"\\u0050OST"'), "an escape"),
        (text.replace(f'"iat":{SECOND}', f'"iat":{SECOND}.0'), "an integer with a point has the same value"),
        (text.replace(f'"iat":{SECOND}', '"iat":18e8'), "an integer with an exponent has the same value"),
    ):
        ok(file, f"the header in another spelling: {comment}", "json", header=spelled, payload=BODY.encode())
    for spelled, comment in (
        (text[:-1] + ',"kid":"nobody"}', "a member twice"),
        (text[:-1] + ',"\\u006bid":"nobody"}', "a member twice, one of them escaped"),
        (text[:-1] + ',"x":{"a":1,"a":2}}', "a member twice within a member"),
        (text[:-1] + ',"x":1.5}', "a number with a fraction"),
        (text[:-1] + ',"x":1e400}', "a number beyond all doubles"),
        (text[:-1] + ',"x":9007199254740993}', "an integer that no double is equal to"),
        (text[:-1] + ',"x":NaN}', "NaN"),
        (text[:-1] + ',"x":[[[1]]]}', "a depth of 4"),
        (text[:-1] + ',"x":"\\ud800"}', "a lone surrogate"),
        (text[:-1] + ',"x":"\n"}', "a control character"),
        (text[:-1] + ',"x":"' + "a" * 4096 + '"}', "more than 4 KiB"),
        (text[:-1] + ",}", "a comma at the end"),
        (text + "{}", "text behind it"),
        (text[:-1], "no end"),
        ("", "nothing"),
        ("[]", "an array"),
        ("null", "null"),
        ('"' + text.replace('"', "'") + '"', "a text"),
        (b"\xef\xbb\xbf" + text.encode(), "a byte order mark"),
        (text.replace("acme", "acme").encode()[:-1] + b',"x":"\xff"}', "a byte that is not UTF-8"),
        (text.encode("utf-16-le"), "UTF-16"),
        ("{'alg':'EdDSA'}", "apostrophes"),
        ("/**/" + text, "a comment"),
    ):
        if spelled == "":
            no(
                file,
                _M,
                f"the header is {comment}",
                "json",
                edit=lambda line: (("X-Signature", ".." + line.partition("..")[2]), ("X-A", "")),
            )
        else:
            no(file, _M, f"the header: {comment}", "json", header=spelled, payload=BODY.encode())
    ok(file, "a member with a depth of 3", "json", header={"x": [[1]]})
    ok(
        file,
        "members that nobody knows are ignored",
        "json",
        header={"x": "y", "foo": 1, "x5t": "AAAA", "sts": 200, "rqh": "x"},
    )


def _members(file):
    for name in ("alg", "kid", "typ", "aud", "htm", "htu", "iat", "exp", "nonce", "cty", "can"):
        no(file, _M, f"no {name}", "member", header={name: None})
    for name in ("alg", "kid", "typ", "aud", "htm", "htu", "nonce", "cty", "can", "iss", "ath", "rsp"):
        for value in (7, True, [request_header().get(name, "x")], {}):
            no(file, _M, f"{name} is {json.dumps(value)[:20]}", "member", header={name: value})
        no(file, _M, f"{name} is an empty text", "member", header={name: ""})
        no(file, _M, f"{name} is null", "member", header=_with_null(name), payload=BODY.encode())
    for name in ("iat", "exp"):
        for value in (str(SECOND), True, [SECOND], SECOND + 0.5, -1, 2**53):
            no(file, _M, f"{name} is {json.dumps(value)}", "member", header={name: value})
        no(file, _M, f"{name} is null", "member", header=_with_null(name), payload=BODY.encode())
    for kid, comment in (
        ("a b", "a space"),
        ("a\tb", "a tab"),
        ("\u00e9", "a letter beyond ASCII"),
        ("k" * 257, "257 characters"),
    ):
        no(file, _M, f"kid has {comment}", "member", header={"kid": kid})
    for nonce, comment in (
        ("a b", "a space"),
        ("a+b", "a plus sign"),
        ("a/b", "a slash"),
        ("YWJj=", "padding"),
        ("n\u00f6nce", "a letter beyond ASCII"),
        ("a\u0000", "a zero"),
        ("n" * 129, "129 characters"),
    ):
        no(file, _M, f"nonce has {comment}", "member", header={"nonce": nonce})
    for nonce, comment in (
        ("a", "one character"),
        ("n" * 128, "128 characters"),
        ("A-Z_a.z~09", "every kind of character"),
    ):
        ok(file, f"nonce has {comment}", "member", header={"nonce": nonce})
    strict = settings(nonce_min_len=22)
    no(file, _M, "nonce is shorter than the settings want", "member", header={"nonce": "n" * 21}, settings=strict)
    ok(file, "nonce is as long as the settings want", "member", header={"nonce": "n" * 22}, settings=strict)
    no(file, _M, "can is a word that nobody knows", "member", header={"can": "c14n"})
    no(file, _M, "can in capital letters", "member", header={"can": "JCS"})
    no(file, _M, "can none with cty", "member", header={"can": "none"}, payload=b"")
    no(file, _M, "can raw of JSON", "member", header={"can": "raw"})
    no(
        file,
        _M,
        "can raw of a type with +json",
        "member",
        header={"can": "raw", "cty": "application/problem+json"},
        content_type="application/problem+json",
    )
    no(
        file,
        _M,
        "can jcs of a type that is not JSON",
        "member",
        header={"cty": "text/plain"},
        content_type="text/plain",
    )
    no(file, _M, "can jcs without cty", "member", header={"cty": None})
    no(file, _M, "rsp is a word that nobody knows", "member", header={"rsp": "maybe"})
    for hdr, comment in (
        ("x-a", "a text"),
        (["x-a"], "an array"),
        ({"x-a": 1}, "a number in it"),
        ({"x-a": ["1"]}, "an array in it"),
        ({"X-A": "1"}, "a name in capital letters"),
        ({"": "1"}, "an empty name"),
        ({"x a": "1"}, "a name with a space"),
        ({"x-a:": "1"}, "a name with a colon"),
    ):
        no(
            file,
            _M,
            f"hdr is {comment}" if isinstance(hdr, (str, list)) else f"hdr has {comment}",
            "member",
            header={"hdr": hdr},
            fields=(("X-A", "1"),),
        )
    for name, value in (
        ("jwk", json.loads(ED1.public_jwk())),
        ("jku", "https://evil.example/jwks.json"),
        ("x5u", "https://evil.example/x5u"),
        ("x5c", ["AAAA"]),
        ("b64", False),
        ("b64", True),
        ("zip", "DEF"),
    ):
        no(file, _M, f"{name} in the header", "forbidden", header={name: value})
        no(
            file,
            _M,
            f"{name} in the header, declared critical",
            "forbidden",
            header={name: value, "crit": [*_crit_of(), name]},
        )


def _with_null(name: str) -> str:
    header = {**request_header(), name: None}
    return json.dumps({**header, "crit": [one for one in CRITICAL if one in header]})


def _crit_of(**more) -> list:
    return request_header(**more)["crit"]


def _crit(file):
    usual = _crit_of()
    ok(file, "crit in another order", "crit", header={"crit": usual[::-1]})
    ok(file, "crit without iss, which is no binding", "crit", header={"iss": "acme", "crit": usual})
    for crit, comment in (
        (None, "no crit"),
        ([], "an empty crit"),
        ("aud", "crit is a text"),
        ({"aud": True}, "crit is an object"),
        ([*usual, 7], "crit has a number"),
        ([*usual, usual[0]], "crit has a name twice"),
        ([*usual, "x"], "crit has a name that nobody knows and that is not there"),
        ([*usual, "alg"], "crit has a member of RFC 7515"),
        ([*usual, "cty"], "crit has cty, which is a member of RFC 7515"),
        ([*usual, "kid"], "crit has kid, which is a member of RFC 7515"),
        ([*usual, "typ"], "crit has typ, which is a member of RFC 7515"),
        ([*usual, "crit"], "crit has crit"),
        ([*usual, "ath"], "crit has a member that is not there"),
        ([*usual, ""], "crit has an empty name"),
        ([name.upper() for name in usual], "crit in capital letters"),
    ):
        no(file, _M, comment, "crit", header={"crit": crit})
    for name in usual:
        no(file, _M, f"crit lacks {name}", "crit", header={"crit": [one for one in usual if one != name]})
    for name, value in (("ath", "A" * 43), ("hdr", {"x-a": "1"})):
        no(
            file,
            _M,
            f"{name} is there and not in crit",
            "crit",
            header={name: value, "crit": usual},
            fields=(("X-A", "1"),),
        )
    for name in ("x", "rqh", "sts"):
        no(
            file,
            _M,
            f"crit has {name}, which is there and is not for requests",
            "crit",
            header={name: 7, "crit": [*usual, name]},
        )


def _typ(file):
    for typ in (
        "JWT",
        "JOSE",
        "samebyte-res+jws",
        "application/samebyte-req+jws",
        "Samebyte-Req+JWS",
        "samebyte-req+jws ",
        "dpop+jwt",
    ):
        no(file, _M, f"typ is {typ!r}", "typ", header={"typ": typ})
    token = text_of({"alg": "EdDSA", "kid": ED1.thumbprint, "typ": "JWT"})
    no(
        file,
        _M,
        "a JWT of the same key",
        "typ",
        header=token,
        payload=text_of({"exp": SECOND + 60, "sub": "a"}).encode(),
    )
    card = text_of({"alg": "EdDSA", "kid": ED1.thumbprint, "typ": "JOSE"})
    no(file, _M, "a signature of an Agent Card by the same key", "typ", header=card, payload=BODY.encode())
