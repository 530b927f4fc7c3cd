"""Normalisation of target URIs (RFC 3986 section 6.2), written for clarity alone.

Two URIs are the same target where their normal forms are equal: syntax-based normalisation of case, percent-encoding
and dot segments (6.2.2) and of the scheme (6.2.3), of the whole URI with its query.
"""

import ipaddress
import re

_UNRESERVED = r"A-Za-z0-9._~\-"
_ESCAPE = "%[0-9A-Fa-f]{2}"
#: Visible ASCII but for what ends a path or a query and what some read as a slash. Appendix A would leave out more, but
#: URLs such as `/?a[]=1` are sent as they are.
_CHARACTER = rf"(?:[!\"$&-.0-9:->@-\[\]-~]|{_ESCAPE})"
#: The schemes http and https: neither user information nor a fragment.
_URI = re.compile(
    rf"(?P<scheme>[Hh][Tt][Tt][Pp][Ss]?)://"
    rf"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?))"
    rf"(?P<port>:[0-9]*)?"
    rf"(?P<path>(?:/{_CHARACTER}*)*)"
    rf"(?P<query>\?(?:{_CHARACTER}|[/?])*)?"
)
_PORTS = {"http": 80, "https": 443}


class RefusedError(Exception):
    """The text is no URI that a request can be signed for."""


def normalize(text: str) -> str:
    """The normal form of an absolute URI of http or https."""
    found = _URI.fullmatch(text)
    if not found:
        raise RefusedError(text)
    scheme = found["scheme"].lower()
    host = _ipv6(found["ipv6"]) if found["ipv6"] else _name(found["name"])
    path = _without_dots(_unescaped(found["path"])) or "/"
    return f"{scheme}://{host}{_port(found['port'], scheme)}{path}{_unescaped(found['query'] or '')}"


def _name(name: str) -> str:
    """A name without the dot of the root (RFC 1034 section 3.1), or an IPv4 address in its one spelling."""
    bare = name.removesuffix(".").lower()
    last = bare.rpartition(".")[2]
    if re.fullmatch("[0-9]+|0x[0-9a-f]*", last):
        try:
            ipaddress.IPv4Address(name)
        except ValueError as error:
            raise RefusedError(name) from error
    return bare


def _ipv6(text: str) -> str:
    try:
        return f"[{ipaddress.IPv6Address(text).compressed}]"
    except ValueError as error:
        raise RefusedError(text) from error


def _port(port: str | None, scheme: str) -> str:
    if port in (None, ":"):
        return ""
    number = int(port[1:])
    if len(port) > 6 or not 1 <= number <= 65535:
        raise RefusedError(port)
    return "" if number == _PORTS[scheme] else f":{number}"


def _unescaped(text: str) -> str:
    """Unreserved characters without escape, other escapes in upper case (6.2.2.1, 6.2.2.2)."""

    def one(escape):
        character = chr(int(escape[0][1:], 16))
        return character if re.fullmatch(f"[{_UNRESERVED}]", character) else escape[0].upper()

    return re.sub(_ESCAPE, one, text)


def _without_dots(path: str) -> str:
    """Section 5.2.4; the path is empty or begins with a slash."""
    output = []
    segments = path.split("/")[1:]
    for number, segment in enumerate(segments):
        last = number == len(segments) - 1
        if segment == "..":
            output = output[:-1]
        if segment not in (".", ".."):
            output.append(segment)
        elif last:
            output.append("")
    return "".join("/" + segment for segment in output)
