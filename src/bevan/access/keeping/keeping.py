"""Keeping records: what is due, what holds it back, and who decides that it goes.

Nothing is ever disposed of by itself. The worker lists what is due; a keeper of records asks for
the disposal of one, and another keeper decides. Both prove who they are just before. A hold stops
it at every step until the record is gone.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from bevan.access.keeping.disposal import (
    Disposal,
    Due,
    Hold,
    KeepingRefused,
    disposal_of,
    hold_of,
)
from bevan.access.keeping.schedule import Facts, Schedules, due, load
from bevan.fhir import json
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements
from bevan.people.links import linked
from bevan.record.erasure import LastContact
from bevan.record.record import Record
from bevan.record.scope import ACT_CODE, Actor, Scope, labels, system

CONFIRMED_FOR = timedelta(minutes=5)
LEAST = 20
MOST = 2_000
_PAGE = 500
_MENTAL = labels({"meta": {"security": [{"system": ACT_CODE, "code": "PSY"}]}})
_DECIDED, _WITHDRAWN = "decided", "withdrawn"
PURPOSE = "keep records, and dispose of what is due"


class Keeping:
    """Lists, holds, asks and decides. ``clock`` is the record's."""

    def __init__(self, record: Record, database: Database, clock: Clock) -> None:
        self._record = record
        self._database = database
        self._clock = clock
        self._sql = statements("bevan.access.keeping", "keeping.sql")
        self.schedules: Schedules = load()

    def keeps(self, actor: Actor) -> bool:
        """Whether somebody is a keeper of records."""
        return actor.kind == "practitioner" and actor.role in self.schedules.keepers

    async def look(self, by: Actor) -> int:
        """Make the list of what is due anew; how many are on it. For the worker."""
        scope, today, after = self._scope(by), self._today(), ""
        found: list[tuple[str, str, date]] = []
        await self._record.note(scope, "keeping-look")
        while page := await self._record.erasure.last_contacts(scope, after, _PAGE, _MENTAL):
            for one in page:
                end = due(facts(one), self.schedules)
                if end is not None and end[1] <= today:
                    found.append((one.patient["id"], *end))
            after = page[-1].patient["id"]
        columns = [[row[place] for row in found] for place in range(3)]
        await self._database.execute(self._sql["look"], *columns, self._clock.now())
        return len(found)

    async def due(self) -> list[Due]:
        """What is due and nobody has asked for yet, the longest overdue first."""
        rows = await self._database.fetch(self._sql["due"], self._today(), _PAGE)
        return [Due(row["person"], row["schedule"], row["since"], row["held"]) for row in rows]

    async def holds(self, ids: list[str] | None = None) -> list[Hold]:
        """Holds that stand: on these people or everybody; all of them for None."""
        rows = await self._database.fetch(self._sql["holds"], self._today(), ids)
        return [hold_of(row) for row in rows]

    async def disposals(self, *states: str) -> list[Disposal]:
        """Disposals in one of these states, the oldest first."""
        rows = await self._database.fetch(self._sql["waiting"], list(states))
        return [disposal_of(row) for row in rows]

    async def one(self, id: UUID) -> Disposal | None:
        """One disposal, if there is such a one."""
        row = await self._database.fetchrow(self._sql["disposal"], id)
        return None if row is None else disposal_of(row)

    async def is_due(self, person: str) -> Due | None:
        """Whether somebody's record is due."""
        row = await self._database.fetchrow(self._sql["one"], person)
        if row is None:
            return None
        held = bool(await self.holds([person]))
        return Due(row["person"], row["schedule"], row["since"], held)

    async def place(self, by: Actor, person: str | None, reason: str, until: date | None) -> None:
        """Place a hold, on a person (a logical id) or on everybody. Raises KeepingRefused."""
        self._keeper(by)
        words = _said(reason)
        if until is not None and until < self._today():
            raise KeepingRefused("until", "Give a day that is still to come, or none.")
        await self._database.execute(
            self._sql["hold"], UUID(uuid7()), person, words, until, self._clock.now(), by.id,
            by.name,
        )  # fmt: skip
        await self._note(by, "hold-placed", person)

    async def lift(self, by: Actor, id: UUID, reason: str) -> None:
        """Lift a hold. Raises KeepingRefused."""
        self._keeper(by)
        given = (id, self._clock.now(), by.id, by.name, _said(reason))
        if not await self._database.fetchval(self._sql["lift"], *given):
            raise KeepingRefused("", "This hold was lifted in the meantime.")
        await self._note(by, "hold-lifted", None)

    async def ask(self, by: Actor, person: str, reason: str, confirmed: datetime | None) -> UUID:
        """Ask for the disposal of a record that is due. Raises KeepingRefused."""
        self._keeper(by)
        self._confirmed(confirmed)
        words, found = _said(reason), await self.is_due(person)
        if found is None:
            raise KeepingRefused("", "This record isn't due.")
        patients = await self._linked(by, person)
        ids, known = list(patients), _words(patients.values())
        for id in ids:
            if id != person and await self.is_due(id) is None:
                raise KeepingRefused("", "A record that belongs to the same person isn't due.")
        await self._free(ids, known)
        made = UUID(uuid7())
        await self._database.execute(
            self._sql["ask"], made, person, ids, known, _reference(ids), found.schedule, words,
            self._clock.now(), by.id, by.name, by.role,
        )  # fmt: skip
        await self._note(by, "disposal-asked", person)
        return made

    async def decide(self, by: Actor, id: UUID, confirmed: datetime | None) -> None:
        """Decide that a record goes: by another keeper than who asked. Raises KeepingRefused."""
        self._keeper(by)
        self._confirmed(confirmed)
        found = await self._asked(id)
        if found.asked_by[0] == by.id:
            raise KeepingRefused("", "Somebody else must decide what you asked for.")
        await self._free(list(found.erased.ids), list(found.erased.words))
        await self._settle(by, found, _DECIDED)

    async def withdraw(self, by: Actor, id: UUID) -> None:
        """Give up a disposal that nobody has decided yet. Raises KeepingRefused."""
        self._keeper(by)
        await self._settle(by, await self._asked(id), _WITHDRAWN)

    async def is_free(self, found: Disposal) -> bool:
        """Whether nothing stops a disposal now."""
        try:
            await self._free(list(found.erased.ids), list(found.erased.words))
        except KeepingRefused:
            return False
        return True

    async def _settle(self, by: Actor, found: Disposal, state: str) -> None:
        given = (found.id, state, self._clock.now(), by.id, by.name, by.role)
        if not await self._database.fetchval(self._sql["decide"], *given):
            raise KeepingRefused("", "Somebody decided this in the meantime.")
        await self._note(by, f"disposal-{state}", found.person)

    async def _asked(self, id: UUID) -> Disposal:
        found = await self.one(id)
        if found is None or found.state != "asked":
            raise KeepingRefused("", "Somebody decided this in the meantime.")
        return found

    async def _free(self, ids: list[str], words: list[str]) -> None:
        if await self.holds(ids):
            raise KeepingRefused("", "A hold stops this disposal. Lift it first, if it may be.")
        if await self._database.fetchval(self._sql["requests"], words):
            text = "Somebody waits for a copy of this record. Answer the request first."
            raise KeepingRefused("", text)

    async def _linked(self, by: Actor, person: str) -> dict[str, Mapping[str, Any]]:
        """The Patients that are one person, merged records included, by id."""
        scope, waiting = self._scope(by), [person]
        found: dict[str, Mapping[str, Any]] = {}
        while waiting:
            id = waiting.pop()
            version = await self._record.read(scope, "Patient", id)
            if id in found or version is None or version.deleted:
                continue
            patient = found[id] = json.decode(version.content)
            waiting += linked(patient, "replaces") + linked(patient, "replaced-by")
        if person not in found:
            raise KeepingRefused("", "This record isn't there any more.")
        return found

    def _scope(self, by: Actor) -> Scope:
        return system(PURPOSE, by, at=self._clock.now())

    async def _note(self, by: Actor, event: str, person: str | None) -> None:
        await self._record.note(self._scope(by), event, about=person)

    def _today(self) -> date:
        return self._clock.now().date()

    def _keeper(self, by: Actor) -> None:
        if not self.keeps(by):
            raise KeepingRefused("", "Your role doesn't keep records.")

    def _confirmed(self, at: datetime | None) -> None:
        if at is None or self._clock.now() - at > CONFIRMED_FOR:
            raise KeepingRefused("confirm", "Confirm that it's you, then send the form again.")


