"""Every Python example of the README runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"
EXAMPLES = re.findall(r"^## ([^\n]+)\n(?:(?!^## ).)*?^```python\n(.*?)^```", README.read_text(), re.M | re.S)


def test_every_example_is_found() -> None:
    assert len(EXAMPLES) == README.read_text().count("```python") > 0


@pytest.mark.parametrize("example", [pytest.param(code, id=title) for title, code in EXAMPLES])
def test_example(example: str) -> None:
    exec(compile(example, str(README), "exec"), {})  # noqa: S102, the examples are ours
