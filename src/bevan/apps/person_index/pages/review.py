"""One question: both records side by side, and the clerk's decision."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bevan.apps.person_index.presenters.sheet import Sheet, sheet
from bevan.apps.person_index.service.cases import Case, case, is_clerk
from bevan.people.merge import MergeRefused
from bevan.people.tasks import Decision
from bevan.record.errors import Conflict, PreconditionFailed
from bevan.web.errors import not_found
from bevan.web.pages import go, render
from bevan.web.services import services
from bevan.web.session import session_of, signed_in_only

SHORTEST, LONGEST = 5, 500
NO_DECISION = "Say whether they are one person."
NO_OWNER = "Say whose entry it is."
NO_REASON = "Give your reason in a few words: what you checked, and where."
TOO_LONG = f"Give your reason in at most {LONGEST} characters."
OVERTAKEN = "Somebody else answered this question, or one of the records changed. Look again."
DECISIONS: tuple[Decision, ...] = ("same", "different", "unsure")


@signed_in_only
async def review_page(request: Request) -> Response:
    """The question, or the page for what isn't there."""
    found = await _case(request)
    return not_found(request) if found is None else _draw(request, sheet(found))


@signed_in_only
async def decide(request: Request) -> Response:
    """Keeps the decision and goes back to the queue; with something missing, asks again."""
    found = await _case(request)
    if found is None:
        return not_found(request)
    form = await request.form()
    given = {name: str(form.get(name, "")).strip() for name in ("decision", "reason", "keep")}
    errors = _errors(found, given)
    if not errors and str(form.get("version")) != str(found.question.version):
        errors = {"decision": OVERTAKEN}
    if not errors:
        try:
            return await _kept(request, found, given)
        except MergeRefused as refused:
            errors = {"decision": str(refused)}
        except (Conflict, PreconditionFailed):
            errors = {"decision": OVERTAKEN}
    return _draw(request, sheet(found), given, errors)


async def _case(request: Request) -> Case | None:
    session = session_of(request)
    assert session is not None  # signed_in_only lets nobody else in
    if not is_clerk(session):
        return None
    return await case(services(request), session, request.path_params["task"])


def _errors(found: Case, given: dict[str, str]) -> dict[str, str]:
    asked = found.question
    allowed = (asked.first, asked.second, "unsure") if asked.entry else DECISIONS
    errors = {}
    if given["decision"] not in allowed:
        errors["decision"] = NO_OWNER if asked.entry else NO_DECISION
    if len(given["reason"]) < SHORTEST:
        errors["reason"] = NO_REASON
    if len(given["reason"]) > LONGEST:
        errors["reason"] = TOO_LONG
    return errors


async def _kept(request: Request, found: Case, given: dict[str, str]) -> Response:
    session = session_of(request)
    assert session is not None  # signed_in_only lets nobody else in
    reviews, asked = services(request).reviews, found.question
    decision, reason = given["decision"], given["reason"]
    if asked.entry and decision != "unsure":
        await reviews.place(session.actor, asked, decision, reason)
        return go("/identity?done=placed")
    chosen = next(each for each in DECISIONS if each == decision)
    keep = given["keep"] if given["keep"] in (asked.first, asked.second) else ""
    await reviews.decide(session.actor, asked, chosen, reason, survivor=keep)
    return go(f"/identity?done={chosen}")


def _draw(
    request: Request,
    drawn: Sheet,
    given: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    return render(
        request,
        "person_index/review.jinja",
        status=422 if errors else 200,
        sheet=drawn,
        given=given or {"decision": "", "reason": "", "keep": drawn.keep},
        errors=errors or {},
    )