def facts(last: LastContact) -> Facts:
    """What decides when a record is due. Of the living, what goes on has no last contact yet."""
    patient = last.patient
    died = _day(patient.get("deceasedDateTime"))
    practice = bool(patient.get("generalPractitioner") or patient.get("managingOrganization"))
    over = last.at is not None and not (last.going_on and died is None)
    contact = last.at.date() if last.at is not None and over else None
    return Facts(_day(patient.get("birthDate")), died, contact, practice, last.labelled)


def _day(text: Any) -> date | None:
    """The last day that a FHIR date may mean, so that nothing is due too early."""
    parts = [int(part) for part in str(text or "")[:10].split("-") if part.isdigit()]
    if len(parts) == 3:
        return date(*parts)
    if len(parts) == 2:
        year, month = parts
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return date(parts[0], 12, 31) if parts else None


def _said(reason: str) -> str:
    words = " ".join(reason.split())
    if not LEAST <= len(words) <= MOST:
        raise KeepingRefused("reason", f"Say why, in {LEAST} characters or more.")
    return words


def _words(patients: Any) -> list[str]:
    """Identifiers, addresses to reach them by, and full names: what names somebody by itself."""
    found: list[str] = []
    for patient in patients:
        found += [one.get("value", "") for one in patient.get("identifier") or ()]
        found += [one.get("value", "") for one in patient.get("telecom") or ()]
        for name in patient.get("name") or ():
            given, family = " ".join(name.get("given") or ()), name.get("family", "")
            if given and family:
                found += [f"{given} {family}", f"{family}, {given}", f"{family} {given}"]
            found.append(name.get("text", ""))
    return sorted({one.strip() for one in found if len(one.strip()) > 3})


def _reference(ids: list[str]) -> UUID:
    """What stands for the person from now on: by a key that is used once and forgotten."""
    made = hmac.new(secrets.token_bytes(32), "\n".join(ids).encode(), hashlib.sha256).digest()
    return UUID(bytes=_marked(made[:16]))


def _marked(raw: bytes) -> bytes:
    """As UUID version 8 (RFC 9562 5.8)."""
    return raw[:6] + bytes([raw[6] & 0x0F | 0x80, raw[7], raw[8] & 0x3F | 0x80]) + raw[9:]
