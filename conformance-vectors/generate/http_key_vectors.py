"""Keys and the window of time: rows 4 to 6 of the table of checks."""

import json

from http_cases import no, ok
from http_profile import NOW, ORIGIN, SECOND, settings, trusting
from jose_keys import HS256, P256, OctKey
from test_keys import ED1, ED2, SE1

NOTES = {
    "kid": "The key is found by its kid, in the first source that has it.",
    "tenant": "`iss` names the owner of the key.",
    "purpose": "A key is for what its source says: requests, audiences, routes, a time.",
    "revoked": "A key that was revoked.",
    "window": "iat < exp <= iat + NONCE_TTL.",
    "edge": "The first and the last millisecond.",
    "source": "The source of the keys cannot be reached.",
}
_NOT = "signature_key_not_allowed"
_UNKNOWN = "signature_unknown"


def keys(file):
    """Rows 4 and 5."""
    _kid(file)
    _tenants(file)
    _purposes(file)


def _kid(file):
    named = json.loads(ED1.public_jwk(kid="key-1"))
    ok(file, "a kid of its own", "kid", header={"kid": "key-1"}, settings=settings([trusting(named)]))
    for kid in ("key-2", "KEY-1", "key-1 ".strip() + "0", ED1.thumbprint, "../key-1", "%6Bey-1"):
        no(file, _UNKNOWN, f"kid is {kid}", "kid", header={"kid": kid}, settings=settings([trusting(named)]))
    no(file, _UNKNOWN, "no key is trusted for requests yet", "kid", key=ED2)
    ok(file, "several keys", "kid", settings=settings([trusting(ED2, P256, ED1)]))
    ok(file, "several sources", "kid", settings=settings([trusting(ED2, tenant="other"), trusting(ED1)]))
    no(
        file,
        "signature_invalid",
        "another key of the set made the signature",
        "kid",
        key=ED2,
        header={"kid": ED1.thumbprint},
        settings=settings([trusting(ED1, ED2)]),
    )
    long = "k" * 256
    ok(
        file,
        "a kid of 256 characters",
        "kid",
        header={"kid": long},
        settings=settings([trusting(json.loads(ED1.public_jwk(kid=long)))]),
    )
    reachable = [{"tenant": "acme", "jwks_uri": "https://keys.example/jwks.json"}]
    no(
        file,
        "key_source_unavailable",
        "the set is elsewhere and cannot be reached",
        "source",
        settings=settings(reachable),
    )
    ok(
        file,
        "the key is in another source than the one that cannot be reached",
        "source",
        settings=settings([*reachable, trusting(ED1)]),
    )
    secret = OctKey("", HS256.secret, "HS256", "s1")
    hs256 = {"trust": [trusting(ED1, secret)], "allowed_algs": ["EdDSA", "HS256"]}
    ok(file, "a secret", "kid", key=secret, settings=settings(**hs256))
    other = OctKey("", HS256.secret[::-1], "HS256", "s1")
    no(file, "signature_invalid", "another secret", "kid", key=other, settings=settings(**hs256))


def _tenants(file):
    two = [trusting(ED2, tenant="other"), trusting(ED1)]
    ok(file, "iss is the owner", "tenant", header={"iss": "acme"}, settings=settings(two))
    for iss, comment in (("other", "another tenant"), ("nobody", "no tenant"), ("Acme", "the owner in other letters")):
        no(file, _NOT, f"iss is {comment}", "tenant", header={"iss": iss}, settings=settings(two))
    no(
        file,
        _UNKNOWN,
        "iss is a tenant, and the kid nobody's",
        "tenant",
        header={"iss": "acme", "kid": "nobody"},
        settings=settings(two),
    )
    same = [
        trusting(json.loads(ED2.public_jwk(kid="k")), tenant="first"),
        trusting(json.loads(ED1.public_jwk(kid="k")), tenant="acme"),
    ]
    ok(
        file,
        "one kid of two tenants: iss decides",
        "tenant",
        header={"kid": "k", "iss": "acme"},
        settings=settings(same),
    )
    no(
        file,
        "signature_invalid",
        "one kid of two tenants: without iss, the first source has it",
        "tenant",
        header={"kid": "k"},
        settings=settings(same),
    )
    no(
        file,
        "signature_invalid",
        "one kid of two tenants: iss of the other",
        "tenant",
        header={"kid": "k", "iss": "first"},
        settings=settings(same),
    )


