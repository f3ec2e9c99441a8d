"""What the pages look up: who somebody is, and when a keeper last proved who they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bevan.fhir import json
from bevan.fhir.nhs_number import SYSTEM
from bevan.identity.sessions import Session
from bevan.record.scope import Actor, system
from bevan.web.services import Services

SHOW = "show a keeper of records whose record is due"


@dataclass(frozen=True)
class Person:
    """Whose record it is: no more than is needed to tell them from others."""

    id: str
    name: str
    born: str
    died: str
    number: str


async def named(given: Services, actor: Actor, id: str) -> Person | None:
    """Who a person (a logical id) is; None where the record is gone."""
    scope = system(SHOW, actor, at=given.clock.now())
    version = await given.record.read(scope, "Patient", id)
    if version is None or version.deleted:
        return None
    return _person(json.decode(version.content))


def proof(given: Services, session: Session, form: Mapping[str, str]) -> datetime | None:
    """When somebody last proved who they are, on the record's clock; None for never.

    A demonstration's people have nothing to prove it with, so they say so on the form.
    """
    if session.demo:
        return given.clock.now() if form.get("confirm") == "yes" else None
    if session.confirmed is None:
        return None
    return given.clock.now() - max(datetime.now(UTC) - session.confirmed, timedelta())


def _person(patient: Mapping[str, Any]) -> Person:
    name = (patient.get("name") or [{}])[0]
    given = " ".join(name.get("given", ()))
    numbers = [
        one.get("value", "")
        for one in patient.get("identifier") or ()
        if one.get("system") == SYSTEM
    ]
    return Person(
        patient["id"],
        ", ".join(part for part in (str(name.get("family", "")).upper(), given) if part),
        str(patient.get("birthDate", "")),
        str(patient.get("deceasedDateTime", ""))[:10],
        numbers[0] if numbers else "",
    )
