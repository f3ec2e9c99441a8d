"""A person's four choices about their record: what each does, making one, and what was chosen."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bevan.access.consents import NotKept, Told
from bevan.apps.access.presenters import choosing as presenters
from bevan.apps.access.rules import KINDS, Kind, refusal
from bevan.apps.access.service.choosing import Chooser, chooser
from bevan.identity.sessions import Session
from bevan.web.errors import not_found
from bevan.web.pages import go, render
from bevan.web.services import services
from bevan.web.session import session_of, signed_in_only

HERE = "/my-record/choices"
UNCHOSEN = "Choose one of the two answers. Nothing has been changed."
UNREAD = "Say that you understand what it means. Nothing has been changed."


@signed_in_only
async def choices_page(request: Request) -> Response:
    """All four, each with what stands, and the history of them."""
    session = _session(request)
    if session.actor.kind != "patient":
        return not_found(request)
    given = services(request)
    who = await chooser(given, session)
    if who is None:
        return _closed(request, session)
    # Where a person is treated isn't told to who acts for them.
    organisations = [] if who.relation else await given.directory.organisations()
    places = {one.id: one.name for one in organisations}
    said = await given.consents.history(session.actor, who.person)
    refused = await given.consents.refused(who.person)
    shown = presenters.choices(who, refused, said, places)
    return render(request, "access/choices.jinja", who=who, shown=shown)


@signed_in_only
async def choice_page(request: Request) -> Response:
    """One choice: what it stops, what it doesn't, and the two answers."""
    found = await _open(request)
    return found if isinstance(found, Response) else await _form(request, *found)


@signed_in_only
async def choose(request: Request) -> Response:
    """First the answer, then a look at what it means, then it is kept."""
    found = await _open(request)
    if isinstance(found, Response):
        return found
    kind, who = found
    form = {name: str(value) for name, value in (await request.form()).items()}
    answer = form.get("answer", "")
    if answer not in ("yes", "no"):
        return await _form(request, kind, who, UNCHOSEN)
    grave = answer == "no" and bool(kind.grave)
    if form.get("step") != "keep":
        return _review(request, kind, who, answer)
    if grave and form.get("understood") != "yes":
        return _review(request, kind, who, answer, UNREAD)
    session, given = _session(request), services(request)
    by = f"{session.actor.name}, their {who.relation}" if who.relation else session.actor.name
    try:
        await given.consents.choose(
            session.actor, who.person, kind.code, refused=answer == "no", told=Told(by, "In Bevan")
        )
    except NotKept as fault:
        return _review(request, kind, who, answer, str(fault))
    return go(f"{HERE}/{kind.code}/kept")


@signed_in_only
async def kept_page(request: Request) -> Response:
    """What is kept now, since when, what happens next, and the way back."""
    found = await _open(request)
    if isinstance(found, Response):
        return found
    kind, who = found
    session, given = _session(request), services(request)
    said = await given.consents.history(session.actor, who.person)
    refused = kind.code in await given.consents.refused(who.person)
    shown = presenters.kept(kind, refused=refused, said=said)
    if shown is None:
        return go(f"{HERE}/{kind.code}")
    return render(request, "access/choice_kept.jinja", kind=kind, who=who, shown=shown)


async def _open(request: Request) -> Response | tuple[Kind, Chooser]:
    """The choice in the address and who makes it, or the page that says why nobody does."""
    session, kind = _session(request), KINDS.get(request.path_params["kind"])
    if session.actor.kind != "patient" or kind is None:
        return not_found(request)
    who = await chooser(services(request), session)
    if who is None:
        return _closed(request, session)
    why = refusal(kind, who.relation, who.years)
    if why:
        return render(request, "access/choices_closed.jinja", status=404, why=why, prove=False)
    return kind, who


async def _form(request: Request, kind: Kind, who: Chooser, fault: str = "") -> Response:
    refused = kind.code in await services(request).consents.refused(who.person)
    return render(
        request, "access/choice.jinja", status=422 if fault else 200, kind=kind, who=who,
        refused=refused, fault=fault,
    )  # fmt: skip


def _review(request: Request, kind: Kind, who: Chooser, answer: str, fault: str = "") -> Response:
    return render(
        request, "access/choice_review.jinja", status=422 if fault else 200, kind=kind, who=who,
        answer=answer, fault=fault,
    )  # fmt: skip


def _closed(request: Request, session: Session) -> Response:
    """Somebody who isn't proven, or who acted for a person and may no more."""
    why = f"You can't act for {session.acting_name} any more." if session.acting else ""
    return render(request, "access/choices_closed.jinja", why=why, prove=not session.acting)


def _session(request: Request) -> Session:
    session = session_of(request)
    assert session is not None  # signed_in_only lets nobody else in
    return session
