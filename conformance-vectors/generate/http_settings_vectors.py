"""Settings of a gateway that contradict themselves: it does not start."""

import json

from http_profile import ORIGIN, Call, settings, trusting
from jose_keys import HS256, OctKey
from test_keys import ED1, ED2

NOTES = {
    "value": "A value that is none of this setting.",
    "contradiction": "Two settings that cannot both be meant.",
    "unknown": "A member that nobody knows: it may be one that is misspelled.",
    "trust": "Keys that nobody may trust.",
    "reader": "Settings are strict JSON.",
}
_INVALID = "settings_invalid"


def refused(file):
    """Settings with which no gateway starts."""

    def no(code, comment, flag, text=None, **changes):
        args = Call().args()
        file.invalid(
            "http_request_verify",
            {**args, "settings": text if text is not None else json.dumps(settings(**changes))},
            code,
            comment,
            flag,
        )

    for name, values in (
        ("mode", ("Required", "", "none", True)),
        ("nonce_ttl", (0, 3601, -1, "300", 1.5)),
        ("clock_skew", (-1, 301, "30")),
        ("future_skew", (-1, 301)),
        ("max_body", (0, -1, "1048576")),
        ("max_depth", (0, -1)),
        ("max_inflight", (0,)),
        ("nonce_min_len", (0, 129)),
        ("nonce_location", ("query", "")),
        ("forward_body", ("raw", True)),
        ("allowed_algs", ([], ["none"], ["EdDSA", "RS256"], "EdDSA", [7])),
        ("preset", ("production", "")),
        ("sign_responses", ("always", True)),
        ("response_crit", ("off", 1)),
        ("header", ("", "x signature", "x-signature:", 7)),
        ("require_ath", ("true",)),
        ("replay", ("redis://localhost", "")),
        ("replay_cap", (0,)),
        ("replay_quota_per_key", (0,)),
        ("audiences", ("https://gw.example", [7], [""])),
        (
            "public_origins",
            (
                ORIGIN,
                [7],
                ["gw.example"],
                ["ftp://gw.example"],
                ["https://user@gw.example"],
                ["https://gw.example/?a"],
                ["https://gw.example/#a"],
            ),
        ),
        ("trusted_proxies", (["10.0.0.0/33"], ["proxy.example"], "10.0.0.0/8")),
        (
            "routes",
            (
                "/rpc",
                [{"path": "rpc", "mode": "off"}],
                [{"path": "/rpc", "mode": "no"}],
                [{"mode": "off"}],
                [{"path": "/rpc"}],
            ),
        ),
    ):
        for value in values:
            no(_INVALID, f"{name} is {json.dumps(value)}", "value", **{name: value})
    for changes, comment in (
        ({"trust": []}, "requests have to be signed, and nobody is trusted"),
        ({"public_origins": []}, "no origin"),
        ({"future_skew": 31}, "future_skew is above clock_skew"),
        ({"clock_skew": 3, "future_skew": 4}, "future_skew is above a small clock_skew"),
        ({"max_inflight": 100}, "no body of the largest size could ever be read"),
        ({"preset": "strict", "nonce_min_len": 21}, "short nonces in the preset strict"),
        ({"preset": "strict", "nonce_location": "body"}, "nonces in bodies in the preset strict"),
    ):
        no(_INVALID, comment, "contradiction", **changes)
    for name in ("Mode", "nonce-ttl", "max_bodies", "NONCE_TTL", ""):
        no("unknown_option", f"the member {name!r}", "unknown", **{name: 1})
    no("unknown_option", "a member of a route", "unknown", routes=[{"path": "/rpc", "mode": "off", "methods": ["GET"]}])
    no("unknown_option", "a member of an entry of trust", "unknown", trust=[trusting(ED1, purposes=["request"])])
    _trust(no)
    for text, code, comment in (
        ("", "invalid_json", "nothing"),
        ("{", "invalid_json", "no end"),
        ('{"mode":"off","mode":"off"}', "duplicate_member", "a member twice"),
        ("[]", "invalid_argument", "an array"),
        ('\ufeff{"mode":"off"}', "byte_order_mark", "a byte order mark"),
    ):
        no(code, comment, "reader", text=text)


def _trust(no):
    short = OctKey("", HS256.secret[:31], "HS256", "k")
    hs256 = {"allowed_algs": ["EdDSA", "HS256"]}
    for trust, comment in (
        ("trust.json", "a text"),
        ([7], "a number"),
        ([{}], "an entry with nothing in it"),
        ([{"tenant": 7, "jwks": {"keys": []}}], "a tenant that is a number"),
        ([{"tenant": "acme", "jwks": []}], "a JWK Set that is an array"),
        ([{"tenant": "acme", "jwks_uri": "http://keys.example/jwks.json"}], "a set that is fetched without TLS"),
        ([{"tenant": "acme", "jwks_uri": "file:///etc/passwd"}], "a set that is a file"),
        ([{"tenant": "acme", "jwks_uri": "https://user:pw@keys.example/"}], "a set behind a password"),
        ([trusting(ED1, algs=["none"])], "an algorithm that does not exist"),
        ([trusting(ED1, revoked="all")], "a list of revoked keys that is a text"),
        ([trusting(ED1, not_before="2027")], "a time that is a text"),
        ([trusting(ED1, quota=-1)], "a quota below zero"),
        ([trusting(ED1, routes=["rpc"])], "a route without slash"),
        ([trusting({**json.loads(ED1.private_jwk())})], "a private key"),
        ([trusting(ED1, json.loads(ED2.public_jwk(kid=ED1.thumbprint)))], "two keys with one kid in one set"),
        ([trusting({"kty": "OKP", "crv": "Ed25519", "kid": "k", "x": "A" * 43})], "a point of small order"),
        ([trusting(json.loads(HS256.jwk()))], "a secret in a JWK Set"),
    ):
        no(_INVALID, f"trust is {comment}", "trust", trust=trust)
    for secret, comment in (
        ({"kid": "k", "alg": "HS256", "secret": "AAAA"}, "three bytes"),
        (trusting(short)["secrets"][0], "31 bytes"),
        ({"kid": "k", "alg": "HS256", "secret": "A" * 42 + "="}, "with padding"),
        ({"kid": "k", "alg": "EdDSA", "secret": "A" * 43}, "for another algorithm"),
        ({"alg": "HS256", "secret": "A" * 43}, "without kid"),
    ):
        no(
            _INVALID,
            f"trust has a secret of {comment}",
            "trust",
            trust=[{"tenant": "acme", "secrets": [secret]}],
            **hs256,
        )
    pem = {
        "kid": "k",
        "alg": "HS256",
        "secret": trusting(OctKey("", ED1.public_pem.encode(), "HS256", "k"))["secrets"][0]["secret"],
    }
    no(
        _INVALID,
        "trust has a public key in PEM as a secret",
        "trust",
        trust=[{"tenant": "acme", "secrets": [pem]}],
        **hs256,
    )
