"""Follows the change feed and keeps the relationships and the restricted people up to date.

Restartable at any point: what a page of the feed says and how far it goes are one commit. A feed
of another epoch (a restore, a failover) is read again from its beginning, with nothing standing
until it says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import xxhash

from bevan.access.choices import Choice, choice
from bevan.access.relationships import TYPES, Held, held
from bevan.access.rule import Rules
from bevan.fhir import json
from bevan.kernel.clock import Clock
from bevan.kernel.database import Connection, Database
from bevan.kernel.sql import statements
from bevan.record.feed import Cursor, FeedEntry, FeedPage, Rebuild
from bevan.record.record import Record
from bevan.record.scope import RESTRICTED, VERY_RESTRICTED, Actor, compartment, labels, system

PAGE = 1000
FOLLOWED = (*TYPES, "Consent")
START_OVER = (
    "forget_all",
    "forget_relationships",
    "forget_restricted",
    "doubt_choices",
    "restore_own",
)
# After something new was said: what people refuse, and the links that follow from it.
SETTLING = ("refuse", "allow", "cut_links", "mend_links", "mend_own")
_ACTOR = Actor("system", "access", "Access")
_PURPOSE = "who has a relationship with whom"
_SECRET = RESTRICTED | VERY_RESTRICTED
_LAST_KEY = (1 << 63) - 1

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
    choices: list[tuple[int, Choice, datetime]] = field(default_factory=list)


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
        stored = await self._database.fetchval(self._sql["cursor"])
        page, anew = await self._page(stored)
        after = str(_covered(page))
        if after == stored:
            return False, 0
        changes = _read(page.entries, self._rules)
        async with self._database.transaction() as connection:
            # Whoever else followed the same stretch in the meantime has done this page's work.
            if not await connection.fetchval(self._sql["advance"], stored, after):
                return True, 0
            if anew:
                await self._start_over(connection)
            await self._apply(connection, changes)
            if not page.full:
                await self._sweep(connection)
        return page.full, len(changes.origins)

    async def _page(self, stored: str | None) -> tuple[FeedPage, bool]:
        """The next page, and whether it is the first of a feed that has to be read anew."""
        scope = system(_PURPOSE, _ACTOR, at=self._clock.now())
        if stored is not None:
            try:
                cursor = Cursor.read(stored)
                return await self._record.feed(scope, cursor, PAGE, types=FOLLOWED), False
            except Rebuild:
                pass
        return await self._record.feed(scope, None, PAGE, types=FOLLOWED), True

    async def _start_over(self, connection: Connection) -> None:
        for name in START_OVER:
            await connection.execute(self._sql[name])

    async def _apply(self, connection: Connection, changes: _Changes) -> None:
        if not changes.origins:
            return
        await self._choose(connection, changes)
        touched = await self._origins(connection, changes)
        if touched:
            arrays = [list(column) for column in zip(*touched, strict=True)]
            await connection.execute(self._sql["withdraw"], *arrays)
            await connection.execute(self._sql["grant"], *arrays)
        if changes.released:
            await connection.execute(self._sql["release"], list(changes.released))
        if changes.restricted:
            await connection.execute(self._sql["restrict"], list(changes.restricted))

    async def _choose(self, connection: Connection, changes: _Changes) -> None:
        """Keep what people said. Whoever said something new has all their links looked at again."""
        said = [each for _, each, _ in changes.choices]
        numbers = [number for number, _, _ in changes.choices]
        gone = await connection.fetch(self._sql["unsay"], changes.origins)
        await connection.execute(
            self._sql["say"],
            numbers,
            [each.patient for each in said],
            [each.kind for each in said],
            [each.refused for each in said],
            [each.consent for each in said],
            [at for _, _, at in changes.choices],
        )
        await self._settle(
            connection, {*(row["patient"] for row in gone), *(each.patient for each in said)}
        )

    async def _sweep(self, connection: Connection) -> None:
        """What a feed that was read anew no longer says, was unsaid."""
        gone = await connection.fetch(self._sql["unsay_doubted"])
        await self._settle(connection, {row["patient"] for row in gone})

    async def _settle(self, connection: Connection, people: set[UUID]) -> None:
        if people:
            for name in SETTLING:
                await connection.execute(self._sql[name], list(people))

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


def _covered(page: FeedPage) -> Cursor:
    """How far the page reaches: beyond its last entry where nothing of our types is left.

    Otherwise each step would look again at all that other types brought since.
    """
    last = page.cursor
    if page.full or page.watermark - 1 <= last.txid:
        return last
    return Cursor(last.epoch, page.watermark - 1, _LAST_KEY)


def _read(entries: Sequence[FeedEntry], rules: Rules) -> _Changes:
    changes, ends = _Changes(), rules.ends
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
            for each in _widest(_links(entry, resource, ends, rules.residences))
        }
        said = choice(resource, rules.choices)
        if said is not None:
            changes.choices.append((number, said, entry.last_updated))
        changes.stated += [(number, each) for each in once.values()]
    return changes


def _newest(entries: Iterable[FeedEntry]) -> Iterable[FeedEntry]:
    last = {(entry.type, entry.id): entry for entry in entries if entry.type in FOLLOWED}
    return last.values()


def _links(
    entry: FeedEntry, resource: Mapping[str, Any], ends: Mapping[str, int], homes: Collection[str]
) -> Iterable[Held]:
    """The links a version states. Nobody refers a person to their own team: a look in an emergency
    would make itself last."""
    own: set[UUID] = set()
    if entry.agent.kind == "practitioner":
        own = {compartment(entry.agent.id), compartment(entry.agent.organisation)}
    for each in held(resource, ends, entry.last_updated, homes):
        if each.kind != "referral" or each.holder not in own:
            yield each


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
