"""What counts as JSON at the face of the package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# JSON text, or a native object. Of mappings only `dict` is taken when the program runs; `Mapping` stands here so that
# a `TypedDict` passes the type checker.
JSON = str | bytes | bytearray | memoryview | Mapping[str, Any] | list[Any] | tuple[Any, ...] | int | float | None
