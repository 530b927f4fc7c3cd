"""The vectors of noun `card`."""

import json
import logging

import rfc8785
from a2a.types import AgentCard
from a2a.utils.signing import _canonicalize_agent_card, create_signature_verifier
from cryptography.hazmat.primitives import serialization
from google.protobuf.json_format import ParseDict
from jwt import PyJWK

import agent_card as reference
import jose_signatures
import signatures
from a2a_cards import ALL, FULL, MINIMAL, NON_ASCII, NUMBERS, OTHERS, PORTABLE
from encoding import b64u, from_b64u
from jose_keys import HS256, P256, P256_2, P384, P521, RSA, OctKey, text_of
from jws_text import signer, trusted
from test_keys import ED1, ED2, ED3, SE1
from vectors import ROOT, Noun

FORMS = ("sdk", "spec", "raw")
#: Cards as others signed them; a2a/README.md says how these files were made.
PEERS = {
    name: json.loads((ROOT / "generate" / "a2a" / f"{name}.json").read_text("utf-8"))["cards"]
    for name in ("python-1.3.0", "python-1.1.2", "js-1.3.0", "car-a2a-0.60.0")
}
CHECKED_BY = (
    "form sdk: a2a-sdk 1.3.0 and @a2a-js/sdk 1.3.0, which must agree with generate/agent_card.py; forms spec and raw: generate/agent_card.py over the "
    "protobuf descriptor of a2a-sdk, with rfc8785; signatures by a2a-sdk (PyJWT), @a2a-js/sdk (jose), car-a2a (jsonwebtoken) and OpenSSL (cryptography); portable signed "
    "cards are verified by a2a-sdk; pointers and codes by generate/agent_card.py and by hand, from docs/spec/agent-card.md"
)

NOTES = {
    "canonical": "The bytes that a signature covers under a form.",
    "shape": "The card, or a member that the form reads, has another type.",
    "reader": "The rules of the JSON reader hold for cards, too.",
    "argument": "An argument that is none of its values.",
    "limit": "Limits of size, depth and number of signatures.",
    "sign": "A card is signed; the signature is deterministic, so the bytes are given.",
    "portable": "The forms must be the same bytes, or the card is refused.",
    "strip": "What the forms do not agree on is removed before signing, unless the card would say something else without it.",
    "each": "One signature for each distinct form.",
    "append": "Signing again appends.",
    "duplicate-signer": "The same key does not sign the same bytes twice.",
    "peer": "The SDKs made the signature.",
    "verify": "A card is verified.",
    "unsigned": "What was received and is not covered is named.",
    "spelling": "Another JSON text of the same card.",
    "several": "Signatures are tried one after the other; one that is broken does not stop the next.",
    "tampered": "The card was changed after it was signed.",
    "other-form": "The signature is one over another form.",
    "legacy": "The text that the Python SDK signed up to 1.1.3: not RFC 8785.",
    "algorithm": "The algorithm is none, is not allowed, or is not one of the key.",
    "confusion": "HMAC with a public key as its secret.",
    "header": "The protected header breaks a rule.",
    "encoding": "Protected header and signature have one spelling.",
    "unsigned-card": "There is no signature.",
    "unknown-key": "The signature is not of a trusted key.",
    "policy": "How many signatures must verify comes from the verifier alone.",
    "embedded-key": "A key or an address in a header selects nothing.",
    "diagnose": "Why signatures verify or do not.",
    "proto": "A member named __proto__ is a member like any other.",
}


def build() -> Noun:
    """Every file of the noun."""
    logging.disable()
    noun = Noun("card")
    for name, make in (
        ("canonicalize", _canonicalize),
        ("sign", _sign),
        ("verify", _verify),
        ("verify-refused", _verify_refused),
        ("diagnose", _diagnose),
    ):
        file = noun.file(name, CHECKED_BY, {})
        make(file)
        file.notes = {flag: NOTES[flag] for case in file.cases for flag in case["flags"]}
    return noun


