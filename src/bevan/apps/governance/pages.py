"""Information governance: registers, entries, decisions, and what everybody may read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from functools import wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.governance import presenters, service
from bevan.apps.governance.forms import form
from bevan.apps.governance.presenters import disclosure as disclosures
from bevan.apps.governance.rules import Register
from bevan.apps.governance.service import Sheet
from bevan.apps.governance.service.disclosure import disclosure
from bevan.fhir import json
from bevan.record.scope import Actor
from bevan.registers import Entry, Stale
from bevan.web.download import download
from bevan.web.errors import not_found
from bevan.web.pages import go, render
from bevan.web.services import services
from bevan.web.session import Page, session_of, signed_in_only

DONE = {
    "opened": "Opened.",
    "saved": "Saved. The ledger keeps the answers as they were.",
    "decided": "Done. The ledger says who decided it and when.",
    "evidence": "Added.",
}
NOBODY = "Nobody can be found by that NHS number. Check it, or ask the person for it."
Governed = Callable[[Request, Actor], Awaitable[Response]]


def governed(page: Governed) -> Page:
    """A page for those who keep the registers; for anybody else it isn't there."""

    @wraps(page)
    async def guarded(request: Request) -> Response:
        session = session_of(request)
        if session is None or not service.governs(session.actor):
            return not_found(request)
        return await page(request, session.actor)

    return signed_in_only(guarded)


@governed
async def home_page(request: Request, actor: Actor) -> Response:
    """Every register and what presses in it."""
    given = services(request)
    counted = await given.registers.counted(actor.organisation, given.clock.now().date())
    return render(request, "governance/home.jinja", doors=presenters.doors(counted))


async def public_page(request: Request) -> Response:
    """What everybody may read: what is done with people's data, and by what right."""
    given = services(request)
    today = given.clock.now().date()
    parts = []
    for register in presenters.public_registers():
        entries = await given.registers.public(register.name, register.course.public_states)
        parts.append((register, presenters.public_rows(entries, today)))
    return render(
        request, "governance/public.jinja", parts=parts, columns=presenters.PUBLIC_COLUMNS
    )


@governed
async def register_page(request: Request, actor: Actor) -> Response:
    """One register, what is late first."""
    given, register = services(request), _register(request)
    if register is None:
        return not_found(request)
    entries = await given.registers.every(actor.organisation, register.name)
    return render(
        request, "governance/register.jinja", register=register, columns=presenters.COLUMNS,
        rows=presenters.rows(register, entries, given.clock.now()),
    )  # fmt: skip


@governed
async def new_page(request: Request, actor: Actor) -> Response:
    """Open an entry."""
    register = _register(request)
    if register is None or not register.course.may_write(register.course.first, actor.role):
        return not_found(request)
    if request.method == "GET":
        return _form(request, register, Sheet({}, {}), None)
    made = await service.opened(
        services(request).registers, actor, register, await _posted(request)
    )
    if isinstance(made, Sheet):
        return _form(request, register, made, None)
    return go(f"/governance/{register.name}/{made}?done=opened")


@governed
async def entry_page(request: Request, actor: Actor) -> Response:
    """One entry: its answers, what bears it out, what can be decided, and its ledger."""
    register, entry = await _entry(request, actor)
    if register is None or entry is None:
        return not_found(request)
    return await _draw(request, actor, register, entry)


@governed
async def change_page(request: Request, actor: Actor) -> Response:
    """Change the answers."""
    register, entry = await _entry(request, actor)
    if register is None or entry is None or not register.course.may_write(entry.state, actor.role):
        return not_found(request)
    if request.method == "GET":
        return _form(request, register, Sheet(entry.answers, {}), entry)
    fields = await _posted(request)
    if fields.get("version") != str(entry.version):
        return await _draw(request, actor, register, entry, fault=str(_stale()))
    try:
        sheet = await service.changed(services(request).registers, actor, register, entry, fields)
    except Stale as fault:
        return await _draw(request, actor, register, entry, fault=str(fault))
    if sheet is not None:
        return _form(request, register, sheet, entry)
    return go(f"/governance/{register.name}/{entry.id}?done=saved")


@governed
async def decide_page(request: Request, actor: Actor) -> Response:
    """Take one decision."""
    register, entry = await _entry(request, actor)
    if register is None or entry is None:
        return not_found(request)
    registers, fields = services(request).registers, await _posted(request)
    possible = service.steps(register, entry, await registers.ledger(entry), actor)
    step = next((s for s in possible if s.name == request.path_params["step"]), None)
    if step is None or fields.get("version") != str(entry.version):
        return await _draw(request, actor, register, entry, fault=str(_stale()))
    try:
        note = fields.get("note", "").strip()
        fault = await service.decided(registers, actor, register, entry, step, note)
    except Stale as stale:
        fault = str(stale)
    if fault:
        return await _draw(request, actor, register, entry, fault=fault)
    return go(f"/governance/{register.name}/{entry.id}?done=decided")


