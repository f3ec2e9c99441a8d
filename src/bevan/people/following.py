"""Follows the change feed for merged records: what still arrives for one goes to the survivor, and
what arrives for a record of an identity that was given up is locked like the rest of it.

It costs as much as there is news, however many merges there are. What a crash cut off is gone on
with first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.sql import statements
from bevan.people.merge import PURPOSE, Merge, Merging
from bevan.people.new_identity import NewIdentity
from bevan.people.stated import Stated
from bevan.people.survivors import Survivors
from bevan.people.unmerge import Unmerging
from bevan.record.feed import Cursor, FeedEntry, Rebuild
from bevan.record.record import Record
from bevan.record.scope import Actor, Scope, system

PAGE = 500


@dataclass(frozen=True, slots=True)
class Following:
    """The follower of merges; may be repeated after a crash, and by two at once."""

    record: Record
    database: Database
    clock: Clock
    merging: Merging
    unmerging: Unmerging
    survivors: Survivors
    identities: NewIdentity

    @property
    def stated(self) -> Stated:
        """What sources say by themselves."""
        return Stated(self.record, self.database)

    async def follow(self, by: Actor) -> int:
        """Move what has come since the last time; at how many merges that was looked."""
        await self.unmerging.resume(by)
        scope = system(PURPOSE, by, at=self.clock.now())
        await self._finish(scope, await self._rows("unfinished"))
        touched: set[str] = set()
        while True:
            found, more = await self._step(scope)
            touched |= found
            if not more:
                return len(touched)

    async def _step(self, scope: Scope) -> tuple[set[str], bool]:
        stored = await self._cursor()
        if stored is None:
            return await self._everything(scope, None)
        try:
            page = await self.record.feed(scope, Cursor.read(stored), PAGE)
        except Rebuild:
            return await self._everything(scope, stored)
        await self.stated.follow(scope, page.entries)
        # After the page: a merge that the page's entries came too late for is known by then.
        await self.survivors.renew()
        found = self._merged(page.entries)
        for merged in sorted(found):
            await self._again(scope, merged)
        await self.identities.follow(scope.ticket.actor, _people(page.entries))
        after = str(page.cursor)
        if after != stored:
            await self.database.fetchval(self._sql["advance"], stored, after)
        return found, page.full

    async def _everything(self, scope: Scope, stored: str | None) -> tuple[set[str], bool]:
        """At first, and on another epoch: look at every merge that stands."""
        start = str(await self.record.watermark(scope))
        standing = await self._rows("standing")
        await self._finish(scope, standing)
        await self.stated.everything(scope)
        await self.identities.follow(scope.ticket.actor, [])
        await self.database.fetchval(self._sql["advance"], stored, start)
        return {each.merged for each in standing}, False

    def _merged(self, entries: Iterable[FeedEntry]) -> set[str]:
        """The merged records that something has happened to, or to whose survivor's Patient."""
        entries = list(entries)
        found = {id for one in _people(entries) if (id := self.survivors.by_key(one))}
        for each in entries:
            if each.type == "Patient":
                found |= self.survivors.merged_into(each.id)
        return found

    async def _again(self, scope: Scope, merged: str) -> None:
        row = await self.database.fetchrow(self._merges["standing_of"], merged)
        if row is not None and row["state"] in ("moving", "merged"):
            await self._finish(scope, [Merge.of(row)])

    async def _finish(self, scope: Scope, merges: Iterable[Merge]) -> None:
        for merge in merges:
            await self.merging.relink(scope, merge)
            await self.merging.move(scope, merge)

    async def _rows(self, name: str) -> list[Merge]:
        return [Merge.of(row) for row in await self.database.fetch(self._merges[name])]

    async def _cursor(self) -> str | None:
        found: str | None = await self.database.fetchval(self._sql["cursor"])
        return found

    @property
    def _sql(self) -> Mapping[str, str]:
        return statements("bevan.people", "survivors.sql")

    @property
    def _merges(self) -> Mapping[str, str]:
        return statements("bevan.people", "merge.sql")


def _people(entries: Iterable[FeedEntry]) -> list[UUID]:
    """The compartments of everybody that some entries are about."""
    found = {one for each in entries for one in (each.patient, *(each.patients or ())) if one}
    return sorted(found)
