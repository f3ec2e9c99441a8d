"""The worklist, a case with its entries, and saying what was found. For who oversees alone."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from bevan.access.watch.rulebook import rules
from bevan.access.watch.watch import LEAST, OUTCOMES, PAGE, Case, CaseRefused
from bevan.apps.privacy.presenters import about, acts, titles
from bevan.identity.sessions import Session
from bevan.web.components import Filter, FilterBar
from bevan.web.errors import not_found
from bevan.web.pages import go, render
from bevan.web.services import Services, services
from bevan.web.session import session_of, signed_in_only

ADDRESS = "/privacy"
CARE = "direct-care"
STATES = {"waiting": "Waiting", "decided": "Decided"}


@signed_in_only
async def cases_page(request: Request) -> Response:
    """What waits, or what was decided, by rule; reading the list is in the audit too."""
    session, given = _session(request), services(request)
    if not _oversees(given, session):
        return not_found(request)
    asked = request.query_params
    rule = asked.get("rule", "") if asked.get("rule") in rules() else ""
    state = asked.get("state", "") if asked.get("state") in STATES else "waiting"
    page = _number(asked.get("page", ""))
    await given.journal.tell(session.actor, "worklist-read")
    found = await given.watch.cases(waiting=state == "waiting", rule=rule, page=page)
    kept = {"rule": rule, "state": state if state != "waiting" else ""}
    options = tuple({"": "All rules", **titles()}.items())
    form = FilterBar(
        ADDRESS,
        (Filter("state", "Show", state, tuple(STATES.items())),
         Filter("rule", "Rule", rule, options)),
    )  # fmt: skip
    return render(
        request,
        "privacy/cases.jinja",
        cases=found[:PAGE],
        counts=await given.watch.counts(),
        titles=titles(),
        outcomes=OUTCOMES,
        state=state,
        filtered=bool(rule),
        form=form,
        newer=_address(kept, page - 1) if page > 1 else "",
        older=_address(kept, page + 1) if len(found) > PAGE else "",
        done=asked.get("done") == "yes",
    )


@signed_in_only
async def case_page(request: Request) -> Response:
    """One case with the entries it was found in."""
    session, given = _session(request), services(request)
    case = await _found(given, session, request.path_params["case"])
    return not_found(request) if case is None else await _draw(request, session, case, {}, {})


@signed_in_only
async def decide(request: Request) -> Response:
    """Say what was found."""
    session, given = _session(request), services(request)
    case = await _found(given, session, request.path_params["case"])
    if case is None:
        return not_found(request)
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        await given.watch.decide(
            case.id, by=session.actor, outcome=form.get("outcome", ""), words=form.get("words", "")
        )
    except CaseRefused as fault:
        return await _draw(request, session, case, form, {fault.field: str(fault)})
    await given.journal.tell(
        session.actor, "case-decided", about=case.person, type="case", id=str(case.id)
    )
    return go(f"{ADDRESS}?done=yes")


async def _found(given: Services, session: Session, id: str) -> Case | None:
    if not _oversees(given, session):
        return None
    try:
        return await given.watch.one(UUID(id))
    except ValueError:
        return None


async def _draw(
    request: Request, session: Session, case: Case, form: dict[str, str], errors: dict[str, str]
) -> Response:
    given = services(request)
    scope = given.access.scope(session.actor, purpose=CARE)
    return render(
        request,
        "privacy/case.jinja",
        status=422 if errors else 200,
        case=case,
        title=titles()[case.rule],
        says=rules()[case.rule],
        person=await about(given, session, case),
        acts=acts(await given.watch.entries(scope, case)),
        outcomes=OUTCOMES,
        least=LEAST,
        form={"outcome": "", "words": ""} | form,
        errors=errors,
    )


def _oversees(given: Services, session: Session) -> bool:
    return given.access.rule(session.actor, CARE).oversees


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def _address(kept: dict[str, str], page: int) -> str:
    pairs = {name: value for name, value in kept.items() if value}
    pairs |= {"page": str(page)} if page > 1 else {}
    return f"{ADDRESS}?{urlencode(pairs)}" if pairs else ADDRESS


def _session(request: Request) -> Session:
    session = session_of(request)
    assert session is not None  # signed_in_only lets nobody else in
    return session
