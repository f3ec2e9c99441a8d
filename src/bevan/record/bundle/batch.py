"""A batch: every entry for itself (FHIR R4 3.1.0.11.1)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bevan.record.bundle.entries import Entry, read
from bevan.record.bundle.responses import Response, of_error
from bevan.record.scope import Scope

AT_ONCE = 50

Run = Callable[[Scope, Entry], Awaitable[Response]]


async def batch(scope: Scope, bundle: Mapping[str, Any], base: str, run: Run) -> list[Response]:
    """The response to each entry, in their order; ``run`` does one of them.

    Up to fifty run at once, so they share commits. Raises ``Invalid`` (400) and ``TooCostly`` for
    a Bundle that isn't a batch at all.
    """
    entries = read(bundle, base)
    room = asyncio.Semaphore(AT_ONCE)

    async def one(entry: Entry) -> Response:
        async with room:
            try:
                return await run(scope, entry)
            except Exception as error:
                return of_error(error)

    return list(await asyncio.gather(*map(one, entries)))
