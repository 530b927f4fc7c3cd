"""Several signatures over one payload, and the policy that says which must verify."""

from jose_keys import HS256, P256, RSA
from jws_peers import confirm
from jws_text import PAYLOAD, Entry, accepted, entry, general, header_of, refused, trusted, verified
from test_keys import ED1, ED2, SE1, SE2


def _bad(key) -> Entry:
    """A signature over another payload."""
    made = entry(key, b"another payload")
    return Entry(made.protected, made.signature)


_GOOD = [entry(ED1), entry(SE1)]
_TRUSTED = (ED1, SE1, P256)


def valid(file):
    """Policies that are satisfied."""

    def ok(entries, keys, verifier, report, comment, *flags, payload=PAYLOAD, **args):
        jws = general(entries, None if args else payload)
        expected = accepted(report, payload)
        verifier = {"verifier": verifier} if verifier else {}
        file.valid("jws_verify", {"jws": jws, "keys": trusted(*keys), **verifier, **args}, expected, comment, *flags)

    two = [verified(ED1), verified(SE1, index=1)]
    assert confirm(general(_GOOD), [ED1, SE1], PAYLOAD, False) == 2
    for verifier, comment in (
        ({"policy": "all"}, "all"),
        ({"policy": "any"}, "any"),
        ({"threshold": 1}, "one of three"),
        ({"threshold": 2}, "two of three"),
        ({"kids": [ED1.thumbprint]}, "the first by its kid"),
        ({"kids": [SE1.thumbprint]}, "the second by its kid"),
        ({"kids": [SE1.thumbprint, ED1.thumbprint]}, "both by their kids"),
    ):
        ok(_GOOD, _TRUSTED, verifier, two, f"two good signatures: {comment}", "policy")
    one_bad = [verified(ED1), refused("signature_invalid", 1, SE1.thumbprint)]
    bad_one = [refused("signature_invalid", 0, ED1.thumbprint), verified(SE1, index=1)]
    one_unknown = [verified(ED1), refused("signature_unknown", 1, SE2.thumbprint)]
    for verifier, comment in (({"policy": "any"}, "any"), ({"threshold": 1}, "one")):
        ok([_GOOD[0], _bad(SE1)], _TRUSTED, verifier, one_bad, f"good, bad: {comment}", "policy")
        ok([_bad(ED1), _GOOD[1]], _TRUSTED, verifier, bad_one, f"bad, good: {comment}", "policy")
        ok([_GOOD[0], entry(SE2)], _TRUSTED, verifier, one_unknown, f"good, unknown: {comment}", "policy")
        ok(
            [entry(SE2), _bad(ED1), entry(P256)],
            _TRUSTED,
            verifier,
            [
                refused("signature_unknown", 0, SE2.thumbprint),
                refused("signature_invalid", 1, ED1.thumbprint),
                verified(P256, index=2),
            ],
            f"unknown, bad, good: {comment}",
            "policy",
        )
    ok(
        [_GOOD[0], _bad(SE1)],
        _TRUSTED,
        {"kids": [ED1.thumbprint]},
        one_bad,
        "good, bad: the good one by its kid",
        "policy",
    )
    ok(
        [entry(SE2), _GOOD[0]],
        _TRUSTED,
        {"kids": [ED1.thumbprint]},
        [refused("signature_unknown", 0, SE2.thumbprint), verified(ED1, index=1)],
        "unknown, good: the good one by its kid",
        "policy",
    )
    three = [entry(ED1), entry(SE1), entry(P256)]
    ok(
        three,
        _TRUSTED,
        {"threshold": 3},
        [verified(key, index=i) for i, key in enumerate((ED1, SE1, P256))],
        "three of three",
        "policy",
    )
    ok(
        [three[0], _bad(SE1), three[2]],
        _TRUSTED,
        {"threshold": 2},
        [verified(ED1), refused("signature_invalid", 1, SE1.thumbprint), verified(P256, index=2)],
        "good, bad, good: two of three",
        "policy",
    )
    mixed = [entry(RSA, alg="PS256"), entry(HS256)]
    ok(
        mixed,
        (RSA, HS256),
        {"policy": "all"},
        [verified(RSA, alg="PS256"), verified(HS256, index=1)],
        "RSA and HMAC",
        "policy",
    )
    for header, code, comment in (
        ('{"alg":"none"}', "algorithm_not_allowed", "none"),
        ('{"alg":"EdDSA","crit":["x"],"x":1}', "critical_header_unsupported", "a critical header"),
        ('{"alg":"EdDSA","alg":"EdDSA"}', "duplicate_member", "alg twice"),
        ("[]", "signature_header_malformed", "a header that is an array"),
        ('{"alg":"EdDSA"', "invalid_json", "a header cut short"),
    ):
        ok(
            [entry(ED1, header=header), _GOOD[1]],
            _TRUSTED,
            {"policy": "any"},
            [refused(code, 0), verified(SE1, index=1)],
            f"a broken entry and a good one: {comment}",
            "policy",
            "broken",
        )
    lax = Entry(_GOOD[0].protected, _GOOD[0].signature + "=")
    ok(
        [lax, _GOOD[1]],
        _TRUSTED,
        {"policy": "any"},
        [refused("signature_malformed", 0), verified(SE1, index=1)],
        "a padded signature and a good one",
        "policy",
        "broken",
    )
    mismatch = entry(ED1, header={"alg": "ES256", "kid": ED1.thumbprint})
    ok(
        [mismatch, _GOOD[1]],
        _TRUSTED,
        {"policy": "any"},
        [refused("algorithm_mismatch", 0, ED1.thumbprint), verified(SE1, index=1)],
        "another algorithm than that of the key, and a good one",
        "policy",
        "broken",
    )
    for verifier, comment in (
        (None, "no policy"),
        ({"policy": "all"}, "all"),
        ({"policy": "any"}, "any"),
        ({"threshold": 1}, "one"),
        ({"kids": [ED1.thumbprint]}, "its kid"),
    ):
        ok([_GOOD[0]], _TRUSTED, verifier, [verified(ED1)], f"one signature, {comment}", "policy")
    jws = general(_GOOD, None)
    file.valid(
        "jws_verify",
        {"jws": jws, "payload": PAYLOAD, "keys": trusted(ED1, SE1), "verifier": {"policy": "all"}},
        accepted(two),
        "detached",
        "policy",
        "detached",
    )
    plain = [entry(key, b"a.b", header_of(key, b64=False, crit=["b64"]), encoded=False) for key in (ED1, SE1)]
    headers = [header_of(key, b64=False, crit=["b64"]) for key in (ED1, SE1)]
    file.valid(
        "jws_verify",
        {"jws": general(plain, b"a.b", False), "keys": trusted(ED1, SE1), "verifier": {"policy": "all"}},
        accepted([verified(ED1, headers[0]), verified(SE1, headers[1], 1)], b"a.b"),
        "two signatures over an unencoded payload",
        "policy",
        "b64",
    )


