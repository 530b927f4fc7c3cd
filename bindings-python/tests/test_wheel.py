"""The wheel: what it holds, and that it works where nothing of this project is."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest

PACKAGE = Path(__file__).resolve().parents[1]
VERSION = importlib.metadata.version("samebyte")
INFO = f"samebyte-{VERSION}.dist-info"

USE = """
import samebyte
from samebyte import SigningKey, document
from samebyte.http import Gateway
key = SigningKey.generate("EdDSA")
verifier = samebyte.Verifier([key.public_key])
document.verify(document.sign({"b": 1, "a": 2}, key, "application/x.wheel+json"), verifier, "application/x.wheel+json")
print(samebyte.__file__, samebyte.canonicalize({"b": 1e2, "a": "A"}).decode())
"""


def run(command: list[str | Path], **more: Any) -> str:
    """Runs a program and tells what it printed."""
    # The programs are those of this file.
    done = subprocess.run(command, check=False, capture_output=True, text=True, **more)  # noqa: S603
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as `maturin build` makes it, with the features of the module that these tests run with."""
    folder = tmp_path_factory.mktemp("wheel")
    maturin = Path(sys.executable).with_name("maturin")
    manifest = PACKAGE / "Cargo.toml"
    run([maturin, "build", "--release", "--features", "test-operations", "--out", folder, "--manifest-path", manifest])
    [made] = folder.iterdir()
    return made


def test_one_for_every_python(wheel: Path) -> None:
    name, version, python, abi, platform = wheel.stem.split("-")
    assert (name, version, python, abi) == ("samebyte", VERSION, "cp310", "abi3")
    assert platform != "any"


def test_what_it_holds(wheel: Path) -> None:
    sources = {
        f"samebyte/{path.relative_to(PACKAGE / 'python/samebyte')}"
        for path in (PACKAGE / "python/samebyte").rglob("*")
        if path.suffix in (".py", ".pyi") or path.name == "py.typed"
    }
    assert {"samebyte/py.typed", "samebyte/_native.pyi", "samebyte/http/asgi.py"} < sources
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = archive.read(f"{INFO}/METADATA").decode()
        about = {name for name in names if name.startswith(f"{INFO}/")}
        [module] = [name for name in names if name.startswith("samebyte/_native.") and not name.endswith(".pyi")]
        assert ".abi3." in module or module.endswith(".pyd")
        assert names - about == sources | {module}
        for licence in ("LICENSE-APACHE", "LICENSE-MIT"):
            assert archive.read(f"{INFO}/licenses/{licence}") == (PACKAGE.parent / licence).read_bytes()
    needed = {"METADATA", "RECORD", "WHEEL", "licenses/LICENSE-APACHE", "licenses/LICENSE-MIT"}
    told = {name.removeprefix(f"{INFO}/") for name in about}
    # A list of the crates in it comes along.
    assert {name for name in told if not name.startswith("sboms/")} == needed
    assert "Requires-Python: >=3.10" in metadata
    assert "License-Expression: MIT OR Apache-2.0" in metadata


def test_it_works_where_it_is_alone(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv/bin/python"
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    run([python, "-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check", wheel], env=alone)
    place, text = run([python, "-c", USE], cwd=tmp_path, env=alone).split()
    assert Path(place).is_relative_to(tmp_path)
    assert text == '{"a":"A","b":100}'
