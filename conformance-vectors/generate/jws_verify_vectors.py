"""Valid JWS: every algorithm in every serialization, attached, detached and unencoded."""

import json

from encoding import b64u
from jose_keys import HS256, HS384, HS512, P256, P384, P521, RSA, RSA_3072, RSA_4096, RSA_ALGORITHMS, OctKey, text_of
from jws_peers import confirm
from jws_text import PAYLOAD, accepted, compact, entry, flattened, general, header_of, trusted, verified
from key_ec_vectors import RFC_7515 as RFC_7515_EC
from key_forms import RFC_8037
from key_symmetric_vectors import RFC_7515 as RFC_7515_OCT
from key_symmetric_vectors import RFC_7520 as RFC_7520_OCT
from test_keys import ED1, SE1

#: Every algorithm with a key that permits it.
SIGNERS = (
    *((key, key.algorithm) for key in (ED1, SE1, P256, P384, P521)),
    *((RSA, algorithm) for algorithm in RSA_ALGORITHMS),
    *((key, key.algorithm) for key in (HS256, HS384, HS512)),
)
TEXT = b"payload without dots: $02"


def valid(file):
    """Every algorithm in every form."""
    for key, alg in SIGNERS:
        for serialize in (compact, flattened, general):
            for detached in (False, True):
                _case(file, key, alg, serialize, detached, True)
                _case(file, key, alg, serialize, detached, False)
    for key in (RSA_3072, RSA_4096):
        _case(file, key, "RS256", compact, False, True)
        _case(file, key, "PS512", compact, False, True)


def _case(file, key, alg, serialize, detached, encoded):
    payload = PAYLOAD if encoded else TEXT
    header = header_of(key, alg) if encoded else header_of(key, alg, b64=False, crit=["b64"])
    how = {"alg": alg, "encoded": encoded}
    if serialize is general:
        text = general([entry(key, payload, header, **how)], None if detached else payload, encoded)
    else:
        text = serialize(key, payload, header, detached=detached, **how)
    peers = confirm(text, [key], payload, detached, encoded)
    assert peers or not encoded or (detached and serialize is compact), (alg, serialize, detached)
    given = {"payload": payload} if detached else {}
    flags = [serialize.__name__, *(["detached"] if detached else []), *([] if encoded else ["b64"])]
    file.valid(
        "jws_verify",
        {"jws": text, "keys": trusted(key), **given},
        accepted([verified(key, header)], payload),
        f"{alg} with {key.name}",
        *flags,
    )


def special(file):
    """Valid JWS that ask something of their reader."""

    def ok(jws, keys, expected, comment, *flags, **args):
        file.valid("jws_verify", {"jws": jws, "keys": trusted(*keys), **args}, expected, comment, *flags)

    _rfc(ok)
    for key in (ED1, P256, RSA, HS256):
        bare = header_of(key, kid=None)
        ok(
            compact(key, header=bare),
            [key],
            accepted([verified(key, bare)]),
            f"{key.name}: no kid, and one key that may be meant",
            "kid",
        )
    bare = header_of(P256, kid=None)
    ok(
        compact(P256, header=bare),
        [ED1, P256, RSA, HS256],
        accepted([verified(P256, bare)]),
        "no kid, and one key of several that permits the algorithm",
        "kid",
    )
    unnamed = OctKey("", HS256.secret, "HS256")
    ok(compact(unnamed), [unnamed], accepted([verified(unnamed)]), "a symmetric key without kid", "kid")
    spelled = '{\r\n "typ" : "JWT" ,\n "kid": "' + ED1.thumbprint + '", "alg":"EdDSA"}'
    ok(
        compact(ED1, header=spelled),
        [ED1],
        accepted([verified(ED1, json.loads(spelled))]),
        "a header in another spelling",
        "header",
    )
    escaped = '{"\\u0061lg":"Ed\\u0044SA"}'
    ok(
        compact(ED1, header=escaped),
        [ED1],
        accepted([verified(ED1, {"alg": "EdDSA"})]),
        "a header with escapes",
        "header",
    )
    rfc9864 = header_of(ED1, "Ed25519")
    ok(
        compact(ED1, header=rfc9864, alg="EdDSA"),
        [ED1],
        accepted([verified(ED1, rfc9864)]),
        "the name of RFC 9864",
        "header",
    )
    more = header_of(
        ED1, cty="text/plain", note="\u20ac \U0001f600", iat=1300819380, x={"a": [1.5, None, True]}, typ="JOSE"
    )
    ok(compact(ED1, header=more), [ED1], accepted([verified(ED1, more)]), "a header with members of its own", "header")
    for name, value in (
        ("jku", "https://127.0.0.1:1/jwks"),
        ("x5u", "http://127.0.0.1:1/"),
        ("x5c", ["AAAA"]),
        ("x5t", "AAAA"),
        ("jwk", json.loads(P256.public_jwk())),
    ):
        odd = header_of(ED1, **{name: value})
        flag = "class-05" if name == "jwk" else "class-06"
        ok(
            compact(ED1, header=odd),
            [ED1],
            accepted([verified(ED1, odd)]),
            f"{name} is signed, and never followed",
            "header",
            flag,
        )
    true = header_of(ED1, b64=True, crit=["b64"])
    ok(
        compact(ED1, header=true),
        [ED1],
        accepted([verified(ED1, true)]),
        "b64 is true, and critical",
        "b64",
        "class-09",
    )
    for payload, comment in (
        (b"", "no byte"),
        (b"\x00\xff\xfe", "bytes that are not UTF-8"),
        ('{"\u20ac":"\U0001f600"}'.encode(), "JSON beyond ASCII"),
        (b"x" * 5000, "five thousand bytes"),
    ):
        ok(compact(ED1, payload), [ED1], accepted([verified(ED1)], payload), f"the payload is {comment}", "payload")
    text = 'unencoded \u20ac, with a dot. And "quotes"\n'
    header = header_of(ED1, b64=False, crit=["b64"])
    ok(
        flattened(ED1, text.encode(), header, encoded=False),
        [ED1],
        accepted([verified(ED1, header)], text.encode()),
        "an unencoded payload beyond ASCII",
        "b64",
        "flattened",
    )
    encoded = b64u(PAYLOAD).encode()
    ok(
        compact(ED1, PAYLOAD, header, signature=entry(ED1, PAYLOAD, header).signature),
        [ED1],
        accepted([verified(ED1, header)], encoded),
        "the encoded payload is signed under b64 false: what is verified is the text that stands there",
        "b64",
        "class-09",
        "class-24",
    )
    binary = bytes(range(256))
    ok(
        compact(ED1, binary, header, detached=True, encoded=False),
        [ED1],
        accepted([verified(ED1, header)], binary),
        "an unencoded payload that is not text",
        "b64",
        "detached",
        payload=binary,
    )
    _json(ok)
    _options(ok, file)


