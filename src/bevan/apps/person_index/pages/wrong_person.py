"""Entries on the wrong person's record: who it is, which entries, whose they are, and then why."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.person_index.pages.clerk import clerks_only, deed, form_of
from bevan.apps.person_index.presenters.corrections import KINDS, Picked, picked
from bevan.apps.person_index.presenters.sheet import brief
from bevan.apps.person_index.service import deeds
from bevan.apps.person_index.service.entries import newest, senders, those
from bevan.apps.person_index.service.finding import NOBODY, trace
from bevan.identity.sessions import Session
from bevan.people.merge import MergeRefused
from bevan.web.pages import go, render
from bevan.web.services import services

NO_ENTRY = "Pick at least one entry."
NO_OWNER = "Say whose the entries are, or that nobody knows."
SAME = "This is the same person: give the number of the right one."


@clerks_only
async def pick_page(request: Request, session: Session) -> Response:
    """First who it is, by number and day of birth; then the entries of one kind."""
    asked = {name: request.query_params.get(name, "") for name in ("number", "born", "kind")}
    if not asked["number"] and not asked["born"]:
        return _trace(request, asked, "")
    wrong = await trace(services(request), session, asked["number"], asked["born"])
    if wrong is None:
        return _trace(request, asked, NOBODY)
    return await _pick(request, session, wrong, asked, {}, {})


@clerks_only
async def move(request: Request, session: Session) -> Response:
    """Show what would be done, and do it once the reason and the confirmation are there."""
    given = await form_of(request)
    rows = [str(each) for each in (await request.form()).getlist("entry")]
    wrong = await trace(services(request), session, given.get("number", ""), given.get("born", ""))
    if wrong is None:
        return _trace(request, given, NOBODY)
    entries = await those(services(request), session, str(wrong["id"]), rows)
    right, errors = await _right(request, session, wrong, given)
    if not entries or len(entries) != len(set(rows)):
        errors = {"entry": NO_ENTRY, **errors}
    if errors:
        return await _pick(request, session, wrong, given, errors, dict.fromkeys(rows, True))
    named = await senders(services(request), session)
    shown = [picked(each, named) for each in entries]
    if given.get("step") != "do":
        return _confirm(request, session, wrong, right, shown, given, {})
    return await _done(request, session, wrong, right, shown, given)


async def _done(
    request: Request,
    session: Session,
    wrong: dict[str, Any],
    right: dict[str, Any] | None,
    shown: list[Picked],
    given: dict[str, str],
) -> Response:
    errors = deeds.missing(session, given)
    if not errors:
        try:
            left = await services(request).correction.correct(
                session.actor,
                [each.row for each in shown],
                wrong=str(wrong["id"]),
                right=None if right is None else str(right["id"]),
                reason=given["reason"],
            )
        except MergeRefused as fault:
            errors = {"reason": str(fault)}
        else:
            return go(f"/identity/corrections?done={'left' if left else 'moved'}")
    return _confirm(request, session, wrong, right, shown, given, errors)


async def _right(
    request: Request, session: Session, wrong: dict[str, Any], given: dict[str, str]
) -> tuple[dict[str, Any] | None, dict[str, str]]:
    """The right person, None where nobody knows, and what is wrong with that."""
    if given.get("owner") == "unknown":
        return None, {}
    if given.get("owner") != "known":
        return None, {"owner": NO_OWNER}
    right = await trace(
        services(request), session, given.get("right_number", ""), given.get("right_born", "")
    )
    if right is None:
        return None, {"right_number": NOBODY}
    return right, {"right_number": SAME} if right["id"] == wrong["id"] else {}


def _trace(request: Request, asked: dict[str, str], fault: str) -> Response:
    return render(
        request,
        "person_index/trace.jinja",
        status=422 if fault else 200,
        asked={"number": "", "born": "", **asked},
        fault=fault,
        title="Entries on the wrong person's record",
        lead="First say on whose record they are now.",
        action="/identity/wrong-person",
        section="corrections",
    )


async def _pick(
    request: Request,
    session: Session,
    wrong: dict[str, Any],
    given: dict[str, str],
    errors: dict[str, str],
    chosen: dict[str, bool],
) -> Response:
    kind = given.get("kind", "") if given.get("kind") in KINDS else next(iter(KINDS))
    entries = await newest(services(request), session, str(wrong["id"]), kind)
    named = await senders(services(request), session)
    fields = ("owner", "right_number", "right_born")
    return render(
        request,
        "person_index/pick.jinja",
        status=422 if errors else 200,
        wrong=brief(wrong),
        number=given.get("number", ""),
        kind=kind,
        kinds=KINDS,
        entries=[picked(each, named) for each in entries],
        chosen=chosen,
        given={name: given.get(name, "") for name in fields},
        errors=errors,
    )


def _confirm(
    request: Request,
    session: Session,
    wrong: dict[str, Any],
    right: dict[str, Any] | None,
    shown: list[Picked],
    given: dict[str, str],
    errors: dict[str, str],
) -> Response:
    kept = {name: given.get(name, "") for name in _FIELDS}
    return deed(
        request,
        session,
        "move.jinja",
        given,
        errors,
        wrong=brief(wrong),
        right=None if right is None else brief(right),
        entries=shown,
        kept=kept,
    )


_FIELDS = ("number", "born", "kind", "owner", "right_number", "right_born")
