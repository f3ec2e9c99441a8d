"""Finding the one person whom a clerk means: by NHS number and day of birth together."""

from __future__ import annotations

from typing import Any

from bevan.apps.person_index.service.cases import sight
from bevan.identity.sessions import Session
from bevan.people.nhs_number import InvalidNhsNumber, parse
from bevan.web.services import Services

NOBODY = "Nobody has this NHS number and this day of birth. Check both."


async def trace(
    services: Services, session: Session, number: str, born: str
) -> dict[str, Any] | None:
    """The Patient with this number, born on this day (YYYY-MM-DD), under the clerk's own Scope."""
    try:
        wanted = parse(number)
    except InvalidNhsNumber:
        return None
    found = await services.people.by_number(sight(services, session), wanted)
    exact = [each.patient for each in found if born and each.patient.get("birthDate") == born]
    return dict(exact[0]) if len(exact) == 1 else None
