"""Coalescing without a timer: what queued while the last batch was in flight is the next batch.

A lane runs one batch at a time. An idle lane starts at once; a busy one lets its queue grow and
then takes all of it. So a single caller never waits, and many share a round trip and a commit.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bevan.kernel.errors import Unavailable

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(eq=False, slots=True)
class Waiting(Generic[Item, Result]):
    """An item in the queue and whom to tell."""

    item: Item
    key: Hashable | None
    answer: asyncio.Future[Result] = field(repr=False)

    def settle(self, result: Result | None = None, error: BaseException | None = None) -> None:
        """Answer, unless it was answered before."""
        if self.answer.done():
            return
        if error is not None:
            self.answer.set_exception(error)
            self.answer.exception()  # a caller who hung up will never ask for it
        else:
            self.answer.set_result(result)  # type: ignore[arg-type]


class Lane(Generic[Item, Result]):
    """A queue served in batches by ``work``, which settles every item that it is given."""

    def __init__(
        self,
        work: Callable[[list[Waiting[Item, Result]]], Awaitable[None]],
        *,
        most: int = 500,
    ) -> None:
        """``most``: items in one batch."""
        self._work = work
        self._most = most
        self._queue: deque[Waiting[Item, Result]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self._since: float | None = None

    def busy_for(self) -> float:
        """For how many seconds the batch in flight has been; 0 without one."""
        if self._since is None:
            return 0.0
        return asyncio.get_running_loop().time() - self._since

    async def put(self, item: Item, key: Hashable | None = None) -> Result:
        """The result of ``item``. Two items with the same ``key`` never share a batch.

        A caller who is cancelled stops waiting; the item is worked on all the same.
        """
        if self._closed:
            raise Unavailable("The record is closing.")
        loop = asyncio.get_running_loop()
        waiting: Waiting[Item, Result] = Waiting(item, key, loop.create_future())
        self._queue.append(waiting)
        if self._task is None:
            self._task = loop.create_task(self._run())
        return await waiting.answer

    async def close(self) -> None:
        """Take nothing new and finish what is queued."""
        self._closed = True
        if self._task is not None:
            await asyncio.shield(self._task)

    async def _run(self) -> None:
        try:
            # One turn of the loop lets callers that became ready together share the first batch.
            await asyncio.sleep(0)
            while self._queue:
                await self._serve(self._take())
        finally:
            self._task = None

    async def _serve(self, batch: list[Waiting[Item, Result]]) -> None:
        self._since = asyncio.get_running_loop().time()
        try:
            await self._work(batch)
        except Exception as error:
            for waiting in batch:
                waiting.settle(error=error)
        finally:
            self._since = None
            for waiting in batch:
                waiting.settle(error=Unavailable("The request was not answered."))

    def _take(self) -> list[Waiting[Item, Result]]:
        batch: list[Waiting[Item, Result]] = []
        later: list[Waiting[Item, Result]] = []
        keys: set[Hashable] = set()
        while self._queue and len(batch) < self._most:
            waiting = self._queue.popleft()
            if waiting.key is not None and waiting.key in keys:
                later.append(waiting)
                continue
            if waiting.key is not None:
                keys.add(waiting.key)
            batch.append(waiting)
        self._queue.extendleft(reversed(later))
        return batch
