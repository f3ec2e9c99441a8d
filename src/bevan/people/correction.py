"""Putting right what was written to the wrong person's record, and giving somebody a new identity.

An entry that is moved leaves the wrong person's view and history at once, since the record shows an
old version only to who may see what stands now. The audit still says that it was seen there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bevan.fhir import json
from bevan.kernel.clock import Clock
from bevan.kernel.database import Connection, Database
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements
from bevan.people.links import readdressed
from bevan.people.merge import STAYS, MergeRefused, transaction
from bevan.record.record import Record
from bevan.record.scope import SEAL, Actor, Scope, system
from bevan.record.version import Version

WRONG_PERSON = "Moving an entry from the wrong person's record"
NEW_IDENTITY = "Giving a person a new identity"


class Correction:
    """Moves entries between people, and parts a person from an old identity."""

    def __init__(self, record: Record, database: Database, clock: Clock) -> None:
        self._record = record
        self._database = database
        self._clock = clock
        self._sql = statements("bevan.people", "merge.sql")

    async def move(
        self, by: Actor, type: str, id: str, *, wrong: str, right: str, reason: str
    ) -> Version:
        """Move one entry from one person to another; answers with the entry as it stands then.

        Raises MergeRefused when the entry isn't on the wrong person's record, or the right
        person isn't there.
        """
        scope = system(WRONG_PERSON, by, at=self._clock.now())
        current = await self._record.read(scope, type, id)
        person = await self._record.read(scope, "Patient", right)
        if type in STAYS or current is None or current.deleted:
            raise MergeRefused("This entry isn't there, or can't be moved.")
        if person is None or person.deleted:
            raise MergeRefused("The right person has no record here yet.")
        old = json.decode(current.content)
        new = readdressed(old, wrong, right, self._record.base)
        if new == old:
            raise MergeRefused("This entry isn't on that person's record.")
        await self._record.bundle(
            scope,
            transaction([(current, new)]),
            within=self._noting(scope, current, wrong, right, reason),
        )
        await self._record.settle(scope)
        moved = await self._record.read(scope, type, id)
        assert moved is not None
        return moved

    def _noting(self, scope: Scope, entry: Version, wrong: str, right: str, reason: str) -> Any:
        by = scope.ticket.actor

        async def noted(connection: Connection) -> bool:
            await connection.execute(
                self._sql["correct"],
                *(UUID(uuid7()), entry.type, entry.id, wrong, right, entry.version),
                *(scope.ticket.at, by.kind, by.id, by.name, reason),
            )
            return True

        return noted

    async def new_identity(self, by: Actor, old: str, patient: Mapping[str, Any]) -> str:
        """Open a record under a new identity; the id of the new Patient (FHIR R4 Patient).

        Nothing leads from the new record to the old one: no link, no number, no address of the
        old. The old one is closed, sealed and locked, so that no search and no match shows it to
        anybody. What of the old record belongs in the new one, a clinician writes there anew.
        Raises MergeRefused when the new details carry anything of the old identity's.
        """
        scope = system(NEW_IDENTITY, by, at=self._clock.now())
        current = await self._record.read(scope, "Patient", old)
        if current is None or current.deleted:
            raise MergeRefused("The old record isn't there any more.")
        before = json.decode(current.content)
        fresh = {key: value for key, value in patient.items() if key not in ("id", "link", "meta")}
        _check_apart(before, fresh)
        bundle = transaction([(current, _closed(before))])
        id = uuid7()
        bundle["entry"].append(
            {
                "resource": {**fresh, "resourceType": "Patient", "id": id, "active": True},
                "request": {"method": "PUT", "url": f"Patient/{id}"},
            }
        )
        await self._record.bundle(scope, bundle)
        return id


def _check_apart(old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    known = {each.get("value") for each in old.get("identifier") or ()} - {None}
    kept = known & {each.get("value") for each in new.get("identifier") or ()}
    if kept:
        raise MergeRefused("The new identity can't carry a number of the old one.")


def _closed(patient: Mapping[str, Any]) -> dict[str, Any]:
    meta = patient.get("meta") or {}
    seal = {"system": SEAL, "code": "sealed-and-locked"}
    security = [each for each in meta.get("security") or () if each.get("system") != SEAL]
    return {**patient, "meta": {**meta, "security": [*security, seal]}, "active": False}
