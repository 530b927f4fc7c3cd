"""Fixtures of several files; and keeps what the run has proved about other implementations."""

from __future__ import annotations

import interop
import pytest
from asgi_app import app, clock, running
from servers import redis_server

__all__ = ["app", "clock", "pytest_sessionfinish", "redis_server", "running"]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    # Not of a selection, which proves less, nor of a run that failed.
    if exitstatus == 0 and not session.config.option.keyword and not any("::" in part for part in session.config.args):
        interop.write()
