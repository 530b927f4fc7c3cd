"""Headers that RFC 7515 section 4 does not allow, or that ask for what is not understood; the signature over them is good."""

from encoding import b64u
from jose_keys import HS256, OctKey, text_of
from jws_text import PAYLOAD, Entry, compact, entry, flattened, general, header_of, trusted
from test_keys import ED1, SE1

_MALFORMED = "signature_header_malformed"


def refused(file):
    """Headers that are refused whatever the signature is."""

    def no(jws, code, comment, *flags, keys=(ED1,), **args):
        detail = args.pop("detail", {})
        file.invalid("jws_verify", {"jws": jws, "keys": trusted(*keys), **args}, code, comment, *flags, **detail)

    _algorithm(no)
    _critical(no)
    _unencoded(no)
    _text(no)
    _members(no)
    _unprotected(no)


def _algorithm(no):
    """Class 1."""
    everything = ["EdDSA", "ES256", "HS256", "RS256"]
    kid = ED1.thumbprint
    for name in ("none", "None", "NONE", "nOnE", " none", "none ", ""):
        for signature, comment in (("", "no signature"), (None, "a signature")):
            token = compact(ED1, header=header_of(ED1, alg=None) | {"alg": name}, signature=signature, alg="EdDSA")
            no(token, "algorithm_not_allowed", f'alg is "{name}", {comment}', "algorithm", "class-01")
    token = compact(ED1, header={"alg": "none"}, signature="", alg="EdDSA")
    no(
        token,
        "algorithm_not_allowed",
        "alg is none, and an allow-list",
        "algorithm",
        "class-01",
        verifier={"algorithms": everything},
    )
    for name in ("none", "hs256", "RS1", ""):
        no(
            compact(ED1),
            "algorithm_unsupported",
            f'an allow-list with "{name}"',
            "algorithm",
            "class-01",
            verifier={"algorithms": ["EdDSA", name]},
        )
    for name in (
        "eddsa",
        "ed25519",
        "Ed448",
        "EDDSA",
        "ES256 ",
        "RSA",
        "HS1",
        "ES256K-R",
        "ML-DSA-44",
        "dir",
        "A128GCM",
        "EdDSA\u0000",
        "ЕdDSA",
    ):
        no(
            compact(ED1, header={"alg": name, "kid": kid}, alg="EdDSA"),
            "algorithm_not_allowed",
            f"alg is {name!r}",
            "algorithm",
            "class-01",
        )
    for name in ("hs256", "Hs256"):
        no(
            compact(HS256, header={"alg": name}, alg="HS256"),
            "algorithm_not_allowed",
            f"alg is {name}",
            "algorithm",
            "class-01",
            keys=(HS256,),
        )
    for text, comment in (
        ("{}", "no member"),
        ('{"kid":"a"}', "no alg"),
        ('{"alg":null}', "alg is null"),
        ('{"alg":["EdDSA"]}', "alg is an array"),
        ('{"alg":{"EdDSA":1}}', "alg is an object"),
        ('{"alg":1}', "alg is a number"),
        ('{"alg":true}', "alg is true"),
        ('{"Alg":"EdDSA"}', "alg with a capital letter"),
    ):
        no(compact(ED1, header=text), _MALFORMED, comment, "algorithm", "class-01")
    rfc = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    no(rfc, "algorithm_not_allowed", "RFC 7515 appendix A.5", "algorithm", "rfc", "class-01")
    no(
        flattened(ED1, header={"alg": "none"}, signature="", alg="EdDSA"),
        "algorithm_not_allowed",
        "alg is none, flattened",
        "algorithm",
        "class-01",
    )
    no(
        general([entry(ED1, header={"alg": "none"}, signature="")]),
        "algorithm_not_allowed",
        "alg is none, general",
        "algorithm",
        "class-01",
    )


