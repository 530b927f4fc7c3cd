"""Settings of a gateway from environment variables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samebyte import _native
from samebyte._native import SigningKey
from samebyte.replay import AsyncStore, SqliteStore, Store
from samebyte.replay._contract import unfit


@dataclass(frozen=True)
class Plan:
    """What the environment asks for."""

    settings: bytes
    signing_key: SigningKey | None
    replay: dict[str, Any]
    jwks: dict[str, Any]
    body_timeout: float
    snapshot: str | None

    def store(self) -> Store | None:
        """The replay store for threads; ``None`` for that in memory."""
        match self.replay["kind"]:
            case "sqlite":
                return self._sqlite()
            case "redis":
                client, stores = _redis()
                made: Store = stores.RedisStore(client.Redis.from_url(self.replay["target"]), **self._redis_options())
                return made
            case _:
                return None

    def async_store(self) -> Store | AsyncStore | None:
        """As :meth:`store`, for an event loop."""
        if self.replay["kind"] != "redis":
            return self.store()
        client, stores = _redis()
        place = client.asyncio.Redis.from_url(self.replay["target"])
        made: AsyncStore = stores.AsyncRedisStore(place, **self._redis_options())
        return made

    def _sqlite(self) -> SqliteStore:
        cap = json.loads(self.settings).get("replay_cap", 1_000_000)
        return SqliteStore(self.replay["target"], cap=cap, timeout_ms=self.replay["timeout_ms"])

    def _redis_options(self) -> dict[str, Any]:
        return {name: self.replay[name] for name in ("timeout_ms", "allow_eviction")}


def plan(environment: Mapping[str, str]) -> Plan:
    """Reads the variables, and the files that they name.

    Raises ``settings_invalid`` for a contradiction or a value that is none, and the codes of keys.
    """
    made = json.loads(_native.http_settings(dict(environment)))
    settings: dict[str, Any] = made["settings"]
    settings["replay"] = "memory" if made["replay"]["kind"] == "memory" else "external"
    text = _native.jcs_canonicalize(settings)
    match made["trust"]:
        case {"url": url}:
            trust = _native.jcs_canonicalize([{"tenant": "", "jwks_uri": url}])
        case None:
            trust = b""
        case source:
            # Not by way of Python's reader of JSON, which takes the last of two members of a name.
            trust = _native.jcs_canonicalize(_content(source, "TRUSTED_KEYS"), numbers="exact")
    if trust:
        text = text[:-1] + b',"trust":' + trust + b"}"
    key = None if made["signing_key"] is None else _key(_content(made["signing_key"], "SIGNING_KEY"))
    replay, seconds = made["replay"], made["body_timeout_ms"] / 1000
    return Plan(text, key, replay, made["jwks"], seconds, replay.get("snapshot"))


def _content(source: dict[str, str], setting: str) -> str:
    if "inline" in source:
        return source["inline"]
    try:
        return Path(source["file"]).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise unfit(f"the file cannot be read: {error}", setting) from None


def _key(text: str) -> SigningKey:
    return SigningKey.from_jwk(text) if text.lstrip().startswith("{") else SigningKey.from_pem(text)


def _redis() -> tuple[Any, Any]:
    try:
        import redis.asyncio

        import samebyte.replay.redis
    except ImportError:
        raise unfit("the package redis is not installed: pip install samebyte[redis]", "REPLAY_STORE") from None
    return redis, samebyte.replay.redis
