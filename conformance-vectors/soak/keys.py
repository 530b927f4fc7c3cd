"""Keys that are fetched: they come and go, and the server that has them is broken or hostile."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from checks import Skip, equal, holds
from frames import Frame, Signer
from gateway import Gateway, NotStarted
from key_server import FAULTS, KeyServer, Listener
from load import flood

MEMORY = {"REPLAY_STORE": "memory"}

# A fetch follows another one after so long at the soonest, in seconds; clocks are read a little early or late.
PAUSE, SLACK = 30, 0.5


@contextmanager
def served(kind: str, *signers: Signer) -> Iterator[tuple[KeyServer, Gateway]]:
    """A gateway that fetches its keys."""
    with KeyServer() as server:
        server.keys = [signer.public_jwk for signer in signers]
        settings = {**MEMORY, "TRUSTED_KEYS": server.url, "JWKS_PRIVATE_ADDRESSES": "1"}
        with Gateway(kind, [], settings) as gateway:
            yield server, gateway


def kid_storm(kind: str, full_form: bool) -> str:
    """Thousands of unknown keys make no storm of fetches, and known ones are served meanwhile, whatever the server does."""
    signer = Signer()
    with served(kind, signer) as (server, gateway):
        gateway.ready(signer)
        before = server.fetches
        count = 5_000 if full_form else 300
        for fault in (None, "500", "redirect", "huge", "garbage"):
            server.fault = fault
            load = flood(gateway.port, [Frame(Signer()).wire() for _ in range(count // 5)], 8)
            equal(set(load.codes), {"signature_unknown"}, f"{fault}: {load.words()}")
            equal(gateway.send(Frame(signer)).code, "200", f"{fault}: the known key")
        fetches = server.fetches - before
        pause = server.shortest_pause()
        holds(pause >= PAUSE - SLACK, f"a fetch came {pause:.1f} s after another")
    return f"{count} unknown keys: {fetches} more fetches"


class Traffic:
    """Valid requests without an end, signed by each of the keys that are in use, until it is left."""

    def __init__(self, gateway: Gateway, *signers: Signer) -> None:
        self.signers = signers
        self.codes: Counter[str] = Counter()
        self._gateway = gateway
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        # Few enough to stay below the quota of a key.
        while not self._stop.wait(0.2):
            self.codes += flood(
                self._gateway.port, [Frame(signer).wire() for signer in self.signers for _ in range(10)], 4
            ).codes

    def __enter__(self) -> Traffic:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def rotation(kind: str, full_form: bool) -> str:
    """A key is published, used and retired under load, while its server fails in all ways: no valid request is refused."""
    if not full_form:
        raise Skip("in the long form: keys are fetched again after 30 s at the soonest")
    old, new, stranger = Signer(), Signer(), Signer()

    def until(done: Callable[[], bool], what: str) -> float:
        """Unknown keys are what makes a gateway look for new ones."""
        begin = time.monotonic()
        while not done():
            holds(time.monotonic() - begin < 2 * PAUSE, what)
            code = gateway.send(Frame(stranger)).code
            equal(code, "signature_unknown", "a key that is not published")
            time.sleep(0.2)
        return time.monotonic() - begin

    with served(kind, old) as (server, gateway):
        server.elsewhere = [stranger.public_jwk]
        gateway.ready(old)
        with Traffic(gateway, old) as traffic:
            server.keys = [old.public_jwk, new.public_jwk]
            found = until(lambda: gateway.send(Frame(new)).code == "200", "the new key is not found")
            traffic.signers = (old, new)
            for fault in FAULTS:
                server.fault = fault
                met = server.fetches
                until(lambda met=met: server.fetches > met, f"{fault}: it is not asked")  # type: ignore[misc]
                # What it got must have been looked at.
                time.sleep(3)
            server.fault = None
            traffic.signers = (new,)
            server.keys = [new.public_jwk]
            gone = until(lambda: gateway.send(Frame(old)).code == "signature_unknown", "the old key stays")
        equal(set(traffic.codes), {"200"}, "valid requests")
        pause = server.shortest_pause()
        holds(pause >= PAUSE - SLACK, f"a fetch came {pause:.1f} s after another")
    return (
        f"found after {found:.0f} s, gone after {gone:.0f} s; meanwhile {', '.join(FAULTS)}: {traffic.codes.total()} valid "
        f"requests, 0 refused; {server.fetches} fetches, never less than {pause:.1f} s apart"
    )


def private_key_server(kind: str, full_form: bool) -> str:
    """A key server at a private address is not connected to, however its address is written."""
    signer = Signer()
    said = Counter[str]()
    with Listener() as listener:
        places = [
            f"https://{host}:{listener.port}/jwks.json"
            for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.0.0.2", "0.0.0.0")
        ]
        for place in (*places, f"http://127.0.0.1:{listener.port}/jwks.json"):
            try:
                with Gateway(kind, [], {**MEMORY, "TRUSTED_KEYS": place}) as gateway:
                    answer = gateway.send(Frame(signer))
                    equal((answer.status, answer.code), (503, "key_source_unavailable"), place)
                    said[answer.code] += 1
            except NotStarted as ended:
                holds("settings_invalid" in str(ended), f"{place}: {ended}")
                said["refused at the start"] += 1
        equal(listener.connections, 0, "connections")
        # Where it is allowed there is one: so they are counted.
        with Gateway(kind, [], {**MEMORY, "TRUSTED_KEYS": places[0], "JWKS_PRIVATE_ADDRESSES": "1"}) as gateway:
            gateway.send(Frame(signer))
        holds(listener.connections > 0, "no connection where it is allowed")
    return f"{', '.join(f'{count} × {what}' for what, count in said.items())}; 0 connections"


CHECKS: tuple[Callable[[str, bool], str], ...] = (rotation, kid_storm, private_key_server)
