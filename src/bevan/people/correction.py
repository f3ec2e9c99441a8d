"""Putting right what was written to the wrong person's record.

An entry that is moved, or set aside, leaves the wrong person's view and history at once, since the
record shows an old version only to who may see what stands now. The audit still says who saw it
there. Either can be taken back as long as nobody has edited the entry since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from bevan.fhir import json
from bevan.kernel.clock import Clock
from bevan.kernel.database import Connection, Database
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements
from bevan.people.aside import set_aside
from bevan.people.links import readdressed
from bevan.people.merge import STAYS, MergeRefused, transaction
from bevan.people.placing import references
from bevan.record.errors import PreconditionFailed
from bevan.record.loading import Within
from bevan.record.record import Record
from bevan.record.scope import Actor, Scope, labels, system
from bevan.record.version import Version

WRONG_PERSON = "Moving an entry from the wrong person's record"
SHOWING = "Showing a clerk the entries of a record by kind and day"
MOST = 200
NOT_THERE = "One of the entries isn't on that person's record, or can't be moved."
OVERTAKEN = "Somebody has changed one of the entries in the meantime. Look at them again."
EDITED = "Somebody has edited this entry since: it can't be taken back without a look at that."

Kind = Literal["moved", "set-aside"]
Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction as the ledger has it; `right` is empty for an entry that was set aside."""

    id: UUID
    kind: Kind
    type: str
    row: str
    wrong: str
    right: str
    before: int
    after: int
    at: datetime
    by: str
    reason: str
    undone: datetime | None


