"""Follows the change feed and keeps the relationships and the restricted people up to date.

Restartable at any point: what a page of the feed says and how far it goes are one commit. A feed
of another epoch (a restore, a failover) is read again from its beginning, with nothing standing
until it says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

import xxhash

from bevan.access.relationships import TYPES, Held, held
from bevan.access.rules import Rules
from bevan.fhir import json
from bevan.kernel.clock import Clock
from bevan.kernel.database import Connection, Database
from bevan.kernel.sql import statements
from bevan.record.feed import Cursor, Entry
from bevan.record.record import Record
from bevan.record.scope import RESTRICTED, VERY_RESTRICTED, Actor, compartment, labels, system

PAGE = 1000
_ACTOR = Actor("system", "access", "Access")
_PURPOSE = "who has a relationship with whom"
_SECRET = RESTRICTED | VERY_RESTRICTED

Triple = tuple[UUID, UUID, str]


class _Restricted(Protocol):
    async def renew(self) -> None: ...


@dataclass(slots=True)
class _Changes:
    """What one page of the feed says."""

    origins: list[int] = field(default_factory=list)
    stated: list[tuple[int, Held]] = field(default_factory=list)
    restricted: set[UUID] = field(default_factory=set)
    released: set[UUID] = field(default_factory=set)


class Projection:
    """The follower; `step` reads one page, `catch_up` all there is."""

    def __init__(
        self,
        record: Record,
        database: Database,
        rules: Rules,
        clock: Clock,
        restricted: _Restricted | None = None,
    ) -> None:
        self._record = record
        self._database = database
        self._rules = rules
        self._clock = clock
        self._restricted = restricted
        self._sql = statements("bevan.access", "projection.sql")

    async def catch_up(self) -> int:
        """Read the feed to its present end; how many changes mattered."""
        total = 0
        while True:
            read, mattered = await self.step()
            total += mattered
            if not read:
                break
        if self._restricted is not None:
            await self._restricted.renew()
        return total

    async def step(self) -> tuple[bool, int]:
        """Read one page: whether there may be more, and how many of its changes mattered."""
        async with self._database.transaction() as connection:
            stored = await connection.fetchval(self._sql["cursor"])
            cursor = Cursor.parse(stored) if stored is not None else None
            scope = system(_PURPOSE, _ACTOR, at=self._clock.now())
            page = await self._record.feed(scope, cursor, PAGE, types=TYPES)
            if page.restarted or stored is None:
                await self._start_over(connection)
            changes = _read(page.entries, self._rules.ends)
            await self._apply(connection, changes)
            if page.cursor is not None and str(page.cursor) != stored:
                await connection.execute(self._sql["save_cursor"], str(page.cursor))
        return page.more, len(changes.origins)

    async def _start_over(self, connection: Connection) -> None:
        for name in ("forget_all", "forget_relationships", "forget_restricted"):
            await connection.execute(self._sql[name])

    async def _apply(self, connection: Connection, changes: _Changes) -> None:
        if not changes.origins:
            return
        touched = await self._origins(connection, changes)
        if touched:
            arrays = [list(column) for column in zip(*touched, strict=True)]
            await connection.execute(self._sql["withdraw"], *arrays)
            await connection.execute(self._sql["grant"], *arrays)
        if changes.released:
            await connection.execute(self._sql["release"], list(changes.released))
        if changes.restricted:
            await connection.execute(self._sql["restrict"], list(changes.restricted))

    async def _origins(self, connection: Connection, changes: _Changes) -> set[Triple]:
        numbers = [number for number, _ in changes.stated]
        said = [each for _, each in changes.stated]
        holders = [each.holder for each in said]
        patients = [each.patient for each in said]
        kinds = [each.kind for each in said]
        gone = await connection.fetch(
            self._sql["forget"], changes.origins, numbers, holders, patients, kinds
        )
        new = await connection.fetch(
            self._sql["remember"],
            numbers,
            holders,
            patients,
            kinds,
            [each.since for each in said],
            [each.until for each in said],
        )
        return {(row["holder"], row["patient"], row["kind"]) for row in (*gone, *new)}


def _read(entries: Sequence[Entry], ends: Mapping[str, int]) -> _Changes:
    changes = _Changes()
    # Of several versions in one page only the last counts.
    for entry in _newest(entries):
        number = origin(entry.type, entry.id)
        changes.origins.append(number)
        resource: dict[str, Any] = {} if entry.deleted else json.decode(entry.content)
        if entry.type == "Patient":
            secret = bool(labels(resource) & _SECRET)
            (changes.restricted if secret else changes.released).add(compartment(entry.id))
        once = {
            (each.holder, each.patient, each.kind): each
            for each in _widest(held(resource, ends, entry.last_updated))
        }
        changes.stated += [(number, each) for each in once.values()]
    return changes


def _newest(entries: Iterable[Entry]) -> Iterable[Entry]:
    last = {(entry.type, entry.id): entry for entry in entries if entry.type in TYPES}
    return last.values()


def _widest(found: Iterable[Held]) -> Iterable[Held]:
    """One relation for each holder, person and kind: from the first beginning to the last end."""
    kept: dict[Triple, Held] = {}
    for each in found:
        key = (each.holder, each.patient, each.kind)
        other = kept.get(key)
        if other is not None:
            until = (
                None
                if None in (each.until, other.until)
                else max(filter(None, (each.until, other.until)))
            )
            each = each._replace(since=min(each.since, other.since), until=until)
        kept[key] = each
    return kept.values()


def origin(type: str, id: str) -> int:
    """The signed 64-bit number that stands for a resource among the origins."""
    number = int(xxhash.xxh3_64_intdigest(f"{type}/{id}".encode()))
    return number - 2**64 if number >= 2**63 else number
