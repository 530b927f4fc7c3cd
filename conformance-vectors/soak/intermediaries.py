"""Gateways behind haproxy and nginx, which pass targets on as they are or write them anew."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from checks import equal, holds
from driver import ROOT
from fault_proxy import FaultProxy
from frames import ORIGIN, Frame, Signer
from front import Front, ask_two
from gateway import Gateway
from load import ask

# What two targets are the same is told by the normal form that the vectors were made with, which is no implementation.
sys.path.append(str(ROOT / "conformance-vectors/generate"))
from http_target import normalize

IPV6 = "https://[2001:db8::1]"
OTHER = "https://other.example"


@dataclass(frozen=True)
class Case:
    """A request: the target that it is signed for, and how it is sent."""

    target: str
    sent: str | None = None
    host: str = "gw.example"
    origin: str = ORIGIN


CASES = {
    "%2F": Case("/rpc/a%2Fb"),
    "%2f": Case("/rpc/a%2Fb", "/rpc/a%2fb"),
    "/ for %2F": Case("/rpc/a%2Fb", "/rpc/a/b"),
    "%7E for ~": Case("/rpc/~a", "/rpc/%7Ea"),
    "~ for %7E": Case("/rpc/%7Ea", "/rpc/~a"),
    "//": Case("/rpc//a"),
    "/ for //": Case("/rpc//a", "/rpc/a"),
    "..": Case("/rpc/a/../b"),
    "without its ..": Case("/rpc/a/../b", "/rpc/b"),
    ".": Case("/rpc/./a"),
    "é": Case("/rpc/%C3%A9"),
    ";": Case("/rpc;v=1/a"),
    "a slash at the end": Case("/rpc/"),
    "none at the end": Case("/rpc/", "/rpc"),
    "a query": Case("/rpc?b=2&a=%20+%2F"),
    "another order": Case("/rpc?b=2&a=1", "/rpc?a=1&b=2"),
    "an empty query": Case("/rpc?"),
    "none for an empty one": Case("/rpc?", "/rpc"),
    "an empty one for none": Case("/rpc", "/rpc?"),
    "Host in capitals": Case("/rpc", host="GW.EXAMPLE"),
    "the default port": Case("/rpc", host="gw.example:443"),
    "an IPv6 address": Case("/rpc", host="[2001:db8::1]", origin=IPV6),
    "an IPv6 address for a name": Case("/rpc", host="[2001:db8::1]"),
}

# Each proxy as it is set up: the name of the program, and what is put into its configuration. The first pass on what they
# get; the others write it anew, each in its way.
PLAIN: dict[str, tuple[str, dict[str, str]]] = {"haproxy": ("haproxy", {}), "nginx": ("nginx", {})}
REWRITING: dict[str, tuple[str, dict[str, str]]] = {
    "haproxy that normalizes": (
        "haproxy",
        {
            "options": "expose-experimental-directives",
            "rules": "\n  ".join(
                f"http-request normalize-uri {rule}"
                for rule in (
                    "path-merge-slashes",
                    "path-strip-dot",
                    "path-strip-dotdot",
                    "percent-decode-unreserved",
                    "query-sort-by-name",
                )
            ),
        },
    ),
    "nginx with a path in proxy_pass": ("nginx", {"path": "/"}),
}
# What the latter make another target: by their documentation, and so that it is known that something was tried.
REFUSED = {
    "haproxy that normalizes": {"//", "a query"},
    "nginx with a path in proxy_pass": {"%2F", "%2f", "//"},
}


def intermediaries(kind: str, full_form: bool) -> str:
    """What arrives as it was signed is accepted, what was made another target is refused, over HTTP/1.1 and HTTP/2."""
    signer = Signer()
    words = []
    with ExitStack() as stack:
        origins = {"REPLAY_STORE": "memory", "PUBLIC_ORIGINS": f"{ORIGIN},{IPV6}"}
        gateway = stack.enter_context(Gateway(kind, [signer], origins))
        gateway.ready(signer)
        pieces: list[bytes] = []
        relay = stack.enter_context(FaultProxy(gateway.port))
        relay.hear = pieces.append

        def tried(what: str, front: Front, version: int) -> tuple[set[str], set[str]]:
            """The cases that were accepted, and those that were refused."""
            accepted: set[str] = set()
            refused: set[str] = set()
            for name, case in CASES.items():
                sent = case.sent or case.target
                frame = Frame(signer, path=case.target, origin=case.origin)
                before = gateway.runs()[0]
                pieces.clear()
                if version == 2:
                    code = ask_two(front.two, frame, target=sent, host=case.host)
                else:
                    wire = frame.wire().replace(case.target.encode(), sent.encode(), 1)
                    code = ask(front.one, wire.replace(b"Host: gw.example", f"Host: {case.host}".encode(), 1)).code
                target, host = seen_by(kind, *arrived(b"".join(pieces)))
                same = normalize(f"https://{host}{target}") == normalize(case.origin + case.target)
                equal(
                    code,
                    "200" if same else "signature_binding_mismatch",
                    f"{what}, HTTP/{version}, {name}, as {target} at {host}",
                )
                equal(gateway.runs()[0] - before, int(same), f"{name}: runs of the handler")
                (accepted if same else refused).add(name)
            return accepted, refused

        changed = {name for name, case in CASES.items() if not same_target(kind, case)}
        for name, (program, parts) in (PLAIN | REWRITING).items():
            with Front(program, relay.port, **parts) as front:
                for version in (1, 2):
                    accepted, refused = tried(name, front, version)
                    if name in PLAIN:
                        equal(refused, changed, f"{name}: what it made another target")
                    else:
                        holds(refused >= REFUSED[name], f"{name}: it did not write {REFUSED[name] - refused} anew")
                    words.append(f"{name}, HTTP/{version}: {len(accepted)} accepted, {len(refused)} refused")
    words.append(forwarded(kind))
    return "; ".join(words)


def seen_by(kind: str, target: str, host: str) -> tuple[str, str]:
    """What a gateway is told of a target: ASGI does not tell an empty query from none."""
    return target.removesuffix("?") if kind == "python" else target, host


def same_target(kind: str, case: Case) -> bool:
    target, host = seen_by(kind, case.sent or case.target, case.host)
    return normalize(f"https://{host}{target}") == normalize(case.origin + case.target)


def arrived(request: bytes) -> tuple[str, str]:
    """The target and the host of what came from a proxy."""
    found = re.match(rb"[A-Z]+ (\S+) HTTP/1\.1\r\n(?:.*\r\n)*?host: *([^\r\n]*)\r\n", request, re.IGNORECASE)
    if found is None:
        raise AssertionError(f"nothing arrived but {request!r}")
    return found[1].decode(), found[2].decode()


def forwarded(kind: str) -> str:
    """X-Forwarded-Host names the origin where the peer is a trusted proxy, and nowhere else."""
    signer = Signer()
    # Who is trusted, and whether the field counts: whoever sends X-Forwarded-For is not for that another peer.
    trusted = {"": False, "127.0.0.2": False, "127.0.0.0/8": True}
    fields = (
        "X-Forwarded-Host: other.example",
        "X-Forwarded-For: 127.0.0.2",
        "X-Forwarded-Proto: http",
        "Forwarded: for=127.0.0.2;host=other.example;proto=http",
    )
    more = "".join(f"\r\n{line}" for line in fields).encode() + b"\r\n\r\n"
    for proxies, counts in trusted.items():
        settings = {"REPLAY_STORE": "memory", "PUBLIC_ORIGINS": f"{ORIGIN},{OTHER}"}
        if proxies:
            settings["TRUSTED_PROXIES"] = proxies
        with Gateway(kind, [signer], settings) as gateway, Front("haproxy", gateway.port) as front:
            gateway.ready(signer)
            for origin, good in ((OTHER, counts), (ORIGIN, not counts)):
                expected = "200" if good else "signature_binding_mismatch"
                what = f"trusted: {proxies or 'nobody'}, signed for {origin}"
                wire = Frame(signer, origin=origin).wire().replace(b"\r\n\r\n", more, 1)
                equal(ask(front.one, wire).code, expected, what)
                frame = Frame(signer, origin=origin)
                code = ask_two(front.two, frame, *fields, target="/rpc", host="gw.example")
                equal(code, expected, f"{what}, HTTP/2")
    return "X-Forwarded-Host counts from a trusted proxy alone"


CHECKS: tuple[Callable[[str, bool], str], ...] = (intermediaries,)