def _json(ok):
    made = entry(ED1)
    members = {"payload": b64u(PAYLOAD), **made.members()}
    ok(json.dumps(members, indent=3), [ED1], accepted([verified(ED1)]), "JSON in another spelling", "flattened")
    ok(
        text_of({**members, "extra": {"a": 1}, "kid": "x"}),
        [ED1],
        accepted([verified(ED1)]),
        "members that are ignored (RFC 7515 section 7.2.1)",
        "flattened",
    )
    ok(
        text_of({"payload": b64u(PAYLOAD), "signatures": [{**made.members(), "x": 1}], "y": 2}),
        [ED1],
        accepted([verified(ED1)]),
        "members that are ignored, general",
        "general",
    )
    header = {"alg": "EdDSA"}
    for unprotected, comment in (
        ({"kid": ED1.thumbprint}, "the kid in the unprotected header"),
        ({"kid": ED1.thumbprint, "note": "not signed"}, "a note in the unprotected header"),
        ({}, "an empty unprotected header"),
    ):
        made = entry(ED1, header=header, unprotected=unprotected)
        jws = text_of({"payload": b64u(PAYLOAD), **made.members()})
        ok(
            jws,
            [ED1, P256],
            accepted([verified(ED1, header, unprotected=unprotected)]),
            comment,
            "flattened",
            "unprotected",
        )
        ok(
            general([made]),
            [ED1],
            accepted([verified(ED1, header, unprotected=unprotected)]),
            f"{comment}, general",
            "general",
            "unprotected",
        )


