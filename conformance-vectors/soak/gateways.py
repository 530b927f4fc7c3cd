"""Races and faults of gateways, over HTTP. The same checks run on every gateway, with every store that it has."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import bodies
import clocks
import intermediaries
import keys
import rewriting
import rollout
from bench import Bench
from checks import Results
from faults import redis_killed, redis_memory, redis_stalled, restarted
from mutations import mutations
from races import essentials, forgeries, memory_of_several, quota, replays, two_gateways

Check = Callable[[Bench], "str | None"]

CHECKS: tuple[Check, ...] = (
    essentials,
    replays,
    two_gateways,
    memory_of_several,
    forgeries,
    quota,
    redis_killed,
    redis_stalled,
    redis_memory,
    restarted,
)

# The checks that have nothing to do with the store: once for each kind of gateway. Those that wait longest come first.
ONCE: tuple[Callable[[str, bool], str], ...] = (
    *keys.CHECKS,
    *clocks.CHECKS,
    *bodies.CHECKS,
    *rewriting.CHECKS,
    *intermediaries.CHECKS,
    *rollout.CHECKS,
)

# How many checks run at a time in the long form: what keeps the processors busy goes by twos, and what measures times or
# memory alone. All other checks mostly wait.
WAITING = 4
AT_A_TIME = {
    "replays": 2,
    "forgeries": 2,
    "mutations": 2,
    "two gateways": 1,
    "quota": 1,
    "redis killed": 1,
    "redis stalled": 1,
    "two clocks": 1,
    "hostile bodies": 1,
    "slowloris": 1,
}

BENCHES = (
    ("python", ("memory", "redis", "sqlite")),
    ("node", ("memory", "redis")),
    ("proxy", ("memory", "redis")),
    ("php-fpm", ("redis", "sqlite")),
)

# A gateway of several processes that keep nothing, whose stores are tested by themselves: what is asked of it is whether
# one frame runs once.
SEVERAL = "php-fpm"


def run(results: Results, *, full_form: bool) -> None:
    """All checks on all gateways."""
    plan: list[tuple[str, str, Callable[[], str | None]]] = []

    def add(of: Callable[..., str | None], subject: str, *arguments: object) -> None:
        plan.append((of.__name__.replace("_", " "), subject, lambda: of(*arguments)))

    for once in ONCE:
        for kind, _ in BENCHES:
            if kind != SEVERAL:
                add(once, kind, kind, full_form)
    add(mutations, "all gateways", full_form)
    for kind, stores in BENCHES:
        for store in stores:
            bench = Bench(kind, store, full_form)
            for one in CHECKS:
                if applies(one, bench):
                    add(one, bench.name, bench)
    for number in (WAITING, 2, 1):
        with ThreadPoolExecutor(number) as threads:
            part = [each for each in plan if (AT_A_TIME.get(each[0], WAITING) if full_form else WAITING) == number]
            for done in [threads.submit(results.run, *each) for each in part]:
                done.result()


def applies(check: Check, bench: Bench) -> bool:
    """What can be tried with a gateway and its store; the rest is no skipped check, but none."""
    store = bench.store
    if bench.kind == SEVERAL:
        return check in (essentials, replays, two_gateways)
    if check is memory_of_several:
        return store == "memory"
    if check in (redis_killed, redis_stalled, redis_memory):
        return store == "redis"
    return check is not two_gateways or store != "memory"
