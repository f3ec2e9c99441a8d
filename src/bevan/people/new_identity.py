"""A new identity (adoption, gender reassignment, protection): a record that nothing leads from.

The new record has no link, number or reference of the old one, and no table says which it is. The
old Patient, the records that were merged into it, and every entry of theirs are locked: no search,
page, match or history shows them, and nothing tells that they are there. There is no undoing: to
part the two for good is what was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from bevan.fhir import json
from bevan.kernel.clock import Clock
from bevan.kernel.database import Connection, Database
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements
from bevan.people.aside import locked
from bevan.people.index import People
from bevan.people.links import linked
from bevan.people.merge import PAGE, Change, MergeRefused, rewrite, transaction
from bevan.people.nhs_number import stated
from bevan.record.belongings import Belonging
from bevan.record.loading import Within
from bevan.record.record import Record
from bevan.record.scope import (
    CONFIDENTIALITY,
    SEALED_AND_LOCKED,
    Actor,
    Scope,
    compartment,
    labels,
    system,
)
from bevan.record.version import Version

# The person reads this beside the first entry of the new record; it mustn't tell anything.
PURPOSE = "Registering a person"
# What was done to the old record stays as it was.
_STAYS = frozenset({"Patient", "AuditEvent"})
Why = Literal["adoption", "gender", "protection", "other"]
_PRACTICE = ("generalPractitioner", "managingOrganization")
WHYS: tuple[Why, ...] = ("adoption", "gender", "protection", "other")
Resource = Mapping[str, Any]


class NewIdentity:
    """Opens the new record and closes the old one; each step may be repeated after a crash."""

    def __init__(self, record: Record, database: Database, clock: Clock, people: People) -> None:
        self._record = record
        self._database = database
        self._clock = clock
        self._people = people
        self._sql = statements("bevan.people", "new_identity.sql")

    async def give(
        self,
        by: Actor,
        old: str,
        patient: Resource,
        *,
        why: Why,
        reason: str,
        same_practice: bool = False,
    ) -> str:
        """Open a record under a new identity; the id of the new Patient (FHIR R4 Patient).

        What of the old record belongs in the new one, a clinician writes there anew; a protection
        of the old one holds for the new. With `same_practice` the new one is registered where the
        old one was. Raises MergeRefused when the new details carry a number
        of the old identity's or of somebody else's, and when the old record isn't there.
        """
        scope = system(PURPOSE, by, at=self._clock.now())
        closing = await self._with_merged(scope, old)
        before = [json.decode(each.content) for each in closing]
        practice = before[0] if same_practice else {}
        fresh = _fresh({**patient, **{k: practice[k] for k in _PRACTICE if k in practice}}, before)
        await self._check(scope, before, fresh)
        bundle = transaction(
            [(each, _closed(body)) for each, body in zip(closing, before, strict=True)]
        )
        id = uuid7()
        put = {"method": "PUT", "url": f"Patient/{id}"}
        bundle["entry"].append({"resource": {**fresh, "id": id}, "request": put})
        ids = [each.id for each in closing]
        await self._record.bundle(scope, bundle, within=self._noting(scope, ids, why, reason))
        await self.close(by, ids)
        return id

    async def close(self, by: Actor, people: Sequence[str]) -> None:
        """Lock every entry of closed records, now or when it has come late."""
        scope = system(PURPOSE, by, at=self._clock.now())
        for person in people:
            after = 0
            while page := await self._record.belongings(scope, person, after=after, limit=PAGE):
                await self._lock(scope, page)
                after = page[-1].key
            await self._database.execute(self._sql["closed"], person)

    async def follow(self, by: Actor, touched: Sequence[Any]) -> None:
        """Go on where something was cut off, and lock what has come for people (compartments)."""
        rows = await self._database.fetch(self._sql["to_close"], list(touched))
        if rows:
            await self.close(by, [row["person"] for row in rows])

    async def _with_merged(self, scope: Scope, id: str) -> list[Version]:
        """The old record with all that were merged into it."""
        found: dict[str, Version] = {}
        waiting = [id]
        while waiting:
            current = await self._record.read(scope, "Patient", waiting.pop())
            if current is None or current.deleted:
                continue
            found[current.id] = current
            more = linked(json.decode(current.content), "replaces")
            waiting += [each for each in more if each not in found]
        if id not in found:
            raise MergeRefused("The old record isn't there any more.")
        patient = json.decode(found[id].content)
        if patient.get("active") is False or labels(patient) & SEALED_AND_LOCKED:
            raise MergeRefused("The old record was merged or closed already.")
        return list(found.values())

    async def _check(self, scope: Scope, old: Sequence[Resource], new: Resource) -> None:
        known = {_value(each) for one in old for each in one.get("identifier") or ()} - {""}
        if known & {_value(each) for each in new.get("identifier") or ()}:
            raise MergeRefused("The new identity can't carry a number of the old one.")
        number = stated(new)
        if number is not None and await self._people.by_number(scope, number.number):
            raise MergeRefused("Somebody has this NHS number already.")

    def _noting(self, scope: Scope, people: Sequence[str], why: Why, reason: str) -> Within:
        by = scope.ticket.actor

        async def noted(connection: Connection) -> bool:
            for person in people:
                await connection.execute(
                    self._sql["close"],
                    *(person, compartment(person), scope.ticket.at),
                    *(by.kind, by.id, by.name, why, reason),
                )
            return True

        return noted

    async def _lock(self, scope: Scope, page: Sequence[Belonging]) -> None:
        async def open() -> list[Change]:
            changed: list[Change] = []
            for each in page:
                if each.deleted or each.type in _STAYS:
                    continue
                current = await self._record.read(scope, each.type, each.id)
                body = json.decode(current.content) if current and not current.deleted else None
                if current and body and not labels(body) & SEALED_AND_LOCKED:
                    changed.append((current, locked(body)))
            return changed

        await rewrite(self._record, scope, open)


def _closed(patient: Resource) -> dict[str, Any]:
    return {**locked(patient), "active": False}


def _fresh(patient: Resource, old: Sequence[Resource]) -> dict[str, Any]:
    """The new Patient: nothing that could lead back, but as protected as the old ones were."""
    kept = {key: each for key, each in patient.items() if key not in ("id", "link", "meta")}
    codes = {
        str(each.get("code"))
        for one in old
        for each in (one.get("meta") or {}).get("security") or ()
        if each.get("system") == CONFIDENTIALITY and each.get("code") in ("R", "V")
    }
    security = [{"system": CONFIDENTIALITY, "code": code} for code in sorted(codes)]
    more = {"meta": {"security": security}} if security else {}
    return {"resourceType": "Patient", **more, **kept, "active": True}


def _value(identifier: Mapping[str, Any]) -> str:
    return "".join(str(identifier.get("value") or "").split())