def _critical(no):
    """Class 8."""
    for text, code, comment in (
        ('{"alg":"EdDSA","crit":["exp"],"exp":1}', "critical_header_unsupported", "a name that is not understood"),
        (
            '{"alg":"EdDSA","crit":["http://example.com/x"],"http://example.com/x":true}',
            "critical_header_unsupported",
            "a name that is a URI",
        ),
        (
            '{"alg":"EdDSA","b64":true,"crit":["b64","x"],"x":1}',
            "critical_header_unsupported",
            "a name that is understood and one that is not",
        ),
        ('{"alg":"EdDSA","crit":[]}', _MALFORMED, "empty"),
        ('{"alg":"EdDSA","crit":null}', _MALFORMED, "null"),
        ('{"alg":"EdDSA","crit":"exp","exp":1}', _MALFORMED, "a string"),
        ('{"alg":"EdDSA","crit":{"exp":1},"exp":1}', _MALFORMED, "an object"),
        ('{"alg":"EdDSA","crit":true}', _MALFORMED, "true"),
        ('{"alg":"EdDSA","crit":[1],"1":1}', _MALFORMED, "a number in it"),
        ('{"alg":"EdDSA","crit":[null]}', _MALFORMED, "null in it"),
        ('{"alg":"EdDSA","crit":[["exp"]],"exp":1}', _MALFORMED, "an array in it"),
        ('{"alg":"EdDSA","crit":["exp","exp"],"exp":1}', _MALFORMED, "a name twice"),
        ('{"alg":"EdDSA","b64":true,"crit":["b64","\\u00624"],"b":1}', _MALFORMED, "an absent name behind an escape"),
        (
            '{"alg":"EdDSA","b64":true,"crit":["b64","\\u0062\\u0036\\u0034"]}',
            _MALFORMED,
            "a name twice, once behind escapes",
        ),
        ('{"alg":"EdDSA","crit":["exp"]}', _MALFORMED, "an absent name"),
        ('{"alg":"EdDSA","crit":["b64"]}', _MALFORMED, "b64, which is absent"),
        ('{"alg":"EdDSA","crit":[""],"":1}', "critical_header_unsupported", "the empty name"),
        ('{"alg":"EdDSA","crit":["crit"]}', _MALFORMED, "crit itself"),
    ):
        no(compact(ED1, header=text), code, f"crit: {comment}", "crit", "class-08")
    registered = {
        "alg": "EdDSA",
        "jku": "https://127.0.0.1/",
        "jwk": {"kty": "oct"},
        "kid": ED1.thumbprint,
        "x5u": "https://127.0.0.1/",
        "x5c": ["AA"],
        "x5t": "AA",
        "x5t#S256": "AA",
        "typ": "JWT",
        "cty": "JWT",
    }
    for name in registered:
        header = {"alg": "EdDSA", name: registered[name], "crit": [name]}
        no(
            compact(ED1, header=header),
            _MALFORMED,
            f"crit: {name} is registered",
            "crit",
            "class-08",
            verifier={"crit": ["exp"]},
        )
    understood = {"alg": "EdDSA", "crit": ["exp", "nbf"], "exp": 1, "nbf": 1}
    no(
        compact(ED1, header=understood),
        "critical_header_unsupported",
        "crit: one of two is understood",
        "crit",
        "class-08",
        verifier={"crit": ["exp"]},
    )
    rfc = "eyJhbGciOiJub25lIiwNCiAiY3JpdCI6WyJodHRwOi8vZXhhbXBsZS5jb20vVU5ERUZJTkVEIl0sDQogImh0dHA6Ly9leGFtcGxlLmNvbS9VTkRFRklORUQiOnRydWUNCn0.RkFJTA."
    no(rfc, "critical_header_unsupported", "RFC 7515 appendix E", "crit", "rfc", "class-08")