def _options(ok, file):
    token = compact(ED1)
    ok(
        token,
        [ED1],
        accepted([verified(ED1)]),
        "the algorithm is allowed",
        "options",
        verifier={"algorithms": ["EdDSA"]},
    )
    ok(
        token,
        [ED1],
        accepted([verified(ED1)]),
        "the algorithm is allowed by its name of RFC 9864",
        "options",
        verifier={"algorithms": ["ES256", "Ed25519"]},
    )
    typed = header_of(ED1, typ="example+jws")
    ok(
        compact(ED1, header=typed),
        [ED1],
        accepted([verified(ED1, typed)]),
        "the typ is the expected one",
        "options",
        "typ",
        verifier={"typ": "example+jws"},
    )
    critical = header_of(ED1, crit=["exp", "http://example.com/x"], exp=7, **{"http://example.com/x": True})
    ok(
        compact(ED1, header=critical),
        [ED1],
        accepted([verified(ED1, critical)]),
        "critical headers that the caller understands",
        "options",
        "crit",
        "class-08",
        verifier={"crit": ["http://example.com/x", "exp", "nbf"]},
    )
    both = header_of(ED1, b64=False, crit=["b64", "exp"], exp=7)
    ok(
        compact(ED1, TEXT, both, detached=True, encoded=False),
        [ED1],
        accepted([verified(ED1, both)], TEXT),
        "b64 beside a critical header that the caller understands",
        "options",
        "crit",
        "b64",
        payload=TEXT,
        verifier={"crit": ["exp"]},
    )
    file.valid(
        "jws_verify",
        {"jws": token, "jwks": '{"keys":[' + ED1.public_jwk() + "," + P256.public_jwk() + "]}"},
        accepted([verified(ED1)]),
        "a JWK Set",
        "options",
    )
    canonical = b'{"a":1,"b":[0.1,1e+30]}'
    header = header_of(ED1)
    detached = compact(ED1, canonical, header, detached=True)
    for given, comment in (
        ('{"b":[0.10,1E30],"a":1.0}', "in another spelling"),
        (canonical.decode(), "canonical already"),
    ):
        for policy in ("exact", "ieee754"):
            ok(
                detached,
                [ED1],
                accepted([verified(ED1)], canonical),
                f"a detached payload, {comment}, {policy}",
                "canonicalize",
                "detached",
                payload=given,
                canonicalize=policy,
            )
    ok(
        compact(ED1, b'{"n":9007199254740992}', detached=True),
        [ED1],
        accepted([verified(ED1)], b'{"n":9007199254740992}'),
        "a number that is rounded",
        "canonicalize",
        "detached",
        payload='{"n":9007199254740993}',
        canonicalize="ieee754",
    )
    ok(
        flattened(ED1, canonical, detached=True),
        [ED1],
        accepted([verified(ED1)], canonical),
        "flattened, detached",
        "canonicalize",
        "flattened",
        payload='{"b":[0.1,1e30],"a":1}',
        canonicalize="exact",
    )
    big = header_of(ED1, note="x" * 12_000)
    ok(compact(ED1, header=big), [ED1], accepted([verified(ED1, big)]), "a header of 12,000 bytes", "limit", "class-13")


def _rfc(ok):
    joe = b'{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}'
    rfc = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    ok(
        rfc,
        [RFC_7515_OCT],
        accepted([verified(RFC_7515_OCT, {"alg": "HS256", "typ": "JWT"})], joe),
        "RFC 7515 appendix A.1",
        "rfc",
    )
    rfc = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    ok(rfc, [RFC_7515_EC], accepted([verified(RFC_7515_EC, {"alg": "ES256"})], joe), "RFC 7515 appendix A.3", "rfc")
    rfc = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    ok(
        rfc,
        [RFC_8037],
        accepted([verified(RFC_8037, {"alg": "EdDSA"})], b"Example of Ed25519 signing"),
        "RFC 8037 appendix A.4",
        "rfc",
    )
    rfc = "eyJhbGciOiJIUzI1NiJ9.JC4wMg.5mvfOroL-g7HyqJoozehmsaqmvTYGEq5jTI1gVvoEoQ"
    ok(
        rfc,
        [RFC_7515_OCT],
        accepted([verified(RFC_7515_OCT, {"alg": "HS256"})], b"$.02"),
        "RFC 7797 section 4.1",
        "rfc",
    )
    rfc = "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19..A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY"
    header = {"alg": "HS256", "b64": False, "crit": ["b64"]}
    ok(
        rfc,
        [RFC_7515_OCT],
        accepted([verified(RFC_7515_OCT, header)], b"$.02"),
        "RFC 7797 section 4.2",
        "rfc",
        payload="$.02",
    )
    frodo = "It\u2019s a dangerous business, Frodo, going out your door. You step onto the road, and if you don't keep your feet, there\u2019s no knowing where you might be swept off to.".encode()
    kid = RFC_7520_OCT.kid
    protected = "eyJhbGciOiJIUzI1NiJ9"
    mac = "bWUSVaxorn7bEF1djytBd0kHv70Ly5pvbomzMWSOr20"
    jws = text_of({"payload": b64u(frodo), "protected": protected, "header": {"kid": kid}, "signature": mac})
    ok(
        jws,
        [RFC_7520_OCT],
        accepted([verified(RFC_7520_OCT, {"alg": "HS256"}, unprotected={"kid": kid})], frodo),
        "RFC 7520 section 4.6",
        "rfc",
        "unprotected",
    )
    rfc = "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9..s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0"
    ok(
        rfc,
        [RFC_7520_OCT],
        accepted([verified(RFC_7520_OCT)], frodo),
        "RFC 7520 section 4.5",
        "rfc",
        "detached",
        payload=frodo,
    )
