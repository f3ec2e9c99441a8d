"""Merging two records of one person: what may be merged, and the moving of entries.

The merged record's entries are moved to the survivor, a few hundred in each commit, every one noted
in a ledger with its version before. Followers of the change feed see each of them, as they see any
change; searches and rules need to know nothing of merges. What still arrives for the merged record
is moved after it. See docs/decisions/0011-merge-moves-entries.md.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from bevan.fhir import json
from bevan.kernel.clock import Clock
from bevan.kernel.database import Connection, Database
from bevan.kernel.errors import BevanError
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements
from bevan.people.links import carried, joined, linked, readdressed, retired, survivor_of
from bevan.people.nhs_number import stated, verified
from bevan.record.belongings import Belonging
from bevan.record.errors import PreconditionFailed
from bevan.record.loading import Within
from bevan.record.record import Record
from bevan.record.scope import RESTRICTED, VERY_RESTRICTED, Actor, Scope, Ticket, labels, system
from bevan.record.version import Version

PURPOSE = "Merging two records of one person"
State = Literal["moving", "merged", "undoing", "undone"]
PAGE = 200
_TRIES = 10
# A Patient is its own record; provenance and audit are of what was done to the old one.
STAYS = frozenset({"Patient", "Provenance", "AuditEvent"})
BUSY = "Others keep changing this record. Try again in a minute."
_SECRET = RESTRICTED | VERY_RESTRICTED

Resource = Mapping[str, Any]
Change = tuple[Version, Resource]
"""A row as it was read, and what it is to say."""


class MergeRefused(BevanError):
    """Records that may not be merged; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge as the ledger has it: the ids of both Patients, their versions around it, who merged
    them and why, and the same of its undoing."""

    id: UUID
    survivor: str
    merged: str
    survivor_before: int
    merged_before: int
    survivor_after: int
    merged_after: int
    at: datetime
    state: State
    by_name: str = ""
    reason: str = ""
    undone_by: str = ""
    undone_reason: str = ""

    @classmethod
    def of(cls, row: Any) -> Merge:
        """From a row of the ledger."""
        return cls(**{name: row[name] for name in cls.__slots__})


def check(survivor: Resource, merged: Resource) -> None:
    """Raise MergeRefused unless these two may become one record."""
    if survivor["id"] == merged["id"]:
        raise MergeRefused("This is one record already.")
    numbers = verified(survivor), verified(merged)
    if None not in numbers and numbers[0] != numbers[1]:
        raise MergeRefused(
            "Both records have a verified NHS number, and the numbers differ: they are two people."
            " If PDS says otherwise, correct the number first."
        )
    for each in (survivor, merged):
        if survivor_of(each):
            raise MergeRefused("One of the records was merged already: undo that merge first.")
        if each.get("active") is False:
            raise MergeRefused("One of the records isn't active any more.")
    if numbers[0] is None and numbers[1] is not None and stated(survivor) is not None:
        raise MergeRefused(
            "Only the record to be merged has a verified NHS number: keep that one instead."
        )
    if labels(merged) & _SECRET & ~labels(survivor):
        raise MergeRefused(
            "The record to be merged is restricted and the other one isn't: restrict the other one"
            " first, so that nothing becomes visible."
        )


class Merging:
    """Merges records; each step may be repeated after a crash."""

    def __init__(self, record: Record, database: Database, clock: Clock) -> None:
        self._record = record
        self._database = database
        self._clock = clock
        self._sql = statements("bevan.people", "merge.sql")

    async def merge(self, by: Actor, survivor: str, merged: str, reason: str) -> Merge:
        """Make one record of two; `survivor` stays, `merged` points to it.

        Raises MergeRefused where that may not be, and the record's errors where somebody changes
        one of the two at the same moment.
        """
        scope = system(PURPOSE, by, at=self._clock.now())
        first, second = [await self._patient(scope, id) for id in (survivor, merged)]
        check(json.decode(first.content), json.decode(second.content))
        made = _made(first, second, scope.ticket, reason)
        await self._begin(scope, made, (first, second), reason)
        return await self.move(scope, made)

    async def move(self, scope: Scope, merge: Merge) -> Merge:
        """Move what is still on the merged record, now or when it has come late."""
        after, moved = 0, 0
        while True:
            page = await self._record.belongings(scope, merge.merged, after=after, limit=PAGE)
            if not page:
                break
            moved += await self._page(scope, merge, page)
            after = page[-1].key
        if moved:
            await self._record.settle(scope)
        found = await self._database.fetchrow(
            self._sql["state"], merge.id, ["moving", "merged"], "merged", None
        )
        return merge if found is None else Merge.of(found)

    async def relink(self, scope: Scope, merge: Merge) -> None:
        """Link the two again, where a system wrote over one of them what it had before."""

        async def lost() -> list[Change]:
            first = await self._patient(scope, merge.survivor)
            second = await self._patient(scope, merge.merged)
            return _unlinked(merge, first, second)

        await rewrite(self._record, scope, lost)

    async def one(self, merge: UUID) -> Merge | None:
        """One merge, undone or not."""
        row = await self._database.fetchrow(self._sql["one"], merge)
        return None if row is None else Merge.of(row)

    async def recent(self, *, limit: int = 50, offset: int = 0) -> list[Merge]:
        """Merges, undone ones too, newest first."""
        rows = await self._database.fetch(self._sql["listed"], limit, offset)
        return [Merge.of(row) for row in rows]

    async def moved(self, merge: UUID) -> int:
        """How many entries a merge has moved."""
        found: int = await self._database.fetchval(self._sql["counted"], merge)
        return found

    async def standing(self, person: str) -> list[Merge]:
        """The merges of a record that aren't undone."""
        return [Merge.of(row) for row in await self._database.fetch(self._sql["of"], person)]

    async def _patient(self, scope: Scope, id: str) -> Version:
        found = await self._record.read(scope, "Patient", id)
        if found is None or found.deleted:
            raise MergeRefused("One of the records isn't there any more.")
        return found

    async def _begin(
        self, scope: Scope, merge: Merge, patients: Sequence[Version], reason: str
    ) -> None:
        first, second = patients
        by = scope.ticket.actor

        async def noted(connection: Connection) -> bool:
            await connection.execute(
                self._sql["begin"],
                *(merge.id, merge.survivor, merge.merged),
                *(merge.survivor_before, merge.merged_before, merge.at),
                *(by.kind, by.id, by.name, reason),
            )
            return True

        changed = _linked(merge, first, second)
        await self._record.bundle(scope, transaction(changed), within=noted)

    async def _page(self, scope: Scope, merge: Merge, page: Sequence[Belonging]) -> int:
        """Move one page; how many entries that was."""
        return await rewrite(
            self._record,
            scope,
            lambda: self._changed(scope, merge, page),
            lambda changed: self._noting(merge, changed),
        )

    async def _changed(self, scope: Scope, merge: Merge, page: Sequence[Belonging]) -> list[Change]:
        found: list[Change] = []
        for each in page:
            if each.deleted or each.type in STAYS:
                continue
            version = await self._record.read(scope, each.type, each.id)
            if version is None or version.deleted:
                continue
            old = json.decode(version.content)
            new = readdressed(old, merge.merged, merge.survivor, self._record.base)
            if new != old and not about_merges(old):
                found.append((version, new))
        return found

    def _noting(self, merge: Merge, changed: Sequence[Change]) -> Any:
        async def noted(connection: Connection) -> bool:
            types, ids, befores = zip(
                *((one.type, one.id, one.version) for one, _ in changed), strict=True
            )
            await connection.execute(
                self._sql["moved"], merge.id, list(types), list(ids), list(befores)
            )
            return True

        return noted


