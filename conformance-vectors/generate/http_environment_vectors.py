"""Environment variables and the plan that a host makes of them."""

import json

from http_profile import ORIGIN
from jose_keys import text_of
from test_keys import ED1

NOTES = {
    "plan": "What a host does: the settings of the gateway, and what it reads and connects to.",
    "mode": "SIGNATURE_MODE: a word, or a list of routes.",
    "place": "Where keys come from: a file, a URL, or the variable itself.",
    "store": "Where nonces are kept.",
    "value": "A value that is none of this variable.",
    "contradiction": "Two variables that cannot both be meant.",
    "reader": "The environment is a JSON object of texts.",
}
_LEAST = {"TRUSTED_KEYS": "keys.json", "PUBLIC_ORIGINS": ORIGIN}
_SIGNS = {"SIGN_RESPONSES": "on", "SIGNING_KEY": "key.pem"}


def environment(file):
    """Everything of `http_settings`."""

    def ok(variables, comment, flag="plan", **changes):
        replay = {"allow_eviction": False, "kind": "memory", "snapshot": None, "target": None, "timeout_ms": 50}
        settings = {"public_origins": [ORIGIN], **changes.pop("settings", {})}
        plan = {
            "body_timeout_ms": 10_000,
            "jwks": {"max_bytes": 65_536, "private_addresses": False, "timeout_ms": 2000, **changes.pop("jwks", {})},
            "replay": {**replay, **changes.pop("replay", {})},
            "settings": settings,
            "signing_key": None,
            "trust": {"file": "keys.json"},
            **changes,
        }
        args = {"environment": text_of({**_LEAST, **variables})}
        # Null is a value here, which `text_of` would leave out at the top.
        text = json.dumps(plan, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        file.valid("http_settings", args, {"plan_utf8": text}, comment, flag)

    ok({}, "the least")
    ok({"PATH": "/bin", "nonce_ttl": "1", "SAMEBYTE": "x"}, "variables of others")
    ok({"NONCE_TTL": "", "AUDIENCES": " "}, "empty variables")
    for name, text, value in (
        ("NONCE_TTL", "300", 300),
        ("NONCE_TTL", " 3600 ", 3600),
        ("CLOCK_SKEW", "0", None),
        ("FUTURE_SKEW", "30", 30),
        ("MAX_BODY", "65536", 65_536),
        ("MAX_DEPTH", "16", 16),
        ("MAX_INFLIGHT", "1048576", 1_048_576),
        ("NONCE_MIN_LEN", "22", 22),
        ("NONCE_LOCATION", "header", "header"),
        ("FORWARD_BODY", "original", "original"),
        ("ALLOWED_ALGS", "EdDSA", ["EdDSA"]),
        ("ALLOWED_ALGS", "EdDSA, ES256 ,ES384", ["EdDSA", "ES256", "ES384"]),
        ("ALLOWED_ALGS", "EdDSA,HS256", ["EdDSA", "HS256"]),
        ("AUDIENCES", "urn:gateway:1", ["urn:gateway:1"]),
        ("PUBLIC_ORIGINS", "https://a.example,https://b.example/api", ["https://a.example", "https://b.example/api"]),
        ("TRUSTED_PROXIES", "10.0.0.0/8,2001:db8::/32", ["10.0.0.0/8", "2001:db8::/32"]),
        ("REPLAY_CAP", "500000", 500_000),
        ("REPLAY_QUOTA_PER_KEY", "10", 10),
        ("REQUIRE_ATH", "1", True),
        ("JWKS_MAX_STALE", "0", 0),
        ("PRESET", "strict", "strict"),
    ):
        if value is not None:
            ok({name: text}, f"{name} is {text!r}", settings={name.lower(): value})
    ok({"CLOCK_SKEW": "0", "FUTURE_SKEW": "0"}, "no skew", settings={"clock_skew": 0, "future_skew": 0})
    ok({"SIGNATURE_HEADER": "x-jws-signature"}, "another name of the field", settings={"header": "x-jws-signature"})
    ok({"BODY_TIMEOUT_MS": "500"}, "the time of a body", body_timeout_ms=500)
    ok({"RESPONSE_CRIT": "off"}, "responses without crit", settings={"response_crit": False})
    for text, word in (("on", "on"), ("required-by-client", "required-by-client")):
        ok(
            {**_SIGNS, "SIGN_RESPONSES": text},
            f"SIGN_RESPONSES is {text}",
            settings={"sign_responses": word},
            signing_key={"file": "key.pem"},
        )
    _modes(ok)
    _places(ok)
    _refused(file)


def _modes(ok):
    def mode(text, comment, **settings):
        ok({"SIGNATURE_MODE": text}, comment, "mode", settings=settings)

    for word in ("observe", "optional", "required"):
        mode(word, f"the word {word}", mode=word)
    mode("*=optional", "the mode of all other routes", mode="optional")
    mode(
        "POST /rpc=required,/health=off,*=optional",
        "the list of the specification",
        mode="optional",
        routes=[{"method": "POST", "mode": "required", "path": "/rpc"}, {"mode": "off", "path": "/health"}],
    )
    mode(
        "optional, /admin/*=required",
        "a word and a route",
        mode="optional",
        routes=[{"mode": "required", "path": "/admin/*"}],
    )
    mode(
        " /a=off , /b=observe ",
        "routes alone",
        routes=[{"mode": "off", "path": "/a"}, {"mode": "observe", "path": "/b"}],
    )


def _places(ok):
    keys = '{"keys":[' + ED1.public_jwk() + "]}"
    for text, place, comment in (
        ("/etc/samebyte/keys.json", {"file": "/etc/samebyte/keys.json"}, "a file from the root"),
        (keys, {"inline": keys}, "a JWK Set"),
        (
            "[" + '{"tenant":"a","jwks":' + keys + "}]",
            {"inline": "[" + '{"tenant":"a","jwks":' + keys + "}]"},
            "a list of sources",
        ),
        ("https://keys.example/jwks.json", {"url": "https://keys.example/jwks.json"}, "a URL"),
    ):
        ok({"TRUSTED_KEYS": text}, f"TRUSTED_KEYS is {comment}", "place", trust=place)
    local = "http://127.0.0.1:8000/jwks.json"
    ok(
        {"TRUSTED_KEYS": local, "JWKS_PRIVATE_ADDRESSES": "1"},
        "a URL of this machine, which has to be allowed",
        "place",
        trust={"url": local},
        jwks={"private_addresses": True},
    )
    jwk = ED1.private_jwk()
    for text, place, comment in (
        (jwk, {"inline": jwk}, "a JWK"),
        (ED1.private_pem.strip(), {"inline": ED1.private_pem.strip()}, "a PEM text"),
    ):
        ok(
            {"SIGNING_KEY": text, "SIGN_RESPONSES": "on"},
            f"SIGNING_KEY is {comment}",
            "place",
            signing_key=place,
            settings={"sign_responses": "on"},
        )
    outside = {"settings": {"replay": "external"}}
    for text, kind, target in (
        ("redis://127.0.0.1:6379/0", "redis", "redis://127.0.0.1:6379/0"),
        ("rediss://user:password@redis.example", "redis", "rediss://user:password@redis.example"),
        ("sqlite:/var/lib/nonces.db", "sqlite", "/var/lib/nonces.db"),
        ("sqlite:nonces.db", "sqlite", "nonces.db"),
    ):
        ok(
            {"REPLAY_STORE": text},
            f"REPLAY_STORE is {text}",
            "store",
            replay={"kind": kind, "target": target},
            **outside,
        )
    ok({"REPLAY_STORE": "memory"}, "REPLAY_STORE is memory", "store")
    ok({"REPLAY_SNAPSHOT": "/var/lib/nonces"}, "a snapshot", "store", replay={"snapshot": "/var/lib/nonces"})
    # There is one way only; it may be said.
    ok(
        {"REPLAY_STORE_FAILURE": "reject", "REPLAY_REDIS_WAIT": "0"},
        "a store that fails, and replicas that nobody waits for",
        "store",
    )
    redis = {"kind": "redis", "target": "redis://localhost"}
    ok(
        {"REPLAY_STORE": "redis://localhost", "REPLAY_TIMEOUT_MS": "80"},
        "the time of a store",
        "store",
        replay={**redis, "timeout_ms": 80},
        **outside,
    )
    ok(
        {"REPLAY_STORE": "redis://localhost", "REPLAY_ALLOW_EVICTION": "1"},
        "a store that may forget, on the word of its owner",
        "store",
        replay={**redis, "allow_eviction": True},
        **outside,
    )


def _refused(file):
    def no(variables, comment, flag, code="settings_invalid", setting=None, least=_LEAST):
        detail = {"setting": setting} if setting else {}
        args = {"environment": text_of({**least, **variables})}
        file.invalid("http_settings", args, code, comment, flag, **detail)

    for name, values in (
        ("NONCE_TTL", ("0", "3601", "5m", "1.5", "-1", "0x10", "1e2", "99999999999999999999")),
        ("CLOCK_SKEW", ("301", "-1")),
        ("MAX_BODY", ("0", "1MB")),
        ("NONCE_MIN_LEN", ("0", "129")),
        ("NONCE_LOCATION", ("query",)),
        ("FORWARD_BODY", ("raw",)),
        ("ALLOWED_ALGS", ("none", "EdDSA,RS256", ",")),
        ("PRESET", ("production",)),
        ("REQUIRE_ATH", ("maybe",)),
        ("PUBLIC_ORIGINS", ("gw.example", "ftp://gw.example", "https://user@gw.example", "https://gw.example/?a")),
        ("TRUSTED_PROXIES", ("proxy.example", "10.0.0.0/33")),
        ("SIGNATURE_MODE", ("on", "/rpc=maybe", "rpc=off", "optional,*=off", "/rpc=")),
        ("SIGN_RESPONSES", ("maybe",)),
        ("REPLAY_STORE", ("redis", "redis://", "sqlite:", "shm:/nonces", "mysql://localhost")),
        ("REPLAY_TIMEOUT_MS", ("0", "-1")),
        ("REPLAY_STORE_FAILURE", ("memory-fallback", "accept")),
        ("REPLAY_REDIS_WAIT", ("1", "2")),
        ("BODY_TIMEOUT_MS", ("0",)),
        (
            "TRUSTED_KEYS",
            (
                "http://keys.example/jwks.json",
                "ftp://keys.example/",
                "https://user:password@keys.example/",
                "http://127.0.0.1/",
            ),
        ),
    ):
        for value in values:
            no({name: value}, f"{name} is {value!r}", "value", setting=name)
    no({}, "nobody is trusted", "contradiction", setting="TRUSTED_KEYS", least={"PUBLIC_ORIGINS": ORIGIN})
    no({}, "no origin", "contradiction", setting="PUBLIC_ORIGINS", least={"TRUSTED_KEYS": "keys.json"})
    for word in ("on", "required-by-client"):
        no(
            {"SIGN_RESPONSES": word},
            f"responses are signed ({word}), and there is no key",
            "contradiction",
            setting="SIGNING_KEY",
        )
    no(
        {"CLOCK_SKEW": "3", "FUTURE_SKEW": "4"},
        "FUTURE_SKEW is above CLOCK_SKEW",
        "contradiction",
        setting="FUTURE_SKEW",
    )
    no(
        {"MAX_INFLIGHT": "100"},
        "no body of the largest size could ever be read",
        "contradiction",
        setting="MAX_INFLIGHT",
    )
    no(
        {"PRESET": "strict", "NONCE_MIN_LEN": "8"},
        "short nonces in the preset strict",
        "contradiction",
        setting="NONCE_MIN_LEN",
    )
    private = {"TRUSTED_KEYS": "http://10.0.0.1/", "JWKS_PRIVATE_ADDRESSES": "1"}
    no(private, "keys without TLS from another machine", "contradiction", setting="TRUSTED_KEYS")
    no(
        {"REPLAY_ALLOW_EVICTION": "1"},
        "eviction where there is no Redis",
        "contradiction",
        setting="REPLAY_ALLOW_EVICTION",
    )
    for text, code, comment in (
        ("", "invalid_json", "nothing"),
        ("[]", "invalid_argument", "an array"),
        (
            '{"NONCE_TTL":300,"TRUSTED_KEYS":"k","PUBLIC_ORIGINS":"https://gw.example"}',
            "settings_invalid",
            "a number for a text",
        ),
        ('{"NONCE_TTL":"1","NONCE_TTL":"2"}', "duplicate_member", "a variable twice"),
    ):
        file.invalid("http_settings", {"environment": text}, code, f"the environment is {comment}", "reader")
