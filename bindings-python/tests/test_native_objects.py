"""Native objects: what is taken, what is refused and with which code, and that nothing crashes the walk."""

from __future__ import annotations

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import gc
import sys
import types
from typing import Any, NamedTuple

import pytest

import samebyte


class Colour(str, enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Plain(enum.Enum):
    A = "a"


class Point(NamedTuple):
    x: int
    y: float


class Text(str):
    """Says something else than it holds, to whoever asks it."""

    def __str__(self) -> str:
        return "another"

    __repr__ = __str__


class Whole(int):
    def __int__(self) -> int:
        return 99

    __index__ = __int__

    def __str__(self) -> str:
        return "99"

    __repr__ = __str__


class Real(float):
    def __float__(self) -> float:
        return 99.0


class Dict(dict[str, Any]):
    def __iter__(self) -> Any:
        raise AssertionError("nothing of a subclass is called")

    keys = items = __len__ = __getitem__ = __iter__  # type: ignore[assignment]


class List(list[Any]):
    def __iter__(self) -> Any:
        raise AssertionError("nothing of a subclass is called")

    __len__ = __getitem__ = __iter__  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-1, "-1"),
        (2**53, "9007199254740992"),
        (10**20, "100000000000000000000"),
        (-295147905179352830000, "-295147905179352830000"),
        (18446744073709552000, "18446744073709552000"),
        (1.0, "1"),
        (-0.0, "0"),
        (1e21, "1e+21"),
        (5e-324, "5e-324"),
        ([], "[]"),
        ((), "[]"),
        ({}, "{}"),
        ([[], {}, ()], "[[],{},[]]"),
        (['\x00"\\/é😂\x7f'], '["\\u0000\\"\\\\/é😂\x7f"]'),
        ({"\ufb33": 1, "😂": 2, "é": 3, "": 4}, '{"":4,"é":3,"😂":2,"\ufb33":1}'),
        ({"b": 1, "a": {"d": 1, "c": 2}}, '{"a":{"c":2,"d":1},"b":1}'),
        ([Colour.RED, Level.HIGH, {Colour.RED: 1}], '["red",3,{"red":1}]'),
        (Point(1, 0.5), "[1,0.5]"),
        ([Text("own"), Whole(7), Whole(10**20), Real(0.5)], '["own",7,100000000000000000000,0.5]'),
        (Dict(b=1, a=List([1, 2])), '{"a":[1,2],"b":1}'),
        (collections.OrderedDict(b=1, a=2), '{"a":2,"b":1}'),
        (collections.defaultdict(list, b=[1]), '{"b":[1]}'),
        (collections.Counter("aab"), '{"a":2,"b":1}'),
    ],
)
def test_taken(value: Any, expected: str) -> None:
    assert samebyte.canonicalize(value) == expected.encode()


@dataclasses.dataclass
class Record:
    a: int = 1


@pytest.mark.parametrize(
    "value",
    [
        b"x",
        bytearray(b"x"),
        memoryview(b"x"),
        {1},
        frozenset(),
        decimal.Decimal(1),
        1j,
        datetime.date(2024, 1, 1),
        Record(),
        Record,
        object(),
        Plain.A,
        range(3),
        iter(()),
        {}.keys(),
        types.MappingProxyType({}),
        types.SimpleNamespace(),
        collections.deque(),
        collections.UserDict(),
        array.array("d"),
        ...,
        len,
        NotImplemented,
    ],
    ids=lambda value: type(value).__name__,
)
def test_types_that_have_no_json_text(value: Any) -> None:
    with pytest.raises(samebyte.UsageError) as caught:
        samebyte.canonicalize({"a/b": [1, value]})
    assert caught.value.code == "unsupported_type"
    assert caught.value.detail == {"pointer": "/a~1b/1"}


@pytest.mark.parametrize("key", [1, None, True, 1.5, (), b"a", Level.HIGH])
def test_keys_that_are_no_text(key: Any) -> None:
    with pytest.raises(samebyte.UsageError) as caught:
        samebyte.canonicalize([0, {key: 1}])
    assert caught.value.code == "key_not_string"
    assert caught.value.detail == {"pointer": "/1"}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (float("nan"), "number_not_finite"),
        (float("inf"), "number_not_finite"),
        (-float("inf"), "number_not_finite"),
        (2**53 + 1, "number_not_exact"),
        (-(2**53) - 1, "number_not_exact"),
        (2**63 - 1, "number_not_exact"),
        (2**64 - 1, "number_not_exact"),
        (2**1000 + 1, "number_not_exact"),
        (10**309, "number_overflow"),
        (10**400, "number_overflow"),
        (-(10**5000), "number_overflow"),
        (1 << 10_000_000, "number_overflow"),
        ("\ud800", "lone_surrogate"),
        ("é\udfff", "lone_surrogate"),
        ("\udc00\ud800", "lone_surrogate"),
    ],
    ids=lambda value: str(value)[:20] if isinstance(value, str | float) else "int",
)
def test_values_that_have_no_json_text(value: Any, code: str) -> None:
    with pytest.raises(samebyte.MalformedError) as caught:
        samebyte.canonicalize({"a": [value]})
    assert caught.value.code == code
    assert caught.value.detail == {"pointer": "/a/0"}
    # No error of Python is left behind.
    assert samebyte.canonicalize([1]) == b"[1]"


