"""Follows the audit and raises cases; and the cases themselves, for privacy officers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol
from uuid import UUID

from bevan.access.access import seat
from bevan.access.watch.rulebook import VOLUME, Facts, raised, rules, surnames
from bevan.fhir import json
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.errors import BevanError
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements
from bevan.record.record import Record
from bevan.record.scope import Actor, Scope, compartment, system

PURPOSE: Final = "Watching looks for privacy officers"
WATCHER: Final = Actor("system", "bevan-worker", "Bevan's own jobs")
EVERYBODY: Final = UUID(int=0)
STEP, PAGE, ENTRIES, LEAST, MOST = 2_000, 25, 200, 20, 1_000
OUTCOMES: Final[Mapping[str, str]] = {
    "right": "It was right",
    "learning": "It was well meant, and there is something to learn",
    "wrong": "It was not right",
}


class CaseRefused(BevanError):
    """A decision that can't be kept; `field` is the part of the form that it is about."""

    def __init__(self, text: str, field: str) -> None:
        super().__init__(text)
        self.field = field


class Discloses(Protocol):
    """Writes the entries of a reading of the audit (the record does)."""

    async def disclosed(
        self, scope: Scope, type: str, people: Sequence[UUID], *, id: str | None, query: str | None
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Case:
    """One case; `outcome` is None while it waits."""

    id: UUID
    rule: str
    actor: Actor
    patient: UUID | None
    day: date
    first: datetime
    outcome: str | None
    words: str
    reviewer: str
    reviewed: datetime | None

    @property
    def person(self) -> str | None:
        """The logical id of the person, where the record's key is one."""
        return str(self.patient) if self.patient and self.patient.version != 8 else None


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry of the audit in a case: when, by which action, what, how much, for what."""

    at: datetime
    action: str
    type: str
    entries: int
    request: str
    purpose: str


class Watch:
    """Raises cases and keeps them; safe to repeat."""

    def __init__(self, database: Database, record: Record, clock: Clock) -> None:
        self._database = database
        self._record = record
        self._clock = clock
        self._sql = statements("bevan.access.watch", "watch.sql")

    async def catch_up(self, *, step: int = STEP) -> int:
        """Watch everything that is settled now; how many looks that was."""
        mark = await self._database.fetchval(self._sql["mark"])
        looks = 0
        while True:
            opens = await self._database.fetchval(self._sql["cursor"]) or 0
            if opens >= mark:
                return looks
            closes = min(mark, opens + step)
            rows = await self._database.fetch(self._sql["looks"], opens, closes)
            for row in rows:
                await self._look(row)
            await self._database.execute(self._sql["advance"], opens, closes)
            looks += len(rows)
            # Where there are few looks, the next step takes more transactions.
            step = step * 2 if len(rows) < PAGE else STEP

    async def _look(self, row: Any) -> None:
        facts = await self._facts(row)
        for rule in raised(facts):
            patient = EVERYBODY if rule == VOLUME else row["patient"]
            await self._database.execute(
                self._sql["raise"],
                UUID(uuid7()),
                rule,
                *(row[name] for name in ("actor", "name", "role", "organisation")),
                row["organisation_name"],
                patient,
                row["day"],
                row["at"],
                self._clock.now(),
            )

    async def _facts(self, row: Any) -> Facts:
        actor = Actor("practitioner", row["actor"], row["name"], row["role"], row["organisation"])
        holders = [compartment(actor.organisation), compartment(actor.id), seat(actor)]
        links = await self._database.fetch(self._sql["links"], row["patient"], holders, row["at"])
        patient, workers = await self._person(row["patient"])
        others = list(workers - {actor.id})
        return Facts(
            actor=actor.id,
            name=actor.name,
            role=actor.role,
            surnames=surnames(patient),
            workers=workers,
            colleague=bool(others)
            and await self._database.fetchval(self._sql["colleague"], others, actor.organisation),
            protected=await self._database.fetchval(self._sql["protected"], row["patient"]),
            links=frozenset(one["kind"] for one in links),
            people=await self._database.fetchval(self._sql["people"], actor.id, row["day"]),
        )

    async def _person(self, key: UUID) -> tuple[Mapping[str, Any], frozenset[str]]:
        """The Patient, and the workers whose own record it is: a Person says so (FHIR R4 8.3)."""
        if key.version == 8:
            return {}, frozenset()
        scope = system(PURPOSE, WATCHER, at=self._clock.now())
        version = await self._record.read(scope, "Patient", str(key))
        if version is None or version.deleted:
            return {}, frozenset()
        page = await self._record.search(scope, "Person", f"patient=Patient/{key}&_count=10")
        people = [one["resource"] for one in json.decode(page.bundle).get("entry", ())]
        return json.decode(version.content), frozenset(
            target.removeprefix("Practitioner/")
            for one in people
            for link in one.get("link") or ()
            if (target := link.get("target", {}).get("reference", "")).startswith("Practitioner/")
        )

    # For privacy officers

    async def cases(self, *, waiting: bool, rule: str = "", page: int = 1) -> list[Case]:
        """A page of cases, one more than fits if there are more."""
        rows = await self._database.fetch(
            self._sql["list"], waiting, rule if rule in rules() else "", PAGE + 1, (page - 1) * PAGE
        )
        return [_case(row) for row in rows]

    async def counts(self) -> dict[str, int]:
        """How many cases wait, by rule."""
        return {row[0]: row[1] for row in await self._database.fetch(self._sql["counts"])}

    async def one(self, id: UUID) -> Case | None:
        """A case."""
        row = await self._database.fetchrow(self._sql["one"], id)
        return None if row is None else _case(row)

    async def entries(self, scope: Scope, case: Case) -> list[Seen]:
        """What the audit says of it; reading that is audited before it is answered."""
        rows = await self._database.fetch(
            self._sql["entries"], case.actor.id, case.patient, case.day, ENTRIES
        )
        people = [case.patient] if case.patient else []
        await self._record.disclosed(scope, "AuditEvent", people, id=None, query=None)
        return [
            Seen(row["at"], row["action"], row["type"] or "", row["entries"], row["request"],
                 row["purpose"])
            for row in rows
        ]  # fmt: skip

    async def decide(self, id: UUID, *, by: Actor, outcome: str, words: str) -> None:
        """Keep what was found. Raises CaseRefused."""
        words = words.strip()
        if outcome not in OUTCOMES:
            raise CaseRefused("Choose what you found.", "outcome")
        if not LEAST <= len(words) <= MOST:
            text = f"Say in {LEAST} to {MOST:,} characters what you checked and what you found."
            raise CaseRefused(text, "words")
        done = await self._database.fetchval(
            self._sql["decide"], id, outcome, words, by.id, by.name, self._clock.now()
        )
        if done is None:
            raise CaseRefused("Somebody has decided this case already. Open it again.", "outcome")


def _case(row: Any) -> Case:
    actor = Actor("practitioner", row["actor"], row["actor_name"], row["role"],
                  row["organisation"], row["organisation_name"])  # fmt: skip
    patient = None if row["patient"] == EVERYBODY else row["patient"]
    return Case(row["id"], row["rule"], actor, patient, row["day"], row["first"], row["outcome"],
                row["words"] or "", row["reviewer_name"] or "", row["reviewed"])  # fmt: skip
