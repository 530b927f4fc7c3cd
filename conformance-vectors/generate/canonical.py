"""A second canonicalizer (RFC 8785), written for clarity alone, and the judge of the number policies.

It reads with the JSON parser of the standard library, so it judges accepted input only. Every result is compared with
the package `rfc8785`.
"""

import json
from decimal import Decimal

import rfc8785


class Number(str):
    """A number as it stands in the text."""


def canonical(text: str) -> str:
    """RFC 8785 text of JSON text that is known to be valid."""
    tree = json.loads(text, parse_int=Number, parse_float=Number, object_pairs_hook=_object)
    output = _write(tree)
    other = rfc8785.dumps(json.loads(text, parse_int=float)).decode("utf-8")
    assert output == other, (text, output, other)
    return output


def is_exact(literal: str) -> bool:
    """Whether a number has the decimal value of its canonical text."""
    return Decimal(literal) == Decimal(es6(float(literal)))


def es6(value: float) -> str:
    """ECMA-262 Number::toString, from the shortest digits that Python's `repr` finds."""
    if value == 0:
        return "0"
    if value < 0:
        return "-" + es6(-value)
    _, digits, exponent = Decimal(repr(value)).as_tuple()
    text = "".join(map(str, digits)).rstrip("0")
    # The decimal point stands behind the first `point` digits of `text`.
    point = len(digits) + exponent
    count = len(text)
    if count <= point <= 21:
        return text + "0" * (point - count)
    if 0 < point <= 21:
        return f"{text[:point]}.{text[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + text
    power = f"e{point - 1:+d}"
    return text + power if count == 1 else f"{text[0]}.{text[1:]}{power}"


def _object(pairs: list) -> dict:
    members = dict(pairs)
    assert len(members) == len(pairs), "duplicate member"
    return members


def _write(value) -> str:
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, Number):
        return es6(float(value))
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, list):
        return "[" + ",".join(map(_write, value)) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(f"{_string(name)}:{_write(value[name])}" for name in names) + "}"


_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def _string(text: str) -> str:
    return '"' + "".join(_SHORT.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in text) + '"'