def test_a_lone_surrogate_in_a_key() -> None:
    with pytest.raises(samebyte.MalformedError) as caught:
        samebyte.canonicalize([{"\ud800": 1}])
    assert (caught.value.code, caught.value.detail) == ("lone_surrogate", {"pointer": "/0"})


def test_two_keys_with_one_text() -> None:
    class Key(str):
        __slots__ = ()

        def __hash__(self) -> int:
            return 7

        def __eq__(self, other: object) -> bool:
            return self is other

    with pytest.raises(samebyte.MalformedError) as caught:
        samebyte.canonicalize({Key("a"): 1, Key("a"): 2})
    assert caught.value.code == "duplicate_member"


@pytest.mark.skipif(not hasattr(sys, "set_int_max_str_digits"), reason="this Python has no limit of digits")
def test_the_lowest_limit_of_digits_is_never_met() -> None:
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        # 10**308 as a double is another integer, and neither is the value of its canonical text `1e+308`.
        with pytest.raises(samebyte.MalformedError) as caught:
            samebyte.canonicalize(int(sys.float_info.max))
        assert caught.value.code == "number_not_exact"
        assert samebyte.canonicalize(10**308) == b"1e+308"
    finally:
        sys.set_int_max_str_digits(before)


def nested(depth: int, kind: type[Any]) -> Any:
    value: Any = kind()
    for _ in range(depth - 1):
        value = {"a": value} if kind is dict else kind([value])
    return value


@pytest.mark.parametrize("kind", [list, tuple, dict])
def test_depth(kind: type[Any]) -> None:
    assert samebyte.canonicalize(nested(128, kind)).count(b"[" if kind is not dict else b"{") == 128
    with pytest.raises(samebyte.LimitError) as caught:
        samebyte.canonicalize(nested(129, kind))
    assert caught.value.code == "too_deep"
    # Far beyond any stack.
    deep = nested(300_000, kind)
    with pytest.raises(samebyte.LimitError):
        samebyte.canonicalize(deep)
    assert len(samebyte.canonicalize(deep, max_depth=300_000)) >= 600_000
    # Taken apart by hand: not every version of Python bears to free it at once.
    while deep:
        deep = deep["a"] if kind is dict else deep[0]


def test_what_holds_itself_is_too_deep() -> None:
    array: list[Any] = []
    array.append(array)
    mapping: dict[str, Any] = {}
    mapping["a"] = [mapping]
    for value in (array, mapping):
        with pytest.raises(samebyte.LimitError) as caught:
            samebyte.canonicalize(value)
        assert caught.value.code == "too_deep"
        with pytest.raises(samebyte.LimitError) as caught:
            samebyte.canonicalize(value, max_depth=1 << 40)
        assert caught.value.code == "too_large"


def test_the_output_is_limited() -> None:
    shared: list[Any] = [0] * 1000
    for _ in range(5):
        shared = [shared] * 1000
    with pytest.raises(samebyte.LimitError) as caught:
        samebyte.canonicalize(shared)
    assert caught.value.code == "too_large"


def test_no_object_is_kept_or_lost() -> None:
    value = {"a": [1, 2.5, "x" * 50, None, (True,), {"b": 10**20}], "é": "é" * 50}
    refused = [value, "\ud800", {1: 2}, object()]

    def work() -> None:
        samebyte.canonicalize(value)
        for part in refused[1:]:
            with pytest.raises(samebyte.SamebyteError):
                samebyte.canonicalize([value, part])

    def counts() -> list[int]:
        gc.collect()
        parts = [value, value["a"], value["é"], refused[3], None, True]
        return [sys.getrefcount(part) for part in parts]

    work()
    before = counts()
    for _ in range(1000):
        work()
    assert all(abs(after - held) < 100 for held, after in zip(before, counts(), strict=True))


def test_finalizers_that_change_what_is_walked() -> None:
    """Garbage is collected as often as can be, and what dies empties the containers that are being walked."""
    rows: list[Any] = []
    members: dict[str, Any] = {}

    class Bomb:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            rows.clear()
            members.clear()

    thresholds = gc.get_threshold()
    gc.set_threshold(1)
    try:
        for _ in range(200):
            rows.extend(["é" * 3 + str(index) for index in range(50)])
            members.update({f"ä{index}": [10**20 + 10**15 * index, {}] for index in range(50)})
            Bomb()
            try:
                samebyte.canonicalize([members, rows, "\ud800"])
            except samebyte.SamebyteError as error:
                assert error.code == "lone_surrogate"  # noqa: PT017, either outcome is fine, a crash is not
    finally:
        gc.set_threshold(*thresholds)
        gc.collect()
