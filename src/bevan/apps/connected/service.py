"""Who is asked, about whom, and with what purpose."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from bevan.fhir import json
from bevan.identity.sessions import Session
from bevan.web.services import Services

MOST = 20
ADMINISTRATORS = frozenset({"Platform engineer"})
"""Roles that may approve an app; anybody else finds no such page."""


def purpose(session: Session) -> str:
    """Why somebody's apps may look, as the rulebook names it."""
    if session.actor.kind == "practitioner":
        return "direct-care"
    return "acting-for" if session.acting else "own-record"


def may_allow(session: Session) -> bool:
    """Whether there is anything that this person could allow: an own record, or a role."""
    actor = session.actor
    return bool(actor.id) and (actor.kind == "patient" or bool(actor.organisation))


def own_person(session: Session) -> str:
    """The one person whom a citizen's apps are about; blank for staff."""
    if session.actor.kind != "patient":
        return ""
    return session.acting or session.actor.id


def kept(session: Session, person: str) -> str:
    """The person that a permission is kept for: a citizen by the record of their account, which
    leads to the one that is open now for as long as the two are merged."""
    own = session.actor.kind == "patient" and person == session.actor.id
    return session.signer.id if own else person


def administers(session: Session) -> bool:
    """Whether somebody may approve apps."""
    return session.actor.kind == "practitioner" and session.actor.role in ADMINISTRATORS


async def seen(services: Services, session: Session, id: str) -> dict[str, Any] | None:
    """A person whom they may see; None for anybody else."""
    scope = services.access.scope(session.actor, purpose=purpose(session), patient=id)
    found = await services.record.read(scope, "Patient", id)
    if found is None or found.deleted:
        return None
    resource: dict[str, Any] = json.decode(found.content)
    return resource


async def visit(services: Services, session: Session, id: str) -> str | None:
    """The visit of a person that goes on now, where there is one only that may be seen."""
    scope = services.access.scope(session.actor, purpose=purpose(session), patient=id)
    query = urlencode([("patient", id), ("status", "in-progress"), ("_count", "2")])
    page = await services.record.search(scope, "Encounter", query)
    entries = json.decode(page.bundle).get("entry", [])
    # Beside the matches may stand why there aren't more of them.
    found = [one["resource"]["id"] for one in entries if one["search"]["mode"] == "match"]
    return str(found[0]) if len(found) == 1 else None


async def find(services: Services, session: Session, text: str) -> list[dict[str, Any]]:
    """People of a name, or with an NHS number, whom they may see; at most `MOST`."""
    digits = text.replace(" ", "")
    pairs = [("name", word) for word in text.replace(",", " ").split()[:10]]
    if digits.isdigit():
        pairs = [("identifier", digits)]
    if not pairs:
        return []
    scope = services.access.scope(session.actor, purpose=purpose(session))
    query = urlencode([*pairs, ("_count", str(MOST))], quote_via=quote)
    page = await services.record.search(scope, "Patient", query)
    entries = json.decode(page.bundle).get("entry", [])
    return [one["resource"] for one in entries if one["search"]["mode"] == "match"]


def fhir(services: Services) -> str:
    """The public address of the FHIR interface, which apps name as their audience."""
    return f"{services.settings.public_url}/fhir"
