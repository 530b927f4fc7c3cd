"""What a client signs, and what a gateway signs."""

import hashlib

import http_target
from encoding import b64u
from http_profile import (
    GATEWAY,
    JSON_FIELDS,
    JSON_TYPE,
    NOW,
    ORIGIN,
    RPC,
    SECOND,
    Call,
    client_args,
    hash_of,
    line,
    lines,
    payload_of,
    request_header,
    response_header,
    settings,
)
from jose_keys import HS256
from jws_text import signer
from test_keys import ED1

NOTES = {
    "sign": "A request of an honest client; where the algorithm has one right signature, the line is this one.",
    "options": "What a client may be told.",
    "respond": "A response that a gateway signs; its `rqh` is the SHA-256 of the signing input of the request.",
    "unsignable": "A response that cannot be signed.",
}


def signing(file):
    """Everything of `http_request_sign`."""

    def ok(comment, *flags, header=None, key=ED1, payload=None, **args):
        args = client_args(key=signer(key), **args)
        body = args.get("body")
        payload = payload if payload is not None else payload_of(body, "jcs") if body else b""
        members = request_header(key, **(header or {}))
        expected = {"name": args.get("options", {}).get("header", "x-signature"), "value": line(key, payload, members)}
        if body:
            expected["body_utf8"] = payload.decode("utf-8")
        file.valid("http_request_sign", args, expected, comment, *flags)

    none = {"can": "none", "cty": None}
    ok("a request", "sign")
    ok("HMAC", "sign", key=HS256)
    ok("the body is sent in canonical form", "sign", body=b'{ "b" : 1.0, "a" : "\\u20ac" }')
    for method in ("PUT", "PATCH", "DELETE", "QUERY"):
        ok(f"{method} with a body", "sign", method=method, header={"htm": method})
    for method in ("GET", "HEAD", "DELETE", "OPTIONS"):
        ok(f"{method} without body", "sign", method=method, body=None, fields="", header={"htm": method, **none})
    ok("an empty body is none", "sign", body=b"", header=none)
    for content_type, essence in (
        ("Application/JSON; charset=UTF-8", JSON_TYPE),
        ("application/ld+json", "application/ld+json"),
    ):
        ok(f"the type {content_type}", "sign", fields=lines(("content-type", content_type)), header={"cty": essence})
    text = b'{"b":1, "a":2}\n'
    ok(
        "octets of another media type",
        "sign",
        fields=lines(("Content-Type", "text/plain")),
        body=text,
        payload=text,
        header={"cty": "text/plain", "can": "raw"},
    )
    for url in (
        "HTTPS://GW.example:443/a/../rpc?b=2&a=%7e",
        "https://gw.example",
        "http://127.0.0.1:8080/rpc",
        "https://[::1]/rpc?",
    ):
        normal = http_target.normalize(url)
        origin = "/".join(normal.split("/")[:3])
        ok(f"the target {url}", "sign", url=url, header={"htu": normal, "aud": origin})
    ok("milliseconds are cut off", "sign", now=NOW + 999)
    for nonce in ("a", "n" * 128, "A-Z_a.z~09"):
        ok(f"the nonce {nonce[:12]}", "sign", nonce=nonce, header={"nonce": nonce})
    _signing_options(ok)
    _not_signed(file)


def _signing_options(ok):
    ok("an audience", "options", options={"aud": "urn:gateway:1"}, header={"aud": "urn:gateway:1"})
    ok("an issuer", "options", options={"iss": "acme"}, header={"iss": "acme"})
    for ttl in (1, 300, 3600):
        ok(f"a window of {ttl} s", "options", options={"ttl": ttl}, header={"exp": SECOND + ttl})
    ok("another name of the field", "options", options={"header": "x-jws-signature"})
    fields = lines(("Content-Type", JSON_TYPE), ("Mcp-Session-Id", "s 1"), ("Idempotency-Key", " k "))
    ok(
        "further fields",
        "options",
        fields=fields,
        options={"hdr": ["mcp-session-id", "idempotency-key"]},
        header={"hdr": {"idempotency-key": "k", "mcp-session-id": "s 1"}},
    )
    ok(
        "a further field that the request does not have",
        "options",
        fields=fields,
        options={"hdr": ["mcp-session-id", "x-absent"]},
        header={"hdr": {"mcp-session-id": "s 1"}},
    )
    credential = lines(("Content-Type", JSON_TYPE), ("Authorization", "Bearer abc.def"))
    ath = b64u(hashlib.sha256(b"abc.def").digest())
    ok("a credential is bound", "options", fields=credential, header={"ath": ath})
    ok("a credential is not bound", "options", fields=credential, options={"ath": False})


