"""Who acts in the record's tests, and what they write."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from bevan.kernel.clock import SystemClock
from bevan.kernel.identifiers import uuid7
from bevan.record.record import Record
from bevan.record.scope import Actor, Scope, Ticket, compartment, system

ENGINE = Actor("system", "test-engine", "Test engine")
NURSE = Actor("practitioner", "nurse-1", "Nia Nurse", "Nurse", "org-1", "Harrowmere Surgery")


def ROBOT(purpose: str = "Testing") -> Scope:
    """A scope of the system."""
    return system(purpose, ENGINE)


def limited(*holders: str, **more: Any) -> Scope:
    """A nurse's scope, limited to people with whom the holders have a relationship."""
    ticket = Ticket(uuid7(), "Direct care", NURSE, SystemClock().now())
    return Scope(ticket, tuple(map(compartment, holders)), None, **more)


def only(*people: str, **more: Any) -> Scope:
    """A scope for some people alone."""
    ticket = Ticket(uuid7(), "Direct care", NURSE, SystemClock().now())
    return Scope(ticket, None, frozenset(map(compartment, people)), **more)


def patient(**more: Any) -> dict[str, Any]:
    """A Patient."""
    return {"resourceType": "Patient", "name": [{"family": "Pemberton"}], **more}


def observation(who: str, value: float = 72, **more: Any) -> dict[str, Any]:
    """A heart rate of somebody."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "Heart rate"},
        "subject": {"reference": f"Patient/{who}"},
        "valueQuantity": {"value": value, "unit": "/min"},
        **more,
    }


def sealed(resource: dict[str, Any]) -> dict[str, Any]:
    """The same, sealed and locked."""
    system = "https://bevan.example/fhir/CodeSystem/seal"
    return {**resource, "meta": {"security": [{"system": system, "code": "sealed-and-locked"}]}}


class Asked:
    """Questions to the database behind a record."""

    def __init__(self, record: Record) -> None:
        self._general = record._parts.general

    async def value(self, sql: str, *arguments: object) -> Any:
        """One value."""
        return await self._general.fetchval(sql, *arguments)

    async def rows(self, sql: str, *arguments: object) -> list[dict[str, Any]]:
        """Rows as dicts."""
        return [dict(row) for row in await self._general.fetch(sql, *arguments)]

    async def relate(
        self, holder: str, who: str, *, days: int = 1, until: int | None = None
    ) -> UUID:
        """Give a holder a relationship since some days ago, until some days from now."""
        now = SystemClock().now()
        key = compartment(who)
        await self._general.execute(
            "insert into relationship values ($1, $2, 'test', $3, $4)",
            compartment(holder),
            key,
            now - timedelta(days=days),
            None if until is None else now + timedelta(days=until),
        )
        return key

    async def audit(self) -> list[dict[str, Any]]:
        """All audit entries, in the order of writing."""
        return await self.rows(
            "select action::text, outcome::text, type, id, version, entries, patient, request,"
            " query from audit order by ctid"
        )


async def feed_ready(record: Record) -> None:
    """Wait until the feed reaches all that is committed now: any transaction of the cluster,
    a vacuum's too, holds it back while it lasts."""
    general = record._parts.general
    end = await general.fetchval("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    while (await record.watermark(ROBOT())).txid < end - 1:
        pass
