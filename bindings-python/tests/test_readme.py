"""Every Python example of the README and of the guides runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"
EXAMPLES = re.findall(r"^## ([^\n]+)\n(?:(?!^## ).)*?^```python\n(.*?)^```", README.read_text(), re.M | re.S)


def test_every_example_is_found() -> None:
    assert len(EXAMPLES) == README.read_text().count("```python") > 0


@pytest.mark.parametrize("example", [pytest.param(code, id=title) for title, code in EXAMPLES])
def test_example(example: str) -> None:
    exec(compile(example, str(README), "exec"), {})  # noqa: S102, the examples are ours


GUIDES = sorted(
    page for page in (Path(__file__).parents[2] / "docs" / "guide").glob("*.md") if "```python" in page.read_text()
)


def test_the_guides_are_found() -> None:
    assert {"fastapi.md", "python-clients.md", "wsgi.md"} <= {page.name for page in GUIDES}


@pytest.mark.parametrize("guide", [pytest.param(page, id=page.stem) for page in GUIDES])
def test_guide(guide: Path) -> None:
    """As a program of its own: it starts servers."""
    for example in re.findall(r"^```python\n(.*?)^```", guide.read_text(), re.M | re.S):
        ran = subprocess.run(
            [sys.executable, "-"], input=example, text=True, capture_output=True, timeout=60, check=False
        )
        assert ran.returncode == 0, ran.stderr
