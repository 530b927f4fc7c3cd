"""What a signature binds beside the body: row 7 of the table of checks, but for media types."""

import hashlib

from encoding import b64u
from http_cases import no, ok
from http_profile import ORIGIN, settings

NOTES = {
    "aud": "The logical name of the gateway, which survives a change of host.",
    "htm": "The method as it was received.",
    "htu": "The target URI in its normal form, under one of the public origins.",
    "hdr": "Further fields: each stands there once, with this value.",
    "ath": "The credential of Authorization.",
    "override": "Fields that change the method or path behind the signature.",
    "cty": "The media type that was signed is the one that was received.",
    "can": "What the payload is: canonical JSON, octets, or nothing.",
}
_B = "signature_binding_mismatch"
_BAD_BODY = "body_not_canonicalizable"
_EMPTY = {"body": b"", "content_type": None}
_NONE = {"can": "none", "cty": None}


def bindings(file):
    """Row 7 without media types."""
    for aud in ("https://other.example", "https://gw.example/", "https://GW.example", "gw.example", "*"):
        no(file, _B, f"aud is {aud}", "aud", header={"aud": aud})
    several = settings(audiences=["urn:gateway:1", ORIGIN])
    for aud in several["audiences"]:
        ok(file, f"one of two audiences: {aud}", "aud", header={"aud": aud}, settings=several)
    no(
        file,
        _B,
        "the origin is no audience where others are set",
        "aud",
        settings=settings(audiences=["urn:gateway:1"]),
    )
    for method in ("PUT", "post", "POST2", "GET"):
        no(file, _B, f"signed for POST, received as {method}", "htm", method=method)
    no(file, _B, "signed for post, received as POST", "htm", header={"htm": "post"})
    for method in ("PUT", "PATCH", "DELETE"):
        ok(file, f"{method} with a body", "htm", method=method, header={"htm": method})
    for method in ("GET", "HEAD", "DELETE", "OPTIONS"):
        ok(file, f"{method} without body", "htm", method=method, header={"htm": method, **_NONE}, **_EMPTY)
    no(file, _B, "signed for HEAD, received as GET", "htm", method="GET", header={"htm": "HEAD", **_NONE}, **_EMPTY)
    _targets(file)
    _fields(file)


def _targets(file):
    def received(target, signed, comment, good, **how):
        args = {"target": target, "header": {"htu": signed}, **how}
        if good:
            ok(file, comment, "htu", **args)
        else:
            no(file, _B, comment, "htu", **args)

    for target, signed, comment in (
        ("/rpc", f"{ORIGIN}:443/rpc", "the default port was signed"),
        ("/rpc", "HTTPS://GW.Example/rpc", "scheme and host in capital letters"),
        ("/%72pc", f"{ORIGIN}/rpc", "the path was received with an escape"),
        ("/rpc", f"{ORIGIN}/%72%70%63", "the path was signed with escapes"),
        ("/a/../rpc", f"{ORIGIN}/rpc", "the path was received with dots"),
        ("/rpc", f"{ORIGIN}/a/%2e%2e/rpc", "the path was signed with escaped dots"),
        ("/a%2fb", f"{ORIGIN}/a%2Fb", "an escape in other letters"),
        ("/rpc?b=2&a=1", f"{ORIGIN}/rpc?b=2&a=1", "a query"),
        ("/rpc?", f"{ORIGIN}/rpc?", "an empty query"),
        ("/rpc?q=%7e", f"{ORIGIN}/rpc?q=~", "a query with an escape"),
        ("/", ORIGIN, "no path"),
        ("/rpc", "https://gw.example./rpc", "the dot of the root"),
        ("//rpc", f"{ORIGIN}//rpc", "an empty segment"),
        (f"{ORIGIN}/rpc", f"{ORIGIN}/rpc", "the absolute form of a request target"),
    ):
        received(target, signed, f"equal targets: {comment}", True)
    for target, signed, comment in (
        ("/rpc2", f"{ORIGIN}/rpc", "another path"),
        ("/rpc/", f"{ORIGIN}/rpc", "a slash at the end"),
        ("/RPC", f"{ORIGIN}/rpc", "a path in capital letters"),
        ("//rpc", f"{ORIGIN}/rpc", "an empty segment in front"),
        ("/a%2Fb", f"{ORIGIN}/a/b", "an escaped slash"),
        ("/rpc;x=1", f"{ORIGIN}/rpc", "a parameter of the path"),
        ("/rpc?", f"{ORIGIN}/rpc", "an empty query that was not signed"),
        ("/rpc", f"{ORIGIN}/rpc?", "an empty query that is gone"),
        ("/rpc?a=1", f"{ORIGIN}/rpc", "a query that was not signed"),
        ("/rpc", f"{ORIGIN}/rpc?a=1", "a query that is gone"),
        ("/rpc?a=1&b=2", f"{ORIGIN}/rpc?b=2&a=1", "parameters in another order"),
        ("/rpc?a=1+2", f"{ORIGIN}/rpc?a=1%202", "a plus sign for a space"),
        ("/rpc?a=1%262", f"{ORIGIN}/rpc?a=1&2", "an escaped delimiter"),
        ("/rpc", "http://gw.example/rpc", "another scheme"),
        ("/rpc", "https://other.example/rpc", "another host"),
        ("/rpc", f"{ORIGIN}:8443/rpc", "another port"),
        ("/rpc", "/rpc", "a path alone"),
        ("/rpc", f"{ORIGIN}/rpc#a", "a fragment"),
        ("/rpc", "https://user@gw.example/rpc", "a user"),
        ("/rpc", f"{ORIGIN}/rpc ", "a space at the end"),
        ("/rpc", f"{ORIGIN}\\rpc", "a backslash"),
        ("/rpc", f"{ORIGIN}/rp%63%", "an escape that is cut short"),
        ("/rpc", "https://gw.example@evil.example/rpc", "another host behind a user"),
    ):
        received(target, signed, f"other targets: {comment}", False)
    based = settings(public_origins=[f"{ORIGIN}/api"])
    received("/rpc", f"{ORIGIN}/api/rpc", "an origin with a path, which a proxy takes away", True, settings=based)
    received("/rpc", f"{ORIGIN}/rpc", "an origin with a path that was not signed", False, settings=based)
    ported = settings(public_origins=["http://127.0.0.1:8080"])
    received("/rpc", "http://127.0.0.1:8080/rpc", "an origin with a port", True, settings=ported)
    two = settings(public_origins=[ORIGIN, "https://alt.example"])
    received("/rpc", f"{ORIGIN}/rpc", "one of two origins, which Host names", True, settings=two)
    forwarded = (
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "http"),
        ("Forwarded", "host=evil.example"),
    )
    received("/rpc", "http://evil.example/rpc", "forwarded fields change no origin", False, fields=forwarded)
    received("/rpc", f"{ORIGIN}/rpc", "forwarded fields of strangers are ignored", True, fields=forwarded)


