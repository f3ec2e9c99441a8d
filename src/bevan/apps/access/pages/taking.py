"""Choices that people tell their surgery in person, by phone or on a form."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from bevan.access.consents import NotKept, Told
from bevan.apps.access.presenters import choosing as presenters
from bevan.apps.access.rules import KINDS, LEAST, WAYS
from bevan.apps.access.service import Found
from bevan.apps.access.service.choosing import registered, takes_down
from bevan.identity.sessions import Session
from bevan.web.errors import not_found
from bevan.web.pages import go, render
from bevan.web.services import services
from bevan.web.session import session_of, signed_in_only

NOBODY = "Nobody with this NHS number and day of birth is registered here. Check both."
FAULTS = {
    "kind": "Choose which of the four it is.",
    "answer": "Choose what the person said.",
    "way": "Choose how they told you.",
    "checked": f"Say how you know who it was, in {LEAST} characters or more.",
}


@signed_in_only
async def taking_page(request: Request) -> Response:
    """First who it is, by number and day of birth; then the four choices and the form."""
    session = _session(request)
    if not takes_down(session):
        return not_found(request)
    asked = {name: request.query_params.get(name, "") for name in ("number", "born")}
    if not any(asked.values()):
        return render(request, "access/taking_find.jinja", asked=asked, fault="")
    found = await registered(services(request), session, **asked)
    if found is None:
        return render(request, "access/taking_find.jinja", status=422, asked=asked, fault=NOBODY)
    return await _draw(request, session, found, {}, {})


@signed_in_only
async def take_down(request: Request) -> Response:
    """Keep what the person said."""
    session = _session(request)
    form = {name: str(value) for name, value in (await request.form()).items()}
    if not takes_down(session):
        return not_found(request)
    given = services(request)
    found = await registered(given, session, form.get("number", ""), form.get("born", ""))
    if found is None:
        return not_found(request)
    faults = _faults(form)
    if faults:
        return await _draw(request, session, found, form, faults)
    told = Told(found.name, f"{form['way']}; {form['checked'].strip()}", session.actor.organisation)
    try:
        await given.consents.choose(
            session.actor, found.id, form["kind"], refused=form["answer"] == "no", told=told
        )
    except NotKept as fault:
        return await _draw(request, session, found, form, {"kind": str(fault)})
    return go(f"{_here(found)}&done=yes")


def _faults(form: dict[str, str]) -> dict[str, str]:
    right = {
        "kind": form.get("kind") in KINDS,
        "answer": form.get("answer") in ("yes", "no"),
        "way": form.get("way") in WAYS,
        "checked": LEAST <= len(form.get("checked", "").strip()) <= 200,
    }
    return {name: FAULTS[name] for name, is_right in right.items() if not is_right}


async def _draw(
    request: Request,
    session: Session,
    found: Found,
    form: dict[str, str],
    faults: dict[str, str],
) -> Response:
    given = services(request)
    places = {one.id: one.name for one in await given.directory.organisations()}
    said = await given.consents.history(session.actor, found.id)
    refused = await given.consents.refused(found.id)
    return render(
        request,
        "access/taking.jinja",
        status=422 if faults else 200,
        person=found,
        kinds=KINDS,
        ways=WAYS,
        standing=[
            presenters.standing(kind, said, places, refused=kind.code in refused)
            for kind in KINDS.values()
        ],
        form=dict.fromkeys(("kind", "answer", "way", "checked"), "") | form,
        faults=faults,
        done=request.query_params.get("done", "") == "yes",
    )


def _here(found: Found) -> str:
    return "/access/choices?" + urlencode({"number": found.number, "born": found.born})


def _session(request: Request) -> Session:
    session = session_of(request)
    assert session is not None  # signed_in_only lets nobody else in
    return session
