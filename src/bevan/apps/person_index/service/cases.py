"""What a clerk may see of a question: both Patients under the clerk's own Scope, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bevan.fhir import json
from bevan.identity.sessions import Session
from bevan.people.tasks import Question
from bevan.record.scope import Scope
from bevan.web.services import Services

ROLE = "Data quality clerk"
PURPOSE = "data-quality"


@dataclass(frozen=True)
class Case:
    """A question with what the clerk may see: the two Patients, and the entry to be placed."""

    question: Question
    first: dict[str, Any]
    second: dict[str, Any]


def is_clerk(session: Session) -> bool:
    """Whether somebody works here as a data quality clerk: nobody else sees the queue."""
    return session.actor.role == ROLE


async def cases(services: Services, session: Session) -> list[Case]:
    """The open questions about people whom the clerk may see, oldest first."""
    scope = sight(services, session)
    found = [
        await _case(services, scope, each) for each in await services.reviews.queue(session.actor)
    ]
    return [each for each in found if each is not None]


async def case(services: Services, session: Session, task: str) -> Case | None:
    """One open question; None for one that isn't there or may not be seen."""
    asked = await services.reviews.one(session.actor, task)
    return None if asked is None else await _case(services, sight(services, session), asked)


def sight(services: Services, session: Session) -> Scope:
    """The clerk's own Scope: who people are, and none of their care."""
    return services.access.scope(session.actor, purpose=PURPOSE, writes=frozenset())


async def patient(services: Services, session: Session, id: str) -> dict[str, Any] | None:
    """One Patient as the clerk may see them."""
    return await _patient(services, sight(services, session), id)


async def _case(services: Services, scope: Scope, asked: Question) -> Case | None:
    both = [await _patient(services, scope, id) for id in (asked.first, asked.second)]
    if both[0] is None or both[1] is None:
        return None
    return Case(asked, both[0], both[1])


async def _patient(services: Services, scope: Scope, id: str) -> dict[str, Any] | None:
    version = await services.record.read(scope, "Patient", id)
    if version is None or version.deleted:
        return None
    content: dict[str, Any] = json.decode(version.content)
    return content
