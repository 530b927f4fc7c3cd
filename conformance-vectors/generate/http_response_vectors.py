"""What a client makes of a response."""

from encoding import b64u
from http_profile import (
    BODY,
    GATEWAY,
    JSON_TYPE,
    NOW,
    ORIGIN,
    RPC,
    SECOND,
    client_args,
    hash_of,
    line,
    lines,
    payload_of,
    request_header,
    response_header,
)
from jose_keys import P256, text_of
from keyset_vectors import jwks
from test_keys import ED1, ED2, ED3

NOTES = {
    "sign": "A request of an honest client; where the algorithm has one right signature, the line is this one.",
    "verify": "A response that a client accepts.",
    "unbound": "A refusal that came before the body was read names method, target and nonce in place of `rqh`.",
    "swapped": "A response to another request, or none at all.",
    "forged": "Not signed by the gateway.",
    "stale": "The window of a response.",
    "reserialised": "A proxy wrote the body anew, and its value stayed.",
}


def verdicts(file):
    """Everything of `http_response_verify`."""
    sent = line(ED1, BODY.encode(), request_header())
    hashed = hash_of(sent, BODY.encode())
    keys = jwks(GATEWAY)
    wanted = line(ED1, BODY.encode(), request_header(rsp="sign"))

    def args_of(
        header=None,
        key=GATEWAY,
        body=b'{"result":1}',
        payload=None,
        status=200,
        edit=None,
        how=None,
        content_type=JSON_TYPE,
        more=(),
        **args,
    ):
        members = (
            header
            if isinstance(header, (str, bytes))
            else response_header(key, **{"rqh": hashed, "sts": status, **(header or {})})
        )
        payload = (
            payload
            if payload is not None
            else payload_of(body, "none" if isinstance(members, dict) and members.get("can") != "jcs" else "jcs")
        )
        signed = line(key, payload, members, **(how or {}))
        edit = edit or (lambda line: (("X-Signature", line),))
        typed = (("Content-Type", content_type),) if content_type is not None else ()
        answer = {
            "jwks": keys,
            "status": status,
            "response_fields": lines(*typed, *more, *edit(signed)),
            "response": body,
            "received": NOW + 50,
        }
        return {**client_args(), **answer, **args}, payload

    def ok(comment, *flags, bound=True, signed=True, kid=GATEWAY.thumbprint, **how):
        args, payload = args_of(**how)
        named = {"kid": kid} if signed else {}
        report = {"bound": bound, **named, "signed": signed, "status": args["status"]}
        body = payload if signed else args["response"]
        file.valid(
            "http_response_verify",
            args,
            {"body_utf8": body.decode("utf-8"), "report_utf8": text_of(report)},
            comment,
            *flags,
        )

    def no(code, comment, *flags, **how):
        file.invalid("http_response_verify", args_of(**how)[0], code, comment, *flags)

    _accepted(ok, wanted)
    _refused(no, sent)


def _accepted(ok, wanted):
    none = {"can": "none", "cty": None}
    ok("a response", "verify")
    ok("ECDSA", "verify", key=P256, kid=P256.thumbprint, jwks=jwks(GATEWAY, P256))
    for status in (201, 301, 400, 401, 404, 409, 503):
        ok(f"the status {status}", "verify", status=status)
    ok("no content", "verify", status=204, header=none, body=b"", content_type=None)
    ok("no content, whatever its type is", "verify", status=304, header=none, body=b"")
    ok(
        "octets of another media type",
        "verify",
        header={"can": "raw", "cty": "text/html"},
        content_type="text/html",
        body=b"<p>\r\n",
    )
    ok("without crit", "verify", header={"crit": None})
    ok("with less in crit", "verify", header={"crit": ["rqh"]})
    ok("without iss", "verify", header={"iss": None})
    ok("the type has parameters", "verify", content_type="application/json; charset=utf-8")
    ok(
        "members in another order, white space, escapes, numbers",
        "reserialised",
        body=b'{ "b" : "\\u0061", "a" : 1.0 }',
        payload=b'{"a":1,"b":"a"}',
    )
    ok(
        "the client wants a signature",
        "verify",
        options={"rsp": "sign"},
        header={"rqh": hash_of(wanted, BODY.encode())},
    )
    early = {"rqh": None, "htm": "POST", "htu": RPC}
    for status in (400, 401, 409, 429, 503):
        ok(f"a refusal with {status}", "unbound", status=status, header=early, bound=False)
    ok("at the last moment", "stale", received=NOW + 330_000)
    ok("from five seconds ahead", "stale", header={"iat": SECOND + 5}, received=NOW)
    ok(
        "unsigned, which the client is told to take",
        "verify",
        options={"require_signed": False},
        edit=lambda line: (),
        signed=False,
        bound=False,
    )
    ok("signed, though the client would take it unsigned", "verify", options={"require_signed": False})
    ok(
        "with another name of the field",
        "verify",
        options={"header": "x-jws-signature"},
        edit=lambda line: (("X-JWS-Signature", line),),
    )