def _not_signed(file):
    def no(code, comment, *flags, **args):
        file.invalid("http_request_sign", client_args(**args), code, comment, *flags)

    invalid = "invalid_argument"
    for url in ("/rpc", "ftp://gw.example/", "https://user@gw.example/", f"{RPC}#a", "https://gw.example/a b", ""):
        no(invalid, f"the target {url}", "sign", url=url)
    for method in ("", "PO ST", "GET\r\n", "G\u00c9T"):
        no(invalid, f"the method {method!r}", "sign", method=method)
    for nonce in ("", "a b", "n" * 129, "\u00e9"):
        no(invalid, f"the nonce {nonce[:9]!r}", "sign", nonce=nonce)
    no(invalid, "a body without media type", "sign", fields="")
    no(invalid, "a body with two media types", "sign", fields=JSON_FIELDS + JSON_FIELDS)
    no(invalid, "a body with a media type that is none", "sign", fields=lines(("Content-Type", "json")))
    no(invalid, "a field line without colon", "sign", fields="Content-Type\r\n")
    no(invalid, "a field line that is folded", "sign", fields=JSON_FIELDS + " more\r\n")
    no(
        invalid,
        "a further field with two lines",
        "options",
        fields=JSON_FIELDS + lines(("X-A", "1"), ("x-a", "1")),
        options={"hdr": ["x-a"]},
    )
    no(invalid, "a window of no length", "options", options={"ttl": 0})
    no(invalid, "a window of more than an hour", "options", options={"ttl": 3601})
    no(invalid, "an empty object of an option", "options", options={"aud": {}})
    no(invalid, "rsp is a word that nobody knows", "options", options={"rsp": "maybe"})
    for body, comment in (
        (b'{"a":1,"a":2}', "a member twice"),
        (b"9007199254740993", "a number that is not exact"),
        (b"x", "no JSON"),
        (b'"\xff"', "a byte that is not UTF-8"),
    ):
        no("body_not_canonicalizable", f"the body has {comment}", "sign", body=body)
    no("body_too_large", "the body is larger than it may be", "options", options={"max_body": 10})


