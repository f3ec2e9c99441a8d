"""What was opened without a link, for a privacy officer to look at."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from bevan.access.claims import Claim, ClaimRefused
from bevan.apps.access.service import Found, named, oversees
from bevan.identity.sessions import Session
from bevan.web.errors import not_found
from bevan.web.pages import go, render
from bevan.web.services import Services, services
from bevan.web.session import session_of, signed_in_only


@signed_in_only
async def claims_page(request: Request) -> Response:
    """What waits, the most urgent first, and what was looked at last."""
    session = session_of(request)
    assert session is not None  # signed_in_only lets nobody else in
    given = services(request)
    if not oversees(given, session):
        return not_found(request)
    await given.journal.tell(session.actor, "claims-read")
    now = given.clock.now()
    return render(
        request,
        "access/claims.jinja",
        waiting=[(claim, claim.review_by < now) for claim in await given.claims.waiting()],
        reviewed=await given.claims.reviewed(),
        rules=given.rules,
        done=request.query_params.get("done", "") == "yes",
    )


@signed_in_only
async def claim_page(request: Request) -> Response:
    """One claim, and the form to say what was found."""
    session = session_of(request)
    assert session is not None  # signed_in_only lets nobody else in
    found = await _found(services(request), session, request.path_params["claim"])
    if found is None:
        return not_found(request)
    claim = found[0]
    await services(request).journal.tell(
        session.actor, "claim-read", about=claim.person, type="claim", id=str(claim.id)
    )
    return _draw(request, *found, {}, {})


@signed_in_only
async def review(request: Request) -> Response:
    """Say what was found."""
    session = session_of(request)
    assert session is not None  # signed_in_only lets nobody else in
    given = services(request)
    found = await _found(given, session, request.path_params["claim"])
    if found is None:
        return not_found(request)
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        await given.claims.review(
            found[0].id,
            by=session.actor,
            outcome=form.get("outcome", ""),
            words=form.get("words", ""),
        )
    except ClaimRefused as fault:
        return _draw(request, *found, form, {fault.field or "outcome": str(fault)})
    await given.journal.tell(
        session.actor,
        "claim-reviewed",
        about=found[0].person,
        type="claim",
        id=str(found[0].id),
    )
    return go("/access/claims?done=yes")


async def _found(given: Services, session: Session, id: str) -> tuple[Claim, Found | None] | None:
    if not oversees(given, session):
        return None
    try:
        claim = await given.claims.one(UUID(id))
    except ValueError:
        return None
    return None if claim is None else (claim, await named(given, session, claim.person))


def _draw(
    request: Request,
    claim: Claim,
    person: Found | None,
    form: dict[str, str],
    errors: dict[str, str],
) -> Response:
    return render(
        request,
        "access/claim.jinja",
        status=422 if errors else 200,
        claim=claim,
        person=person,
        rules=services(request).rules,
        form={"outcome": "", "words": ""} | form,
        errors=errors,
    )
