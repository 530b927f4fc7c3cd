"""``canonicalize`` and ``sha256`` on JSON text, their limits and options."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from typing import Any

import pytest

import samebyte

TEXT = '{"b": [1e2, "\\u00e9"], "a": null}'
CANONICAL = '{"a":null,"b":[100,"é"]}'.encode()


@pytest.mark.parametrize("kind", [str, str.encode, lambda t: bytearray(t.encode()), lambda t: memoryview(t.encode())])
def test_every_kind_of_text(kind: Callable[[str], Any]) -> None:
    assert samebyte.canonicalize(kind(TEXT)) == CANONICAL
    assert samebyte.sha256(kind(TEXT)) == hashlib.sha256(CANONICAL).digest()


def test_a_subclass_of_text_is_text() -> None:
    class Text(str):
        __slots__ = ()

    class Bytes(bytes):
        __slots__ = ()

    assert samebyte.canonicalize(Text("[1.0]")) == samebyte.canonicalize(Bytes(b"[1.0]")) == b"[1]"


def test_a_slice_of_memory_is_read_as_it_lies() -> None:
    assert samebyte.canonicalize(memoryview(b"x[1 ]x")[1:-1]) == b"[1]"
    assert samebyte.canonicalize(memoryview(b"[x1x]x")[::2]) == b"[1]"
    view = memoryview(b"[]")
    view.release()
    with pytest.raises(samebyte.UsageError) as caught:
        samebyte.canonicalize(view)
    assert caught.value.code == "invalid_argument"


@pytest.mark.parametrize(
    ("text", "code", "detail"),
    [
        ("", "invalid_json", {"offset": 0, "pointer": ""}),
        ("[1,]", "invalid_json", {"offset": 3, "pointer": "/1"}),
        (b"[\xff]", "invalid_utf8", {"offset": 1, "pointer": "/0"}),
        ("\ufeff[]", "byte_order_mark", {"offset": 0, "pointer": ""}),
        ('{"a":1,"\\u0061":2}', "duplicate_member", {"offset": 7, "pointer": "/a"}),
        ('["\\ud800"]', "lone_surrogate", {"offset": 2, "pointer": "/0"}),
        ('["é\ud800"]', "lone_surrogate", {"offset": 4}),
        ('["\n"]', "control_character", {"offset": 2, "pointer": "/0"}),
        ("[NaN]", "number_not_finite", {"offset": 1, "pointer": "/0"}),
        ("[1e400]", "number_overflow", {"offset": 1, "pointer": "/0"}),
        ("[] []", "trailing_bytes", {"offset": 3, "pointer": ""}),
        ("[" * 129, "too_deep", None),
    ],
)
def test_errors_of_text(text: str | bytes, code: str, detail: dict[str, Any] | None) -> None:
    for operation in (samebyte.canonicalize, samebyte.sha256):
        with pytest.raises(samebyte.SamebyteError) as caught:
            operation(text)
        assert caught.value.code == code
        assert type(caught.value).__name__ == caught.value.kind.capitalize() + "Error"
        assert detail is None or caught.value.detail == detail


def test_number_policies() -> None:
    assert samebyte.canonicalize("9007199254740993") == b"9007199254740992"
    assert samebyte.canonicalize("9007199254740993", numbers="ieee754") == b"9007199254740992"
    assert samebyte.canonicalize("[0.10,1e2,-0]", numbers="exact") == b"[0.1,100,0]"
    for operation in (samebyte.canonicalize, samebyte.sha256):
        with pytest.raises(samebyte.MalformedError, match="number_not_exact"):
            operation("9007199254740993", numbers="exact")


def test_limits() -> None:
    assert samebyte.canonicalize("[" * 1000 + "]" * 1000, max_depth=1000) == b"[" * 1000 + b"]" * 1000
    for arguments, code in [
        ({"max_depth": 1}, "too_deep"),
        ({"max_bytes": 3}, "too_large"),
        ({"max_depth": 5, "max_bytes": 3}, "too_large"),
    ]:
        values: list[Any] = ["[[]]", [[]]]
        for value in values:
            with pytest.raises(samebyte.LimitError) as caught:
                samebyte.canonicalize(value, **arguments)  # type: ignore[arg-type]
            assert caught.value.code == code


@pytest.mark.parametrize(
    "arguments",
    [
        {"numbers": "decimal"},
        {"numbers": 1},
        {"numbers": "\ud800"},
        {"max_depth": -1},
        {"max_depth": 1.5},
        {"max_depth": "1"},
        {"max_bytes": 1 << 70},
    ],
)
def test_arguments_that_are_refused(arguments: dict[str, Any]) -> None:
    for operation in (samebyte.canonicalize, samebyte.sha256):
        values: list[Any] = ["[]", []]
        for value in values:
            with pytest.raises(samebyte.UsageError) as caught:
                operation(value, **arguments)
            assert caught.value.code == "invalid_argument"


def test_other_threads_run_while_long_text_is_read() -> None:
    text = b"[" + b"1.5," * 1_000_000 + b"1]"
    ticks = 0
    done = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.is_set():
            ticks += 1

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        before = ticks
        for _ in range(10):
            samebyte.canonicalize(text)
        assert ticks > before
    finally:
        done.set()
        thread.join()


def test_text_that_another_thread_changes_is_copied_first() -> None:
    text = bytearray(b"[" + b"1.5," * 100_000 + b"1]")
    expected = bytes(text)
    done = threading.Event()

    def scribble() -> None:
        # One element for another, by single stores, so that the text is JSON at any moment.
        while not done.is_set():
            text[1] = ord("2")
            text[1] = ord("1")

    thread = threading.Thread(target=scribble)
    thread.start()
    try:
        for _ in range(20):
            assert samebyte.canonicalize(text)[2:] == expected[2:]
    finally:
        done.set()
        thread.join()