def _fields(file):
    hdr = {"hdr": {"mcp-session-id": "s-1", "idempotency-key": "k 1"}}
    lines = (("Mcp-Session-Id", "s-1"), ("IDEMPOTENCY-KEY", "k 1"))
    ok(file, "two further fields", "hdr", header=hdr, fields=lines)
    ok(
        file,
        "white space around the value is no part of it",
        "hdr",
        header=hdr,
        fields=(("Mcp-Session-Id", "  s-1 \t"), lines[1]),
    )
    ok(file, "an empty value", "hdr", header={"hdr": {"x-a": ""}}, fields=(("X-A", ""),))
    for fields, comment in (
        ((), "both are gone"),
        (lines[:1], "one is gone"),
        ((*lines, ("X-B", "1"), ("mcp-session-id", "s-1")), "one stands twice"),
        ((("Mcp-Session-Id", "s-2"), lines[1]), "another value"),
        ((("Mcp-Session-Id", "S-1"), lines[1]), "the value in other letters"),
        ((("Mcp-Session-Id", "s-1, s-1"), lines[1]), "two lines joined"),
        ((("Mcp-Session-Id", ""), lines[1]), "an empty value"),
    ):
        no(file, _B, f"further fields: {comment}", "hdr", header=hdr, fields=fields)
    form = 'multipart/form-data; boundary="a"'
    upload = {
        "header": {"can": "raw", "cty": "multipart/form-data", "hdr": {"content-type": form}},
        "body": b"--a\r\n--b\r\n",
    }
    ok(file, "parameters of the media type, bound by their field", "hdr", content_type=form, **upload)
    changed = form.replace('"a"', '"b"')
    no(file, _B, "parameters of the media type, bound by their field: another", "hdr", content_type=changed, **upload)
    token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
    # The token and its hash are those of RFC 9449 section 4.1.
    ath = "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"
    assert b64u(hashlib.sha256(token.encode()).digest()) == ath
    bearer = (("Authorization", f"Bearer {token}"),)
    ok(file, "a credential", "ath", header={"ath": ath}, fields=bearer)
    ok(file, "a credential without scheme", "ath", header={"ath": ath}, fields=(("Authorization", token),))
    ok(file, "a credential that is not bound", "ath", fields=bearer)
    for fields, comment in (
        ((), "no credential"),
        ((("Authorization", "Bearer other"),), "another credential"),
        ((*bearer, *bearer), "two lines"),
        ((("Authorization", ""),), "an empty line"),
        ((("Authorization", f"Bearer {token}="),), "a credential with one character more"),
    ):
        no(file, _B, f"ath: {comment}", "ath", header={"ath": ath}, fields=fields)
    required = settings(require_ath=True)
    no(file, _B, "the settings want credentials to be bound", "ath", fields=bearer, settings=required)
    ok(
        file,
        "the settings want credentials to be bound, and this one is",
        "ath",
        header={"ath": ath},
        fields=bearer,
        settings=required,
    )
    ok(file, "the settings want credentials to be bound, and there is none", "ath", settings=required)
    for name in ("X-HTTP-Method-Override", "x-original-url", "X-Rewrite-URL"):
        no(file, _B, f"{name} on a signed request", "override", fields=((name, "/admin"),))
