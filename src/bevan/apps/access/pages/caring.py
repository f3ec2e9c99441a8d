"""Links that professionals claim by saying that they care for a person: made, listed, ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from bevan.access.claims import Claim, ClaimRefused, Said
from bevan.apps.access.pages.emergency import NOBODY, proof
from bevan.apps.access.rules import CLAIMED
from bevan.apps.access.service import CARE, Found, person_of, trace
from bevan.fhir import json
from bevan.identity.sessions import Session
from bevan.web.errors import not_found
from bevan.web.pages import go, render
from bevan.web.services import Services, services
from bevan.web.session import session_of, signed_in_only

LISTED = timedelta(days=90)
DONE = {
    "claimed": "You have a link now. A privacy officer has been told.",
    "ended": "Your link has ended. The record is closed to you again.",
}


@signed_in_only
async def links_page(request: Request) -> Response:
    """One's own claims, the newest first, and the way to a new one."""
    session = _session(request)
    if not _claims(services(request), session):
        return not_found(request)
    asked = {name: request.query_params.get(name, "") for name in ("number", "born")}
    if not any(asked.values()):
        return await _draw(request, session, asked=asked)
    found = await trace(services(request), session, **asked)
    if found is None:
        return await _draw(request, session, asked=asked, faults={"number": NOBODY})
    return await _draw(request, session, asked=asked, person=found)


@signed_in_only
async def claim(request: Request) -> Response:
    """Claim a link, or say what is missing."""
    session, given = _session(request), services(request)
    form = {name: str(value) for name, value in (await request.form()).items()}
    if not _claims(given, session):
        return not_found(request)
    found = await trace(given, session, form.get("number", ""), form.get("born", ""))
    if found is None:
        return not_found(request)
    reason = form.get("reason", "") if form.get("reason") in CLAIMED else ""
    said = Said(reason, form.get("words", ""), form.get("agrees", ""),
                proof(request, session, form))  # fmt: skip
    try:
        await given.claims.claim(session.actor, found.id, said)
    except ClaimRefused as fault:
        faults = {fault.field or "reason": str(fault)}
        asked = {"number": found.number, "born": found.born}
        return await _draw(request, session, asked=asked, person=found, form=form, faults=faults)
    return go("/access/links?done=claimed")


@signed_in_only
async def end(request: Request) -> Response:
    """End one of one's own claims that is still on."""
    session, given = _session(request), services(request)
    mine = [one for one in await _mine(given, session) if _on(given, one)]
    wanted = request.path_params["claim"]
    found = next((one for one in mine if str(one.id) == wanted), None)
    if found is None:
        return not_found(request)
    await given.claims.end(found.id)
    return go("/access/links?done=ended")


def _claims(given: Services, session: Session) -> bool:
    """Whether somebody's role has links with people at all."""
    return given.access.rule(session.actor, CARE).reach == "organisation"


async def _mine(given: Services, session: Session) -> list[Claim]:
    """One's own claims at this organisation, emergencies too."""
    claims = await given.claims.by(session.actor, given.clock.now() - LISTED)
    here = session.actor.organisation
    return [one for one in claims if one.actor.organisation == here]


def _on(given: Services, one: Claim) -> bool:
    return one.until > given.clock.now()


async def _who(given: Services, session: Session, one: Claim) -> Found | None:
    """Whom an open claim is about, if they may be seen; a claim that is over names nobody."""
    if not _on(given, one):
        return None
    scope = given.access.scope(session.actor, purpose=CARE, patient=one.person)
    version = await given.record.read(scope, "Patient", one.person)
    if version is None or version.deleted:
        return None
    return person_of(json.decode(version.content), "")


async def _draw(
    request: Request,
    session: Session,
    *,
    asked: dict[str, str],
    person: Found | None = None,
    form: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
) -> Response:
    given, faults, form = services(request), faults or {}, form or {}
    listed = [
        (one, await _who(given, session, one), _on(given, one))
        for one in await _mine(given, session)
    ]
    context: dict[str, Any] = {
        "form": dict.fromkeys(("reason", "words", "agrees", "confirm"), "") | form,
        "fresh": proof(request, session, form) is not None,
    }
    if person is not None:
        here = "/access/links?" + urlencode({"number": person.number, "born": person.born})
        context["confirm"] = "/confirm?" + urlencode({"next": here})
    return render(
        request, "access/links.jinja", status=422 if faults else 200, asked=asked, person=person,
        listed=listed, faults=faults, reasons=CLAIMED, limits=given.rules.emergency,
        days=given.rules.links["self-claimed"].days,
        emergencies=given.rules.emergency.reasons,
        done=DONE.get(request.query_params.get("done", ""), ""), **context,
    )  # fmt: skip


def _session(request: Request) -> Session:
    session = session_of(request)
    assert session is not None  # signed_in_only lets nobody else in
    return session
