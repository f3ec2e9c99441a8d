"""Links that professionals make themselves: in an emergency, or by saying why they need a record.

An emergency opens one person's record to one professional at one organisation, for some hours: the
record without a link, and entries that were sealed. It opens nothing that is sealed and locked,
nothing of a person who objected to sharing, and never a protected person's places. Each one goes
to a privacy officer at once and waits there until somebody says what they found. A claim without
an emergency gives a link and opens no seal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from bevan.access.access import seat
from bevan.access.rule import Rules
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.errors import BevanError
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements
from bevan.record.scope import Actor, compartment

Kind = Literal["emergency", "self-claimed"]
Outcome = Literal["upheld", "not-upheld", "learning"]
AGREES = ("yes", "cannot-ask", "no")
OUTCOMES = ("upheld", "not-upheld", "learning")
CONFIRMED_FOR = timedelta(minutes=5)
CARE = "direct-care"
TRACE = "find the person whom somebody says they must look after now"
_WORKING = frozenset(range(5))


class ClaimRefused(BevanError):
    """What was filled in doesn't do: `field` is where, the message says what to do about it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim: `person` is the logical id of the Patient, `actor` who made it, at that time."""

    id: UUID
    kind: str
    person: str
    actor: Actor
    reason: str
    words: str
    agrees: str
    confirmed: datetime
    since: datetime
    until: datetime
    review_by: datetime
    outcome: str | None
    reviewed: datetime | None
    reviewer: str | None
    reviewer_words: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """What the form says: a reason's code, the professional's own words, whether the person
    agrees (yes, cannot-ask, no), and when they last proved who they are (None: never)."""

    reason: str
    words: str
    agrees: str
    confirmed: datetime | None


