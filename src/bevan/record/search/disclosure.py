"""The audit of a search: one entry for each person disclosed, durable before anything returns.

Entries of searches that run at the same time share a statement and a commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from bevan.fhir.search.query import Match, Query
from bevan.fhir.search.values import Reference
from bevan.kernel.database import Database
from bevan.record import audit
from bevan.record.audit import Entry
from bevan.record.faults import DATABASE, told
from bevan.record.interning import Interns
from bevan.record.lane import Lane, Waiting
from bevan.record.plan import Signature
from bevan.record.scope import Scope, compartment
from bevan.record.search.hits import Hit

LONGEST_QUERY = 1_000


def _counted(hits: Iterable[Hit]) -> dict[UUID | None, int]:
    """How many of the hits are about each person."""
    found: dict[bytes | None, tuple[UUID | None, int]] = {}
    for hit in hits:
        for person in (hit.patient,) if hit.patient else audit.people(None, hit.patients):
            # By bytes: comparing two UUIDs costs more than everything else here.
            key = None if person is None else person.bytes
            found[key] = person, found[key][1] + 1 if key in found else 1
    return dict(found.values())


def asked_about(query: Query) -> UUID | None:
    """The one person whom a condition names, whoever the rows turn out to be about."""
    if query.within is not None and query.within[0] == "Patient":
        return compartment(query.within[1])
    for condition in query.conditions:
        if isinstance(condition, Match) and not condition.modifier and len(condition.values) == 1:
            (value,) = condition.values
            if isinstance(value, Reference) and value.type == "Patient":
                return compartment(value.id)
    return None


class Disclosures:
    """Writes the audit of searches."""

    def __init__(self, database: Database, interns: Interns) -> None:
        """`database` is where entries are written; nothing is opened yet."""
        self._database = database
        self._interns = interns
        self._lane: Lane[list[Entry], None] = Lane(self._write)

    async def close(self) -> None:
        """Finish what is queued."""
        await self._lane.close()

    async def note(
        self,
        scope: Scope,
        type: str | None,
        query: str,
        person: UUID | None,
        hits: Iterable[Hit],
        total: int | None = None,
    ) -> None:
        """Audit a search on `type` by `query` that shows `hits`; returns when it is committed.

        A search that shows nothing has one entry too, about `person` if it named one; where it
        told a `total`, that is what it disclosed. The query stands in the first entry only; the
        request ties the others to it.
        """
        agent, purpose = await self._interns.ticket(scope.ticket)
        signature = Signature(scope, agent, purpose)
        shown = _counted(hits)
        outcome = audit.SHOWN if shown or total else audit.NOTHING
        entries = [
            signature.entry(
                audit.SEARCH,
                outcome,
                type=type,
                id=None,
                patient=each,
                entries=number,
                query=query[:LONGEST_QUERY] if place == 0 else None,
            )
            for place, (each, number) in enumerate((shown or {person: total or 0}).items())
        ]
        await self._lane.put(entries)

    async def _write(self, batch: list[Waiting[list[Entry], None]]) -> None:
        entries = [entry for waiting in batch for entry in waiting.item]
        try:
            await self._database.execute(audit.insert(), *audit.columns(entries)[:-1])
        except DATABASE as error:
            for waiting in batch:
                waiting.settle(error=told(error))
            return
        for waiting in batch:
            waiting.settle()
