"""A new identity: who it is now, the new details, and then, once for all, the deed."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.person_index.pages.clerk import clerks_only, deed, form_of
from bevan.apps.person_index.presenters.sheet import brief
from bevan.apps.person_index.service import deeds
from bevan.apps.person_index.service.finding import NOBODY, trace
from bevan.apps.person_index.service.renewal import FIELDS, WHY, faults, fresh, why
from bevan.identity.sessions import Session
from bevan.people.merge import MergeRefused
from bevan.web.pages import go, render
from bevan.web.services import services

DONE = "The record under the new identity is open, and the old one is closed."


@clerks_only
async def form_page(request: Request, session: Session) -> Response:
    """First who it is, by number and day of birth; then the new details."""
    asked = {name: request.query_params.get(name, "") for name in ("number", "born")}
    if not any(asked.values()):
        return _trace(request, asked, "", request.query_params.get("done") == "yes")
    old = await trace(services(request), session, asked["number"], asked["born"])
    if old is None:
        return _trace(request, asked, NOBODY, False)
    return _form(request, old, asked, {})


@clerks_only
async def give(request: Request, session: Session) -> Response:
    """Show what would be done, and do it once the reason and the confirmation are there."""
    given = await form_of(request)
    old = await trace(services(request), session, given.get("number", ""), given.get("born", ""))
    if old is None:
        return _trace(request, given, NOBODY, False)
    errors = faults(given, services(request).clock.now().date())
    if errors or given.get("step") == "change":
        return _form(request, old, given, errors)
    if given.get("step") != "do":
        return _confirm(request, session, old, given, {})
    errors = deeds.missing(session, given)
    if not errors:
        try:
            await services(request).identities.give(
                session.actor,
                str(old["id"]),
                fresh(given),
                why=why(given),
                same_practice=given["practice"] == "same",
                reason=given["reason"],
            )
        except MergeRefused as fault:
            errors = {"reason": str(fault)}
        else:
            # The address says nothing of either record.
            return go("/identity/new-identity?done=yes")
    return _confirm(request, session, old, given, errors)


def _trace(request: Request, asked: dict[str, str], fault: str, done: bool) -> Response:
    return render(
        request,
        "person_index/trace.jinja",
        status=422 if fault else 200,
        asked={"number": "", "born": "", **asked},
        fault=fault,
        title="A new identity",
        lead="After an adoption, a gender reassignment or for protection. First say who it is now.",
        action="/identity/new-identity",
        section="new-identity",
        done=DONE if done else "",
    )


def _form(
    request: Request, old: dict[str, Any], given: dict[str, str], errors: dict[str, str]
) -> Response:
    return render(
        request,
        "person_index/identity.jinja",
        status=422 if errors else 200,
        old=brief(old),
        given={name: given.get(name, "") for name in (*FIELDS, "number", "born")},
        errors=errors,
        why=WHY,
    )


def _confirm(
    request: Request,
    session: Session,
    old: dict[str, Any],
    given: dict[str, str],
    errors: dict[str, str],
) -> Response:
    return deed(
        request,
        session,
        "identity_confirm.jinja",
        given,
        errors,
        old=brief(old),
        new=brief(fresh(given)),
        why=WHY[given["why"]],
        kept={name: given.get(name, "") for name in (*FIELDS, "number", "born")},
    )