class Claims:
    """Makes, ends, finds and reviews claims. Who may review is the caller's to ask."""

    def __init__(self, database: Database, clock: Clock, rules: Rules) -> None:
        """Does nothing yet."""
        self._database = database
        self._clock = clock
        self._rules = rules
        self._sql = statements("bevan.access", "claims.sql")

    async def open(self, actor: Actor, person: str, said: Said) -> Claim:
        """Open a person's record in an emergency. Raises ClaimRefused.

        Says nothing about whether there is anything to see: with an objection to sharing, the
        record stays as if it weren't there.
        """
        if not self._rules.rule(actor, CARE).emergency:
            raise ClaimRefused("", "Your role can't open records in an emergency.")
        if said.reason not in self._rules.emergency.reasons:
            raise ClaimRefused("reason", "Choose why you need to open it.")
        return await self._make("emergency", actor, person, said, self._rules.emergency.lasts)

    async def claim(self, actor: Actor, person: str, said: Said) -> Claim:
        """Claim a link with a person, for the days that the rulebook gives. Raises ClaimRefused."""
        if self._rules.rule(actor, CARE).reach != "organisation":
            raise ClaimRefused("", "Your role has no links with people.")
        if not said.reason.strip():
            raise ClaimRefused("reason", "Say why you need this record.")
        lasts = timedelta(days=self._rules.links["self-claimed"].days)
        return await self._make("self-claimed", actor, person, said, lasts)

    async def _make(
        self, kind: Kind, actor: Actor, person: str, said: Said, lasts: timedelta
    ) -> Claim:
        at = self._clock.now()
        words = _checked(said, self._rules, at)
        assert said.confirmed is not None  # _checked
        id = UUID(uuid7())
        review_by = working_days(at, self._rules.emergency.review_days)
        async with self._database.transaction() as connection:
            await connection.execute(
                self._sql["link"], id, kind, seat(actor), compartment(person), at, at + lasts
            )
            await connection.execute(
                self._sql["claim"],
                id,
                person,
                actor.id,
                actor.name,
                actor.role,
                actor.organisation,
                actor.organisation_name,
                said.reason,
                words,
                said.agrees,
                said.confirmed,
                review_by,
            )
            row = await connection.fetchrow(self._sql["one"], id)
        assert row is not None
        return _claim(row)

    async def in_force(self, actor: Actor, person: str, kind: Kind = "emergency") -> Claim | None:
        """The actor's claim on a person, where one is on now."""
        row = await self._database.fetchrow(
            self._sql["in_force"], seat(actor), compartment(person), kind, self._clock.now()
        )
        return None if row is None else _claim(row)

    async def end(self, id: UUID) -> None:
        """End a claim now; nothing happens to one that is over."""
        await self._database.execute(self._sql["unlink"], id, self._clock.now())

    async def one(self, id: UUID) -> Claim | None:
        """One claim, if there is such a one."""
        row = await self._database.fetchrow(self._sql["one"], id)
        return None if row is None else _claim(row)

    async def waiting(self) -> list[Claim]:
        """What nobody has looked at yet, the most urgent first."""
        return [_claim(row) for row in await self._database.fetch(self._sql["waiting"])]

    async def reviewed(self) -> list[Claim]:
        """The last ones that were looked at."""
        return [_claim(row) for row in await self._database.fetch(self._sql["reviewed"])]

    async def about(self, person: str) -> list[Claim]:
        """Every claim on a person's record, the newest first: they see them too."""
        return [_claim(row) for row in await self._database.fetch(self._sql["about"], person)]

    async def by(self, actor: Actor, since: datetime) -> list[Claim]:
        """What somebody claimed since a time, wherever they worked."""
        rows = await self._database.fetch(self._sql["by_actor"], actor.id, since)
        return [_claim(row) for row in rows]

    async def review(self, id: UUID, *, by: Actor, outcome: str, words: str) -> None:
        """Say what was found. Raises ClaimRefused, also for one's own and for a second review.

        A claim that isn't upheld ends at once.
        """
        found = await self.one(id)
        if found is None:
            raise ClaimRefused("", "There is no such claim.")
        if found.actor.id == by.id:
            raise ClaimRefused("", "Somebody else must look at what you opened yourself.")
        if outcome not in OUTCOMES:
            raise ClaimRefused("outcome", "Choose what you found.")
        if len(words.strip()) < self._rules.emergency.least:
            least = self._rules.emergency.least
            raise ClaimRefused("words", f"Say what you found, in {least} characters or more.")
        now = self._clock.now()
        async with self._database.transaction() as connection:
            done = await connection.fetchval(
                self._sql["review"], id, outcome, now, by.name, words.strip()
            )
            if not done:
                raise ClaimRefused("", "Somebody has reviewed this in the meantime.")
            if outcome == "not-upheld":
                await connection.execute(self._sql["unlink"], id, now)


def _checked(said: Said, rules: Rules, at: datetime) -> str:
    """The words, trimmed, where all that was said will do."""
    words = " ".join(said.words.split())
    limits = rules.emergency
    if len(words) < limits.least:
        text = f"Say what is happening, in {limits.least} characters or more."
        raise ClaimRefused("words", text)
    if len(words) > limits.most:
        raise ClaimRefused("words", f"Say it in {limits.most} characters or fewer.")
    if said.agrees not in AGREES:
        raise ClaimRefused("agrees", "Say whether the person agrees.")
    if said.confirmed is None or at - said.confirmed > CONFIRMED_FOR:
        raise ClaimRefused("confirmed", "Confirm that it's you, then send the form again.")
    return words


def working_days(at: datetime, days: int) -> datetime:
    """The moment some working days (Monday to Friday) later."""
    while days:
        at += timedelta(days=1)
        days -= at.weekday() in _WORKING
    return at


def _claim(row: Any) -> Claim:
    actor = Actor(
        "practitioner",
        row["actor"],
        row["actor_name"],
        row["role"],
        row["organisation"],
        row["organisation_name"],
    )
    return Claim(
        actor=actor,
        **{name: row[name] for name in Claim.__dataclass_fields__ if name != "actor"},
    )
