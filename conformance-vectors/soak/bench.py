"""One kind of gateway with one kind of store, and frames that it has accepted."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from checks import equal, holds
from frames import Frame, Signer
from gateway import Gateway
from load import Hear, Load, flood
from redis_server import RedisServer

# So long after the deadline of its store every request is answered while the store is down, in milliseconds.
BEYOND = 100


@dataclass
class Bench:
    """One kind of gateway with one kind of store."""

    kind: str
    store: str
    full_form: bool

    @property
    def name(self) -> str:
        return f"{self.kind}, {self.store}"

    def many(self, long: int, short: int) -> int:
        return long if self.full_form else short

    @property
    def timeout_ms(self) -> int:
        """The deadline of the store: its default, or for a machine that is busy with other things a longer one."""
        return 50 if self.full_form else 250

    @contextmanager
    def gateway(self, signer: Signer, *others: Signer, redis: str | None = None, **settings: str) -> Iterator[Gateway]:
        """A gateway that accepts what the signer signs, with a store of its own unless one is given."""
        # A store that is shared may have served gateways whose clocks were ahead by the skew: after its loss it is cold
        # for that long, which is what most of the time here would be spent on.
        settings = {"CLOCK_SKEW": "5", "REPLAY_TIMEOUT_MS": str(self.timeout_ms), **settings}
        with ExitStack() as stack:
            if "REPLAY_STORE" not in settings:
                if redis is None and self.store == "redis":
                    redis = stack.enter_context(RedisServer()).url
                folder = stack.enter_context(tempfile.TemporaryDirectory())
                places = {"memory": "memory", "redis": redis, "sqlite": f"sqlite:{folder}/nonces.sqlite"}
                settings["REPLAY_STORE"] = str(places[self.store])
            gateway = stack.enter_context(Gateway(self.kind, [signer, *others], settings))
            gateway.ready(signer)
            yield gateway

    def in_time(self, load: Load) -> str:
        limit = (self.timeout_ms + BEYOND) * (1 if self.full_form else 2)
        holds(load.slowest_ms <= limit, f"an answer took {load.slowest_ms:.0f} ms")
        return f"slowest answer {load.slowest_ms:.0f} ms"


def accepted(load: Load) -> int:
    return sum(count for code, count in load.codes.items() if code.startswith("2"))


@dataclass
class Witness:
    """Frames that were accepted, to be sent again."""

    frames: list[bytes]

    def again(self, gateway: Gateway, connections: int = 8) -> Load:
        load = flood(gateway.port, self.frames, connections)
        equal(accepted(load), 0, f"accepted replays ({load.words()})")
        return load


def noting(frames: list[bytes], seen: list[bytes]) -> Hear:
    """Notes the frames that were accepted."""
    return lambda index, answer: seen.append(frames[index]) if answer.status == 200 else None


def witness(gateway: Gateway, signer: Signer, count: int) -> Witness:
    frames = [Frame(signer, ttl=290).wire() for _ in range(count)]
    seen: list[bytes] = []
    flood(gateway.port, frames, 8, noting(frames, seen))
    holds(len(seen) >= count * 0.98, f"only {len(seen)} of {count} were accepted")
    return Witness(seen)