class Correction:
    """Moves entries between people, sets them aside, and takes that back."""

    def __init__(self, record: Record, database: Database, clock: Clock) -> None:
        self._record = record
        self._database = database
        self._clock = clock
        self._sql = statements("bevan.people", "correction.sql")

    async def move(
        self, by: Actor, type: str, id: str, *, wrong: str, right: str, reason: str
    ) -> Version:
        """Move one entry from one person to another; answers with the entry as it stands then."""
        await self.correct(by, [f"{type}/{id}"], wrong=wrong, right=right, reason=reason)
        moved = await self._record.read(self._scope(by), type, id)
        assert moved is not None
        return moved

    async def correct(
        self, by: Actor, rows: Sequence[str], *, wrong: str, right: str | None, reason: str
    ) -> list[str]:
        """Move entries (`Type/id`) to the right person, or set them aside where that is nobody.

        All of them or none. A document takes its files with it. Answers with the rows of the wrong
        person to which what was moved still refers. Raises MergeRefused when an entry isn't on the
        wrong person's record, the right person isn't there, or somebody was quicker.
        """
        scope = self._scope(by)
        if right is not None:
            person = await self._record.read(scope, "Patient", right)
            if right == wrong or person is None or person.deleted:
                raise MergeRefused("The right person has no record here yet.")
        changed = await self._changed(scope, rows, wrong, right)
        await self._write(scope, changed, wrong, right, reason)
        await self._record.settle(scope)
        return await self._left(scope, changed, wrong)

    async def undo(self, by: Actor, correction: UUID) -> Corrected:
        """Put an entry back as it was, byte for byte.

        Raises MergeRefused where that was done already, or somebody has edited the entry since.
        """
        scope = self._scope(by)
        row = await self._database.fetchrow(self._sql["one"], correction)
        if row is None or row["undone"] is not None:
            raise MergeRefused("This correction isn't there, or was taken back already.")
        done = _corrected(row)
        current = await self._record.read(scope, done.type, done.row)
        if current is None or current.deleted or current.version != done.after:
            raise MergeRefused(EDITED)
        old = await self._record.vread(scope, done.type, done.row, done.before)
        assert old is not None  # versions are never removed

        async def noted(connection: Connection) -> bool:
            name = by.name or by.id
            sql = self._sql["undo"]
            return bool(await connection.fetchval(sql, done.id, scope.ticket.at, name))

        try:
            bundle = transaction([(current, json.decode(old.content))])
            await self._record.bundle(scope, bundle, within=noted)
        except PreconditionFailed:
            raise MergeRefused(EDITED) from None
        await self._record.settle(scope)
        return done

    async def one(self, correction: UUID) -> Corrected | None:
        """One correction."""
        row = await self._database.fetchrow(self._sql["one"], correction)
        return None if row is None else _corrected(row)

    async def recent(self, *, limit: int = 50, offset: int = 0) -> list[Corrected]:
        """Corrections, newest first."""
        rows = await self._database.fetch(self._sql["recent"], limit, offset)
        return [_corrected(row) for row in rows]

    async def entries(
        self, by: Actor, person: str, type: str, *, hidden: int, most: int = 50
    ) -> list[dict[str, Any]]:
        """A person's newest entries of a type that carry none of the hidden labels (bits)."""
        scope = system(SHOWING, by, at=self._clock.now())
        query = f"patient=Patient/{person}&_sort=-_lastUpdated&_count={most}"
        bundle = json.decode((await self._record.search(scope, type, query)).bundle)
        found = (each["resource"] for each in bundle.get("entry", ()))
        return [
            each for each in found if each["resourceType"] == type and not labels(each) & hidden
        ]

    def _scope(self, by: Actor) -> Scope:
        return system(WRONG_PERSON, by, at=self._clock.now())

    async def _changed(
        self, scope: Scope, rows: Sequence[str], wrong: str, right: str | None
    ) -> list[tuple[Version, Resource]]:
        if not 1 <= len(rows) <= MOST:
            raise MergeRefused(f"Pick at least one entry, and at most {MOST}.")
        changed: dict[str, tuple[Version, Resource]] = {}
        for row in dict.fromkeys(rows):
            changed[row] = await self._one(scope, row, wrong, right)
            for file in sorted(_files(changed[row][1]) - set(changed)):
                held = await self._record.read(scope, "Binary", file.partition("/")[2])
                if held is not None and not held.deleted and _about(held, wrong):
                    changed[file] = await self._one(scope, file, wrong, right)
        return list(changed.values())

    async def _one(
        self, scope: Scope, row: str, wrong: str, right: str | None
    ) -> tuple[Version, Resource]:
        type, _, id = row.partition("/")
        current = await self._record.read(scope, type, id) if id and type not in STAYS else None
        if current is None or current.deleted:
            raise MergeRefused(NOT_THERE)
        old = json.decode(current.content)
        if readdressed(old, wrong, "", self._record.base) == old:
            raise MergeRefused(NOT_THERE)
        if right is None:
            return current, set_aside(old)
        return current, readdressed(old, wrong, right, self._record.base)

    async def _write(
        self,
        scope: Scope,
        changed: Sequence[tuple[Version, Resource]],
        wrong: str,
        right: str | None,
        reason: str,
    ) -> None:
        noted = self._noting(scope, [one for one, _ in changed], wrong, right, reason)
        try:
            await self._record.bundle(scope, transaction(changed), within=noted)
        except PreconditionFailed:
            raise MergeRefused(OVERTAKEN) from None

    def _noting(
        self, scope: Scope, entries: Sequence[Version], wrong: str, right: str | None, reason: str
    ) -> Within:
        by, kind = scope.ticket.actor, "set-aside" if right is None else "moved"

        async def noted(connection: Connection) -> bool:
            for entry in entries:
                await connection.execute(
                    self._sql["correct"],
                    *(UUID(uuid7()), entry.type, entry.id, wrong, right or "", entry.version),
                    *(scope.ticket.at, by.kind, by.id, by.name, reason, kind),
                )
            return True

        return noted

    async def _left(
        self, scope: Scope, changed: Sequence[tuple[Version, Resource]], wrong: str
    ) -> list[str]:
        moved = {f"{one.type}/{one.id}" for one, _ in changed}
        named = {row for _, new in changed for row in references(new)} - moved
        left = []
        for row in sorted(named):
            type, _, id = row.partition("/")
            found = await self._record.read(scope, type, id) if id and "/" not in id else None
            if found is not None and not found.deleted and _about(found, wrong):
                left.append(row)
        return left


def _about(entry: Version, person: str) -> bool:
    return f"Patient/{person}" in set(references(json.decode(entry.content)))


def _files(resource: Resource) -> set[str]:
    """The Binaries (`Binary/id`) that a document keeps its content in."""
    if resource.get("resourceType") != "DocumentReference":
        return set()
    urls = (str((each.get("attachment") or {}).get("url", "")) for each in resource["content"])
    return {url for url in urls if url.startswith("Binary/")}


def _corrected(row: Any) -> Corrected:
    return Corrected(
        row["id"], row["kind"], row["type"], row["row_id"], row["wrong"], row["right_person"],
        row["before"], row["after"], row["at"], row["by_name"], row["reason"], row["undone"],
    )  # fmt: skip