def _refused(no, sent):
    mismatch, malformed = "signature_binding_mismatch", "signature_malformed"
    for comment, edit in (
        ("unsigned", lambda line: ()),
        ("signed under another name", lambda line: (("X-Sig", line),)),
    ):
        no("signature_missing", comment, "forged", edit=edit)
        no("signature_missing", f"{comment}, a refusal", "forged", edit=edit, status=401)
    no(
        "signature_missing",
        "unsigned, and the client wanted a signature",
        "forged",
        edit=lambda line: (),
        options={"rsp": "sign", "require_signed": False},
    )
    no(malformed, "two lines", "forged", edit=lambda line: (("X-Signature", line), ("X-Signature", line)))
    no(malformed, "an empty line", "forged", edit=lambda line: (("X-Signature", ""),))
    no(
        malformed,
        "the request comes back as its response",
        "swapped",
        edit=lambda line: (("X-Signature", sent),),
        response=BODY.encode(),
    )
    no(malformed, "typ of a JWT", "forged", header={"typ": "JWT"})
    for name in ("iat", "exp", "sts", "kid", "alg", "typ"):
        no(malformed, f"no {name}", "forged", header={name: None})
    for name, value in (
        ("jwk", {"kty": "OKP"}),
        ("jku", "https://evil.example/"),
        ("b64", True),
        ("zip", "DEF"),
        ("sts", "200"),
        ("rqh", 7),
    ):
        no(malformed, f"{name} is {value}", "forged", header={name: value})
    for crit in ([], ["x"], ["alg"], ["sts", "sts"], ["htm"], "sts"):
        no(malformed, f"crit is {crit}", "forged", header={"crit": crit})
    for name, value, comment in (
        ("rqh", b64u(bytes(32)), "the hash of another request"),
        ("rqh", None, "no hash, and a status of success"),
        ("aud", ED2.thumbprint, "for another client"),
        ("aud", None, "for no client"),
        ("nonce", "other", "another nonce"),
        ("nonce", None, "no nonce"),
        ("sts", 201, "another status was signed"),
        ("cty", "application/problem+json", "another type was signed"),
    ):
        no(mismatch, comment, "swapped", header={name: value})
    no(mismatch, "a refusal that was turned into a success", "swapped", status=200, header={"sts": 401})
    no(mismatch, "a success that was turned into a refusal", "swapped", status=401, header={"sts": 200})
    early = {"rqh": None, "htm": "POST", "htu": RPC}
    no(mismatch, "no hash, but method and target, and a status of success", "unbound", header=early)
    for name, value in (
        ("htm", "GET"),
        ("htm", None),
        ("htu", f"{ORIGIN}/other"),
        ("htu", None),
        ("nonce", "other"),
        ("nonce", None),
        ("aud", ED2.thumbprint),
    ):
        no(mismatch, f"a refusal with {name} {value}", "unbound", status=401, header={**early, name: value})
    for received in ("text/html", None):
        no(mismatch, f"the type is received as {received}", "swapped", content_type=received)
    no(
        mismatch,
        "signed without body, received with one",
        "swapped",
        header={"can": "none", "cty": None},
        body=b"{}",
        payload=b"",
    )
    no("signature_unknown", "signed by a stranger", "forged", key=ED3)
    no("signature_unknown", "signed by the client itself", "swapped", key=ED1)
    no(
        "signature_invalid",
        "a stranger with the kid of the gateway",
        "forged",
        key=ED3,
        header={"kid": GATEWAY.thumbprint},
    )
    no("signature_key_not_allowed", "another algorithm than that of the key", "forged", header={"alg": "ES256"})
    no("signature_key_not_allowed", "alg none", "forged", header={"alg": "none"}, how={"alg": "EdDSA"})
    for body in (b'{"result":2}', b'{"result":"1"}', b'{"Result":1}', b"[]"):
        no("signature_invalid", f"the body became {body.decode()}", "forged", body=body, payload=b'{"result":1}')
    no("signature_invalid", "a signature of zeros", "forged", how={"signature": bytes(64)})
    for body in (b'{"result":1,"result":1}', b'{"result":9007199254740993}', b"\xef\xbb\xbf{}", b"x", b""):
        no("body_not_canonicalizable", f"the body is {body!r}", "forged", body=body, payload=b"{}")
    no(
        "body_too_large",
        "the body is larger than it may be",
        "forged",
        options={"max_body": 64},
        body=b'"' + b"a" * 64 + b'"',
    )
    no("signature_expired", "one millisecond after the last moment", "stale", received=NOW + 330_001)
    no("signature_expired", "a response of yesterday", "stale", received=NOW + 86_400_000)
    no("signature_not_yet_valid", "5,001 ms ahead", "stale", header={"iat": SECOND + 6}, received=NOW + 999)
    no("signature_window_invalid", "exp is iat", "stale", header={"exp": SECOND})
    no("signature_window_invalid", "a window of more than an hour", "stale", header={"exp": SECOND + 3601})
