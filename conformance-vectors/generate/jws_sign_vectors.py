"""What signing writes, where the algorithm has one right signature, and what it refuses."""

import json

from canonical import canonical
from encoding import b64u
from jose_keys import HS256, HS384, HS512, P256, RSA, RSA_3072, RSA_4096, OctKey
from jws_peers import confirm
from jws_text import PAYLOAD, Entry, compact, entry, flattened, general, header_of, signer
from jws_verify_vectors import SIGNERS, TEXT
from test_keys import ED1, ED2, SE1

DETERMINISTIC = [(key, alg) for key, alg in SIGNERS if alg[:2] in ("Ed", "RS", "HS") or alg == "ES256K"]
_FORMS = {"compact": compact, "flattened": flattened}


def _write(form: str, key, payload, header, alg, detached=False, encoded=True, unprotected=None) -> str:
    how = {"alg": alg, "encoded": encoded, "unprotected": unprotected}
    if form == "general":
        return general([entry(key, payload, header, **how)], None if detached else payload, encoded)
    return _FORMS[form](key, payload, header, detached=detached, **how)


def valid(file):
    """What signing writes."""

    def ok(key, payload, options, jws, comment, *flags):
        named = {"options": options} if options else {}
        file.valid("jws_sign", {"payload": payload, "key": signer(key), **named}, {"jws_utf8": jws}, comment, *flags)

    for key, alg in DETERMINISTIC:
        named = {} if alg == key.algorithm else {"alg": alg}
        for form in ("compact", "flattened", "general"):
            serialization = {} if form == "compact" else {"serialization": form}
            for detached in (False, True):
                header = header_of(key, alg)
                jws = _write(form, key, PAYLOAD, header, alg, detached)
                confirm(jws, [key], PAYLOAD, detached)
                options = {**serialization, **({"detached": True} if detached else {}), **named}
                ok(key, PAYLOAD, options, jws, f"{alg} with {key.name}", form, *(["detached"] if detached else []))
            for detached in (False, True):
                header = header_of(key, alg, b64=False, crit=["b64"])
                jws = _write(form, key, TEXT, header, alg, detached, False)
                options = {**serialization, "b64": False, **({"detached": True} if detached else {}), **named}
                ok(
                    key,
                    TEXT,
                    options,
                    jws,
                    f"{alg} with {key.name}, unencoded",
                    form,
                    "b64",
                    *(["detached"] if detached else []),
                )
    for key in (RSA_3072, RSA_4096, RSA.bound("RS512")):
        ok(key, PAYLOAD, None, compact(key, header=header_of(key)), f"{key.algorithm} with {key.name}", "compact")
    for alg in ("HS384", "HS512"):
        key = OctKey("", HS512.secret, None, "k")
        file.valid(
            "jws_sign",
            {"payload": PAYLOAD, "key": {"symmetric_jwk_utf8": key.jwk()}, "options": {"alg": alg}},
            {"jws_utf8": compact(key, header=header_of(key, alg), alg=alg)},
            f"{alg} with a key that names no algorithm",
            "compact",
        )
    ok(ED1, PAYLOAD, {"alg": "Ed25519"}, compact(ED1), "the name of RFC 9864 is read, EdDSA is written", "options")
    _header(ok)
    _payload(ok)