def text(value) -> str:
    """JSON text with members in the order in which they stand."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def formed(card: dict, form: str) -> bytes:
    """The bytes that are signed; those of `sdk` are what the SDK itself says."""
    made = {"sdk": reference.sdk, "spec": reference.spec, "raw": reference.raw}[form](card)
    if form == "sdk" and made != b"{}":
        bare = {name: value for name, value in card.items() if name != "signatures"}
        message = ParseDict(bare, AgentCard(), ignore_unknown_fields=True)
        assert _canonicalize_agent_card(message).encode() == made
    return made


def distinct_forms(card: dict) -> list:
    """The first form of each text that the card has."""
    first = {}
    for form in FORMS:
        first.setdefault(formed(card, form), form)
    return list(first.values())


def kid_of(key) -> str:
    return key.kid if isinstance(key, OctKey) else key.thumbprint


def header_of(key, **more) -> dict:
    """The protected header that `card_sign` writes; `more` replaces members, `None` takes one away."""
    members = {"alg": key.algorithm, "kid": kid_of(key), "typ": "JOSE", **more}
    return {name: value for name, value in members.items() if value is not None}


def entry(key, payload: bytes, header=None, *, alg=None, signature=None, protected=None, **members) -> dict:
    """A signature over bytes; a header may be an object, or the text that is to stand there."""
    header = header_of(key) if header is None else header
    data = header if isinstance(header, bytes) else (header if isinstance(header, str) else text_of(header)).encode()
    protected = b64u(data) if protected is None else protected
    if signature is None:
        signature = jose_signatures.sign(key, protected.encode() + b"." + b64u(payload).encode(), alg)
    signature = signature if isinstance(signature, str) else b64u(signature)
    return {**members, "protected": protected, "signature": signature}


def signed(card: dict, key, form: str = "sdk", **how) -> dict:
    """The card with a signature more, over a form."""
    return {**card, "signatures": [*card.get("signatures", []), entry(key, formed(card, form), **how)]}


def canonical(card: dict) -> str:
    return reference.canonical(card).decode()


def report(card: dict, key, form: str, index=0, header=None) -> str:
    """What `card_verify` says."""
    paths = reference.unsigned(card, form)
    made = {
        "alg": (header or header_of(key))["alg"].replace("Ed25519", "EdDSA"),
        "form": form,
        "header": header_of(key) if header is None else header,
        "index": index,
        "kid": kid_of(key),
        "thumbprint": None if isinstance(key, OctKey) else key.thumbprint,
        "unsigned_paths": paths[:64],
        "unsigned_paths_truncated": len(paths) > 64,
    }
    return rfc8785.dumps(made).decode()


# canonicalize


def _canonicalize(file):
    def ok(card, form, comment, *flags, spelled=None, expected=None):
        made = formed(card, form) if expected is None else expected
        args = {"card": spelled or text(card), "form": form}
        file.valid("card_canonicalize", args, {"canonical_utf8": made.decode()}, comment, "canonical", *flags)

    def no(card, form, code, comment, *flags, **detail):
        data = card if isinstance(card, (str, bytes)) else text(card)
        file.invalid("card_canonicalize", {"card": data, "form": form}, code, comment, *flags, **detail)

    for name, card in ALL.items():
        for form in FORMS:
            ok(card, form, f"{name}, {form}")
        # The SDKs said so themselves.
        for peer in ("python-1.3.0", "js-1.3.0"):
            assert PEERS[peer][name]["canonical"].encode() == formed(card, "sdk"), (peer, name)
    for name, card in PORTABLE.items():
        assert len({formed(card, form) for form in FORMS}) == 1, name
        ok({**card, "signatures": [{"protected": "x", "signature": "y"}]}, "sdk", f"{name} with signatures")
    worked = OTHERS["worked example"]
    assert formed(worked, "spec") == (
        b'{"capabilities":{"pushNotifications":false,"streaming":false},"description":"","name":"Example Agent","skills":[]}'
    ), "A2A 1.0 section 8.4.1 shows these bytes"
    for form in FORMS:
        ok({}, form, f"an empty card, {form}", expected=b"{}")
        ok({"signatures": 1}, form, f"signatures are not looked at, {form}", expected=b"{}")
    ok(
        {"name": "a"},
        "sdk",
        "white space, escapes and order",
        "spelling",
        spelled=' {"version":"","\\u006eame" : "\\u0061"}\n',
    )
    big = {"capabilities": {"extensions": [{"params": {"a": 9007199254740993, "b": 1e21, "c": -0.0}}]}}
    for form in FORMS:
        ok(big, form, f"numbers are the nearest doubles, {form}", "spelling")
    proto = {"capabilities": {"extensions": [{"params": {"__proto__": {"a": 1}}}]}, "__proto__": 1}
    for form in FORMS:
        made = formed(proto, form)
        ok(proto, form, f"__proto__ is a member, {form}", "proto", expected=made)
    deep = {"capabilities": {"extensions": [{"params": {"a": json.loads("[" * 122 + "1" + "]" * 122)}}]}}
    for form in FORMS:
        ok(deep, form, f"128 levels, {form}", "limit", expected=reference.raw(deep))
    hollow = {"name": "a", "capabilities": {"extensions": [{"params": {"a": json.loads("[" * 122 + "]" * 122)}}]}}
    ok(hollow, "sdk", "nothing in 128 levels", "limit", expected=b'{"name":"a"}')

    for form in ("sdk", "spec"):
        for card, pointer, comment in (
            ({"name": 1}, "/name", "a number for a string"),
            ({"name": ["a"]}, "/name", "an array for a string"),
            ({"capabilities": {"streaming": "yes"}}, "/capabilities/streaming", "a string for a boolean"),
            ({"capabilities": {"streaming": 1}}, "/capabilities/streaming", "a number for a boolean"),
            ({"capabilities": []}, "/capabilities", "an array for a message"),
            ({"capabilities": "x"}, "/capabilities", "a string for a message"),
            ({"skills": {}}, "/skills", "an object for an array"),
            ({"skills": ["x"]}, "/skills/0", "a string for a message in an array"),
            ({"skills": [{"id": "a"}, None]}, "/skills/1", "null in an array of messages"),
            ({"skills": [{"tags": ["a", 1]}]}, "/skills/0/tags/1", "a number in an array of strings"),
            ({"defaultInputModes": [None]}, "/defaultInputModes/0", "null in an array of strings"),
            ({"defaultInputModes": "text/plain"}, "/defaultInputModes", "a string for an array"),
            ({"securitySchemes": {"a~/b": None}}, "/securitySchemes/a~0~1b", "null in a map"),
            ({"securitySchemes": []}, "/securitySchemes", "an array for a map"),
            (
                {"capabilities": {"extensions": [{"params": []}]}},
                "/capabilities/extensions/0/params",
                "an array for a Struct",
            ),
            (
                {"capabilities": {"extensions": [{"required": "false"}]}},
                "/capabilities/extensions/0/required",
                "a string for a boolean inside",
            ),
            (
                {"securitySchemes": {"a": {"mtlsSecurityScheme": {}, "apiKeySecurityScheme": {}}}},
                "/securitySchemes/a/mtlsSecurityScheme",
                "two members of a oneof",
            ),
            (
                {"defaultInputModes": ["a"], "default_input_modes": ["b"]},
                "/default_input_modes",
                "a field under both names",
            ),
            (
                {"skills": [{"inputModes": [], "input_modes": []}]},
                "/skills/0/input_modes",
                "a field under both names, inside",
            ),
        ):
            try:
                {"sdk": reference.sdk, "spec": reference.spec}[form](card)
                raise AssertionError(comment)
            except reference.MalformedError:
                pass
            no(card, form, "card_malformed", f"{comment}, {form}", "shape", pointer=pointer)
    no(
        {"default_input_modes": "a"},
        "sdk",
        "card_malformed",
        "a proto name of another type",
        "shape",
        pointer="/default_input_modes",
    )
    ok(
        {"default_input_modes": "a"},
        "spec",
        "a proto name is an unknown member, spec",
        expected=b'{"default_input_modes":"a"}',
    )
    for wrong in ({"name": 1}, {"defaultInputModes": ["a"], "default_input_modes": ["b"]}, {"skills": [None]}):
        ok(wrong, "raw", f"raw knows no fields: {text(wrong)}", "shape", expected=reference.raw(wrong))
    for form in FORMS:
        for data in ("[]", "null", '"card"', "1"):
            no(data, form, "card_malformed", f"{data} is not a card, {form}", "shape", pointer="")
    no('{"name":"a","name":"b"}', "sdk", "duplicate_member", "a member twice", "reader", offset=12)
    no('{"name":"a","n\\u0061me":"b"}', "sdk", "duplicate_member", "a member twice, escaped", "reader", offset=12)
    no(
        '{"x":{"signatures":1,"signatures":2}}',
        "raw",
        "duplicate_member",
        "a member twice, inside",
        "reader",
        pointer="/x/signatures",
    )
    no('{"signatures":[],"signatures":[]}', "raw", "duplicate_member", "signatures twice", "reader", offset=17)
    no('{"name":"\\ud800"}', "sdk", "lone_surrogate", "a lone surrogate", "reader")
    no('{"x":1e400}', "sdk", "number_overflow", "a number beyond the doubles", "reader")
    no('{"name":"a"} x', "sdk", "trailing_bytes", "something behind the card", "reader")
    no(b'\xef\xbb\xbf{"name":"a"}', "sdk", "byte_order_mark", "a byte order mark", "reader")
    no(b'{"name":"\xff"}', "sdk", "invalid_utf8", "not UTF-8", "reader")
    no('{"a":' * 129 + "1" + "}" * 129, "sdk", "too_deep", "129 levels", "limit")
    for form in ("", "SDK", "spec-known"):
        no({"name": "a"}, form, "invalid_argument", f"the form {form!r}", "argument")


# sign


def _sign(file):
    def ok(card, key, comment, *flags, options=None, forms=("sdk",), header=None, served=None, spelled=None):
        served = dict(card if served is None else served)
        alg = (options or {}).get("alg")
        entries = [entry(key, formed(served, form), header, alg=alg) for form in forms]
        served["signatures"] = [*(card.get("signatures") or []), *entries]
        args = {"card": spelled or text(card), "key": signer(key), **({"options": options} if options else {})}
        file.valid("card_sign", args, {"card_utf8": canonical(served)}, comment, "sign", *flags)
        if forms == ("sdk",) and key in (ED1, ED2) and all(isinstance(made, dict) for made in served["signatures"]):
            _verified_by_the_sdk(served, key)
        return served

    def no(card, code, comment, *flags, key=ED1, options=None, **detail):
        data = card if isinstance(card, (str, bytes)) else text(card)
        args = {"card": data, "key": signer(key), **({"options": options} if options else {})}
        file.invalid("card_sign", args, code, comment, "sign", *flags, **detail)

    for name, card in PORTABLE.items():
        ok(card, ED1, name, "portable")
    for key in (ED2, RSA):
        ok(MINIMAL, key, f"another key, {key.algorithm}", "portable")
    ok(MINIMAL, RSA, "RS512 of a key that permits six", options={"alg": "RS512"}, header=header_of(RSA, alg="RS512"))
    ok(MINIMAL, HS256, "a symmetric key", "portable")
    jku = "https://id.example/jwks.json"
    ok(MINIMAL, ED1, "jku", options={"jku": jku}, header=header_of(ED1, jku=jku))
    ok(MINIMAL, ED1, "another typ", options={"typ": "JWT"}, header=header_of(ED1, typ="JWT"))
    ok(MINIMAL, ED1, "refuse, said outright", "portable", options={"portability": "refuse"})
    for given in ([], None):
        ok({**MINIMAL, "signatures": given}, ED1, f"signatures is {text(given)}", "append")
    one = signed(MINIMAL, ED1)
    ok(one, ED2, "a second signature", "append")
    ok(signed(one, ED2), RSA, "a third signature", "append")
    broken = {**MINIMAL, "signatures": [{"protected": "?"}, 1, "x"]}
    ok(broken, ED1, "entries that are none stay", "append")
    ok(
        MINIMAL,
        ED1,
        "another text of the card",
        "spelling",
        spelled=json.dumps(dict(reversed(MINIMAL.items())), indent=3),
    )

    for name, card in OTHERS.items():
        distinct = distinct_forms(card)
        ok(card, ED1, f"{name}, each", "each", options={"portability": "each"}, forms=tuple(distinct))
        pointers = list(dict.fromkeys(pointer for pointer, _ in reference.differences(card)))
        if not pointers:
            assert len(distinct) == 1
            ok(card, ED1, name, "portable")
            continue
        no(card, "card_not_portable", name, "portable", pointers=pointers, count=len(pointers))
        for form in FORMS:
            ok(card, ED1, f"{name}, only {form}", options={"form": form}, forms=(form,))
    ok(MINIMAL, ED1, "each of a portable card is one", "each", options={"portability": "each"})

    for name, kept in (
        ("worked example", {"name": "Example Agent", "capabilities": {"streaming": False, "pushNotifications": False}}),
        ("unknown members", MINIMAL),
        ("nulls", MINIMAL),
        ("empty strings", {n: v for n, v in MINIMAL.items() if n != "description"}),
        ("proto names", None),
        ("params with empties", None),
        ("0.3 and 1.0", None),
    ):
        card = OTHERS[name]
        made = json.loads(formed(card, "sdk"))
        assert kept is None or made == kept, name
        ok(card, ED1, f"{name}, stripped", "strip", options={"portability": "strip"}, served=made)
    ok(one, ED2, "nothing to strip", "strip", options={"portability": "strip"})
    for name, pointers in (
        ("an API key is required", ["/securityRequirements"]),
        ("an empty requirement", ["/securityRequirements"]),
        ("an empty scheme", ["/securitySchemes"]),
        ("scopes without text", ["/securitySchemes/o/oauth2SecurityScheme/flows/implicit/scopes"]),
    ):
        no(
            OTHERS[name],
            "card_not_portable",
            f"{name}: not stripped",
            "strip",
            options={"portability": "strip"},
            pointers=pointers,
        )
    proto = {**MINIMAL, "capabilities": {"extensions": [{"uri": "u", "params": {"__proto__": 1}}]}}
    for options in (None, {"portability": "strip"}):
        no(
            proto,
            "card_not_portable",
            "the JavaScript SDK loses __proto__",
            "portable",
            "proto",
            options=options,
            pointers=["/capabilities/extensions/0/params/__proto__"],
        )
    for options in (None, {"portability": "strip"}):
        no({}, "card_not_portable", "the SDKs differ on an empty card", "portable", options=options, pointers=[])
    many = {**MINIMAL, **{f"x{number:02}": number for number in range(40)}}
    no(
        many,
        "card_not_portable",
        "the first 32 pointers",
        "portable",
        pointers=[f"/x{n:02}" for n in range(32)],
        count=40,
    )

    no(one, "duplicate_signer", "the same key again", "duplicate-signer", index=0)
    no(
        signed(signed(MINIMAL, ED2), ED1),
        "duplicate_signer",
        "the same key again, behind another",
        "duplicate-signer",
        index=1,
    )
    alias = {**MINIMAL, "signatures": [entry(ED1, formed(MINIMAL, "sdk"), header_of(ED1, kid="alias"))]}
    no(alias, "duplicate_signer", "the same key under another kid", "duplicate-signer", index=0)
    unknown = OTHERS["unknown members"]
    ok(signed(unknown, ED1), ED1, "the same key over another form", "append", options={"form": "raw"}, forms=("raw",))
    no(
        signed(unknown, ED1),
        "duplicate_signer",
        "the same key over one of the forms",
        "duplicate-signer",
        options={"portability": "each"},
        index=0,
    )
    no({**MINIMAL, "signatures": {}}, "card_malformed", "signatures is an object", "shape", pointer="/signatures")
    no({**MINIMAL, "signatures": "x"}, "card_malformed", "signatures is a string", "shape", pointer="/signatures")
    no({"name": 1}, "card_malformed", "a number for a string", "shape", pointer="/name")
    no("[]", "card_malformed", "an array", "shape", pointer="")
    no({**MINIMAL, "signatures": [1] * 64}, "too_many_signatures", "a 65th signature", "limit")
    no('{"name":"a","name":"b"}', "duplicate_member", "a member twice", "reader")
    no(MINIMAL, "algorithm_mismatch", "the key does not permit the algorithm", "argument", options={"alg": "ES256"})
    no(MINIMAL, "algorithm_unsupported", "no such algorithm", "argument", options={"alg": "none"})
    no(MINIMAL, "invalid_argument", "no such portability", "argument", options={"portability": "maybe"})
    no(MINIMAL, "invalid_argument", "no such form", "argument", options={"form": "SDK"})
    no(MINIMAL, "invalid_argument", "portability and form", "argument", options={"form": "sdk", "portability": "each"})
    no(MINIMAL, "invalid_argument", "jku is not a string", "argument", options={"jku": 1})


def _verified_by_the_sdk(card, key):
    """The Python SDK verifies the card that is expected of us."""
    message = ParseDict(card, AgentCard(), ignore_unknown_fields=True)
    pyjwk = PyJWK(json.loads(key.public_jwk()))

    def provide(kid, jku):
        assert kid
        return pyjwk.key

    create_signature_verifier(provide, ["EdDSA"])(message)


# verify


def _verify(file):
    def ok(card, keys, form, comment, *flags, by=None, index=0, header=None, spelled=None, verifier=None):
        bare = {name: value for name, value in card.items() if name != "signatures"}
        by = by or keys[0]
        made = report(bare, by, form, index, header)
        args = {"card": spelled or text(card), "keys": trusted(*keys), "form": form}
        if verifier:
            args["verifier"] = verifier
        expected = {"card_utf8": formed(bare, form).decode(), "report_utf8": made}
        file.valid("card_verify", args, expected, comment, "verify", *flags)

    for name, card in ALL.items():
        made = PEERS["python-1.3.0"][name]["signature"]
        header = json.loads(from_b64u(made["protected"]))
        ok({**card, "signatures": [made]}, [ED1], "sdk", f"{name}, by the Python SDK", "peer", header=header)
        for alg, key in (("EdDSA", ED1), ("ES256", P256), ("RS256", RSA)):
            made = PEERS["js-1.3.0"][name]["signatures"][alg]
            if alg == "EdDSA" or name in PORTABLE:
                header = json.loads(from_b64u(made["protected"]))
                comment = f"{name}, by the JavaScript SDK, {alg}"
                ok({**card, "signatures": [made]}, [key], "sdk", comment, "peer", header=header)
    for name, card in OTHERS.items():
        for form in ("spec", "raw"):
            ok(signed(card, ED1, form), [ED1], form, f"{name}, {form}", "unsigned")
    for name in ("minimal", "full"):
        for form in ("spec", "raw"):
            ok(signed(PORTABLE[name], ED1, "sdk"), [ED1], form, f"a portable card verifies as {form}: {name}")
    minimal = PEERS["python-1.1.2"]["minimal"]
    ok(
        {**MINIMAL, "signatures": [minimal["signature"]]},
        [ED1],
        "sdk",
        "by the Python SDK before 1.1.4, where nothing differs",
        "legacy",
        "peer",
        header=json.loads(from_b64u(minimal["signature"]["protected"])),
    )
    for key in (SE1, P256, P384, P521, RSA):
        ok(signed(MINIMAL, key), [key], "sdk", f"{key.algorithm}")
    high = signatures.high_s(from_b64u(signed(MINIMAL, SE1)["signatures"][0]["signature"]))
    ok(
        {**MINIMAL, "signatures": [entry(SE1, formed(MINIMAL, "sdk"), signature=high)]},
        [SE1],
        "sdk",
        "ES256K with the high s",
    )
    for alg in ("RS384", "RS512", "PS256", "PS384", "PS512"):
        header = header_of(RSA, alg=alg)
        ok(signed(MINIMAL, RSA, header=header, alg=alg), [RSA], "sdk", alg, header=header)
    ok(
        signed(MINIMAL, HS256),
        [HS256],
        "sdk",
        "a symmetric key whose algorithm is listed",
        verifier={"algorithms": ["HS256"]},
    )
    for header, comment in (
        (header_of(ED1, alg="Ed25519"), "the name Ed25519"),
        (header_of(ED1, typ="JWT"), "typ JWT"),
        (header_of(ED1, typ=None), "no typ"),
        (header_of(ED1, jku="https://evil.example/jwks"), "jku is not followed"),
        (
            header_of(ED1, jwk=json.loads(ED2.public_jwk()), x5u="https://evil.example"),
            "an embedded key selects nothing",
        ),
        (header_of(ED1, x=["\u00e9", {"a": 1}]), "members that nobody knows"),
    ):
        ok(signed(MINIMAL, ED1, header=header), [ED1], "sdk", comment, "embedded-key", header=header)
    crit = header_of(ED1, crit=["exp"], exp=1)
    ok(
        signed(MINIMAL, ED1, header=crit),
        [ED1],
        "sdk",
        "a critical member that the caller understands",
        header=crit,
        verifier={"crit": ["exp"]},
    )
    for unprotected in ({}, {"made": "by hand", "x": [1]}, None):
        card = {**MINIMAL, "signatures": [entry(ED1, formed(MINIMAL, "sdk"), header=None, x=1)]}
        card["signatures"][0]["header"] = unprotected
        ok(card, [ED1], "sdk", f"the unprotected header {text(unprotected)}")
    payload = formed(MINIMAL, "sdk")
    good = entry(ED1, payload)
    for comment, first in (
        ("an unknown key", entry(ED2, payload)),
        ("garbage", {"protected": "?", "signature": "?"}),
        ("a header that is no object", entry(ED1, payload, "[1]")),
        ("a header that is no JSON", entry(ED1, payload, "{")),
        ("a wrong signature", {**good, "signature": entry(ED1, b"{}")["signature"]}),
        ("an algorithm that is none", entry(ED1, payload, header_of(ED1, alg="none"), signature="")),
        ("an entry that is no object", 7),
        ("an entry without members", {}),
        ("null", None),
        ("a signature that is no string", {**good, "signature": 1}),
        ("an unprotected header that is no object", {**good, "header": []}),
        ("a critical member that nobody understands", entry(ED1, payload, header_of(ED1, crit=["x"], x=1))),
    ):
        ok({**MINIMAL, "signatures": [first, good]}, [ED1], "sdk", f"behind {comment}", "several", index=1)
    two = signed(signed(MINIMAL, ED1), ED2)
    ok(two, [ED2], "sdk", "the second is trusted", "several", index=1)
    ok(two, [ED2, ED1], "sdk", "both are trusted: the first is reported", "several", by=ED1)
    ok(two, [ED1, ED2, ED3], "sdk", "two of three", "policy", verifier={"threshold": 2})
    ok(two, [ED1, ED2], "sdk", "all", "policy", verifier={"policy": "all"})
    ok(two, [ED1, ED2], "sdk", "any", "policy", verifier={"policy": "any"})
    ok(two, [ED1, ED2], "sdk", "a named key", "policy", verifier={"kids": [ED2.thumbprint]}, by=ED1)
    each = {**OTHERS["unknown members"]}
    for form in ("sdk", "spec"):
        each = signed(each, ED1, form)
    ok(each, [ED1], "sdk", "one signature for each form: sdk", "each", "unsigned")
    ok(each, [ED1], "raw", "one signature for each form: raw", "each", index=1)
    spelled = json.dumps(signed(NON_ASCII, ED1), indent=2)
    ok(signed(NON_ASCII, ED1), [ED1], "sdk", "escapes and white space", "spelling", spelled=spelled)
    ok(
        signed(MINIMAL, ED1),
        [ED1],
        "sdk",
        "an escaped solidus",
        "spelling",
        spelled=text(signed(MINIMAL, ED1)).replace("/", "\\/"),
    )
    ok(
        signed(NUMBERS, ED1),
        [ED1],
        "sdk",
        "other spellings of numbers",
        "spelling",
        spelled=text(signed(NUMBERS, ED1))
        .replace('"integer":42', '"integer":4.20e1')
        .replace('"half":0.5', '"half":5E-1'),
    )
    reordered = dict(reversed(signed(FULL, ED1).items()))
    ok(signed(FULL, ED1), [ED1], "sdk", "another order of members", "spelling", spelled=text(reordered))
    # What the form does not cover can be added: the report says so.
    for comment, change in (
        ("an unknown member", {"url": "https://evil.example"}),
        ("an empty string in an array", {"defaultInputModes": ["text/plain", ""]}),
        ("an empty requirement", {"securityRequirements": [{}]}),
        ("an API key is required", {"securityRequirements": [{"schemes": {"apiKey": {"list": []}}}]}),
        ("an empty scheme", {"securitySchemes": {"m": {"mtlsSecurityScheme": {}}}}),
        ("null", {"iconUrl": None}),
    ):
        ok({**signed(MINIMAL, ED1), **change}, [ED1], "sdk", f"added and not covered: {comment}", "unsigned")
    many = {**MINIMAL, **{f"x{number:02}": number for number in range(70)}}
    ok(signed(many, ED1), [ED1], "sdk", "more than 64 members that are not covered", "unsigned")
    # The field set of a card that mixes 0.3 and 1.0.
    mixed = {
        "name": "Mixed",
        "description": "",
        "version": "1",
        "url": "https://a.example",
        "protocolVersion": "0.3.0",
        "preferredTransport": "JSONRPC",
        "capabilities": {
            "streaming": False,
            "pushNotifications": False,
            "stateTransitionHistory": False,
            "extensions": [],
        },
        "skills": [],
        "defaultInputModes": [],
        "supportsAuthenticatedExtendedCard": True,
        "securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": "X-Key"}},
        "security": [{"k": []}],
    }
    ok(signed(mixed, ED1, "raw"), [ED1], "raw", "a card of 0.3 and 1.0, raw")
    for alg, key in (("RS256", RSA), ("ES256", P256)):
        card = PEERS["car-a2a-0.60.0"][alg]
        header = json.loads(from_b64u(card["signatures"][0]["protected"]))
        ok(card, [key], "raw", f"a card of 0.3 and 1.0, by a Rust crate, {alg}", "peer", header=header)
    ok(signed(mixed, RSA, "raw"), [RSA], "raw", "a card of 0.3 and 1.0, raw, RS256")


# refused


def _verify_refused(file):
    def no(card, code, causes, comment, *flags, keys=(ED1,), form="sdk", verifier=None, **detail):
        data = card if isinstance(card, (str, bytes)) else text(card)
        args = {"card": data, "keys": trusted(*keys), "form": form}
        if verifier:
            args["verifier"] = verifier
        if causes:
            detail["signatures"] = [{"code": cause, "index": index} for index, cause in enumerate(causes)]
        file.invalid("card_verify", args, code, comment, *flags, **detail)

    def invalid(card, comment, *flags, cause="signature_invalid", **how):
        no(card, "signature_invalid", [cause], comment, *flags, **how)

    full = signed(FULL, ED1)
    for comment, change in (
        ("the name", {"name": "timetable"}),
        (
            "the address",
            {"supportedInterfaces": [{**FULL["supportedInterfaces"][0], "url": "https://evil.example/a2a"}]},
        ),
        ("the order of an array", {"defaultInputModes": ["application/json", "text/plain"]}),
        (
            "an explicit false removed",
            {"capabilities": {n: v for n, v in FULL["capabilities"].items() if n != "pushNotifications"}},
        ),
        ("an explicit false made true", {"capabilities": {**FULL["capabilities"], "pushNotifications": True}}),
        ("a requirement removed", {"securityRequirements": []}),
        ("a scope more", {"securityRequirements": [{"schemes": {"oauth": {"list": ["read", "write", "admin"]}}}]}),
        ("a member more that is known", {"iconUrl": "https://evil.example/icon"}),
        ("a member removed", {"provider": None}),
    ):
        for form in FORMS:
            invalid({**full, **change}, f"changed: {comment}, {form}", "tampered", form=form)
    invalid(
        {**signed({**MINIMAL, "name": "\u00e9"}, ED1), "name": "e\u0301"}, "changed: a letter decomposed", "tampered"
    )
    numbers = signed(NUMBERS, ED1)
    invalid(text(numbers).replace('"integer":42', '"integer":42.5'), "changed: a number", "tampered")
    for form in ("spec", "raw"):
        invalid({**full, "x": 1}, f"changed: an unknown member more, {form}", "tampered", form=form)
    proto = {**signed(NUMBERS, ED1)}
    proto["capabilities"] = {"extensions": [{**NUMBERS["capabilities"]["extensions"][0]}]}
    proto["capabilities"]["extensions"][0]["params"] = {
        **proto["capabilities"]["extensions"][0]["params"],
        "__proto__": {"a": 1},
    }
    invalid(proto, "changed: __proto__ added to params", "tampered", "proto")
    for name in ("worked example", "empty in lists", "params with empties"):
        card = OTHERS[name]
        for made in distinct_forms(card):
            for form in FORMS:
                if formed(card, made) != formed(card, form):
                    invalid(
                        signed(card, ED1, made),
                        f"{name}: signed as {made}, verified as {form}",
                        "other-form",
                        form=form,
                    )
    for name in ("non-ASCII", "numeric params"):
        made = PEERS["python-1.1.2"][name]
        assert made["canonical"] != PEERS["python-1.3.0"][name]["canonical"]
        for form in FORMS:
            card = {**ALL[name], "signatures": [made["signature"]]}
            invalid(card, f"{name}, by the Python SDK before 1.1.4, {form}", "legacy", "peer", form=form)
    payload = formed(MINIMAL, "sdk")

    def one(made):
        return {**MINIMAL, "signatures": [made]}

    whole = signed(MINIMAL, ED1)
    invalid(one(entry(ED1, reference.canonical(whole))), "signed with signatures left in", "other-form")
    invalid(one(entry(ED1, text(MINIMAL).encode())), "signed over text that is not canonical", "other-form")
    other = formed({**MINIMAL, "name": "Other"}, "sdk")
    invalid(one({**entry(ED1, other), "payload": b64u(other)}), "a payload of its own", "tampered")
    invalid(one(entry(ED2, payload, header_of(ED1))), "another key made the signature", "tampered")

    for alg in ("none", "None", "NONE", "nOnE"):
        made = entry(ED1, payload, header_of(ED1, alg=alg), signature="")
        no(one(made), "signature_unknown", ["algorithm_not_allowed"], f"alg {alg}", "algorithm")
    for alg in ("", "eddsa", "RS1", "HS256 "):
        made = entry(ED1, payload, header_of(ED1, alg=alg))
        no(one(made), "signature_unknown", ["algorithm_not_allowed"], f"alg {alg!r}", "algorithm")
    secrets = {
        "PEM": RSA.public_pem.encode(),
        "DER": RSA.public_der,
        "PKCS#1 DER": RSA.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.PKCS1
        ),
        "JWK": RSA.public_jwk().encode(),
    }
    for name, secret in secrets.items():
        header = header_of(RSA, alg="HS256")
        made = entry(OctKey("x", secret, "HS256"), payload, header)
        for verifier in (None, {"algorithms": ["RS256", "HS256"]}):
            cause = "algorithm_mismatch" if verifier else "algorithm_not_allowed"
            code = "signature_invalid" if verifier else "signature_unknown"
            allowed = ", HS256 allowed" if verifier else ""
            comment = f"HS256 with the RSA public key as {name}{allowed}"
            no(one(made), code, [cause], comment, "confusion", keys=(RSA,), verifier=verifier)
    point = P256.private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    for key, name, secret in (
        (P256, "the EC point", point),
        (P256, "the EC public key in PEM", P256.public_pem.encode()),
        (ED1, "the 32 bytes of Ed25519", ED1.public_bytes),
    ):
        made = entry(OctKey("x", secret, "HS256"), payload, header_of(key, alg="HS256"))
        no(one(made), "signature_unknown", ["algorithm_not_allowed"], f"HS256 with {name}", "confusion", keys=(key,))
        no(
            one(made),
            "signature_invalid",
            ["algorithm_mismatch"],
            f"HS256 with {name}, HS256 allowed",
            "confusion",
            keys=(key,),
            verifier={"algorithms": [key.algorithm, "HS256"]},
        )
    no(
        signed(MINIMAL, HS256),
        "signature_unknown",
        ["algorithm_not_allowed"],
        "a symmetric key whose algorithm is not listed",
        "algorithm",
        keys=(HS256,),
    )
    no(
        signed(MINIMAL, P256),
        "signature_unknown",
        ["algorithm_not_allowed"],
        "an algorithm that the verifier does not allow",
        "algorithm",
        keys=(P256, ED1),
        verifier={"algorithms": ["EdDSA"]},
    )
    mismatch = [
        (P384, "ES256", "ES256 for a key of P-384", {"algorithms": ["ES256", "ES384"]}),
        (P256, "ES256K", "ES256K for a key of P-256", {"algorithms": ["ES256", "ES256K"]}),
        (RSA.bound("RS256"), "PS256", "PS256 for a key that is bound to RS256", {"algorithms": ["RS256", "PS256"]}),
        (ED1, "ES256", "ES256 for a key of Ed25519", {"algorithms": ["EdDSA", "ES256"]}),
    ]
    for key, alg, comment, verifier in mismatch:
        made = entry(key, payload, header_of(key, alg=alg), alg=alg if isinstance(key, type(RSA)) else None)
        invalid(one(made), comment, "algorithm", cause="algorithm_mismatch", keys=(key,), verifier=verifier)
    made = entry(RSA, payload, header_of(RSA, alg="RS256"), alg="PS256")
    invalid(one(made), "a PSS signature under the name RS256", "algorithm", keys=(RSA,))

    def malformed(made, comment, *flags, cause="signature_header_malformed", **how):
        no(one(made), "signature_header_malformed", [cause], comment, *flags, **how)

    for comment, header in (
        ("no kid", header_of(ED1, kid=None)),
        ("a kid that is a number", header_of(ED1, kid=1)),
        ("no alg", header_of(ED1, alg=None)),
        ("an alg that is a number", header_of(ED1, alg=1)),
        ("a typ that is a number", header_of(ED1, typ=1)),
        ("crit is empty", header_of(ED1, crit=[])),
        ("crit is a string", header_of(ED1, crit="exp", exp=1)),
        ("crit names alg", header_of(ED1, crit=["alg"])),
        ("crit names what is not there", header_of(ED1, crit=["exp"])),
        ("b64 is false", header_of(ED1, b64=False, crit=["b64"])),
        ("b64 is false and not critical", header_of(ED1, b64=False)),
        ("zip", header_of(ED1, zip="DEF")),
        ("an array", "[]"),
        ("a string", '"x"'),
        ("null", "null"),
    ):
        malformed(entry(ED1, payload, header), f"the header: {comment}", "header")
    malformed(
        entry(ED1, payload, header_of(ED1, crit=["exp"], exp=1)),
        "the header: crit that nobody understands",
        "header",
        cause="critical_header_unsupported",
    )
    for comment, header, cause in (
        ("no JSON", "{", "invalid_json"),
        ("alg twice", f'{{"alg":"EdDSA","alg":"EdDSA","kid":"{ED1.thumbprint}"}}', "duplicate_member"),
        ("not UTF-8", b'{"alg":"\xff"}', "invalid_utf8"),
        ("a byte order mark", b"\xef\xbb\xbf{}", "byte_order_mark"),
    ):
        malformed(entry(ED1, payload, header), f"the header: {comment}", "header", cause=cause)
    malformed({**entry(ED1, payload), "header": {"kid": "x"}}, "kid in both headers", "header")
    only_kid = entry(ED1, payload, header_of(ED1, kid=None))
    malformed({**only_kid, "header": {"kid": ED1.thumbprint}}, "kid in the unprotected header only", "header")
    malformed(
        {**entry(ED1, payload, header_of(ED1, alg=None)), "header": {"alg": "EdDSA"}},
        "alg in the unprotected header only",
        "header",
    )
    malformed({**entry(ED1, payload), "header": {"crit": ["x"], "x": 1}}, "crit in the unprotected header", "header")
    malformed({**entry(ED1, payload), "header": "x"}, "an unprotected header that is a string", "shape")
    malformed(
        entry(ED1, payload, header_of(ED1, typ="JWT")),
        "typ is not the expected one",
        "header",
        cause="typ_mismatch",
        verifier={"typ": "JOSE"},
    )
    good = entry(ED1, payload)
    malformed({"signature": good["signature"]}, "no protected header", "shape")
    malformed({**good, "protected": 1}, "a protected header that is a number", "shape")
    malformed({**good, "protected": ""}, "an empty protected header", "shape")
    malformed(1, "an entry that is a number", "shape")
    malformed([], "an entry that is an array", "shape")
    for comment, protected in (
        ("padding", good["protected"] + "=" * (-len(good["protected"]) % 4 or 4)),
        ("a line feed", good["protected"] + "\n"),
        ("the standard alphabet", b64u(b'{"alg":"EdDSA","kid":"?>?>"}').replace("-", "+").replace("_", "/")),
    ):
        malformed(
            {**good, "protected": protected}, f"the protected header: {comment}", "encoding", cause="jws_malformed"
        )
    signature = from_b64u(good["signature"])
    tail = good["signature"][:-1] + chr(ord(good["signature"][-1]) + 1)
    assert from_b64u(tail) == signature
    for comment, value in (
        ("empty", ""),
        ("padding", good["signature"] + "=="),
        ("a line feed", good["signature"] + "\n"),
        ("trailing bits", tail),
        ("63 bytes", b64u(signature[:-1])),
        ("65 bytes", b64u(signature + b"\0")),
        ("S + L", b64u(signatures.plus_order(signature))),
    ):
        invalid(one({**good, "signature": value}), f"the signature: {comment}", "encoding", cause="signature_malformed")
    invalid(one({**good, "signature": 1}), "a signature that is a number", "shape", cause="signature_malformed")
    ecdsa = entry(P256, payload)
    raw = from_b64u(ecdsa["signature"])
    for comment, value in (
        ("DER", jose_signatures.ec_der(P256, raw)),
        ("r is zero", bytes(32) + raw[32:]),
        ("s is zero", raw[:32] + bytes(32)),
        ("63 bytes", raw[:-1]),
    ):
        invalid(
            one({**ecdsa, "signature": b64u(value)}),
            f"ECDSA: {comment}",
            "encoding",
            cause="signature_malformed",
            keys=(P256,),
        )
    high = signatures.high_s(from_b64u(entry(SE1, payload)["signature"]))
    invalid(
        one(entry(SE1, payload, signature=high)),
        "ES256K: the high s, where the verifier wants the low one",
        "encoding",
        cause="signature_not_low_s",
        keys=(SE1,),
        verifier={"require_low_s": True},
    )
    for comment, key in (("Ed25519", ED2), ("P-256", P256_2), ("RSA", RSA)):
        no(
            signed(MINIMAL, key),
            "signature_unknown",
            ["signature_unknown"],
            f"an unknown key, {comment}",
            "unknown-key",
            verifier={"algorithms": ["EdDSA", "ES256", "RS256"]},
        )
    jwk = header_of(ED2, jwk=json.loads(ED2.public_jwk()), jku="https://id.example/jwks.json")
    no(
        signed(MINIMAL, ED2, header=jwk),
        "signature_unknown",
        ["signature_unknown"],
        "an unknown key that the header embeds",
        "embedded-key",
        "unknown-key",
    )
    wrong = {**good, "signature": entry(ED1, b"{}")["signature"]}
    for causes, entries, code, comment in (
        (
            ["signature_unknown", "signature_invalid", "signature_header_malformed"],
            [entry(ED2, payload), wrong, 7],
            "signature_invalid",
            "what is invalid weighs more than what is unknown",
        ),
        (
            ["signature_header_malformed", "signature_unknown"],
            [{}, entry(ED2, payload)],
            "signature_unknown",
            "what is unknown weighs more than what cannot be read",
        ),
        (["signature_header_malformed"] * 2, [{}, None], "signature_header_malformed", "nothing can be read"),
    ):
        no({**MINIMAL, "signatures": entries}, code, causes, comment, "several")
    for value, comment in (([], "empty"), (None, "null")):
        no({**MINIMAL, "signatures": value}, "card_unsigned", None, f"signatures is {comment}", "unsigned-card")
    no(MINIMAL, "card_unsigned", None, "no signatures", "unsigned-card")
    no({"name": 1}, "card_unsigned", None, "no signatures, and a wrong type", "unsigned-card")
    for value in ({}, "x", 1, True):
        no(
            {**MINIMAL, "signatures": value},
            "card_malformed",
            None,
            f"signatures is {text(value)}",
            "shape",
            pointer="/signatures",
        )
    no("[]", "card_malformed", None, "an array", "shape", pointer="")
    for change, pointer in (
        ({"name": 1}, "/name"),
        ({"capabilities": {"streaming": "yes"}}, "/capabilities/streaming"),
        ({"default_input_modes": ["x"]}, "/default_input_modes"),
    ):
        no({**whole, **change}, "card_malformed", None, f"a wrong type: {pointer}", "shape", pointer=pointer)
    signed_text = text(whole)
    no(signed_text[:-1] + ',"name":"Other"}', "duplicate_member", None, "a member twice", "reader")
    no(signed_text[:-1] + ',"n\\u0061me":"Other"}', "duplicate_member", None, "a member twice, escaped", "reader")
    no(signed_text[:-1] + ',"signatures":[]}', "duplicate_member", None, "signatures twice", "reader")
    no(
        text(full).replace('"streaming":true', '"streaming":true,"streaming":false'),
        "duplicate_member",
        None,
        "a member twice, inside",
        "reader",
    )
    no(signed_text + "{}", "trailing_bytes", None, "something behind the card", "reader")
    no(signed_text[:-1] + ',"x":"\\udc00"}', "lone_surrogate", None, "a lone surrogate", "reader")
    no(signed_text[:-1] + ',"x":-1e999}', "number_overflow", None, "a number beyond the doubles", "reader")
    no(signed_text[:-1] + ',"x":' + "[" * 128 + "]" * 128 + "}", "too_deep", None, "129 levels", "reader")
    no(b"\xef\xbb\xbf" + signed_text.encode(), "byte_order_mark", None, "a byte order mark", "reader")
    no({**MINIMAL, "signatures": [good] * 65}, "too_many_signatures", None, "65 signatures", "limit")
    two = signed(signed(MINIMAL, ED1), ED2)
    no(
        two,
        "too_many_signatures",
        None,
        "more signatures than the verifier takes",
        "limit",
        verifier={"max_signatures": 1},
    )
    no(whole, "too_large", None, "a larger card than the verifier takes", "limit", verifier={"max_payload_bytes": 100})
    no(
        whole,
        "threshold_not_met",
        None,
        "one of two",
        "policy",
        keys=(ED1, ED2),
        verifier={"threshold": 2},
        required=2,
        verified=1,
    )
    twice = {**MINIMAL, "signatures": [good, entry(ED1, payload, header_of(ED1, typ="JWT"))]}
    no(
        twice,
        "threshold_not_met",
        None,
        "one key twice counts once",
        "policy",
        keys=(ED1, ED2),
        verifier={"threshold": 2},
    )
    no(
        two,
        "threshold_not_met",
        None,
        "a named key is missing",
        "policy",
        keys=(ED1, ED2, ED3),
        verifier={"kids": [ED3.thumbprint]},
    )
    no(
        two,
        "signature_verification_failed",
        None,
        "all, and one is unknown",
        "policy",
        verifier={"policy": "all"},
        index=1,
        cause="signature_unknown",
    )
    for form in ("", "Raw", "any"):
        no(whole, "invalid_argument", None, f"the form {form!r}", "argument", form=form)


# diagnose

HINTS = {
    "signature_unknown": "no trusted key has the kid of this signature",
    "algorithm_not_allowed": "the verifier does not allow this algorithm",
    "algorithm_mismatch": "the key with this kid is not one for this algorithm",
    "signature_invalid": "the key is trusted, but it signed another card than this, or in another way",
    "signature_malformed": "the signature has not the spelling or the length of its algorithm",
    "critical_header_unsupported": "the header has a critical member that the verifier does not understand",
}
UNREADABLE = "the entry, or its protected header, breaks the rules of JWS"


def _diagnose(file):
    def ok(card, comment, *flags, keys=(ED1,), outcomes=(), verifier=None, forms=None):
        """`outcomes`: for each signature (verifies_as, code, key_found, header or None)."""
        bare = {name: value for name, value in card.items() if name != "signatures"}
        differing = reference.differences(bare) if forms is None else []
        made = {form: formed(bare, form) for form in FORMS} if forms is None else {}
        listed = [{"pointer": pointer, "why": why} for pointer, why in differing[:64]]
        expected = {
            "differences": listed,
            "differences_truncated": len(differing) > 64,
            "forms": [{"form": form, "sha256": _sha256(made[form])} for form in FORMS] if forms is None else forms,
            "portable": forms is None and not differing and made["sdk"] != b"{}",
            "signatures": [_signature(index, outcome, made) for index, outcome in enumerate(outcomes)],
        }
        args = {"card": text(card), "keys": trusted(*keys)}
        if verifier:
            args["verifier"] = verifier
        file.valid(
            "card_diagnose", args, {"report_utf8": rfc8785.dumps(expected).decode()}, comment, "diagnose", *flags
        )

    everywhere = (list(FORMS), None, True, header_of(ED1))
    ok(MINIMAL, "no signature", "unsigned-card")
    ok({}, "an empty card", "unsigned-card")
    for name, card in PORTABLE.items():
        ok(signed(card, ED1), f"{name}: verifies everywhere", outcomes=[everywhere])
    for name, card in OTHERS.items():
        for form in distinct_forms(card):
            same = [other for other in FORMS if formed(card, other) == formed(card, form)]
            ok(
                signed(card, ED1, form),
                f"{name}: signed as {form}",
                "other-form",
                outcomes=[(same, None, True, header_of(ED1))],
            )
    for name in PORTABLE:
        made = PEERS["python-1.1.2"][name]
        same = made["canonical"] == PEERS["python-1.3.0"][name]["canonical"]
        header = json.loads(from_b64u(made["signature"]["protected"]))
        outcome = (list(FORMS) if same else ["sdk-1.1.3-and-older"], None, True, header)
        ok(
            {**ALL[name], "signatures": [made["signature"]]},
            f"{name}, by the Python SDK before 1.1.4",
            "legacy",
            "peer",
            outcomes=[outcome],
        )
    payload = formed(MINIMAL, "sdk")
    unknown, wrong = entry(ED2, payload), entry(ED1, b"{}")
    none = header_of(ED1, alg="none")
    crit = header_of(ED1, crit=["x"], x=1)
    ok(
        {
            **MINIMAL,
            "signatures": [
                unknown,
                wrong,
                7,
                entry(ED1, payload, none, signature=""),
                entry(ED1, payload, crit),
                {**entry(ED1, payload), "signature": b64u(b"short")},
                {**entry(ED1, payload), "signature": "="},
                entry(ED1, payload, header_of(ED1, alg="ES256")),
                entry(ED1, payload),
                entry(ED1, payload, header_of(ED1, kid=None)),
            ],
        },
        "every kind of signature",
        "several",
        keys=(ED1, P256),
        outcomes=[
            ([], "signature_unknown", False, header_of(ED2)),
            ([], "signature_invalid", True, header_of(ED1)),
            ([], "signature_header_malformed", False, None),
            ([], "algorithm_not_allowed", True, none),
            ([], "critical_header_unsupported", True, crit),
            ([], "signature_malformed", True, header_of(ED1)),
            ([], "signature_malformed", False, None),
            ([], "algorithm_mismatch", True, header_of(ED1, alg="ES256")),
            everywhere,
            ([], "signature_header_malformed", False, header_of(ED1, kid=None)),
        ],
    )
    each = OTHERS["unknown members"]
    for form in ("sdk", "spec"):
        each = signed(each, ED1, form)
    header = header_of(ED1)
    ok(
        each,
        "one signature for each form",
        "each",
        outcomes=[(["sdk"], None, True, header), (["spec", "raw"], None, True, header)],
    )
    wrong_type = {"name": 1}
    raw = {"form": "raw", "sha256": _sha256(reference.raw(wrong_type))}
    refused = [{"code": "card_malformed", "form": form, "pointer": "/name"} for form in ("sdk", "spec")] + [raw]
    card = {**wrong_type, "signatures": [entry(ED1, reference.raw(wrong_type))]}
    ok(card, "a card that has but one form", "shape", forms=refused, outcomes=[(["raw"], None, True, header_of(ED1))])
    proto = {
        **MINIMAL,
        "capabilities": {"extensions": [{"uri": "u", "params": {"__proto__": {"a": ""}, "b": {"__proto__": 1}}}]},
    }
    ok(signed(proto, ED1, "raw"), "__proto__", "proto", outcomes=[(["spec", "raw"], None, True, header_of(ED1))])
    many = {**MINIMAL, **{f"x{number:02}": number for number in range(70)}}
    ok(signed(many, ED1), "more than 64 differences", "limit", outcomes=[(["sdk"], None, True, header_of(ED1))])
    for data, code, comment, detail in (
        ("[]", "card_malformed", "an array", {"pointer": ""}),
        ('{"signatures":{}}', "card_malformed", "signatures is an object", {"pointer": "/signatures"}),
        ('{"name":"a","name":"b"}', "duplicate_member", "a member twice", {"offset": 12}),
    ):
        args = {"card": data, "keys": trusted(ED1)}
        file.invalid("card_diagnose", args, code, comment, "diagnose", "shape", **detail)


def _sha256(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def _signature(index, outcome, made) -> dict:
    verifies_as, code, key_found, header = outcome
    named = {"code": code} if code else {}
    shown = {"header": header} if header is not None else {}
    return {
        **named,
        **shown,
        "hint": _hint(verifies_as, code, list(made) or ["raw"]),
        "index": index,
        "key_found": key_found,
        "verifies_as": verifies_as,
    }


def _hint(verifies_as, code, forms) -> str:
    if verifies_as == ["sdk-1.1.3-and-older"]:
        return "verifies as sdk-1.1.3-and-older: not RFC 8785, so others refuse it; the card must be signed again"
    if code:
        return HINTS.get(code, UNREADABLE)
    others = [form for form in forms if form not in verifies_as]
    if not others:
        return f"verifies as {', '.join(verifies_as)}"
    return (
        f"verifies as {', '.join(verifies_as)}, not as {', '.join(others)}: the forms differ in what differences lists"
    )