def _purposes(file):
    for use, good in (("request", True), ("response", False)):
        key = json.loads(ED1.public_jwk(samebyte_use=use))
        outcome = ok if good else lambda file, *rest, **how: no(file, _NOT, *rest, **how)
        outcome(file, f"samebyte_use is {use}", "purpose", settings=settings([trusting(key)]))
    no(
        file,
        "signature_key_revoked",
        "revoked",
        "revoked",
        settings=settings([trusting(ED1, revoked=[ED1.thumbprint])]),
    )
    ok(file, "another key was revoked", "revoked", settings=settings([trusting(ED1, revoked=[ED2.thumbprint])]))
    no(
        file,
        "signature_key_revoked",
        "revoked and out of date",
        "revoked",
        settings=settings([trusting(ED1, revoked=[ED1.thumbprint], not_after=SECOND - 1)]),
    )
    no(
        file,
        "signature_key_revoked",
        "revoked, and the signature is not even one of the key",
        "revoked",
        how={"signature": bytes(64)},
        settings=settings([trusting(ED1, revoked=[ED1.thumbprint])]),
    )
    entry = settings([trusting(ED1, not_after=SECOND)])
    no(file, _NOT, "a key until this second, one millisecond later", "purpose", now=NOW + 1, settings=entry)
    entry = settings([trusting(ED1, not_before=SECOND)])
    no(file, _NOT, "a key from this second on, one millisecond earlier", "purpose", now=NOW - 1, settings=entry)
    for more, good, comment in (
        ({"not_before": SECOND}, True, "from this second on"),
        ({"not_before": SECOND + 1}, False, "from the next second on"),
        ({"not_after": SECOND}, True, "until this second"),
        ({"not_after": SECOND - 1}, False, "until the last second"),
        ({"not_before": SECOND - 10, "not_after": SECOND + 10}, True, "within its dates"),
        ({"aud": ["https://gw.example"]}, True, "for this audience"),
        ({"aud": ["https://a.example", "https://gw.example"]}, True, "for two audiences"),
        ({"aud": ["https://a.example"]}, False, "for another audience"),
        ({"routes": ["/rpc"]}, True, "for this route"),
        ({"routes": ["/rpc2", "/rpc/*"]}, False, "for other routes"),
        ({"routes": ["*"]}, True, "for every route"),
    ):
        entry = settings([trusting(ED1, **more)])
        if good:
            ok(file, f"a key {comment}", "purpose", settings=entry)
        else:
            no(file, _NOT, f"a key {comment}", "purpose", settings=entry)
    for target in ("/admin/../rpc", "/%72pc", "/./rpc"):
        ok(
            file,
            f"a key for this route, which is asked as {target}",
            "purpose",
            target=target,
            settings=settings([trusting(ED1, routes=["/rpc"])]),
        )
    no(
        file,
        _NOT,
        "a key for another route, and dots that lead away from it",
        "purpose",
        target="/admin/../rpc",
        settings=settings([trusting(ED1, routes=["/admin/*"])]),
    )
    below = settings([trusting(ED1, routes=["/public/*"])])
    for target in ("/public/a", "/public/a%2Fb", "/public/a/../b"):
        how = {"target": target, "header": {"htu": ORIGIN + target}, "settings": below}
        ok(file, f"a key for what is below /public: {target}", "purpose", **how)
    for target in (
        "/public",
        "/public/..%2Fadmin",
        "/public/..;/admin",
        "/public/..%5Cadmin",
        "/public/%2e%2e/admin",
        "/Public/a",
        "//public/a",
    ):
        how = {"target": target, "header": {"htu": ORIGIN + target}, "settings": below}
        no(
            file,
            _NOT,
            f"a key for what is below /public, which a router may not take this for: {target}",
            "purpose",
            **how,
        )
    no(
        file,
        _UNKNOWN,
        "a key for a curve that nothing here is signed with is not found",
        "purpose",
        key=SE1,
        header={"alg": "EdDSA"},
    )


def window(file):
    """Row 6, to the second and the millisecond."""
    invalid = "signature_window_invalid"
    for iat, exp, comment in (
        (0, 0, "exp is iat"),
        (0, -1, "exp is before iat"),
        (0, 301, "one second longer than NONCE_TTL"),
        (0, 10**9, "thirty years"),
        (0, 2**53 - 1 - SECOND, "as long as integers reach"),
        (10, 10, "in the future, and exp is iat"),
    ):
        no(file, invalid, comment, "window", header={"iat": SECOND + iat, "exp": SECOND + exp})
    for exp, comment in ((1, "one second"), (300, "as long as NONCE_TTL")):
        ok(file, comment, "window", header={"exp": SECOND + exp})
    short = settings(nonce_ttl=10)
    ok(file, "as long as a NONCE_TTL of ten seconds", "window", header={"exp": SECOND + 10}, settings=short)
    no(file, invalid, "longer than a NONCE_TTL of ten seconds", "window", header={"exp": SECOND + 11}, settings=short)
    for seconds in (0, 1, 4, 5):
        ok(file, f"signed {seconds} s in the future", "edge", header={"iat": SECOND + seconds})
    early = "signature_not_yet_valid"
    ok(file, "5,000 ms in the future", "edge", header={"iat": SECOND + 6}, now=NOW + 1000)
    no(file, early, "5,001 ms in the future", "edge", header={"iat": SECOND + 6}, now=NOW + 999)
    no(file, early, "an hour in the future", "edge", header={"iat": SECOND + 3600, "exp": SECOND + 3660})
    no(file, early, "as far in the future as integers reach", "edge", header={"iat": 2**53 - 2, "exp": 2**53 - 1})
    for now, comment in (
        (60_000, "at exp"),
        (60_001, "just after exp"),
        (89_999, "before the end of the skew"),
        (90_000, "at the end of the skew"),
    ):
        ok(file, f"received {comment}", "edge", now=NOW + now)
    late = "signature_expired"
    no(file, late, "received one millisecond after the skew", "edge", now=NOW + 90_001)
    no(file, late, "received in the last second of other implementations", "edge", now=NOW + 90_999)
    no(file, late, "received an hour later", "edge", now=NOW + 3_600_000)
    no(file, late, "signed in 1970", "edge", header={"iat": 0, "exp": 60})
    none = settings(clock_skew=0, future_skew=0)
    ok(file, "no skew: at exp", "edge", now=NOW + 60_000, settings=none)
    no(file, late, "no skew: one millisecond after exp", "edge", now=NOW + 60_001, settings=none)
    no(file, early, "no skew: one millisecond before iat", "edge", now=NOW - 1, settings=none)
    wide = settings(clock_skew=300, future_skew=300)
    ok(file, "the widest skew", "edge", now=NOW + 360_000, settings=wide)
    no(file, late, "one millisecond after the widest skew", "edge", now=NOW + 360_001, settings=wide)
    ok(file, "the widest skew into the future", "edge", now=NOW - 300_000, settings=wide)
    no(file, early, "one millisecond before the widest skew into the future", "edge", now=NOW - 300_001, settings=wide)