def _header(ok):
    for options, header, comment in (
        ({"kid": "my key"}, header_of(ED1, kid="my key"), "a kid of its own"),
        ({"kid": None}, header_of(ED1, kid=None), "no kid"),
        ({"kid": ""}, header_of(ED1, kid=""), "an empty kid"),
        ({"kid": 'é"\u0001\U0001f600'}, header_of(ED1, kid='é"\u0001\U0001f600'), "a kid of any text"),
        ({"typ": "JWT"}, header_of(ED1, typ="JWT"), "typ"),
        ({"header": {}}, header_of(ED1), "no further member"),
        (
            {"header": {"cty": "text/plain", "iat": 1300819380}},
            header_of(ED1, cty="text/plain", iat=1300819380),
            "further members",
        ),
        (
            {"header": {"\ufb33": 1, "\u20ac": [1.5, {"b": None, "a": True}]}},
            {**header_of(ED1), "\u20ac": [1.5, {"a": True, "b": None}], "\ufb33": 1},
            "members beyond ASCII",
        ),
        ({"header": {"exp": 7, "crit": ["exp"]}}, header_of(ED1, exp=7, crit=["exp"]), "a critical member"),
        (
            {"header": {"exp": 7, "crit": ["exp"]}, "b64": False},
            header_of(ED1, exp=7, b64=False, crit=["b64", "exp"]),
            "a critical member beside b64",
        ),
        ({"b64": True}, header_of(ED1), "b64 is true, which is the default and not written"),
        (
            {"alg": "EdDSA", "kid": "k", "typ": "t", "header": {"cty": "c"}},
            header_of(ED1, kid="k", typ="t", cty="c"),
            "all of it",
        ),
        (
            {"header": {"jwk": json.loads(ED1.public_jwk()), "jku": "https://example.com/"}},
            header_of(ED1, jwk=json.loads(ED1.public_jwk()), jku="https://example.com/"),
            "members that point to keys are signed, too",
        ),
    ):
        encoded = options.get("b64", True)
        payload = PAYLOAD if encoded else TEXT
        ok(
            ED1,
            payload,
            options,
            compact(ED1, payload, canonical(json.dumps(header)), encoded=encoded),
            comment,
            "options",
        )
    unprotected = {"note": "not signed", "a": 1}
    for form in ("flattened", "general"):
        options = {"serialization": form, "unprotected": unprotected}
        ok(
            ED1,
            PAYLOAD,
            options,
            _write(form, ED1, PAYLOAD, header_of(ED1), "EdDSA", unprotected=unprotected),
            "an unprotected header",
            form,
            "options",
        )
        options = {"serialization": form, "unprotected": {"kid": ED1.thumbprint}, "kid": None}
        ok(
            ED1,
            PAYLOAD,
            options,
            _write(form, ED1, PAYLOAD, {"alg": "EdDSA"}, "EdDSA", unprotected={"kid": ED1.thumbprint}),
            "the kid in the unprotected header",
            form,
            "options",
        )
    bare = OctKey("", HS256.secret, "HS256")
    ok(bare, PAYLOAD, None, compact(bare), "a symmetric key without kid", "options")


def _payload(ok):
    for payload, comment in (
        (b"", "no byte"),
        (bytes(range(256)), "every byte"),
        ("\u20ac".encode(), "text beyond ASCII"),
        (b"x" * 10_000, "ten thousand bytes"),
    ):
        ok(ED1, payload, None, compact(ED1, payload), comment, "payload")
    ok(ED1, b"", {"detached": True}, compact(ED1, b"", detached=True), "no byte, detached", "payload", "detached")
    text = '{ "b" : [0.10, 1E30], "\u20ac": "\\u20ac", "a": -0 }'
    value = {"b": [0.1, 1e30], "\u20ac": "\u20ac", "a": 0}
    body = canonical(json.dumps(value)).encode()
    for policy in ("exact", "ieee754"):
        ok(
            ED1,
            text,
            {"canonicalize": policy},
            compact(ED1, body),
            f"JSON, canonicalized, {policy}",
            "payload",
            "canonicalize",
        )
    ok(
        ED1,
        text,
        {"canonicalize": "exact", "detached": True, "serialization": "flattened"},
        flattened(ED1, body, detached=True),
        "JSON, canonicalized, flattened and detached",
        "payload",
        "canonicalize",
    )
    ok(
        ED1,
        '{"n":9007199254740993}',
        {"canonicalize": "ieee754"},
        compact(ED1, b'{"n":9007199254740992}'),
        "JSON, canonicalized, a number that is rounded",
        "payload",
        "canonicalize",
    )
    header = header_of(ED1, b64=False, crit=["b64"])
    ok(
        ED1,
        '{"b":1, "a":2}',
        {"canonicalize": "exact", "b64": False},
        compact(ED1, b'{"a":2,"b":1}', header, encoded=False),
        "JSON, canonicalized and unencoded",
        "payload",
        "canonicalize",
        "b64",
    )
    text = "dots. and \u20ac\n"
    ok(
        ED1,
        text,
        {"b64": False, "serialization": "flattened"},
        flattened(ED1, text.encode(), header, encoded=False),
        "text beyond ASCII, unencoded in JSON",
        "payload",
        "b64",
    )
    ok(
        ED1,
        bytes(range(256)),
        {"b64": False, "detached": True},
        compact(ED1, bytes(range(256)), header, detached=True, encoded=False),
        "every byte, unencoded and detached",
        "payload",
        "b64",
    )
    ok(ED1, b"", {"b64": False}, compact(ED1, b"", header, encoded=False), "no byte, unencoded", "payload", "b64")


