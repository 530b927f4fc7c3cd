"""Modes, the order of the checks, the clock and the verdicts of the store of nonces."""

from http_cases import no, ok
from http_profile import NOW, SECOND, settings, trusting
from test_keys import ED1, ED2

NOTES = {
    "mode": "What becomes of requests that are unsigned, or broken: off, observe, optional, required, for each route.",
    "order": "A request with several faults is told the first one in the order of the checks.",
    "replay": "The verdict of the store of nonces, which is asked last.",
    "clock": "The clock is read again once the body is there.",
    "seed": "A scenario of the first request for this format, to the letter.",
}

#: Faults in the order of the checks that find them: how to make one, and its code.
_FAULTS = (
    ("the line", {"edit": lambda line: (("X-Signature", line), ("X-Signature", line))}, "signature_malformed"),
    ("typ", {"header": {"typ": "JWT"}}, "signature_malformed"),
    ("the algorithm", {"header": {"alg": "ES512"}}, "signature_alg_not_allowed"),
    ("the key", {"header": {"kid": "nobody"}}, "signature_unknown"),
    ("the owner of the key", {"header": {"iss": "other"}}, "signature_key_not_allowed"),
    ("revocation", {"settings": {"revoked": [ED1.thumbprint]}}, "signature_key_revoked"),
    ("the window", {"header": {"exp": SECOND + 1000}}, "signature_window_invalid"),
    ("the past", {"header": {"iat": SECOND - 200, "exp": SECOND - 100}}, "signature_expired"),
    ("the audience", {"header": {"aud": "https://other.example"}}, "signature_binding_mismatch"),
    ("the length", {"fields": (("Content-Length", "1048577"),)}, "body_too_large"),
    ("the coding", {"fields": (("Content-Encoding", "gzip"),)}, "content_encoding_unsupported"),
    ("the body", {"body": b'{"a":1,"a":2}', "payload": b"{}"}, "body_not_canonicalizable"),
    ("the signature", {"how": {"signature": bytes(64)}}, "signature_invalid"),
    ("the clock", {"later": NOW + 90_001}, "signature_expired"),
    ("the nonce", {"replay": "replay"}, "replay_detected"),
)


def _together(*faults: dict) -> dict:
    """Several faults in one request; of two that are made in the same place, the first stands."""
    both: dict = {}
    for fault in reversed(faults):
        both.update(fault)
    for name in ("header", "settings"):
        both[name] = {key: value for fault in reversed(faults) for key, value in fault.get(name, {}).items()}
    both["fields"] = tuple(line for fault in faults for line in fault.get("fields", ()))
    return {**both, "settings": settings([trusting(ED1, **both["settings"])])}


def order(file):
    """Each fault alone, and each with every later one that another member makes."""
    for name, fault, code in _FAULTS:
        no(file, code, f"one fault: {name}", "order", **_together(fault))
    for number, (name, fault, code) in enumerate(_FAULTS):
        for other, later, _ in _FAULTS[number + 1 :]:
            same = set(fault.get("header", {})) & set(later.get("header", {}))
            if not same:
                no(file, code, f"two faults: {name} and {other}", "order", **_together(fault, later))
    every = _together(*(fault for _, fault, _ in _FAULTS))
    no(file, "signature_malformed", "every fault at once", "order", **every)


