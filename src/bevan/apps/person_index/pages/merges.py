"""Records that were merged: the list, and taking two of them apart again."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.person_index.pages.clerk import clerks_only, deed, form_of
from bevan.apps.person_index.presenters.merges import COLUMNS, MergeSheet, merge_row, merge_sheet
from bevan.apps.person_index.service import deeds
from bevan.apps.person_index.service.cases import patient
from bevan.identity.sessions import Session
from bevan.people.merge import Merge, MergeRefused
from bevan.people.unmerge import Undone
from bevan.web.errors import not_found
from bevan.web.pages import go, render
from bevan.web.services import services

PAGE = 50
COUNTS = ("restored", "edited", "placed", "asked")


@clerks_only
async def list_page(request: Request, session: Session) -> Response:
    """Merges, newest first; those of people whom the clerk may not see aren't there."""
    given = services(request)
    number = request.query_params.get("page", "1")
    page = min(int(number), 1_000) if number.isascii() and number.isdecimal() else 1
    offset = (max(page, 1) - 1) * PAGE
    merges = await given.merging.recent(limit=PAGE + 1, offset=offset)
    rows = []
    for merge in merges[:PAGE]:
        both = [await patient(given, session, id) for id in (merge.survivor, merge.merged)]
        if both[0] is not None and both[1] is not None:
            rows.append(merge_row(merge, both[0], both[1]))
    after = page + 1 if len(merges) > PAGE else 0
    return render(
        request, "person_index/merges.jinja", columns=COLUMNS, rows=rows, page=page, after=after
    )


@clerks_only
async def merge_page(request: Request, session: Session) -> Response:
    """One merge with both records, and what undoing it would do."""
    found = await _found(request, session)
    return not_found(request) if found is None else _draw(request, session, found, {}, {})


@clerks_only
async def undo(request: Request, session: Session) -> Response:
    """Take the two apart, or say what is missing."""
    found = await _found(request, session)
    if found is None:
        return not_found(request)
    given = await form_of(request)
    if found.undone and given.get("again") == "yes":
        await services(request).reviews.ask(session.actor, found.question, anew=True)
        return go("/identity?done=again")
    errors = deeds.missing(session, given)
    if not errors:
        try:
            done = await services(request).unmerging.undo(session.actor, found.id, given["reason"])
        except MergeRefused as fault:
            errors = {"reason": str(fault)}
        else:
            return go(f"/identity/merges/{found.id}?{_counts(done)}")
    return _draw(request, session, found, given, errors)


async def _found(request: Request, session: Session) -> MergeSheet | None:
    given = services(request)
    try:
        id = UUID(request.path_params["merge"])
    except ValueError:
        return None
    merge: Merge | None = await given.merging.one(id)
    if merge is None:
        return None
    both = [await patient(given, session, id) for id in (merge.survivor, merge.merged)]
    if both[0] is None or both[1] is None:
        return None
    moved = await given.merging.moved(merge.id)
    return merge_sheet(merge, both[0], both[1], moved)


def _counts(done: Undone) -> str:
    counted = (done.restored, done.edited, done.placed, len(done.asked))
    return "&".join(f"{name}={n}" for name, n in zip(COUNTS, counted, strict=True))


def _draw(
    request: Request,
    session: Session,
    found: MergeSheet,
    given: dict[str, str],
    errors: dict[str, str],
) -> Response:
    told = [request.query_params.get(name, "") for name in COUNTS]
    done = [int(n) for n in told if n.isascii() and n.isdecimal() and len(n) < 7]
    result = dict(zip(COUNTS, done, strict=True)) if len(done) == len(COUNTS) else None
    shown = result if found.undone else None
    return deed(request, session, "merge.jinja", given, errors, merge=found, done=shown)
