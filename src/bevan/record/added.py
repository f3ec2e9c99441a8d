"""Search parameters that are added while the server runs, as this process knows them.

Every process asks for them before it writes or searches, at most every other second: so a
parameter that was taken up `GRACE` ago is known to whatever is written from then on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from time import monotonic

import msgspec

from bevan.fhir.definitions import SearchParameter
from bevan.fhir.parameters import Added, Registry
from bevan.kernel.database import Database
from bevan.kernel.sql import statements
from bevan.record.faults import DATABASE, told
from bevan.record.rows import Prepared, Preparer

SECONDS = 2.0
# Several times as long: what was prepared just before has been sent to the database since.
GRACE = 10.0


class AddedParameters:
    """Keeps a registry's added parameters up to date."""

    def __init__(
        self, database: Database, registry: Registry, now: Callable[[], float] = monotonic
    ) -> None:
        self._database = database
        self._registry = registry
        self._now = now
        self._asked = -SECONDS * 2
        self._busy: asyncio.Lock | None = None
        self._sql = statements("bevan.record", "added.sql")

    async def current(self) -> None:
        """Ask again if it was too long ago. Raises `Unavailable` without a database."""
        if self._now() - self._asked < SECONDS:
            return
        self._busy = self._busy or asyncio.Lock()
        async with self._busy:
            if self._now() - self._asked >= SECONDS:
                await self.renew()

    async def renew(self) -> None:
        """Ask now."""
        began = self._now()
        try:
            rows = await self._database.fetch(self._sql["listed"])
        except DATABASE as error:
            raise told(error) from error
        self._registry.adopt(Added(decoded(row["definition"]), row["ready"]) for row in rows)
        self._asked = began

    def indexed(self, prepared: Prepared, preparer: Preparer) -> Prepared:
        """A row that was prepared somewhere else, by the parameters that are there now."""
        if not self._registry.added(prepared.type):
            return prepared
        return replace(prepared, index=preparer.index(dict(prepared.resource)))


def encoded(parameter: SearchParameter) -> str:
    """A definition as the table keeps it."""
    return msgspec.json.encode(parameter).decode()


def decoded(text: str) -> SearchParameter:
    """The other way round."""
    return msgspec.json.decode(text, type=SearchParameter)