def _unencoded(no):
    """Class 9."""
    for value in ("false", "true"):
        no(
            compact(ED1, header=f'{{"alg":"EdDSA","b64":{value}}}'),
            _MALFORMED,
            f"b64 is {value} and not critical",
            "b64",
            "class-09",
        )
    no(
        compact(ED1, header='{"alg":"EdDSA","b64":false,"crit":["exp"],"exp":1}'),
        _MALFORMED,
        "b64 is false and crit names another",
        "b64",
        "class-09",
        verifier={"crit": ["exp"]},
    )
    no(
        compact(ED1, b"x", {"alg": "EdDSA", "b64": False}, encoded=False, detached=True),
        _MALFORMED,
        "b64 is false and not critical, detached",
        "b64",
        "class-09",
        payload="x",
    )
    for value in ('"false"', '"true"', "0", "1", "null", "[]", "{}", '""'):
        for encoded in (True, False):
            header = f'{{"alg":"EdDSA","b64":{value},"crit":["b64"]}}'
            how = "encoded" if encoded else "as it is"
            no(
                compact(ED1, b"x", header, encoded=encoded),
                _MALFORMED,
                f"b64 is {value}, the payload is {how}",
                "b64",
                "class-09",
            )
    plain = {"alg": "EdDSA", "b64": False, "crit": ["b64"]}
    no(
        compact(ED1, b"payload", plain, encoded=True, detached=True),
        "signature_invalid",
        "b64 is false, and the encoded payload is signed, detached",
        "b64",
        "class-09",
        payload="payload",
    )
    no(
        compact(ED1, b"payload", header_of(ED1), encoded=False, detached=True),
        "signature_invalid",
        "no b64, and the payload is signed as it is",
        "b64",
        "class-09",
        payload="payload",
    )
    mixed = [entry(ED1, b"payload"), entry(SE1, b"payload", header_of(SE1, b64=False, crit=["b64"]), encoded=False)]
    for entries, comment in ((mixed, "first encoded"), (mixed[::-1], "first unencoded")):
        no(
            general(entries, b"payload"),
            _MALFORMED,
            f"two signatures with different b64, {comment}",
            "b64",
            "class-09",
            keys=(ED1, SE1),
            verifier={"policy": "any"},
        )
    good = compact(ED1, b"payload", plain, encoded=False).split(".")
    for payload, comment in (
        ("pay load\n", "a line feed"),
        ("pay\tload", "a tabulator"),
        ("pay\u20acload", "a letter beyond ASCII"),
        ("pay\x7fload", "a control character"),
    ):
        no(f"{good[0]}.{payload}.{good[2]}", "jws_malformed", f"an unencoded payload with {comment}", "b64", "class-09")


