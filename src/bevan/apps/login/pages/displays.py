"""Screens on wards: letting one in, and the page that it shows."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.login.pages.visit import visitor
from bevan.apps.login.service import on_the_ward, wards
from bevan.identity.displays import KEEPERS
from bevan.identity.errors import SignInRefused
from bevan.web.errors import not_found
from bevan.web.pages import go, render
from bevan.web.services import services
from bevan.web.session import cookie_name, keep, session_of, signed_in_only

SCREEN = "display"
"""The use of a screen's own cookie, which nothing but its page reads."""


async def screen_page(request: Request) -> Response:
    """What the screen shows; a form for its code where it isn't let in."""
    given = services(request)
    shown = await given.displays.shown(request.cookies.get(cookie_name(request, SCREEN)))
    if shown is None:
        return render(request, "login/screen_code.jinja", fault="")
    page = render(
        request, "login/screen.jinja", ward=shown.ward, beds=await on_the_ward(given, shown)
    )
    # Nobody types or reads along on a wall: the page may be loaded anew, without a script.
    page.headers["Refresh"] = "60"
    return page


async def enter_code(request: Request) -> Response:
    """The code that was read out: from now on this browser is the screen."""
    code = str((await request.form()).get("code", ""))[:40]
    try:
        secret, _ = await services(request).displays.enrol(code, visitor(request).address)
    except SignInRefused as fault:
        return render(request, "login/screen_code.jinja", status=422, fault=str(fault))
    answer = go("/display")
    keep(answer, request, secret, SCREEN, lasts=90 * 24 * 3600)
    return answer


@signed_in_only
async def displays_page(request: Request) -> Response:
    """The screens of one's organisation, and a form for another."""
    return await _displays(request)


@signed_in_only
async def change_displays(request: Request) -> Response:
    """Offer a code for another screen, or end one."""
    session, form = session_of(request), await request.form()
    assert session is not None  # signed_in_only lets nobody else in
    if session.actor.role not in KEEPERS:
        return not_found(request)
    given = services(request)
    if "end" in form:
        place = session.actor.organisation
        await given.displays.stop(str(form["end"]), place, by=session.account)
        return go("/displays?done=ended")
    known = {ward.id: ward for ward in await wards(given, session.actor.organisation)}
    ward = known.get(str(form.get("ward", "")))
    if ward is None:
        return await _displays(request, fault="Choose a ward.")
    try:
        code = await given.displays.offer(str(form.get("name", "")), ward, by=session.account)
    except SignInRefused as fault:
        return await _displays(request, fault=str(fault))
    return await _displays(request, code=code)


async def _displays(request: Request, fault: str = "", code: str = "") -> Response:
    session = session_of(request)
    assert session is not None
    if session.actor.role not in KEEPERS:
        return not_found(request)
    given, place = services(request), session.actor.organisation
    return render(
        request,
        "login/displays.jinja",
        status=422 if fault else 200,
        displays=await given.displays.of(place),
        wards=[{"value": ward.id, "text": ward.name} for ward in await wards(given, place)],
        code=code,
        fault=fault,
        done=request.query_params.get("done", ""),
    )
