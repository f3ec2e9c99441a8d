"""Who looked at somebody's record, for the person themselves: in which role and organisation, when,
why and at what; never the name of who it was.

Entries of the audit are grouped into looks: what one professional did for one purpose without a
pause of more than half an hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from bevan.kernel.database import Database
from bevan.kernel.sql import statements
from bevan.record.scope import Scope, compartment

PAGE = 20
MOST_PAGES = 1_000
EVENT = "own-audit-read"


class TakesNotes(Protocol):
    """Writes an entry of the audit (the record does)."""

    async def note(self, scope: Scope, event: str, *, about: str | None = None) -> None: ...


class KnowsRestricted(Protocol):
    """Says who is restricted; None while that isn't known."""

    def people(self) -> frozenset[UUID] | None: ...


@dataclass(frozen=True, slots=True)
class Look:
    """One look. ``saw`` and ``changed`` are types; ``reviewed`` is what a privacy officer said of
    an emergency: upheld, not-upheld, learning, or None so far."""

    began: datetime
    ended: datetime
    kind: str
    role: str
    organisation: str
    why: str
    saw: tuple[str, ...]
    changed: tuple[str, ...]
    emergency: bool
    reviewed: str | None


@dataclass(frozen=True, slots=True)
class LooksPage:
    """One page of looks. ``people``, ``organisations`` and ``systems`` count those of the whole
    time (systems by their looks), ``total`` those that the filter leaves. ``places``: whether
    organisations are told (not of a restricted person)."""

    looks: tuple[Look, ...]
    total: int
    people: int
    organisations: int
    systems: int
    choices: tuple[tuple[str, str], ...]
    places: bool


NOTHING = LooksPage((), 0, 0, 0, 0, (), True)


class Looks:
    """Reads them under the person's own Scope; reading them is audited before it is answered."""

    def __init__(self, database: Database, notes: TakesNotes, restricted: KnowsRestricted) -> None:
        self._database = database
        self._notes = notes
        self._restricted = restricted
        self._sql = statements("bevan.access", "looks.sql")

    async def page(
        self,
        scope: Scope,
        *,
        since: datetime,
        until: datetime,
        systems: bool = False,
        organisation: str = "",
        page: int = 1,
    ) -> LooksPage:
        """A page of looks in [since, until), newest first.

        Nothing at all unless the scope is a person's own record: who acts for somebody else, and
        every professional, sees nothing here.
        """
        who = scope.ticket.actor
        own = frozenset({compartment(who.id)})
        if who.kind != "patient" or scope.patients != own or not scope.may_read("AuditEvent"):
            return NOTHING
        await self._notes.note(scope, EVENT, about=who.id)
        places = self._places(compartment(who.id))
        window = (compartment(who.id), since, until, who.id)
        offset = (min(max(page, 1), MOST_PAGES) - 1) * PAGE
        chosen = organisation if places else ""
        async with self._database.transaction(readonly=True) as connection:
            rows = await connection.fetch(
                self._sql["looks"], *window, systems, chosen, PAGE, offset
            )
            choices = await connection.fetch(self._sql["organisations"], *window) if places else []
        return _page(rows, tuple((row[0], row[1] or row[0]) for row in choices), places)

    def _places(self, person: UUID) -> bool:
        """Whether organisations are told: they say where a restricted person goes, and somebody
        may look over their shoulder."""
        hidden = self._restricted.people()
        return hidden is not None and person not in hidden


def _page(rows: list[Any], choices: tuple[tuple[str, str], ...], places: bool) -> LooksPage:
    counts = rows[0]
    return LooksPage(
        looks=tuple(_look(row, places) for row in rows if row["ended"] is not None),
        total=counts["looks"],
        people=counts["people"],
        organisations=counts["organisations"] if places else 0,
        systems=counts["systems"],
        choices=choices,
        places=places,
    )


def _look(row: Any, places: bool) -> Look:
    system = row["kind"] == "system"
    return Look(
        began=row["began"],
        ended=row["ended"],
        kind=row["kind"],
        role=row["role"],
        organisation=(row["organisation_name"] or row["organisation"]) if places else "",
        why="" if system else row["why"],
        saw=tuple(one for one in row["saw"] or () if one),
        changed=tuple(one for one in row["changed"] or () if one),
        emergency=row["emergency"],
        reviewed=row["reviewed"],
    )
