"""A person's own record, or of whom they act for, as far as the rulebook lets them see it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bevan.access.proxies import SEE_RECORD, Proxy
from bevan.fhir.json import decode
from bevan.identity.sessions import Session
from bevan.record.scope import Scope
from bevan.web.services import Services

NEWEST = 10
SECTIONS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("allergies", "Allergies", (("AllergyIntolerance", ""),)),
    ("medicines", "Medicines", (
        ("MedicationRequest", "status=active,on-hold"),
        ("MedicationStatement", "status=active,intended,on-hold"),
    )),
    ("problems", "Health problems", (("Condition", "clinical-status=active,recurrence,relapse"),)),
    ("results", "Test results", (("Observation", "category=laboratory&_sort=-date"),)),
    ("vaccinations", "Vaccinations", (("Immunization", "status=completed&_sort=-date"),)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the record: what was found, how much there is, and whether some is kept back."""

    name: str
    title: str
    resources: tuple[dict[str, Any], ...]
    total: int
    withheld: bool


@dataclass(frozen=True, slots=True)
class Own:
    """The record that somebody opened: their own (no right), or by a right to act.

    `patient` is None where the right lets them see no record. `failed` are the sources that don't
    answer, with when they were heard last.
    """

    right: Proxy | None
    patient: dict[str, Any] | None
    sections: tuple[Section, ...] = ()
    failed: tuple[tuple[str, datetime | None], ...] = ()


async def own_record(given: Services, session: Session) -> Own | None:
    """The record of this session; None for nobody: no proven person, or no right any more."""
    me = session.actor.id
    if session.actor.kind != "patient" or not me:
        return None
    if not session.acting:
        return await _opened(given, session, me, None, "own-record")
    rights = await given.asks.proxies.acting_for(me)
    held = [right for right in rights if right.person == session.acting]
    if not held:
        return None
    if not any(SEE_RECORD in right.rights for right in held):
        return Own(held[0], None)
    return await _opened(given, session, session.acting, held[0], "acting-for")


async def _opened(
    given: Services, session: Session, person: str, right: Proxy | None, purpose: str
) -> Own | None:
    scope = given.access.scope(session.actor, purpose=purpose, patient=person)
    version = await given.record.read(scope, "Patient", person)
    if version is None or version.deleted:
        return None
    parts = await asyncio.gather(
        *(_section(given, scope, person, name, title, asked) for name, title, asked in SECTIONS)
    )
    sources = await given.record.sources(scope)
    failed = tuple((one.name or "A source", one.heard) for one in sources if one.failed)
    return Own(right, decode(version.content), tuple(parts), failed)


async def _section(
    given: Services,
    scope: Scope,
    person: str,
    name: str,
    title: str,
    asked: tuple[tuple[str, str], ...],
) -> Section:
    found: list[dict[str, Any]] = []
    total, withheld = 0, False
    for type, query in asked:
        text = f"patient={person}&{query}&_count={NEWEST}&_total=accurate".replace("&&", "&")
        bundle = decode((await given.record.search(scope, type, text)).bundle)
        found += [
            entry["resource"]
            for entry in bundle.get("entry") or []
            if (entry.get("search") or {}).get("mode", "match") == "match"
        ]
        total += int(bundle.get("total", 0))
        labels = (bundle.get("meta") or {}).get("security") or []
        withheld = withheld or any(one.get("code") == "REDACTED" for one in labels)
    return Section(name, title, tuple(found), total, withheld)
