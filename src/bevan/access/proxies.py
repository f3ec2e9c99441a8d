"""Who may act for another person: a parent, a guardian, a carer, somebody with a power of attorney.

A right is given by a practice that looked at the case, says what it allows, and ends: by a date,
by being taken back, and by the person's age. Parental access ends at the 11th birthday unless a
professional looked again; at the 13th unless the young person agrees; and at the 16th, when only
the person's own agreement or a power of attorney counts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bevan.access.access import proxy_key
from bevan.access.claims import ClaimRefused
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements
from bevan.record.scope import compartment

SEE_RECORD = "see-record"
RIGHTS = frozenset({SEE_RECORD, "order-medicines", "book-appointments", "send-messages"})
RELATIONS = ("parent", "guardian", "carer", "attorney")
STEPS = (11, 13, 16)
LONDON = ZoneInfo("Europe/London")


class ProxyRefused(ClaimRefused):
    """A right that can't be given: `field` is where, the message says what to do."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """`proxy` may act for `person` (logical ids of Patient) from `since` until `until`."""

    id: UUID
    proxy: str
    person: str
    relation: str
    rights: frozenset[str]
    granted_by: str
    reason: str
    since: datetime
    until: datetime | None
    ended: datetime | None
    ended_by: str | None
    ended_reason: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for. `born` is the person's date of birth, None where nobody knows it;
    `reviewed`: a professional looked again after 11; `agreed`: the person said yes themselves."""

    proxy: str
    person: str
    relation: str
    rights: frozenset[str]
    reason: str
    born: date | None
    until: datetime | None = None
    reviewed: bool = False
    agreed: bool = False


class Proxies:
    """Gives, ends and finds rights to act for others."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Does nothing yet."""
        self._database = database
        self._clock = clock
        self._sql = statements("bevan.access", "proxies.sql")
        self._links = statements("bevan.access", "claims.sql")

    async def grant(self, asked: Asked, *, by: str) -> Proxy:
        """Give a right; `by` says who decided. Raises ProxyRefused."""
        now = self._clock.now()
        until = allowed(asked, now)
        id = UUID(uuid7())
        # A right that doesn't let them see the record gives no link with it.
        sees = SEE_RECORD in asked.rights
        holder = proxy_key(asked.proxy if sees else f"{asked.proxy} without the record")
        async with self._database.transaction() as connection:
            await connection.execute(
                self._links["link"], id, "proxy", holder, compartment(asked.person), now, until
            )
            await connection.execute(
                self._sql["proxy"],
                id,
                asked.proxy,
                asked.person,
                asked.relation,
                sorted(asked.rights),
                by,
                asked.reason.strip(),
            )
        return next(one for one in await self.of(asked.person) if one.id == id)

    async def end(self, id: UUID, *, by: str, reason: str) -> None:
        """Take a right back, at once. Raises ProxyRefused where it is over already."""
        now = self._clock.now()
        async with self._database.transaction() as connection:
            if not await connection.fetchval(self._sql["end"], id, now, by, reason):
                raise ProxyRefused("", "This right has ended already.")
            await connection.execute(self._links["unlink"], id, now)

    async def acting_for(self, proxy: str) -> list[Proxy]:
        """For whom somebody may act now."""
        rows = await self._database.fetch(self._sql["acting_for"], proxy, self._clock.now())
        return [_proxy(row) for row in rows]

    async def of(self, person: str) -> list[Proxy]:
        """Who may or might act for a person, the newest first."""
        return [_proxy(row) for row in await self._database.fetch(self._sql["of"], person)]


def allowed(asked: Asked, at: datetime) -> datetime | None:
    """When a right that is asked for at `at` ends. Raises ProxyRefused where it can't be given."""
    if asked.proxy == asked.person or not asked.proxy or not asked.person:
        raise ProxyRefused("proxy", "Choose somebody else: nobody acts for themselves.")
    if asked.relation not in RELATIONS:
        raise ProxyRefused("relation", "Choose what they are to the person.")
    if not asked.rights or not asked.rights <= RIGHTS:
        raise ProxyRefused("rights", "Choose what they may do.")
    if not asked.reason.strip():
        raise ProxyRefused("reason", "Say why this right is given.")
    if asked.until is not None and asked.until <= at:
        raise ProxyRefused("until", "Choose a day that is still to come.")
    return _earliest((asked.until, _step(asked, at)))


def _step(asked: Asked, at: datetime) -> datetime | None:
    """The birthday that ends it, if any."""
    parental = asked.relation in ("parent", "guardian")
    if asked.born is None:
        if parental:
            raise ProxyRefused("born", "The person's date of birth must be known first.")
        years = STEPS[-1]
    else:
        years = age(asked.born, at)
    if years >= 16:
        if parental:
            raise ProxyRefused("relation", "From 16 on nobody acts for a person as a parent.")
        if not asked.agreed and asked.relation != "attorney":
            raise ProxyRefused("agreed", "The person must agree themselves.")
        return None
    if years >= 13 and not asked.agreed:
        raise ProxyRefused("agreed", "From 13 on the young person must agree.")
    if years >= 11 and not asked.reviewed:
        raise ProxyRefused("reviewed", "From 11 on a professional must look at the case again.")
    assert asked.born is not None  # known, or 16 and over
    return next(birthday(asked.born, step) for step in STEPS if step > years)


def age(born: date, at: datetime) -> int:
    """Whole years, by the day in the United Kingdom; somebody born on 29 February has their
    birthday on 1 March."""
    day = at.astimezone(LONDON).date()
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def birthday(born: date, years: int) -> datetime:
    """The first moment of a birthday, as clocks in the United Kingdom show it."""
    try:
        day = born.replace(year=born.year + years)
    except ValueError:
        day = date(born.year + years, 3, 1)
    return datetime.combine(day, time(), LONDON)


def _earliest(moments: Collection[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _proxy(row: Any) -> Proxy:
    values = {name: row[name] for name in Proxy.__dataclass_fields__ if name != "rights"}
    return Proxy(rights=frozenset(row["rights"]), **values)