def _linked(merge: Merge, first: Version, second: Version) -> list[Change]:
    """Both Patients as a merge leaves them."""
    survivor, merged = json.decode(first.content), json.decode(second.content)
    return [
        (first, joined(survivor, merge.merged, carried(survivor, merged))),
        (second, retired(merged, merge.survivor)),
    ]


def _unlinked(merge: Merge, first: Version, second: Version) -> list[Change]:
    """Those of `_linked` that have lost their link."""
    both = _linked(merge, first, second)
    lost = (
        merge.merged not in linked(json.decode(first.content), "replaces"),
        survivor_of(json.decode(second.content)) != merge.survivor,
    )
    return [one for one, gone in zip(both, lost, strict=True) if gone]


def about_merges(resource: Resource) -> bool:
    """Whether an entry is about the two records as such: a clerk's Task names both, always."""
    return any(
        each.get("system") == TASKS
        for each in resource.get("identifier") or ()
        if isinstance(each, Mapping)
    )


async def rewrite(
    record: Record,
    scope: Scope,
    look: Callable[[], Awaitable[Sequence[Change]]],
    noting: Callable[[Sequence[Change]], Within] | None = None,
) -> int:
    """Write what `look` finds over what it read, and look again where somebody was quicker.

    `noting` makes what is noted in the same transaction. How many were written; raises
    MergeRefused where others keep being quicker.
    """
    for _ in range(_TRIES):
        changed = await look()
        if not changed:
            return 0
        within = noting(changed) if noting is not None else None
        try:
            await record.bundle(scope, transaction(changed), within=within)
        except PreconditionFailed:
            continue
        return len(changed)
    raise MergeRefused(BUSY)


TASKS = "https://bevan.example/fhir/Id/identity-review"


def transaction(changed: Sequence[Change]) -> dict[str, Any]:
    """A transaction that writes each resource over the version that was read."""
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "resource": resource,
                "request": {
                    "method": "PUT",
                    "url": f"{version.type}/{version.id}",
                    "ifMatch": f'W/"{version.version}"',
                },
            }
            for version, resource in changed
        ],
    }


def _made(survivor: Version, merged: Version, ticket: Ticket, reason: str) -> Merge:
    return Merge(
        id=UUID(uuid7()),
        survivor=survivor.id,
        merged=merged.id,
        survivor_before=survivor.version,
        merged_before=merged.version,
        survivor_after=survivor.version + 1,
        merged_after=merged.version + 1,
        at=ticket.at,
        state="moving",
        by_name=ticket.actor.name,
        reason=reason,
    )