def modes(file):
    """Off, observe, optional and required."""
    unsigned = {"edit": lambda line: ()}
    broken = {"edit": lambda line: (("X-Signature", "broken"),)}
    forged = {"how": {"signature": bytes(64)}}
    for mode in ("off", "observe", "optional"):
        ok(file, f"{mode}: no signature", "mode", outcome="pass", settings=settings(mode=mode), **unsigned)
    for mode in ("off", "observe"):
        for fault, comment in ((broken, "a broken line"), (forged, "a signature of zeros")):
            ok(file, f"{mode}: {comment} passes", "mode", outcome="pass", settings=settings(mode=mode), **fault)
        ok(
            file,
            f"{mode}: the body passes as it was received",
            "mode",
            outcome="pass",
            body=b' {"a" : 1.0} ',
            settings=settings(mode=mode),
        )
    ok(file, "optional: signed", "mode", settings=settings(mode="optional"))
    no(
        file,
        "signature_malformed",
        "optional: broken is not unsigned",
        "mode",
        settings=settings(mode="optional"),
        **broken,
    )
    no(
        file,
        "signature_invalid",
        "optional: a signature of zeros",
        "mode",
        settings=settings(mode="optional"),
        **forged,
    )
    empty = {"edit": lambda line: (("X-Signature", ""),)}
    no(
        file,
        "signature_malformed",
        "optional: an empty line is not unsigned",
        "mode",
        settings=settings(mode="optional"),
        **empty,
    )
    for mode in ("required", None):
        no(
            file,
            "signature_missing",
            f"no signature, mode {mode or 'by default'}",
            "mode",
            settings=settings(mode=mode),
            **unsigned,
        )
    no(
        file,
        "signature_missing",
        "a foreign signature (RFC 9421) is none of ours",
        "mode",
        edit=lambda line: (("Signature", "sig1=:AA==:"), ("Signature-Input", 'sig1=("@method");tag="web-bot-auth"')),
    )
    ok(
        file,
        "a foreign signature (RFC 9421) beside ours is ignored",
        "mode",
        fields=(("Signature", "sig1=:AA==:"), ("Signature-Input", 'sig1=("@method")')),
    )
    ok(
        file,
        "observe: a replayed nonce passes",
        "mode",
        outcome="pass",
        settings=settings(mode="observe"),
        replay="replay",
    )
    ok(
        file,
        "observe: a store that is down passes",
        "mode",
        outcome="pass",
        settings=settings(mode="observe"),
        replay="unavailable",
    )
    _routes(file, unsigned)


def _routes(file, unsigned):
    routes = [
        {"path": "/health", "mode": "off"},
        {"method": "GET", "path": "/docs/*", "mode": "off"},
        {"path": "/admin/*", "mode": "required"},
    ]
    for method, target, comment in (
        ("GET", "/health", "an exact path"),
        ("GET", "/health?deep=1", "a query is no part of the path"),
        ("GET", "/x/../health", "the path is normalised first"),
        ("GET", "/he%61lth", "the path is decoded first"),
        ("GET", "/docs/a/b", "a prefix and its method"),
    ):
        ok(
            file,
            f"a route that is off: {comment}",
            "mode",
            outcome="pass",
            method=method,
            target=target,
            body=b"",
            content_type=None,
            settings=settings(routes=routes),
            **unsigned,
        )
    for method, target, comment in (
        ("GET", "/health/", "a slash more"),
        ("GET", "/HEALTH", "capital letters"),
        ("GET", "/healthy", "a longer name"),
        ("POST", "/docs/a", "another method"),
        ("GET", "/docs/../rpc", "out of the prefix by dots"),
        ("GET", "/docs/%2e%2e/rpc", "out of the prefix by escaped dots"),
        ("GET", "//health", "an empty segment in front"),
    ):
        no(
            file,
            "signature_missing",
            f"no route that is off: {comment}",
            "mode",
            method=method,
            target=target,
            body=b"",
            content_type=None,
            settings=settings(routes=routes),
            **unsigned,
        )
    admin = settings(mode="optional", routes=routes)
    no(
        file,
        "signature_missing",
        "a route that is required in an optional gateway",
        "mode",
        target="/admin/x",
        settings=admin,
        **unsigned,
    )
    ok(file, "the other routes of it", "mode", outcome="pass", target="/other", settings=admin, **unsigned)
    _lenient(file, unsigned)
    first = settings(routes=[{"path": "/rpc", "mode": "off"}, {"path": "*", "mode": "required"}])
    ok(file, "the first route that fits decides", "mode", outcome="pass", settings=first, **unsigned)
    last = settings(routes=[{"path": "*", "mode": "required"}, {"path": "/rpc", "mode": "off"}])
    no(file, "signature_missing", "a later route does not", "mode", settings=last, **unsigned)