def responses(file):
    """Everything of `http_response_sign`."""
    base = settings(sign_responses="on")

    def ok(
        comment,
        *flags,
        status=200,
        content_type=JSON_TYPE,
        response=b'{"result":1}',
        payload=None,
        header=None,
        call=None,
        **more,
    ):
        call = call or Call(settings=base)
        args = {
            **call.args(),
            "signing_key": signer(GATEWAY),
            "status": status,
            "content_type": content_type,
            "response": response,
            **more,
        }
        payload = payload if payload is not None else payload_of(response)
        members = response_header(rqh=hash_of(call.line, call.signed), sts=status, **(header or {}))
        expected = {"status": status, "value": line(GATEWAY, payload, members), "body_utf8": payload.decode("utf-8")}
        file.valid(
            "http_response_sign",
            {name: value for name, value in args.items() if value is not None},
            expected,
            comment,
            *flags,
        )

    ok("a response", "respond")
    ok("the body is sent in canonical form", "respond", response=b'{ "b" : 1.0, "a" : "\\u20ac" }')
    ok("the type of the response has parameters", "respond", content_type="Application/JSON; charset=utf-8")
    problem = "application/problem+json"
    for status in (201, 400, 404, 500):
        ok(f"the status {status}", "respond", status=status, content_type=problem, header={"cty": problem})
    ok(
        "octets of another media type",
        "respond",
        content_type="text/html",
        response=b"<p>\r\n",
        payload=b"<p>\r\n",
        header={"cty": "text/html", "can": "raw"},
    )
    none = {"cty": None, "can": "none"}
    ok("no content", "respond", status=204, content_type=None, response=b"", header=none)
    ok("an empty body", "respond", response=b"", header=none)
    ok("without crit", "respond", call=Call(settings={**base, "response_crit": False}), header={"crit": None})
    ok(
        "a window as long as NONCE_TTL",
        "respond",
        call=Call(settings={**base, "nonce_ttl": 60}),
        header={"exp": SECOND + 60},
    )
    wants = {"rsp": "sign"}
    ok("the client wants it, and the gateway always does", "respond", call=Call(settings=base, header=wants))
    on_demand = settings(sign_responses="required-by-client")
    ok("the client wants it", "respond", call=Call(settings=on_demand, header=wants))
    spelled = Call(settings=base, body=b'{"b":1.0,"a":2}')
    ok("the hash is that of the canonical body", "respond", call=spelled)
    _unsigned_requests(file, base, on_demand)

    def no(code, comment, *flags, call=None, **more):
        call = call or Call(settings=base)
        args = {
            **call.args(),
            "signing_key": signer(GATEWAY),
            "status": 200,
            "content_type": JSON_TYPE,
            "response": b"{}",
            **more,
        }
        file.invalid(
            "http_response_sign",
            {name: value for name, value in args.items() if value is not None},
            code,
            comment,
            *flags,
        )

    unsignable = "response_not_signable"
    for call, who in (
        (Call(settings=base, header=wants), "the client wants it"),
        (Call(settings=base), "nobody wants it"),
    ):
        no(unsignable, f"{who}: the response is streamed", "unsignable", call=call, response=None)
        no(unsignable, f"{who}: a member twice", "unsignable", call=call, response=b'{"a":1,"a":1}')
        no(unsignable, f"{who}: no JSON", "unsignable", call=call, response=b"x")
        no(unsignable, f"{who}: no media type", "unsignable", call=call, content_type=None)
    no(unsignable, "the client wants it, and this gateway signs nothing", "unsignable", call=Call(header=wants))
    no(
        "signature_invalid",
        "a request that is refused has no response",
        "respond",
        call=Call(settings=base, how={"signature": bytes(64)}),
    )
    no(
        "settings_invalid",
        "a word that is no setting",
        "respond",
        call=Call(settings={**base, "sign_responses": "always"}),
    )


def _unsigned_requests(file, base, on_demand):
    unsigned = {"edit": lambda line: ()}
    call = Call(settings={**base, "mode": "optional"}, target="/a/../rpc?x=%7e", **unsigned)
    args = {**call.args(), "signing_key": signer(GATEWAY), "status": 200, "content_type": JSON_TYPE, "response": b"{}"}
    header = response_header(aud=None, nonce=None, htm="POST", htu=f"{ORIGIN}/rpc?x=~")
    file.valid(
        "http_response_sign",
        args,
        {"status": 200, "value": line(GATEWAY, b"{}", header), "body_utf8": "{}"},
        "a response to an unsigned request names it",
        "respond",
    )
    for comment, call in (
        ("nobody asks for a signature", Call(settings=on_demand)),
        ("responses are not signed", Call()),
        ("a route that is off", Call(settings={**base, "mode": "off"}, **unsigned)),
    ):
        args = {
            **call.args(),
            "signing_key": signer(GATEWAY),
            "status": 200,
            "content_type": JSON_TYPE,
            "response": b'{"b":1, "a":2}',
        }
        file.valid(
            "http_response_sign",
            args,
            {"status": 200, "body_utf8": '{"b":1, "a":2}'},
            f"unsigned: {comment}",
            "respond",
        )
