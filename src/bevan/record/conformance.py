"""The validator at depth with what this installation knows: R4, UK Core, and packages it was given.

Packages are kept in the database, so that every process validates by the same ones and a backup
holds them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from bevan.fhir.conformance import Library, package, shipped
from bevan.fhir.definitions import Definitions
from bevan.fhir.profiles import Profiles
from bevan.kernel.database import Database
from bevan.kernel.sql import statements

SECONDS = 5.0
"""How old an answer to "which packages are there" may be."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A package that is loaded, since when, and who added it."""

    name: str
    version: str
    added: datetime
    by: str


class Packages:
    """The packages of an installation."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = statements("bevan.record", "conformance.sql")

    async def add(self, content: bytes, *, by: str) -> package.Package:
        """Keep a package. Raises `bevan.fhir.conformance.package.BadPackage` when it is none."""
        found = await asyncio.to_thread(package.read, content)
        await self._database.execute(self._sql["put"], found.name, found.version, by, content)
        return found

    async def remove(self, name: str, version: str) -> bool:
        """Take a package away; False when there is none."""
        return await self._database.fetchval(self._sql["remove"], name, version) is not None

    async def every(self) -> list[Kept]:
        """What is loaded, oldest first."""
        rows = await self._database.fetch(self._sql["every"])
        return [Kept(row["name"], row["version"], row["added"], row["added_by"]) for row in rows]

    async def state(self) -> str:
        """A text that changes whenever packages come or go."""
        return str(await self._database.fetchval(self._sql["state"]))

    async def above(self, library: Library) -> Library:
        """A library that has every package above this one."""
        rows = await self._database.fetch(self._sql["contents"])
        for row in rows:
            found = await asyncio.to_thread(package.read, row["content"])
            library = library.above(found.resources)
        return library


class Conformance:
    """One for a process; unpacks the definitions when somebody first validates (some 0.1 s)."""

    def __init__(
        self,
        definitions: Definitions,
        packages: Packages,
        *,
        tick: Callable[[], float] = monotonic,
    ) -> None:
        self._definitions = definitions
        self._packages = packages
        self._tick = tick
        self._shipped: Library | None = None
        self._made: tuple[str, Profiles] | None = None
        self._until = 0.0
        self._making = asyncio.Lock()

    async def profiles(self) -> Profiles:
        """The validator, with what was added until a few seconds ago."""
        async with self._making:
            if self._made is None or self._tick() >= self._until:
                await self._renew()
            assert self._made is not None
            return self._made[1]

    async def _renew(self) -> None:
        state = await self._packages.state()
        if self._made is None or self._made[0] != state:
            self._shipped = self._shipped or shipped()
            library = await self._packages.above(self._shipped)
            self._made = state, Profiles(self._definitions, library)
        self._until = self._tick() + SECONDS
