"""Waiting for no longer than so many seconds: ``samebyte._within``."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from samebyte._within import within


class Work:
    """Waits for as many turns of the loop as asked for, and keeps what became of it."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    async def turns(self, number: int) -> str:
        self.seen.append("begun")
        for _ in range(number):
            await asyncio.sleep(0)
        self.seen.append("done")
        return "result"

    async def forever(self) -> str:
        self.seen.append("begun")
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            self.seen.append("cancelled")
            raise
        raise AssertionError("nobody sets it")

    async def failing(self, number: int) -> str:
        await self.turns(number)
        raise ValueError("its own")


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.mark.parametrize("turns", [0, 1, 3])
def test_what_comes_in_time(work: Work, turns: int) -> None:
    assert asyncio.run(within(5, work.turns(turns))) == "result"
    assert work.seen == ["begun", "done"]


@pytest.mark.parametrize("turns", [0, 2])
def test_what_fails(work: Work, turns: int) -> None:
    with pytest.raises(ValueError, match="its own"):
        asyncio.run(within(5, work.failing(turns)))


def test_what_takes_longer_is_cancelled(work: Work) -> None:
    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(within(0.01, work.forever()))
    assert work.seen == ["begun", "cancelled"]


def test_without_time_nothing_is_begun(work: Work) -> None:
    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(within(0, work.turns(1)))
    assert work.seen == []


def test_whoever_waits_may_be_cancelled(work: Work) -> None:
    async def cancelled() -> Any:
        task = asyncio.create_task(within(5, work.forever()))
        await asyncio.sleep(0.01)
        task.cancel()
        return (await asyncio.gather(task, return_exceptions=True))[0]

    assert isinstance(asyncio.run(cancelled()), asyncio.CancelledError)
    assert work.seen == ["begun", "cancelled"]


def test_work_that_ends_when_it_is_cancelled(work: Work) -> None:
    """What it has is not thrown away, as by ``asyncio.wait_for``."""

    async def ending() -> str:
        try:
            return await work.forever()
        except asyncio.CancelledError:
            return await work.turns(1)

    assert asyncio.run(within(0.01, ending())) == "result"
    assert work.seen == ["begun", "cancelled", "begun", "done"]