@governed
async def evidence(request: Request, actor: Actor) -> Response:
    """Add what bears the entry out."""
    register, entry = await _entry(request, actor)
    if register is None or entry is None or not register.course.may_write(entry.state, actor.role):
        return not_found(request)
    fields = await _posted(request)
    name, place = fields.get("name", "").strip(), fields.get("place", "").strip()
    if not name or not place or len(name) > 200 or len(place) > 500:
        fault = "Say what it is and where it is kept, in a few words each."
        return await _draw(request, actor, register, entry, fault=fault)
    try:
        review = date.fromisoformat(fields["review"]) if fields.get("review") else None
    except ValueError:
        fault = "Write the day to look at it again as year-month-day, such as 2027-11-24."
        return await _draw(request, actor, register, entry, fault=fault)
    try:
        await services(request).registers.attach(actor, entry, name, place, review)
    except Stale as stale:
        return await _draw(request, actor, register, entry, fault=str(stale))
    return go(f"/governance/{register.name}/{entry.id}?done=evidence")


@governed
async def copy_of_record(request: Request, actor: Actor) -> Response:
    """The copy of the record that a subject access request asks for, as a file."""
    register, entry = await _entry(request, actor)
    if register is None or entry is None or register.name != "requests":
        return not_found(request)
    if entry.state in register.course.ended:
        return not_found(request)
    bundle = await service.copy_of(services(request), actor, entry)
    if bundle is None:
        return await _draw(request, actor, register, entry, fault=NOBODY)
    name = f"record-{entry.id}.json"
    return download(json.encode(bundle), "application/fhir+json", name)


@governed
async def given_page(request: Request, actor: Actor) -> Response:
    """What a subject access request gives, section by section, and what it keeps back and why."""
    register, entry = await _entry(request, actor)
    if register is None or entry is None or register.name != "requests":
        return not_found(request)
    if entry.state in register.course.ended:
        return not_found(request)
    found = await disclosure(services(request), actor, entry)
    if found is None:
        return await _draw(request, actor, register, entry, fault=NOBODY)
    return render(request, "governance/given.jinja", entry=entry, shown=disclosures.page(found))


async def _draw(
    request: Request, actor: Actor, register: Register, entry: Entry, *, fault: str = ""
) -> Response:
    given = services(request)
    now = given.clock.now()
    ledger = await given.registers.ledger(entry)
    return render(
        request,
        "governance/entry.jinja",
        status=422 if fault else 200,
        fault=fault,
        done="" if fault else DONE.get(request.query_params.get("done", ""), ""),
        register=register,
        entry=entry,
        state=register.course.states[entry.state],
        clock=presenters.clock(entry.due, now),
        review=presenters.review(entry.review, now.date()),
        tags=presenters.tags(register, entry, now),
        late=entry.due is not None and entry.due <= now,
        facts=presenters.facts(form(register.form), entry.answers),
        evidence=presenters.proofs(await given.registers.evidence(entry), now.date()),
        steps=service.steps(register, entry, ledger, actor),
        writes=register.course.may_write(entry.state, actor.role),
        copies=register.name == "requests" and entry.state not in register.course.ended,
        lines=presenters.lines(register, ledger),
    )


def _form(request: Request, register: Register, sheet: Sheet, entry: Entry | None) -> Response:
    where = f"/governance/{register.name}"
    faults: list[dict[str, Any]] = [
        {"text": text, "href": f"#{name}"} for name, text in sheet.faults.items()
    ]
    return render(
        request,
        "governance/form.jinja",
        status=422 if faults else 200,
        register=register,
        form=form(register.form),
        sheet=sheet,
        faults=faults,
        entry=entry,
        action=f"{where}/{entry.id}/change" if entry else f"{where}/new",
        back=f"{where}/{entry.id}" if entry else where,
    )


def _register(request: Request) -> Register | None:
    return service.registered(request.path_params["register"])


async def _entry(request: Request, actor: Actor) -> tuple[Register | None, Entry | None]:
    register = _register(request)
    number = request.path_params["number"]
    entry = await services(request).registers.one(actor.organisation, number)
    if register is None or entry is None or entry.register != register.name:
        return None, None
    return register, entry


async def _posted(request: Request) -> dict[str, str]:
    async with request.form() as fields:
        return {name: value for name, value in fields.items() if isinstance(value, str)}


def _stale() -> Stale:
    return Stale(
        "This has changed since you opened it, or isn't yours to decide. Nothing was done."
    )