def refused(file):
    """What signing refuses."""

    def no(key, options, code, comment, *flags, payload=PAYLOAD):
        named = {"options": options} if options else {}
        file.invalid("jws_sign", {"payload": payload, "key": key, **named}, code, comment, *flags)

    ed = signer(ED1)
    for alg in ("none", "", "eddsa", "HS1", "A128KW"):
        no(ed, {"alg": alg}, "algorithm_unsupported", f'alg is "{alg}"', "options", "class-01")
    for key in (ED1, SE1, P256, RSA, HS256, HS384):
        for alg in ("EdDSA", "ES256K", "ES256", "ES384", "PS256", "HS256", "HS512"):
            permitted = alg == key.algorithm or (key is RSA and alg == "PS256")
            if not permitted:
                no(
                    signer(key),
                    {"alg": alg},
                    "algorithm_mismatch",
                    f"{alg} with {key.name}",
                    "options",
                    "class-02",
                    "class-20",
                )
    no(
        signer(RSA.bound("PS256")),
        {"alg": "RS256"},
        "algorithm_mismatch",
        "RS256 with a key bound to PS256",
        "options",
        "class-20",
    )
    malformed = "signature_header_malformed"
    for options, code, comment, flag in (
        ({"serialization": "jwt"}, "invalid_argument", "an unknown serialization", "options"),
        ({"serialization": "Compact"}, "invalid_argument", "a serialization with a capital letter", "options"),
        ({"canonicalize": "strict"}, "invalid_argument", "an unknown policy of numbers", "options"),
        ({"unprotected": {"a": 1}}, "invalid_argument", "an unprotected header in a compact token", "options"),
        ({"header": {"alg": "none"}}, malformed, "alg among the further members", "class-01"),
        ({"header": {"kid": "x"}}, malformed, "kid among the further members", "class-07"),
        ({"header": {"typ": "x"}}, malformed, "typ among the further members", "options"),
        ({"header": {"b64": False}}, malformed, "b64 among the further members", "class-09"),
        ({"header": {"zip": "DEF"}}, malformed, "zip", "class-14"),
        ({"header": {"cty": 7}}, malformed, "cty is a number", "options"),
        ({"header": {"crit": []}}, malformed, "an empty crit", "class-08"),
        ({"header": {"crit": "exp", "exp": 1}}, malformed, "crit is a string", "class-08"),
        ({"header": {"crit": ["exp"]}}, malformed, "crit names an absent member", "class-08"),
        ({"header": {"crit": ["alg"]}}, malformed, "crit names a registered member", "class-08"),
        ({"header": {"crit": ["exp", "exp"], "exp": 1}}, malformed, "crit names a member twice", "class-08"),
        (
            {"serialization": "flattened", "header": {"a": 1}, "unprotected": {"a": 1}},
            malformed,
            "one name in both headers",
            "class-11",
        ),
        ({"serialization": "flattened", "unprotected": {"alg": "none"}}, malformed, "alg in both headers", "class-11"),
        ({"serialization": "flattened", "unprotected": {"kid": "x"}}, malformed, "kid in both headers", "class-11"),
        (
            {"serialization": "general", "unprotected": {"crit": ["a"], "a": 1}},
            malformed,
            "crit in the unprotected header",
            "class-08",
        ),
        (
            {"serialization": "general", "unprotected": {"b64": False}},
            malformed,
            "b64 in the unprotected header",
            "class-09",
        ),
        (
            {"serialization": "general", "unprotected": {"zip": "DEF"}},
            malformed,
            "zip in the unprotected header",
            "class-14",
        ),
        ({"header": {"note": "x" * 16_400}}, "too_large", "a header of more than 16 KiB", "class-13"),
    ):
        flags = ("options",) if flag == "options" else ("options", flag)
        no(ed, options, code, comment, *flags)
    for payload, comment in (
        (b"with a . dot", "a dot"),
        ("\u20ac".encode(), "text beyond ASCII"),
        (b"line\n", "a line feed"),
        (b"\x00", "a zero byte"),
        (b"\x7f", "a control character"),
        (b"\xff", "a byte that is not UTF-8"),
    ):
        no(
            ed,
            {"b64": False},
            "payload_unencodable",
            f"unencoded: {comment}",
            "payload",
            "b64",
            "class-09",
            payload=payload,
        )
    for form in ("flattened", "general"):
        no(
            ed,
            {"b64": False, "serialization": form},
            "payload_unencodable",
            f"unencoded, {form}: bytes that are not UTF-8",
            "payload",
            "b64",
            "class-09",
            payload=b"\xff\xfe",
        )
    for payload, code, comment in (
        (b"x", "invalid_json", "no JSON"),
        (b"", "invalid_json", "nothing"),
        (b'{"a":1,"a":2}', "duplicate_member", "a member twice"),
        (b'{"n":9007199254740993}', "number_not_exact", "a number that is not exact"),
        (b'{"a":"\xff"}', "invalid_utf8", "a byte that is not UTF-8"),
    ):
        no(ed, {"canonicalize": "exact"}, code, f"canonicalized: {comment}", "payload", "canonicalize", payload=payload)
    for form, code, comment in (
        ({"jwk_utf8": ED1.public_jwk()}, "key_malformed", "a public key"),
        ({"jwk_utf8": ED1.private_jwk(use="enc")}, "key_use_forbidden", "a key for encryption"),
        ({"jwk_utf8": ED1.private_jwk(key_ops=["verify"])}, "key_use_forbidden", "a key for verifying"),
        (
            {"symmetric_b64u": b64u(RSA.public_pem.encode()), "alg": "HS256"},
            "key_use_forbidden",
            "the PEM file of a public key as a secret",
        ),
        ({"symmetric_b64u": "", "alg": "HS256"}, "key_malformed", "an empty secret"),
    ):
        no(
            form,
            None,
            code,
            comment,
            "key",
            *(
                ["class-02"]
                if "PEM" in comment
                else ["class-03"]
                if "empty" in comment
                else ["class-20"]
                if "for" in comment
                else ["class-22"]
            ),
        )


