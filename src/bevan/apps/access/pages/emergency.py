"""Opening one record in an emergency."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from bevan.access.claims import Claim, ClaimRefused, Said
from bevan.apps.access.service import CARE, Found, confirmed, trace
from bevan.identity.sessions import Session
from bevan.web.errors import not_found
from bevan.web.pages import go, render
from bevan.web.services import services
from bevan.web.session import session_of, signed_in_only

NOBODY = "Nobody with this NHS number and day of birth can be opened here. Check both."
_OUTCOMES = {
    "upheld": "The reason was upheld",
    "not-upheld": "The reason was not upheld",
    "learning": "It was used for learning",
}


@signed_in_only
async def emergency_page(request: Request) -> Response:
    """First who it is, by number and day of birth; then why."""
    session = session_of(request)
    assert session is not None  # signed_in_only lets nobody else in
    given = services(request)
    if not given.access.rule(session.actor, CARE).emergency:
        return not_found(request)
    asked = {name: request.query_params.get(name, "") for name in ("number", "born")}
    if not any(asked.values()):
        return render(request, "access/trace.jinja", asked=asked, fault="")
    found = await trace(given, session, asked["number"], asked["born"])
    if found is None:
        return render(request, "access/trace.jinja", status=422, asked=asked, fault=NOBODY)
    return await _draw(request, session, found, {}, {})


@signed_in_only
async def open_record(request: Request) -> Response:
    """Open it, or say what is missing."""
    session = session_of(request)
    assert session is not None  # signed_in_only lets nobody else in
    given = services(request)
    form = {name: str(value) for name, value in (await request.form()).items()}
    if not given.access.rule(session.actor, CARE).emergency:
        return not_found(request)
    found = await trace(given, session, form.get("number", ""), form.get("born", ""))
    if found is None:
        return not_found(request)
    said = Said(
        form.get("reason", ""),
        form.get("words", ""),
        form.get("agrees", ""),
        proof(request, session, form),
    )
    try:
        await given.claims.open(session.actor, found.id, said)
    except ClaimRefused as fault:
        return await _draw(request, session, found, form, {fault.field or "reason": str(fault)})
    return go(f"/record/{found.id}")


def proof(request: Request, session: Session, form: dict[str, str]) -> datetime | None:
    """When they last proved who they are. A demonstration's people have nothing to prove it with,
    so they say so on the form."""
    given = services(request)
    if session.demo and form.get("confirm") == "yes":
        return given.clock.now()
    return confirmed(given, session, datetime.now(UTC))


async def _draw(
    request: Request,
    session: Session,
    found: Found,
    form: dict[str, str],
    errors: dict[str, str],
) -> Response:
    given = services(request)
    rule = given.rules.emergency
    now = given.clock.now()
    here = "/access/emergency?" + urlencode({"number": found.number, "born": found.born})
    return render(
        request,
        "access/emergency.jinja",
        status=422 if errors else 200,
        person=found,
        rule=rule,
        until=now + rule.lasts,
        past=_past(await given.claims.by(session.actor, now - timedelta(days=365))),
        form=dict.fromkeys(("reason", "words", "agrees", "confirm"), "") | form,
        errors=errors,
        fresh=proof(request, session, form) is not None,
        confirm="/confirm?" + urlencode({"next": here}),
    )


def _past(claims: list[Claim]) -> str:
    """What somebody opened in the last 12 months, in a sentence."""
    opened = [claim for claim in claims if claim.kind == "emergency"]
    if not opened:
        return "You've opened no record this way in the last 12 months."
    times = "1 record" if len(opened) == 1 else f"{len(opened)} records"
    last = _OUTCOMES.get(opened[0].outcome or "", "The last one waits to be looked at")
    return f"You've opened {times} this way in the last 12 months. {last}."
