"""Takes up SearchParameters that were written, and indexes the rows that stand by them.

Each step is one short transaction: some rows, how far it has come, and what has been counted. So
it can end at any point and goes on where it was. A search by a parameter is refused until no row
is left: `take_up`, then `step` until it says that there is nothing to do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
from asyncpg import Record as Found

from bevan.fhir import json
from bevan.fhir.definitions import SearchParameter
from bevan.fhir.extraction import Extractor
from bevan.fhir.extraction.sink import Index
from bevan.fhir.parameters import Added, Registry, lineage
from bevan.fhir.path.errors import PathSyntax
from bevan.kernel.clock import Clock
from bevan.kernel.database import Connection, Database
from bevan.kernel.sql import statements
from bevan.record.added import GRACE, decoded, encoded
from bevan.record.codec import Codec
from bevan.record.rows import Preparer

STEP = 200
CODE = re.compile(r"[A-Za-z][A-Za-z0-9\-]{0,63}")
KINDS = ("number", "date", "string", "token", "reference", "quantity", "uri")


@dataclass(frozen=True, slots=True)
class Status:
    """One added parameter: what it is, and how far the rows are indexed by it.

    `rows` is how many there were when it began; `looked` how many have been read, and `found` how
    many of those have a value.
    """

    url: str
    id: str
    code: str
    types: tuple[str, ...]
    state: str
    reason: str
    since: datetime
    rows: int | None
    looked: int
    found: int
    finished: datetime | None


class Reindex:
    """The work of one process; others may do it at the same time."""

    def __init__(
        self,
        database: Database,
        preparer: Preparer,
        extractor: Extractor,
        clock: Clock,
        grace: float = GRACE,
    ) -> None:
        """`grace`: seconds after which every process knows what was taken up."""
        self._grace = timedelta(seconds=grace)
        self._database = database
        self._preparer = preparer
        self._extractor = extractor
        self._clock = clock
        self._sql = statements("bevan.record", "added.sql")

    async def take_up(self) -> None:
        """Make the table say what the SearchParameters that stand say."""
        rows = await self._database.fetch(self._sql["stored"])
        taken = await self._database.fetch(self._sql["taken"])
        known = {row["url"]: (row["id"], row["version"]) for row in taken}
        found: dict[str, tuple[Found, SearchParameter]] = {}
        for row in rows:
            resource = await self._decoded(row["enc"], row["content"])
            if resource.get("status") == "active":
                found.setdefault(resource["url"], (row, parameter_of(resource)))
        await self._database.execute(self._sql["drop"], list(found))
        codes: dict[tuple[str, str], str] = {}
        for url, (row, parameter) in sorted(found.items()):
            fault = refusal(self._extractor, parameter) or _twice(
                codes, parameter, bases(self._extractor.registry, parameter)
            )
            if known.get(url) != (row["id"], row["version"]):
                await self._take(row, parameter, fault)

    async def _take(self, row: Found, parameter: SearchParameter, fault: str) -> None:
        await self._database.execute(
            self._sql["take"],
            parameter.url,
            row["id"],
            row["version"],
            encoded(parameter),
            list(bases(self._extractor.registry, parameter)),
            "refused" if fault else "starting",
            fault,
            self._clock.now(),
        )

    async def step(self) -> bool:
        """Index some rows; whether anything was there to do.

        Where a writer holds one of them, nothing is done, and it is to be tried again.
        """
        known = self._clock.now() - self._grace
        await self._database.execute(self._sql["begin"], known)
        try:
            async with self._database.transaction() as connection:
                await connection.execute(self._sql["impatient"])
                return await self._step(connection)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            return True

    async def _step(self, connection: Connection) -> bool:
        job = await connection.fetchrow(self._sql["next"])
        if job is None:
            return False
        # By the very definition that this step counts for, whatever else the process knows.
        self._know(decoded(job["definition"]))
        rows = await connection.fetch(self._sql["rows"], job["types"], job["place"], STEP)
        found = await self._index(connection, rows, decoded(job["definition"]).code)
        place = rows[-1]["rkey"] if rows else job["place"]
        done = len(rows) < STEP
        now = self._clock.now()
        await connection.execute(
            self._sql["advance"], job["url"], place, len(rows), found, done, now
        )
        return True

    def _know(self, parameter: SearchParameter) -> None:
        registry = self._extractor.registry
        others = [each for each in registry.adopted if each.parameter.url != parameter.url]
        mine = [each for each in registry.adopted if each.parameter == parameter]
        if not mine:
            added = [*others, Added(parameter, ready=False)]
            registry.adopt(sorted(added, key=lambda each: each.parameter.url))

    async def _index(self, connection: Connection, rows: Sequence[Found], code: str) -> int:
        """Write the tokens, ranges and texts of rows; how many have a value of the parameter."""
        if not rows:
            return 0
        found, made = 0, []
        for row in rows:
            resource = await self._decoded(row["enc"], row["content"])
            index = self._extractor.extract(resource)
            tokens = [*index.tokens, *self._preparer.named(resource)]
            made.append((row, index, tokens))
            found += bool(self._extractor.values(resource, row["type"], code))
        await connection.executemany(
            self._sql["tokens"], [(row["type"], row["rkey"], tokens) for row, _, tokens in made]
        )
        await self._renewed(connection, [(row["rkey"], index) for row, index, _ in made])
        return found

    async def _renewed(self, connection: Connection, made: Sequence[tuple[int, Index]]) -> None:
        keys = [rkey for rkey, _ in made]
        await connection.execute(self._sql["clear_numbers"], keys)
        await connection.execute(self._sql["clear_strings"], keys)
        numbers = [(*each, rkey) for rkey, index in made for each in index.numbers]
        strings = [(*each, rkey) for rkey, index in made for each in index.strings]
        if numbers:
            await connection.execute(self._sql["numbers"], *map(list, zip(*numbers, strict=True)))
        if strings:
            await connection.execute(self._sql["strings"], *map(list, zip(*strings, strict=True)))

    async def status(self) -> list[Status]:
        """Every added parameter, by its address."""
        rows = await self._database.fetch(self._sql["status"])
        return [
            Status(
                row["url"], row["id"], decoded(row["definition"]).code, tuple(row["types"]),
                row["state"], row["reason"], row["since"], row["rows"], row["looked"],
                row["found"], row["finished"],
            )
            for row in rows
        ]  # fmt: skip

    async def _decoded(self, enc: int, content: bytes) -> dict[str, Any]:
        codec: Codec = self._preparer.codec
        if not codec.knows(enc):
            async with self._database.connection() as connection:
                await codec.learn(connection)
        resource: dict[str, Any] = json.decode(codec.unpack(enc, content))
        return resource


def parameter_of(resource: Mapping[str, Any]) -> SearchParameter:
    """What a SearchParameter resource defines."""
    return SearchParameter(
        url=resource["url"],
        code=resource["code"],
        type=resource["type"],
        base=tuple(resource.get("base", ())),
        expression=resource.get("expression", ""),
        target=tuple(resource.get("target", ())),
    )


def bases(registry: Registry, parameter: SearchParameter) -> tuple[str, ...]:
    """The resource types that a definition is for, `Resource` and `DomainResource` meaning many."""
    definitions = registry.definitions
    return tuple(
        type
        for type in definitions.resource_types
        if not set(lineage(definitions, type)).isdisjoint(parameter.base)
    )


def refusal(extractor: Extractor, parameter: SearchParameter) -> str:
    """Why a definition can't be used, as half a sentence; empty where it can."""
    registry = extractor.registry
    if CODE.fullmatch(parameter.code) is None:
        return "its code isn't a name of letters, digits and hyphens"
    if parameter.type not in KINDS:
        return f"a {parameter.type} parameter can't be added"
    types = bases(registry, parameter)
    taken = [type for type in types if registry.standard(type, parameter.code)]
    if not types or taken:
        return f"{taken[0]} has this code already" if taken else "its base is no resource type"
    try:
        trial = Registry(registry.definitions, [parameter])
    except (PathSyntax, ValueError, RecursionError):
        return "its expression can't be read"
    made = [found for type in types if (found := trial.find(type, parameter.code)) is not None]
    return next((fault for each in made if (fault := extractor.fault(each))), "")


def _twice(
    codes: dict[tuple[str, str], str], parameter: SearchParameter, types: Sequence[str]
) -> str:
    """Whether another definition has the same code at one of these types."""
    found = [codes.get((type, parameter.code)) for type in types]
    codes.update({(type, parameter.code): parameter.url for type in types})
    return "another parameter has this code at one of these types" if any(found) else ""