def appended(file):
    """Signing again."""

    def ok(jws, key, expected, comment, *flags, **args):
        file.valid(
            "jws_append", {"jws": jws, "key": signer(key), **args}, {"jws_utf8": expected}, comment, "append", *flags
        )

    def no(jws, key, code, comment, *flags, **args):
        file.invalid("jws_append", {"jws": jws, "key": signer(key), **args}, code, comment, "append", *flags)

    first, second, third = entry(ED1), entry(SE1), entry(RSA)
    ok(flattened(ED1), SE1, general([first, second]), "flattened becomes general", "flattened")
    ok(general([first]), SE1, general([first, second]), "a second signature")
    ok(general([first, second]), RSA, general([first, second, third]), "a third signature")
    ok(general([first]), HS256, general([first, entry(HS256)]), "a MAC")
    ok(flattened(ED1, detached=True), SE1, general([first, second], None), "detached", "detached", payload=PAYLOAD)
    ok(
        general([first], None),
        RSA,
        general([first, entry(RSA, alg="RS384")], None),
        "detached, with an algorithm",
        "detached",
        payload=PAYLOAD,
        options={"alg": "RS384"},
    )
    ok(json.dumps(json.loads(general([first])), indent=1), SE1, general([first, second]), "another spelling")
    noted = entry(ED1, unprotected={"note": 1})
    ok(general([noted]), SE1, general([noted, second]), "the unprotected header that is there stays")
    ok(
        flattened(ED1, unprotected={"note": 1}),
        SE1,
        general([noted, second]),
        "the unprotected header that is there stays",
        "flattened",
    )
    more = entry(SE1, header=header_of(SE1, kid="k", typ="t", cty="c"), unprotected={"x": 1})
    ok(
        general([first]),
        SE1,
        general([first, more]),
        "with members of its own",
        "options",
        options={"kid": "k", "typ": "t", "header": {"cty": "c"}, "unprotected": {"x": 1}},
    )
    plain = entry(ED1, b"a.b", header_of(ED1, b64=False, crit=["b64"]), encoded=False)
    plain2 = entry(SE1, b"a.b", header_of(SE1, b64=False, crit=["b64"]), encoded=False)
    ok(
        general([plain], b"a.b", False),
        SE1,
        general([plain, plain2], b"a.b", False),
        "unencoded",
        "b64",
        options={"b64": False},
    )
    twice = entry(RSA, alg="RS512")
    ok(general([third]), RSA, general([third, twice]), "one key with two algorithms", options={"alg": "RS512"})

    no(compact(ED1), SE1, "jws_malformed", "a compact token")
    no("", SE1, "jws_malformed", "nothing")
    no("{}", SE1, "jws_malformed", "an empty object")
    no(general([first])[:-1], SE1, "invalid_json", "cut short")
    no(
        general([first]),
        SE1,
        "payload_unexpected",
        "a payload beside one that is attached",
        "detached",
        payload=PAYLOAD,
    )
    no(general([first], None), SE1, "payload_missing", "detached, and none given", "detached")
    for text, encoded, b64, comment in (
        (general([first]), True, False, "unencoded beside encoded"),
        (general([plain], b"a.b", False), False, True, "encoded beside unencoded"),
    ):
        no(text, SE1, "signature_header_malformed", comment, "b64", "class-09", options={"b64": b64})
        assert encoded is not b64
    full = general([Entry(first.protected, first.signature)] * 64)
    no(full, SE1, "too_many_signatures", "the 65th signature", "limit", "class-13")
    no(
        general([first]),
        SE1,
        "algorithm_mismatch",
        "EdDSA with a key of secp256k1",
        "options",
        options={"alg": "EdDSA"},
    )
    no(
        general([first]),
        ED2,
        "signature_header_malformed",
        "one name in both headers",
        "options",
        "class-11",
        options={"header": {"a": 1}, "unprotected": {"a": 1}},
    )
