"""Acting for others: who asks, who decides, who acts, and ending it."""

from __future__ import annotations

from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bevan.access.proxies import RELATIONS, RIGHTS, ProxyRefused, age
from bevan.apps.login.pages.proving import day
from bevan.identity.asks import Wish
from bevan.identity.errors import SignInRefused
from bevan.identity.sessions import Session
from bevan.web.errors import not_found
from bevan.web.pages import go, render
from bevan.web.services import services
from bevan.web.session import cookie_name, keep, session_of, signed_in_only

DECIDERS = ("GP", "Practice nurse", "Practice manager")
WORDS = {
    "see-record": "see their record",
    "order-medicines": "order their repeat medicines",
    "book-appointments": "book their appointments",
    "send-messages": "send messages for them",
    "parent": "their parent",
    "guardian": "their guardian",
    "carer": "their carer",
    "attorney": "their attorney (a power of attorney)",
}


@signed_in_only
async def people_page(request: Request) -> Response:
    """For whom one acts, and who acts for oneself."""
    return await _people(request)


async def _people(request: Request, fault: str = "") -> Response:
    session, asks = _session(request), services(request).asks
    if session.actor.kind != "patient":
        return not_found(request)
    mine = session.person if session.level == "P9" or session.demo else ""
    acting = await asks.proxies.acting_for(mine) if mine else []
    others = await asks.proxies.of(mine) if mine else []
    names = {one.person: await asks.named(one.person) for one in acting}
    names |= {one.proxy: await asks.named(one.proxy) for one in others}
    now = services(request).clock.now()
    return render(
        request, "login/people.jinja", status=422 if fault else 200, proven=bool(mine),
        acting=acting, names=names, words_of=WORDS, fault=fault,
        others=[one for one in others if one.ended is None
                and (one.until is None or one.until > now)],
        asked=await asks.of(session.account), done=request.query_params.get("done", ""),
    )  # fmt: skip


@signed_in_only
async def ask_page(request: Request) -> Response:
    """Ask to act for somebody."""
    return await _ask(request)


async def _ask(request: Request, fault: str = "", field: str = "", **given: str) -> Response:
    if _session(request).actor.kind != "patient":
        return not_found(request)
    return render(
        request, "login/ask.jinja", status=422 if fault else 200, fault=fault, field=field,
        relation_items=[{"value": one, "text": WORDS[one]} for one in RELATIONS],
        right_items=[{"value": one, "text": WORDS[one]} for one in sorted(RIGHTS)], given=given,
    )  # fmt: skip


@signed_in_only
async def ask(request: Request) -> Response:
    """The request goes to the practice of the person it's about."""
    session, form = _session(request), await request.form()
    given = {name: str(form.get(name, ""))
             for name in ("number", "family", "born", "relation", "words", "until")}  # fmt: skip
    rights = [str(one) for one in form.getlist("rights")]
    wish = Wish(given["number"], given["family"], day(given["born"]), given["relation"], rights,
                given["words"], day(given["until"]))  # fmt: skip
    try:
        await services(request).asks.ask(session, wish)
    except ProxyRefused as fault:
        return await _ask(request, str(fault), fault.field, **given)
    except SignInRefused as fault:
        return await _ask(request, str(fault), "", **given)
    return go("/account/people?done=asked")


@signed_in_only
async def end(request: Request) -> Response:
    """End a right: one's own to act, or somebody's to act for oneself."""
    session, form = _session(request), await request.form()
    asks, id = services(request).asks, str(form.get("right", ""))
    mine = session.person if session.level == "P9" or session.demo else ""
    rights = [*await asks.proxies.acting_for(mine), *await asks.proxies.of(mine)] if mine else []
    if id not in {str(one.id) for one in rights}:
        return await _people(request, "This right has ended already.")
    try:
        await asks.proxies.end(UUID(id), by=session.actor.name, reason="Ended by the people in it")
    except ProxyRefused as fault:
        return await _people(request, str(fault))
    return go("/account/people?done=ended")


@signed_in_only
async def act(request: Request) -> Response:
    """Start, or stop, acting for somebody: another session either way."""
    session, form = _session(request), await request.form()
    login, asks = services(request).login, services(request).asks
    person, name = str(form.get("person", "")), ""
    mine = session.person if session.level == "P9" or session.demo else ""
    if person:
        allowed = {one.person for one in await asks.proxies.acting_for(mine)} if mine else set()
        if person not in allowed:
            return await _people(request, "You can't act for this person, or can't any more.")
        name = await asks.named(person)
    secret, _ = await login.sessions.change(
        request.cookies.get(cookie_name(request), ""), acting=person, acting_name=name
    )
    await login.events.note(session.account, "acting for", detail=name or "myself")
    answer = go("/account/people")
    keep(answer, request, secret)
    return answer


@signed_in_only
async def requests_page(request: Request) -> Response:
    """What waits for the practice's decision."""
    session = _session(request)
    if session.actor.role not in DECIDERS:
        return not_found(request)
    waiting = await services(request).asks.waiting(session.actor.organisation)
    return render(request, "login/requests.jinja", waiting=waiting, words_of=WORDS,
                  done=request.query_params.get("done", ""))  # fmt: skip


@signed_in_only
async def request_page(request: Request) -> Response:
    """One request, with what the person's age demands."""
    return await _request(request)


async def _request(request: Request, fault: str = "", reason: str = "") -> Response:
    session = _session(request)
    found = await services(request).asks.find(request.path_params["id"], session.actor.organisation)
    if session.actor.role not in DECIDERS or found is None:
        return not_found(request)
    years = age(found.born, services(request).clock.now()) if found.born else None
    return render(request, "login/request.jinja", status=422 if fault else 200, ask=found,
                  years=years, words_of=WORDS, fault=fault, reason=reason)  # fmt: skip


@signed_in_only
async def decide(request: Request) -> Response:
    """The practice's decision."""
    session, form = _session(request), await request.form()
    asks, reason = services(request).asks, str(form.get("reason", ""))
    found = await asks.find(request.path_params["id"], session.actor.organisation)
    if session.actor.role not in DECIDERS or found is None:
        return not_found(request)
    try:
        if form.get("decision") == "grant":
            await asks.grant(found, session, reason=reason, reviewed=bool(form.get("reviewed")),
                             agreed=bool(form.get("agreed")))  # fmt: skip
        elif form.get("decision") == "refuse":
            await asks.refuse(found, reason)
        else:
            return await _request(request, "Choose what you decide.", reason)
    except ProxyRefused as fault:
        return await _request(request, str(fault), reason)
    return go("/proxies?done=yes")


def _session(request: Request) -> Session:
    session = session_of(request)
    if session is None:
        raise HTTPException(403)
    return session
