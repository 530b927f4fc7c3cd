"""Replay stores: where a gateway keeps the nonces that it has seen.

A nonce of one process is kept in the memory of its :class:`~samebyte.http.Gateway`. Several processes of one host share
a :class:`SqliteStore`; several hosts share a Redis, over :class:`samebyte.replay.redis.RedisStore` or
:class:`samebyte.replay.redis.AsyncRedisStore`, for which the package ``redis`` has to be installed.
"""

from samebyte.replay._contract import AsyncStore, Lost, Store, Verdict
from samebyte.replay.sqlite import SqliteStore

__all__ = ["AsyncStore", "Lost", "SqliteStore", "Store", "Verdict"]
