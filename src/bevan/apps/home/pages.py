"""Landing, signing in as a demo person, signing out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.home.presenters import doors, groups, own
from bevan.apps.home.service import own_record
from bevan.identity.errors import SignInRefused
from bevan.web.errors import not_found
from bevan.web.pages import go, inside, render
from bevan.web.services import services
from bevan.web.session import cookie_name, forget, keep, session_of, signed_in_only
from bevan.web.words import LONDON


async def landing_page(request: Request) -> Response:
    """Who to be, or for those signed in, where to go."""
    return await _landing(request)


async def sign_in_page(request: Request) -> Response:
    """The same page, for somebody who was sent here from a page that needs a person."""
    return await _landing(request, inside(request.query_params.get("next"), ""))


async def _landing(
    request: Request, next_page: str = "", fault: str = "", status: int = 200
) -> Response:
    people = await services(request).identity.demo_people()
    return render(
        request,
        "home/landing.jinja",
        status=status,
        groups=groups(people),
        doors=doors(request.app.state.apps),
        next_page=next_page,
        fault=fault,
    )


async def sign_in(request: Request) -> Response:
    """Signs in as a demo person; a new session always ends the one the browser came with."""
    form = await request.form()
    account = str(form.get("person", ""))
    onward = inside(str(form.get("next", "")), "")
    previous = request.cookies.get(cookie_name(request))
    try:
        cookie, session = await services(request).identity.sign_in(account, previous=previous)
    except SignInRefused as fault:
        return await _landing(request, onward, str(fault), 422)
    first = "/my-record" if session.actor.kind == "patient" else "/record"
    answer = go(onward or first)
    keep(answer, request, cookie)
    return answer


@signed_in_only
async def own_page(request: Request) -> Response:
    """A person's own record, or that of whom they act for; for professionals it isn't there."""
    session = session_of(request)
    assert session is not None  # signed_in_only lets nobody else in
    if session.actor.kind != "patient":
        return not_found(request)
    found = await own_record(services(request), session)
    if found is None:
        return render(request, "home/own_closed.jinja")
    today = services(request).clock.now().astimezone(LONDON).date()
    name = session.acting_name or session.actor.name
    shown = own.page(found, name, today)
    return render(request, "home/own.jinja", shown=shown, acting=bool(session.acting))


async def sign_out(request: Request) -> Response:
    """Ends the session, and asks the browser to drop what it kept of the pages."""
    if session_of(request) is not None:
        await services(request).identity.sign_out(request.cookies.get(cookie_name(request)))
    answer = go("/")
    answer.headers["Clear-Site-Data"] = '"cache"'
    forget(answer, request)
    return answer
