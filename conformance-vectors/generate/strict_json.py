"""The strict reader of the project, for texts of any kind: what it refuses has no one meaning."""

import json
import re

from canonical import is_exact


class RefusedError(Exception):
    """The text is refused; the argument is the code."""


def read(data: bytes, max_depth: int = 128, max_bytes: int = 16 << 20):
    """The value of a JSON text; numbers of it are `int` where they are whole, else `float`."""
    if len(data) > max_bytes:
        raise RefusedError("too_large")
    if data.startswith(b"\xef\xbb\xbf"):
        raise RefusedError("byte_order_mark")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedError("invalid_utf8") from error
    if _depth(text) > max_depth:
        raise RefusedError("too_deep")
    try:
        value = json.loads(
            text, parse_int=_number, parse_float=_number, parse_constant=_constant, object_pairs_hook=_object
        )
    except json.JSONDecodeError as error:
        raise RefusedError("trailing_bytes" if "Extra data" in error.msg else "invalid_json") from error
    if any(re.search("[\ud800-\udfff]", text) for text in _texts(value)):
        raise RefusedError("lone_surrogate")
    return value


def _depth(text: str) -> int:
    deepest = depth = 0
    for bracket in re.findall(r"[\[\]{}]", re.sub(r'"(?:[^"\\]|\\.)*"', "", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _number(literal: str):
    value = float(literal)
    if value in (float("inf"), float("-inf")):
        raise RefusedError("number_overflow")
    if not is_exact(literal):
        raise RefusedError("number_not_exact")
    return int(value) if value == int(value) else value


def _constant(name: str):
    raise RefusedError("number_not_finite")


def _object(pairs: list) -> dict:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise RefusedError("duplicate_member")
    return members


def _texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        yield from _texts(list(value.items()))
