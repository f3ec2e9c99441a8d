"""Reads the audit as AuditEvents: privacy officers all of it, people what is about themselves.

Reading it is audited like any reading, before the answer: one entry for each person whom the shown
entries are about. What a privacy officer searched for isn't told to anybody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol
from urllib.parse import urlencode
from uuid import UUID

from bevan.access.access import Access
from bevan.access.audit_view.asked import Asked, asked, bounded
from bevan.access.audit_view.event import Json, Sight, event, id_of, place_of
from bevan.fhir import json
from bevan.kernel.database import Database
from bevan.kernel.sql import statements
from bevan.record.scope import Scope, compartment

TYPE: Final = "AuditEvent"
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)


class Discloses(Protocol):
    """Writes the entries of a reading (the record does)."""

    async def disclosed(
        self, scope: Scope, type: str, people: Iterable[UUID], *, id: str | None, query: str | None
    ) -> None: ...


class KnowsRestricted(Protocol):
    """Says who is restricted; None while that isn't known."""

    def people(self) -> frozenset[UUID] | None: ...


class AuditView:
    """The audit under a Scope."""

    def __init__(
        self, database: Database, record: Discloses, access: Access, restricted: KnowsRestricted
    ) -> None:
        self._database = database
        self._record = record
        self._access = access
        self._restricted = restricted
        self._sql = statements("bevan.access.audit_view", "view.sql")

    def serves(self, scope: Scope) -> bool:
        """Whether this Scope reads Bevan's own audit; for others an AuditEvent is what was sent in
        by other systems, and this isn't there."""
        return self._sight(scope) is not None

    async def read(self, scope: Scope, id: str) -> bytes | None:
        """One AuditEvent; None where it isn't there or may not be seen."""
        sight, place = self._sight(scope), place_of(id)
        if sight is None or place is None:
            return None
        rows = await self._database.fetch(self._sql["at"], *place)
        row = next((one for one in rows if id_of(one) == id), None)
        if row is None or not (sight.all or row["patient"] in _own(scope)):
            await self._record.disclosed(scope, TYPE, (), id=id, query=None)
            return None
        await self._record.disclosed(scope, TYPE, _people([row]), id=id, query=None)
        return json.encode(event(row, sight))

    async def search(self, scope: Scope, query: str, base: str, *, lenient: bool = False) -> bytes:
        """A page of AuditEvents as a searchset Bundle, newest first. Raises SearchRefused."""
        sight = self._sight(scope)
        assert sight is not None  # `serves` was asked
        wanted = asked(query, lenient=lenient)
        if sight.all:
            bounded(wanted)
        rows = await self._rows(scope, sight, wanted)
        shown, more = rows[: wanted.count], len(rows) > wanted.count
        await self._record.disclosed(scope, TYPE, _people(shown), id=None, query=query)
        next = _after(wanted, shown) if more and shown else ""
        return json.encode(_bundle([event(row, sight) for row in shown], wanted, base, next))

    async def _rows(self, scope: Scope, sight: Sight, wanted: Asked) -> list[Any]:
        patient = wanted.patient
        if not sight.all:
            own = _own(scope)
            patient = own if patient is None else tuple(one for one in own if one in patient)
        rows = await self._database.fetch(
            self._sql["search"],
            None if patient is None else list(patient),
            wanted.agent if sight.all else None,
            wanted.since,
            wanted.before,
            wanted.upto,
            None if wanted.actions is None else list(wanted.actions),
            None if wanted.outcomes is None else list(wanted.outcomes),
            wanted.type,
            wanted.id,
            wanted.count + 1,
            wanted.skipped,
        )
        return list(rows) if sight.all or wanted.agent is None else []

    def _sight(self, scope: Scope) -> Sight | None:
        who, purpose = scope.ticket.actor, scope.ticket.purpose
        if not scope.may_read(TYPE):
            return None
        if who.kind == "practitioner":
            rule = self._access.rule(who, purpose, scope.ticket.at)
            return Sight(all=True) if rule.oversees else None
        own = frozenset(_own(scope))
        if who.kind != "patient" or not who.id or scope.patients != own:
            return None
        hidden = self._restricted.people()
        return Sight(all=False, places=hidden is not None and hidden.isdisjoint(own))


def _own(scope: Scope) -> tuple[UUID, ...]:
    return (compartment(scope.ticket.actor.id),)


def _people(rows: Sequence[Any]) -> list[UUID]:
    return list(dict.fromkeys(row["patient"] for row in rows if row["patient"] is not None))


def _after(wanted: Asked, shown: Sequence[Any]) -> str:
    """Where the next page begins: at the last moment shown, after its entries that were shown."""
    last = shown[-1]["at"]
    same = sum(1 for row in shown if row["at"] == last)
    if last == wanted.upto:
        same += wanted.skipped
    return f"{(last - _ZERO) // timedelta(microseconds=1)}.{same}"


def _bundle(events: Sequence[Json], wanted: Asked, base: str, next: str) -> Json:
    links = [{"relation": "self", "url": f"{base}/{TYPE}?{urlencode(wanted.pairs)}"}]
    if next:
        pairs = [*wanted.pairs, ("_page", next)]
        links.append({"relation": "next", "url": f"{base}/{TYPE}?{urlencode(pairs)}"})
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", "link": links}
    entries = [
        {"fullUrl": f"{base}/{TYPE}/{one['id']}", "resource": one, "search": {"mode": "match"}}
        for one in events
    ]
    return bundle | ({"entry": entries} if entries else {})
