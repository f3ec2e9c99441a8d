"""Corrections that were made: the list, and taking one of them back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.person_index.pages.clerk import clerks_only, deed, form_of
from bevan.apps.person_index.presenters.corrections import COLUMNS, correction_facts, correction_row
from bevan.apps.person_index.presenters.sheet import name
from bevan.apps.person_index.service import deeds
from bevan.apps.person_index.service.cases import patient
from bevan.identity.sessions import Session
from bevan.people.correction import Corrected
from bevan.people.merge import MergeRefused
from bevan.web.errors import not_found
from bevan.web.pages import go, render
from bevan.web.services import services

DONE = {
    "moved": "Done. Nobody who opens the wrong person's record sees the entries there any more.",
    "left": "Done. Something that the entries refer to is still with the wrong person: look there.",
    "back": "Taken back. The entry is as it was before.",
}


@clerks_only
async def list_page(request: Request, session: Session) -> Response:
    """The newest 50; those of people whom the clerk may not see aren't there."""
    rows = []
    for done in await services(request).correction.recent():
        names = await _names(request, session, done)
        if names is not None:
            rows.append(correction_row(done, *names))
    told = DONE.get(request.query_params.get("done", ""), "")
    return render(request, "person_index/corrections.jinja", columns=COLUMNS, rows=rows, done=told)


@clerks_only
async def correction_page(request: Request, session: Session) -> Response:
    """One correction, and taking it back."""
    found = await _found(request, session)
    return not_found(request) if found is None else _draw(request, session, found, {}, {})


@clerks_only
async def undo(request: Request, session: Session) -> Response:
    """Put the entry back, or say what is missing."""
    found = await _found(request, session)
    if found is None:
        return not_found(request)
    given = await form_of(request)
    errors = deeds.missing(session, given)
    if not errors:
        try:
            await services(request).correction.undo(session.actor, found[0].id)
        except MergeRefused as fault:
            errors = {"reason": str(fault)}
        else:
            return go("/identity/corrections?done=back")
    return _draw(request, session, found, given, errors)


async def _names(request: Request, session: Session, done: Corrected) -> tuple[str, str] | None:
    """The names of the wrong and the right person; None where the clerk may not see one."""
    wrong = await patient(services(request), session, done.wrong)
    right = await patient(services(request), session, done.right) if done.right else {}
    return None if wrong is None or right is None else (name(wrong), name(right))


async def _found(request: Request, session: Session) -> tuple[Corrected, str, str] | None:
    try:
        id = UUID(request.path_params["correction"])
    except ValueError:
        return None
    done = await services(request).correction.one(id)
    names = None if done is None else await _names(request, session, done)
    return None if done is None or names is None else (done, *names)


def _draw(
    request: Request,
    session: Session,
    found: tuple[Corrected, str, str],
    given: dict[str, str],
    errors: dict[str, str],
) -> Response:
    facts: Any = correction_facts(*found)
    return deed(
        request, session, "correction.jinja", given, errors, facts=facts,
        undone=found[0].undone is not None,
    )  # fmt: skip