def _lenient(file, unsigned):
    """A route that is required in a gateway that is off: what a router may take for it has to be signed, too."""
    strict = settings(
        mode="off",
        routes=[{"path": "/admin/*", "mode": "required"}, {"method": "GET", "path": "/me", "mode": "required"}],
    )
    empty = {"body": b"", "content_type": None, "settings": strict, **unsigned}
    for method, target in (
        ("GET", "/admin/x"),
        ("GET", "/Admin/x"),
        ("GET", "//admin//x"),
        ("GET", "/admin%2Fx"),
        ("GET", "/%61dmin/x"),
        ("GET", "/admin;v=1/x"),
        ("GET", "/x/..%2fadmin/x"),
        ("GET", "/x/..;/admin/x"),
        ("GET", "/x%5c..%5cadmin/x"),
        ("GET", "/admin\\x"),
        ("GET", "/admin/%zz"),
        ("GET", "/admin/"),
        ("GET", "/admin"),
        ("GET", "/admin/../admin/x?/"),
        ("GET", "/me"),
        ("get", "/me"),
        ("HEAD", "/me"),
        ("GET", "/me/"),
    ):
        no(
            file,
            "signature_missing",
            f"a lenient router takes {method} {target} for a route that is required",
            "mode",
            method=method,
            target=target,
            **empty,
        )
    for name in ("X-HTTP-Method-Override", "X-Original-URL", "X-Rewrite-URL"):
        no(
            file,
            "signature_missing",
            f"{name}: nobody knows which route is meant",
            "mode",
            method="GET",
            target="/x",
            fields=((name, "/admin/x"),),
            **empty,
        )
    for method, target in (
        ("GET", "/administrator"),
        ("GET", "/x/admin/x"),
        ("POST", "/me"),
        ("GET", "/me2"),
        ("GET", "/?/admin/x"),
        ("GET", "/admin/../x"),
    ):
        ok(
            file,
            f"no router takes {method} {target} for a route that is required",
            "mode",
            outcome="pass",
            method=method,
            target=target,
            **empty,
        )


def replay(file):
    """What the store of nonces says."""
    ok(file, "the store has not seen the nonce", "replay", replay="new")
    for verdict, code in (
        ("replay", "replay_detected"),
        ("full", "replay_store_full"),
        ("cold", "replay_state_cold"),
        ("unavailable", "replay_store_unavailable"),
    ):
        no(file, code, f"the verdict {verdict}", "replay", *(["seed"] if verdict == "replay" else []), replay=verdict)
    no(file, "signature_unknown", "signed with an unknown key", "seed", key=ED2)
    no(
        file,
        "replay_state_cold",
        "a store in memory has no state at its start: what was signed before that may have been seen",
        "replay",
        settings=settings(replay="memory"),
    )


def clock(file):
    """The second reading of the clock."""
    for later, comment in (
        (NOW, "the same moment"),
        (NOW + 90_000, "the last millisecond"),
        (NOW - 5_000, "five seconds back, as a daemon that keeps time may do"),
    ):
        ok(file, f"read again: {comment}", "clock", later=later)
    no(file, "signature_expired", "read again: one millisecond after the last", "clock", later=NOW + 90_001)
    no(file, "signature_expired", "a body that took an hour", "clock", later=NOW + 3_600_000)
    no(file, "clock_stepped_back", "the clock was set back by more than five seconds", "clock", later=NOW - 5_001)
    no(file, "clock_stepped_back", "the clock was set back by a day", "clock", later=NOW - 86_400_000)
    late = {"iat": SECOND - 60, "exp": SECOND - 30}
    ok(file, "accepted at the last moment of the skew", "clock", header=late)
    no(
        file,
        "signature_expired",
        "a step back does not open a window again",
        "clock",
        header=late,
        now=NOW + 1,
        later=NOW,
    )
