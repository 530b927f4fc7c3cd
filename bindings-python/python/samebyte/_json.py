"""What counts as JSON at the face of the package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

# Text: of JSON, of a key file, of a JWS, of a payload.
Text: TypeAlias = str | bytes | bytearray | memoryview

# JSON text, or a native object. Of mappings only `dict` is taken when the program runs; `Mapping` stands here so that
# a `TypedDict` passes the type checker.
JSON: TypeAlias = Text | Mapping[str, Any] | list[Any] | tuple[Any, ...] | int | float | None