def unsatisfied(file):
    """Policies that are not satisfied."""

    def no(entries, verifier, code, comment, *flags, keys=_TRUSTED, **detail):
        args = {"verifier": verifier} if verifier else {}
        file.invalid(
            "jws_verify",
            {"jws": general(entries), "keys": trusted(*keys), **args},
            code,
            comment,
            "policy",
            *flags,
            **detail,
        )

    failed = "signature_verification_failed"
    for entries, comment in (
        (_GOOD, "good, good"),
        ([_GOOD[0], _bad(SE1)], "good, bad"),
        ([_bad(ED1), _bad(SE1)], "bad, bad"),
        ([entry(ED2), entry(SE2)], "unknown, unknown"),
    ):
        no(entries, None, "policy_required", f"no policy: {comment}")
        no(entries, {"algorithms": ["EdDSA", "ES256K"]}, "policy_required", f"no policy, but other options: {comment}")
    for entries, index, cause, comment in (
        ([_GOOD[0], _bad(SE1)], 1, "signature_invalid", "good, bad"),
        ([_bad(ED1), _GOOD[1]], 0, "signature_invalid", "bad, good"),
        ([_bad(ED1), _bad(SE1)], 0, "signature_invalid", "bad, bad"),
        ([_GOOD[0], entry(SE2)], 1, "signature_unknown", "good, unknown"),
        ([entry(SE2), _GOOD[0]], 0, "signature_unknown", "unknown, good"),
        ([_GOOD[0], entry(ED1, header={"alg": "none"})], 1, "algorithm_not_allowed", "good, none"),
        (
            [_GOOD[0], _GOOD[1], entry(P256, header='{"alg":"ES256","crit":["x"],"x":1}')],
            2,
            "critical_header_unsupported",
            "good, good, critical",
        ),
        ([_GOOD[0], Entry(_GOOD[1].protected, _GOOD[1].signature + "=")], 1, "signature_malformed", "good, padded"),
    ):
        no(entries, {"policy": "all"}, failed, f"all: {comment}", index=index, cause=cause)
    for verifier, comment in (
        ({"policy": "any"}, "any"),
        ({"threshold": 1}, "one"),
        ({"threshold": 2}, "two"),
        ({"kids": [ED1.thumbprint]}, "by kid"),
    ):
        no([entry(ED2), entry(SE2)], verifier, "signature_unknown", f"{comment}: unknown, unknown")
        no([_bad(ED1), _bad(SE1)], verifier, failed, f"{comment}: bad, bad", index=0, cause="signature_invalid")
        no([entry(SE2), _bad(ED1)], verifier, failed, f"{comment}: unknown, bad", index=1, cause="signature_invalid")
    for entries, threshold, comment in (
        (_GOOD, 3, "two good, three are required"),
        ([_GOOD[0], _bad(SE1)], 2, "good, bad"),
        ([_GOOD[0], entry(SE2)], 2, "good, unknown"),
        ([_GOOD[0]], 2, "one good alone"),
        ([_GOOD[0], _GOOD[0]], 2, "one signature twice"),
        ([_GOOD[0], entry(ED1, header=header_of(ED1, typ="x"))], 2, "one key twice, over two headers"),
        (
            [_GOOD[0], entry(ED1, header=header_of(ED1, "Ed25519"), alg="EdDSA")],
            2,
            "one key twice, under both names of its algorithm",
        ),
        ([_GOOD[0], entry(ED1, header={"alg": "EdDSA"})], 2, "one key twice, once without kid"),
    ):
        no(
            entries,
            {"threshold": threshold},
            "threshold_not_met",
            f"threshold: {comment}",
            required=threshold,
            verified=2 if entries is _GOOD else 1,
        )
    rsa = [entry(RSA), entry(RSA, alg="PS256")]
    no(
        rsa,
        {"threshold": 2},
        "threshold_not_met",
        "threshold: one RSA key twice, with two algorithms",
        keys=(RSA, ED1),
        required=2,
        verified=1,
    )
    for kids, entries, comment in (
        ([P256.thumbprint], _GOOD, "another one signed"),
        ([ED1.thumbprint, P256.thumbprint], _GOOD, "one of two is missing"),
        ([SE1.thumbprint], [_GOOD[0], _bad(SE1)], "the named one is bad"),
        ([P256.thumbprint], [_GOOD[0]], "one signature, and another is named"),
    ):
        no(entries, {"kids": kids}, "threshold_not_met", f"kids: {comment}")
    for verifier in (None, {"policy": "all"}, {"policy": "any"}, {"threshold": 1}, {"kids": [ED1.thumbprint]}):
        named = verifier or "none"
        no([_bad(ED1)], verifier, "signature_invalid", f"one bad signature, policy {named}")
        no([entry(SE2)], verifier, "signature_unknown", f"one unknown signature, policy {named}")
