"""A look-up remembered for a moment, so that a hot path doesn't ask the database every time.

A revoked token or session must bite within seconds, so nothing is kept longer than its
`seconds`, absence is remembered too (a guessed token must not cost a query each time), and the
number of kept answers is bounded. Callers who ask for the same key at once share one look-up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from time import monotonic
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Brief(Generic[K, V]):
    """Answers of `find`, each kept for `seconds`; at most `limit` of them."""

    def __init__(
        self,
        find: Callable[[K], Awaitable[V]],
        *,
        seconds: float = 2.0,
        limit: int = 10_000,
        tick: Callable[[], float] = monotonic,
    ) -> None:
        self._find = find
        self._seconds = seconds
        self._limit = limit
        self._tick = tick
        self._kept: dict[K, tuple[float, V]] = {}
        self._asked: dict[K, asyncio.Future[V]] = {}

    def peek(self, key: K) -> V | None:
        """The kept answer if it is still fresh, without waiting; None when there is none."""
        kept = self._kept.get(key)
        return kept[1] if kept is not None and self._tick() < kept[0] else None

    async def get(self, key: K) -> V:
        """The kept answer, or a new one; every caller waiting for a key gets the same look-up."""
        kept = self._kept.get(key)
        if kept is not None and self._tick() < kept[0]:
            return kept[1]
        asked = self._asked.get(key)
        if asked is None:
            asked = asyncio.ensure_future(self._ask(key))
            self._asked[key] = asked
            asked.add_done_callback(lambda done: self._settled(key, done))
        # A caller who hangs up must not cancel the look-up that others wait for.
        return await asyncio.shield(asked)

    def forget(self, key: K | None = None) -> None:
        """Drop one answer, or all of them."""
        if key is None:
            self._kept.clear()
            self._asked.clear()
        else:
            self._kept.pop(key, None)
            self._asked.pop(key, None)

    async def _ask(self, key: K) -> V:
        return await self._find(key)

    def _settled(self, key: K, done: asyncio.Future[V]) -> None:
        # What was forgotten while it was being looked up is stale: don't keep it.
        if self._asked.get(key) is not done:
            return
        del self._asked[key]
        if done.cancelled() or done.exception() is not None:
            return
        if len(self._kept) >= self._limit:
            self._shed()
        self._kept[key] = (self._tick() + self._seconds, done.result())

    def _shed(self) -> None:
        now = self._tick()
        self._kept = {key: kept for key, kept in self._kept.items() if now < kept[0]}
        if len(self._kept) >= self._limit:
            self._kept.clear()
