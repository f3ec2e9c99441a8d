"""A person's entries as a clerk may know of them: kind, day and sender; none that is sealed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bevan.fhir import json
from bevan.identity.sessions import Session
from bevan.people.correction import SHOWING
from bevan.people.merge import STAYS
from bevan.people.placing import references
from bevan.record.scope import SEALS, labels, system
from bevan.web.services import Services


async def newest(
    services: Services, session: Session, person: str, kind: str
) -> list[dict[str, Any]]:
    """The newest 50 entries of a kind."""
    return await services.correction.entries(session.actor, person, kind, hidden=SEALS)


async def senders(services: Services, session: Session) -> dict[str, str]:
    """What each sending system is called, by its address."""
    scope = system(SHOWING, session.actor, at=services.clock.now())
    return {each.uri: each.name for each in await services.record.sources(scope) if each.name}


async def those(
    services: Services, session: Session, person: str, rows: Sequence[str]
) -> list[dict[str, Any]]:
    """The entries of these rows (`Type/id`) that are the person's; the others are left out."""
    scope = system(SHOWING, session.actor, at=services.clock.now())
    found = []
    for row in dict.fromkeys(rows[:200]):
        type, _, id = row.partition("/")
        if not id or type in STAYS or not type.isalpha():
            continue
        version = await services.record.read(scope, type, id)
        entry = None if version is None or version.deleted else json.decode(version.content)
        if entry is None or labels(entry) & SEALS:
            continue
        if f"Patient/{person}" in set(references(entry)):
            found.append(entry)
    return found
