"""Undoing a merge: what came before as it was, what was written since by its evidence.

Each entry that the merge moved gets back its content, byte for byte where nobody has edited it
since. What was written to the survivor in between is placed by what it says itself
(`bevan.people.placing`); what says nothing, or both, is handed to a clerk and stays until then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from bevan.fhir import json
from bevan.kernel.clock import Clock
from bevan.kernel.database import Connection, Database
from bevan.kernel.sql import statements
from bevan.people.links import readdressed, unlinked
from bevan.people.merge import (
    BUSY,
    PAGE,
    STAYS,
    Change,
    Merge,
    MergeRefused,
    about_merges,
    rewrite,
    transaction,
)
from bevan.people.placing import Known, identifiers_of, references, side
from bevan.record.errors import PreconditionFailed
from bevan.record.record import Record
from bevan.record.scope import Actor, Scope, system
from bevan.record.version import Version, moment

PURPOSE = "Undoing a merge of two records"
ONWARD = (
    "The record that stayed was itself merged into another one, or closed, since: undo that first."
)
_TRIES = 10

Resource = Mapping[str, Any]


class Asks(Protocol):
    """Takes entries to a clerk (`bevan.people.review`)."""

    async def misplaced(self, scope: Scope, merge: Merge, entry: Version) -> None: ...

    async def parted(self, by: Actor, merge: Merge) -> None: ...


@dataclass(slots=True)
class Undone:
    """What became of it: entries put back as they were, edited ones put back, those written since
    that were placed with the merged record, and those (`Type/id`) that a clerk was asked about."""

    restored: int = 0
    edited: int = 0
    placed: int = 0
    asked: list[str] = field(default_factory=list)


class Unmerging:
    """Undoes merges; may be repeated after a crash."""

    def __init__(self, record: Record, database: Database, clock: Clock, asks: Asks) -> None:
        self._record = record
        self._database = database
        self._clock = clock
        self._asks = asks
        self._sql = statements("bevan.people", "merge.sql")

    async def undo(self, by: Actor, merge: UUID, reason: str = "") -> Undone:
        """Take the two records apart again.

        Raises MergeRefused for a merge that doesn't stand, or on which another one rests.
        """
        scope = system(PURPOSE, by, at=self._clock.now())
        if await self._database.fetchval(self._sql["onward"], merge):
            raise MergeRefused(ONWARD)
        row = await self._database.fetchrow(
            self._sql["undoing"], merge, by.name or by.id, reason or None
        )
        if row is None:
            raise MergeRefused("This merge was undone already.")
        return await self._undo(scope, Merge.of(row))

    async def resume(self, by: Actor) -> int:
        """Go on with what was cut off; how many merges that was."""
        rows = await self._database.fetch(self._sql["cut_off"])
        for row in rows:
            await self.undo(by, row["id"])
        return len(rows)

    async def _undo(self, scope: Scope, merge: Merge) -> Undone:
        done = Undone()
        moved = await self._put_back(scope, merge, done)
        await self._place(scope, merge, moved, done)
        await self._patients(scope, merge)
        await self._asks.parted(scope.ticket.actor, merge)
        await self._record.settle(scope)
        return done

    # What the merge moved

    async def _put_back(self, scope: Scope, merge: Merge, done: Undone) -> dict[str, Resource]:
        """Every entry that was moved, as it was before, by `Type/id`."""
        moved: dict[str, Resource] = {}
        place = ("", "")
        while rows := await self._database.fetch(self._sql["ledger"], merge.id, *place, PAGE):
            place = rows[-1]["type"], rows[-1]["id"]
            for row in rows:
                moved[f"{row['type']}/{row['id']}"] = await self._version(
                    scope, row["type"], row["id"], row["before"]
                )
            await self._write(scope, merge, rows, moved, done)
        return moved

    async def _write(
        self, scope: Scope, merge: Merge, rows: Any, moved: Mapping[str, Resource], done: Undone
    ) -> None:
        for _ in range(_TRIES):
            changed: list[Change] = []
            seen = Undone()
            for row in rows:
                current = await self._record.read(scope, row["type"], row["id"])
                if current is None or current.deleted:
                    continue
                before = moved[f"{row['type']}/{row['id']}"]
                new = await self._restored(scope, merge, current, before, row["after"], seen)
                if new is None:
                    await self._asks.misplaced(scope, merge, current)
                elif _body(new) != _body(json.decode(current.content)):
                    changed.append((current, new))
            if await self._done(scope, changed):
                done.restored += seen.restored
                done.edited += seen.edited
                done.asked += seen.asked
                return
        raise MergeRefused(BUSY)

    async def _restored(
        self,
        scope: Scope,
        merge: Merge,
        current: Version,
        before: Resource,
        after: int,
        seen: Undone,
    ) -> Resource | None:
        if await self._untouched(scope, current, after):
            seen.restored += 1
            return before
        if f"Patient/{merge.survivor}" in set(references(before)):
            # It named both, and was edited since: which of its references is whose?
            seen.asked.append(f"{current.type}/{current.id}")
            return None
        seen.edited += 1
        new: Resource = readdressed(
            json.decode(current.content), merge.survivor, merge.merged, self._record.base
        )
        return new

    async def _untouched(self, scope: Scope, current: Version, after: int) -> bool:
        """Whether a row says what the merge left there, however many versions ago that was."""
        if current.version == after:
            return True
        left = await self._version(scope, current.type, current.id, after)
        return _body(json.decode(current.content)) == _body(left)

    async def _done(self, scope: Scope, changed: list[Change]) -> bool:
        if changed:
            try:
                await self._record.bundle(scope, transaction(changed))
            except PreconditionFailed:
                return False
        return True

    # What was written in between

    async def _place(
        self, scope: Scope, merge: Merge, moved: Mapping[str, Resource], done: Undone
    ) -> None:
        own, new = await self._of_survivor(scope, merge, moved)
        survivor, merged = await self._known(scope, merge, own, moved)
        for each in new:
            entry = json.decode(each.content)
            whose = side(entry, survivor, merged)
            if whose == "survivor":
                continue
            if whose is None:
                await self._asks.misplaced(scope, merge, each)
                done.asked.append(f"{each.type}/{each.id}")
                continue
            moved_on = readdressed(entry, merge.survivor, merge.merged, self._record.base)
            await self._record.bundle(scope, transaction([(each, moved_on)]))
            done.placed += 1

    async def _of_survivor(
        self, scope: Scope, merge: Merge, moved: Mapping[str, Resource]
    ) -> tuple[dict[str, Resource], list[Version]]:
        """The survivor's entries from before the merge by `Type/id`, and those written since."""
        own: dict[str, Resource] = {}
        new: list[Version] = []
        others = await self._brought(merge)
        after = 0
        while page := await self._record.belongings(scope, merge.survivor, after=after, limit=PAGE):
            after = page[-1].key
            for each in page:
                key = f"{each.type}/{each.id}"
                if each.deleted or each.type in STAYS or key in moved:
                    continue
                current = await self._record.read(scope, each.type, each.id)
                if current is None or current.deleted or about_merges(json.decode(current.content)):
                    continue
                if others.get(key) == "merged":
                    continue
                if key in others or await self._since(scope, current, merge):
                    new.append(current)
                else:
                    own[key] = json.decode(current.content)
        return own, new

    async def _brought(self, merge: Merge) -> dict[str, str]:
        """Rows (`Type/id`) that came to the survivor since: `merged` from a third record that was
        merged too, whose they stay; `corrected` from somebody's record on which they were wrong."""
        rows = await self._database.fetch(self._sql["brought"], merge.id, merge.survivor, merge.at)
        return {f"{row['type']}/{row['id']}": row["how"] for row in rows}

    async def _since(self, scope: Scope, current: Version, merge: Merge) -> bool:
        at = moment(merge.at)  # as versions are stamped
        if current.last_updated < at:
            return False
        first = await self._record.vread(scope, current.type, current.id, 1)
        return first is None or first.last_updated >= at

    async def _known(
        self,
        scope: Scope,
        merge: Merge,
        own: Mapping[str, Resource],
        moved: Mapping[str, Resource],
    ) -> tuple[Known, Known]:
        survivor = await self._version(scope, "Patient", merge.survivor, merge.survivor_before)
        merged = await self._version(scope, "Patient", merge.merged, merge.merged_before)
        return _known(survivor, own), _known(merged, moved)

    # The two Patients

    async def _patients(self, scope: Scope, merge: Merge) -> None:
        """Both as they were, or without the link where somebody has edited them since."""

        async def both() -> list[Change]:
            return [
                await self._patient(scope, merge.survivor, merge.merged, merge.survivor_before,
                                    merge.survivor_after),
                await self._patient(scope, merge.merged, merge.survivor, merge.merged_before,
                                    merge.merged_after),
            ]  # fmt: skip

        await rewrite(self._record, scope, both, lambda _: self._finished(merge))

    async def _patient(self, scope: Scope, id: str, other: str, before: int, after: int) -> Change:
        current = await self._record.read(scope, "Patient", id)
        if current is None or current.deleted:
            raise MergeRefused("One of the two records was deleted: it can't be put back.")
        old = await self._version(scope, "Patient", id, before)
        if await self._untouched(scope, current, after):
            return current, old
        left = await self._version(scope, "Patient", id, after)
        taken = [each for each in _identifiers(left) if each not in _identifiers(old)]
        free = unlinked(json.decode(current.content), other, taken)
        if "active" in old:
            return current, {**free, "active": old["active"]}
        return current, {key: value for key, value in free.items() if key != "active"}

    def _finished(self, merge: Merge) -> Any:
        async def noted(connection: Connection) -> bool:
            await connection.execute(
                self._sql["state"], merge.id, ["undoing"], "undone", self._clock.now()
            )
            return True

        return noted

    async def _version(self, scope: Scope, type: str, id: str, version: int) -> Resource:
        found = await self._record.vread(scope, type, id, version)
        assert found is not None  # versions are never removed
        content: Resource = json.decode(found.content)
        return content


def _known(patient: Resource, entries: Mapping[str, Resource]) -> Known:
    sources = {str((each.get("meta") or {}).get("source") or "") for each in entries.values()}
    return Known(identifiers_of(patient), frozenset(entries), frozenset(sources - {""}))


def _identifiers(patient: Resource) -> list[Any]:
    return list(patient.get("identifier") or ())


def _body(resource: Resource) -> Resource:
    """What a resource says, version and time aside."""
    meta = {
        key: value
        for key, value in (resource.get("meta") or {}).items()
        if key not in ("versionId", "lastUpdated")
    }
    return {**resource, "meta": meta}