def _text(no):
    """Classes 10 and 23."""
    for text, comment in (
        ('{"alg":"none","alg":"EdDSA"}', "alg twice, first none"),
        ('{"alg":"EdDSA","alg":"none"}', "alg twice, then none"),
        ('{"alg":"EdDSA","alg":"EdDSA"}', "alg twice, the same"),
        ('{"alg":"EdDSA","\\u0061lg":"none"}', "alg twice, once behind an escape"),
        ('{"alg":"EdDSA","kid":"a","kid":"b"}', "kid twice"),
        ('{"alg":"EdDSA","x":{"a":1,"a":2}}', "a member inside a member twice"),
        ('{"alg":"EdDSA","crit":["b64"],"b64":true,"b64":false}', "b64 twice"),
        ('{"alg":"EdDSA","":1,"":2}', "the empty name twice"),
    ):
        no(compact(ED1, header=text), "duplicate_member", comment, "header", "class-10")
    good = '{"alg":"EdDSA"}'
    for text, code, comment in (
        ("\ufeff" + good, "byte_order_mark", "a byte order mark"),
        (good.encode("utf-16"), "invalid_utf8", "UTF-16 with a byte order mark"),
        (good.encode("utf-16-le"), "invalid_json", "UTF-16 without a byte order mark"),
        (good.encode("utf-32-be"), "invalid_json", "UTF-32"),
        (b'{"alg":"EdDSA","kid":"\xff"}', "invalid_utf8", "a byte that is not UTF-8"),
        (b'{"alg":"EdDSA","kid":"\xc0\xaf"}', "invalid_utf8", "an overlong sequence"),
        (b'{"alg":"EdDSA","kid":"\xed\xa0\x80"}', "invalid_utf8", "a surrogate in UTF-8"),
        ('{"alg":"EdDSA","kid":"\\ud800"}', "lone_surrogate", "half of a surrogate pair"),
        ('{"alg":"EdDSA","iat":NaN}', "number_not_finite", "NaN"),
        ('{"alg":"EdDSA","iat":Infinity}', "number_not_finite", "Infinity"),
        ('{"alg":"EdDSA","iat":-Infinity}', "number_not_finite", "-Infinity"),
        ('{"alg":"EdDSA","iat":1e400}', "number_overflow", "a number beyond the doubles"),
        ('{"alg":"EdDSA","iat":01}', "invalid_json", "a number with a zero in front"),
        (good + "x", "trailing_bytes", "a letter behind the object"),
        (good + good, "trailing_bytes", "two objects"),
        (good + "\x00", "trailing_bytes", "a zero byte behind the object"),
        ('{"alg":"EdDSA",}', "invalid_json", "a comma too many"),
        ("{'alg':'EdDSA'}", "invalid_json", "single quotes"),
        ('{"alg":"EdDSA"/**/}', "invalid_json", "a comment"),
        ('{"alg":"EdDSA","kid":"\n"}', "control_character", "a line feed in a string"),
        ('{"alg":"EdDSA"', "invalid_json", "cut short"),
        ("[]", _MALFORMED, "an array"),
        ('["alg","EdDSA"]', _MALFORMED, "an array of strings"),
        ('"EdDSA"', _MALFORMED, "a string"),
        ("7", _MALFORMED, "a number"),
        ("null", _MALFORMED, "null"),
        ("true", _MALFORMED, "true"),
    ):
        no(compact(ED1, header=text), code, f"the header is or has {comment}", "header", "class-23")
    deep = '{"alg":"EdDSA","x":' + "[" * 200 + "]" * 200 + "}"
    no(compact(ED1, header=deep), "too_deep", "two hundred levels", "limit", "class-13")
    deep = '{"alg":"EdDSA","x":' + "[" * 8000 + "]" * 8000 + "}"
    no(compact(ED1, header=deep), "too_deep", "eight thousand levels", "limit", "class-13")
    large = header_of(ED1, note="x" * 16_400)
    no(compact(ED1, header=large), "too_large", "more than 16 KiB", "limit", "class-13")
    no(flattened(ED1, header=large), "too_large", "more than 16 KiB, flattened", "limit", "class-13")
    no(
        compact(ED1, header=header_of(ED1, note="x" * 1000)),
        "too_large",
        "more than the caller's limit",
        "limit",
        "class-13",
        verifier={"max_header_bytes": 1000},
    )


def _members(no):
    """Classes 7, 14 and others."""
    for value in ("7", "null", "true", "[]", '["a"]', "{}"):
        no(compact(ED1, header=f'{{"alg":"EdDSA","kid":{value}}}'), _MALFORMED, f"kid is {value}", "header", "class-07")
    for name in ("typ", "cty"):
        for value in ("7", "null", "[]"):
            no(compact(ED1, header=f'{{"alg":"EdDSA","{name}":{value}}}'), _MALFORMED, f"{name} is {value}", "header")
    for value in ('"DEF"', '""', "null", "false"):
        no(compact(ED1, header=f'{{"alg":"EdDSA","zip":{value}}}'), _MALFORMED, f"zip is {value}", "header", "class-14")
    no(
        flattened(ED1, header={"alg": "EdDSA"}, unprotected={"zip": "DEF"}),
        _MALFORMED,
        "zip in the unprotected header",
        "unprotected",
        "class-14",
    )
    typed = {"alg": "EdDSA", "typ": "JWT"}
    for expected, comment in (
        ("example+jws", "another"),
        ("jwt", "in lower case"),
        ("", "empty"),
        ("application/JWT", "written out"),
    ):
        no(
            compact(ED1, header=typed),
            "typ_mismatch",
            f"the expected typ is {comment}",
            "typ",
            verifier={"typ": expected},
        )
    no(compact(ED1), "typ_mismatch", "no typ", "typ", verifier={"typ": "JWT"})
    no(
        flattened(ED1, header={"alg": "EdDSA"}, unprotected={"typ": "JWT"}),
        "typ_mismatch",
        "the typ is not protected",
        "typ",
        verifier={"typ": "JWT"},
    )
    unnamed = OctKey("", HS256.secret, "HS256")
    no(
        compact(unnamed, header={"alg": "HS256"}),
        "typ_mismatch",
        "no typ, a symmetric key",
        "typ",
        keys=(unnamed,),
        verifier={"typ": "JWT"},
    )


