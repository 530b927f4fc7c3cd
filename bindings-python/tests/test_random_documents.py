"""Random documents: against the package ``rfc8785``, and native objects against their text."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import random_document

import samebyte

DOCUMENTS = 100_000


def test_the_bytes_are_those_of_rfc8785() -> None:
    source = random.Random(8785)
    for _ in range(DOCUMENTS):
        # In an array: a str alone would be JSON text.
        document = [random_document(source)]
        expected = rfc8785.dumps(document)
        assert samebyte.canonicalize(document) == expected
        text = json.dumps(document, ensure_ascii=source.random() < 0.5)
        assert samebyte.canonicalize(text) == expected
        assert samebyte.canonicalize(expected, numbers="exact") == expected


@pytest.mark.parametrize("number", [2**53, -(2**53), 10**20, -295147905179352830000])
def test_known_deviation_integers_beyond_2_to_the_53(number: int) -> None:
    """``rfc8785`` refuses every ``int`` of 2**53 or more; samebyte writes those that a double is equal to."""
    with pytest.raises(rfc8785.IntegerDomainError):
        rfc8785.dumps(number)
    assert samebyte.canonicalize(number) == str(number).encode() == rfc8785.dumps(float(number))


def test_other_types_are_refused_by_both() -> None:
    assert samebyte.canonicalize((1, "a")) == rfc8785.dumps((1, "a"))
    refused: list[Any] = [{1}, b"x", object()]
    for value in refused:
        with pytest.raises(rfc8785.CanonicalizationError):
            rfc8785.dumps([value])
        with pytest.raises(samebyte.UsageError):
            samebyte.canonicalize([value])


# An integer is exact where the decimal digits that RFC 8785 writes for its double are its own.
integers = st.integers() | st.integers(-(10**21), 10**21) | st.integers(-1000, 1000)
values = st.recursive(
    st.none() | st.booleans() | integers | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(st.characters(codec=None)), inner, max_size=5),
)


def outcome(value: Any, **options: Any) -> bytes | str:
    try:
        return samebyte.canonicalize(value, **options)
    except samebyte.SamebyteError as error:
        return error.code.value


@settings(max_examples=3000, deadline=None)
@given(values)
def test_an_object_and_its_text_give_the_same_bytes_or_the_same_code(value: Any) -> None:
    # Python writes the shortest digits of a double, which `exact` accepts, and `NaN`.
    text = json.dumps([value])
    native, read = outcome([value]), outcome(text, numbers="exact")
    if isinstance(native, bytes) or isinstance(read, bytes):
        assert native == read
    else:
        # A document may have several faults; which one is met first differs where keys are at fault.
        faults = {"lone_surrogate", "number_not_finite", "number_not_exact", "number_overflow"}
        assert {native, read} <= faults


@settings(max_examples=500, deadline=None)
@given(values.map(lambda value: outcome([value])).filter(lambda text: isinstance(text, bytes)))
def test_canonical_text_stays_as_it_is(text: bytes) -> None:
    assert samebyte.canonicalize(text) == text
    assert samebyte.canonicalize(json.loads(text)) == text


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_have_an_outcome(text: bytes) -> None:
    assert outcome(text)
