"""The list of what is due, holds, and disposals from the asking to the certificate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from functools import wraps
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from bevan.access.keeping.disposal import Disposal, KeepingRefused
from bevan.access.keeping.disposing import GRACE
from bevan.access.keeping.keeping import LEAST
from bevan.apps.keeping.presenters import destroyed
from bevan.apps.keeping.service import named, proof
from bevan.identity.sessions import Session
from bevan.web.errors import not_found
from bevan.web.pages import go, render
from bevan.web.services import services
from bevan.web.session import Page, session_of, signed_in_only

DONE = {
    "held": "The hold stands.",
    "lifted": "The hold is lifted. The ledger keeps who lifted it and why.",
    "asked": "You asked for it. Somebody else has to decide.",
    "decide": "Decided. The record goes within minutes, unless a hold is placed before.",
    "withdraw": "Given up. The record stays.",
}
STEPS = frozenset({"decide", "withdraw"})
Kept = Callable[[Request, Session], Awaitable[Response]]


def keeper(page: Kept) -> Page:
    """A page for keepers of records; for anybody else it isn't there."""

    @wraps(page)
    async def guarded(request: Request) -> Response:
        session = session_of(request)
        if session is None or not services(request).keeping.keeps(session.actor):
            return not_found(request)
        return await page(request, session)

    return signed_in_only(guarded)


@keeper
async def home_page(request: Request, session: Session) -> Response:
    """What is due, what stands in the way, and what is on its way."""
    return await _home(request, session, {}, {})


@keeper
async def hold_everybody(request: Request, session: Session) -> Response:
    """Place a hold on every record."""
    form = await _form(request)
    try:
        until = _day(form.get("until", ""))
        await services(request).keeping.place(session.actor, None, form.get("reason", ""), until)
    except KeepingRefused as fault:
        return await _home(request, session, form, _errors(fault))
    return go("/keeping?done=held")


@keeper
async def lift(request: Request, session: Session) -> Response:
    """Lift a hold."""
    form, id = await _form(request), _id(request.path_params["hold"])
    if id is None:
        return not_found(request)
    try:
        await services(request).keeping.lift(session.actor, id, form.get("why", ""))
    except KeepingRefused as fault:
        return await _home(request, session, form, {f"why-{id}": str(fault)})
    return go("/keeping?done=lifted")


@keeper
async def record_page(request: Request, session: Session) -> Response:
    """One record that is due, or that somebody wants held."""
    return await _record(request, session, {}, {})


@keeper
async def hold(request: Request, session: Session) -> Response:
    """Place a hold on one record."""
    form, person = await _form(request), request.path_params["person"]
    given = services(request)
    if await named(given, session.actor, person) is None:
        return not_found(request)
    try:
        until = _day(form.get("until", ""))
        await given.keeping.place(session.actor, person, form.get("reason", ""), until)
    except KeepingRefused as fault:
        return await _record(request, session, form, _errors(fault))
    return go(f"/keeping/records/{person}?done=held")


@keeper
async def ask(request: Request, session: Session) -> Response:
    """Ask for the disposal of a record."""
    form, person = await _form(request), request.path_params["person"]
    given = services(request)
    if await named(given, session.actor, person) is None:
        return not_found(request)
    confirmed = proof(given, session, form)
    try:
        id = await given.keeping.ask(session.actor, person, form.get("ask", ""), confirmed)
    except KeepingRefused as fault:
        errors = {"ask" if fault.field == "reason" else fault.field or "ask": str(fault)}
        return await _record(request, session, form, errors)
    return go(f"/keeping/disposals/{id}?done=asked")


@keeper
async def disposal_page(request: Request, session: Session) -> Response:
    """One disposal: what is asked for, or its certificate."""
    found = await _disposal(request)
    return not_found(request) if found is None else await _draw(request, session, found, {})


@keeper
async def settle(request: Request, session: Session) -> Response:
    """Decide a disposal, or give it up."""
    found, step, form = await _disposal(request), request.path_params["step"], await _form(request)
    if found is None or step not in STEPS:
        return not_found(request)
    given = services(request)
    try:
        if step == "decide":
            await given.keeping.decide(session.actor, found.id, proof(given, session, form))
        else:
            await given.keeping.withdraw(session.actor, found.id)
    except KeepingRefused as fault:
        return await _draw(request, session, found, {fault.field or "confirm": str(fault)})
    return go(f"/keeping/disposals/{found.id}?done={step}")


async def _home(
    request: Request, session: Session, form: dict[str, str], errors: dict[str, str]
) -> Response:
    given = services(request)
    keeping = given.keeping
    due = [(one, await named(given, session.actor, one.person)) for one in await keeping.due()]
    holds = [
        (one, await named(given, session.actor, one.person) if one.person else None)
        for one in await keeping.holds()
    ]
    return render(
        request,
        "keeping/home.jinja",
        status=422 if errors else 200,
        due=[(one, person) for one, person in due if person is not None],
        holds=holds,
        open=await keeping.disposals("asked", "decided", "told"),
        ended=await keeping.disposals("done", "withdrawn"),
        schedules=keeping.schedules,
        form=form,
        errors=errors,
        least=LEAST,
        done=DONE.get(request.query_params.get("done", ""), ""),
    )


async def _record(
    request: Request, session: Session, form: dict[str, str], errors: dict[str, str]
) -> Response:
    given, id = services(request), request.path_params["person"]
    person = await named(given, session.actor, id)
    if person is None:
        return not_found(request)
    return render(
        request,
        "keeping/record.jinja",
        status=422 if errors else 200,
        person=person,
        due=await given.keeping.is_due(id),
        holds=await given.keeping.holds([id]),
        schedules=given.keeping.schedules,
        form=form,
        errors=errors,
        least=LEAST,
        fresh=proof(given, session, form) is not None,
        confirm=f"/confirm?next=/keeping/records/{id}",
        done=DONE.get(request.query_params.get("done", ""), ""),
    )


async def _draw(
    request: Request, session: Session, found: Disposal, errors: dict[str, str]
) -> Response:
    given = services(request)
    person = await named(given, session.actor, found.person) if found.person else None
    return render(
        request,
        "keeping/disposal.jinja",
        status=422 if errors else 200,
        one=found,
        person=person,
        destroyed=destroyed(found.removed),
        said=given.keeping.schedules.schedules[found.schedule].says,
        mine=found.asked_by[0] == session.actor.id,
        ends=None if found.told is None else found.told + GRACE,
        errors=errors,
        fresh=proof(given, session, {}) is not None,
        confirm=f"/confirm?next=/keeping/disposals/{found.id}",
        done=DONE.get(request.query_params.get("done", ""), ""),
    )


async def _disposal(request: Request) -> Disposal | None:
    id = _id(request.path_params["disposal"])
    return None if id is None else await services(request).keeping.one(id)


async def _form(request: Request) -> dict[str, str]:
    async with request.form() as fields:
        return {name: value for name, value in fields.items() if isinstance(value, str)}


def _errors(fault: KeepingRefused) -> dict[str, str]:
    return {fault.field or "reason": str(fault)}


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise KeepingRefused("until", "Give a day such as 2027-03-31, or none.") from None