def _unprotected(no):
    """Classes 8, 9 and 11."""
    for name, protected, unprotected in (
        ("alg", {"alg": "EdDSA"}, {"alg": "EdDSA"}),
        ("alg, another", {"alg": "EdDSA"}, {"alg": "none"}),
        ("kid", {"alg": "EdDSA", "kid": ED1.thumbprint}, {"kid": ED1.thumbprint}),
        ("kid, another", {"alg": "EdDSA", "kid": ED1.thumbprint}, {"kid": "x"}),
        ("a member of its own", {"alg": "EdDSA", "x": 1}, {"x": 1}),
        ("the empty name", {"alg": "EdDSA", "": 1}, {"": 1}),
    ):
        made = entry(ED1, header=protected, unprotected=unprotected)
        no(
            text_of({"payload": b64u(PAYLOAD), **made.members()}),
            _MALFORMED,
            f"in both headers: {name}",
            "unprotected",
            "class-11",
        )
        no(general([made]), _MALFORMED, f"in both headers, general: {name}", "unprotected", "class-11")
    made = entry(ED1, header='{"\\u0061lg":"EdDSA","\\u006eote":1}', unprotected={"note": 2})
    no(
        text_of({"payload": b64u(PAYLOAD), **made.members()}),
        _MALFORMED,
        "in both headers, once behind an escape",
        "unprotected",
        "class-11",
    )
    for unprotected, comment, flag in (
        ({"crit": ["x"], "x": 1}, "crit", "class-08"),
        ({"crit": []}, "an empty crit", "class-08"),
        ({"crit": ["b64"], "b64": False}, "crit and b64", "class-09"),
        ({"b64": False}, "b64 false", "class-09"),
        ({"b64": True}, "b64 true", "class-09"),
        ({"kid": 7}, "a kid that is a number", "class-07"),
    ):
        no(
            flattened(ED1, header={"alg": "EdDSA"}, unprotected=unprotected),
            _MALFORMED,
            f"in the unprotected header: {comment}",
            "unprotected",
            flag,
        )
    made = entry(ED1, header={"kid": ED1.thumbprint}, unprotected={"alg": "EdDSA"})
    no(general([made]), _MALFORMED, "alg only in the unprotected header", "unprotected", "class-01")
    bare = Entry("", entry(ED1).signature, {"alg": "EdDSA"})
    no(
        text_of({"payload": b64u(PAYLOAD), "header": bare.unprotected, "signature": bare.signature}),
        _MALFORMED,
        "no protected header",
        "unprotected",
        "class-01",
    )
    no(
        text_of({"payload": b64u(PAYLOAD), **bare.members()}),
        _MALFORMED,
        "an empty protected header",
        "unprotected",
        "class-01",
    )
    text = flattened(ED1, header={"alg": "EdDSA"}, unprotected={"a": 1}).replace('{"a":1}', '{"a":1,"a":2}')
    no(text, "duplicate_member", "a member of the unprotected header twice", "unprotected", "class-10")
