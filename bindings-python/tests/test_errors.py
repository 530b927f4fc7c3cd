"""Exceptions: their classes, codes and details, and what a panic becomes."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

import samebyte
from samebyte import Code, Kind, SamebyteError, _errors, _native

TABLE = json.loads((Path(__file__).parents[2] / "conformance-vectors" / "codes.json").read_text())


@pytest.mark.parametrize("row", TABLE, ids=[row["name"] for row in TABLE])
def test_each_code_has_the_class_of_its_kind(row: dict[str, Any]) -> None:
    error = _errors.error_of(row["name"], "message", '{"offset":1}')
    assert type(error).__name__ == row["kind"].capitalize() + "Error"
    assert isinstance(error, SamebyteError)
    assert error.code == row["name"]
    assert error.code.number == row["number"]
    assert error.kind == error.code.kind == row["kind"]
    assert error.http_status == row["http_status"]


def test_the_table_is_complete() -> None:
    assert [code.value for code in Code] == [row["name"] for row in TABLE]
    assert {kind.value for kind in Kind} >= {row["kind"] for row in TABLE}


def test_an_error_says_what_where_and_nothing_more() -> None:
    with pytest.raises(samebyte.MalformedError) as caught:
        samebyte.canonicalize('{"secret": 1, "secret": 2}')
    assert caught.value.detail == {"offset": 14, "pointer": "/secret"}
    assert str(caught.value).startswith("duplicate_member: ")
    assert f"{caught.value.code}" == "duplicate_member"


def test_errors_can_be_pickled() -> None:
    with pytest.raises(SamebyteError) as caught:
        samebyte.canonicalize("[")
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301, our own bytes
    assert type(copy) is type(caught.value)
    assert (copy.code, copy.detail, str(copy)) == (caught.value.code, caught.value.detail, str(caught.value))


def test_a_panic_is_an_error_and_the_process_lives_on() -> None:
    panic = getattr(_native, "test_panic", None)
    if panic is None:
        pytest.skip("the native part is built without test-operations")
    for _ in range(3):
        with pytest.raises(samebyte.InternalError) as caught:
            panic()
        assert caught.value.code == "internal"
        assert "42" not in str(caught.value)
    assert samebyte.canonicalize([1]) == b"[1]"
