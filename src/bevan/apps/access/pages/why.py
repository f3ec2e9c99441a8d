"""Why somebody may see a person, or may not: four gates with their evidence."""

from __future__ import annotations

import hashlib
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bevan.access.outcome import outcome
from bevan.apps.access.presenters import Decision, decision
from bevan.apps.access.service import CARE, actor_of, named, oversees
from bevan.web.errors import not_found
from bevan.web.pages import render
from bevan.web.services import services
from bevan.web.session import session_of, signed_in_only


@signed_in_only
async def why_page(request: Request) -> Response:
    """The decision for an actor, a patient and a purpose, as it would come out now."""
    session = session_of(request)
    assert session is not None  # signed_in_only lets nobody else in
    given = services(request)
    if not oversees(given, session):
        return not_found(request)
    asked = {name: request.query_params.get(name, "") for name in ("who", "patient", "purpose")}
    asked["purpose"] = asked["purpose"] or CARE
    actor = await actor_of(given, asked["who"])
    person = await named(given, session, asked["patient"]) if asked["patient"] else None
    people = [one for one in await given.identity.demo_people() if one.roles]
    shown: Decision | None = None
    if actor is not None and person is not None and asked["purpose"] in given.rules.purposes:
        # The answer says what links them, so reading it is a disclosure about the person.
        await given.journal.tell(
            session.actor, "asked-why", about=person.id, type="account", id=asked["who"]
        )
        at = given.clock.now()
        facts = (await given.explanation.facts([person.id]))[0]
        said = await given.explanation.said(person.id)
        decided = outcome(given.rules, actor, asked["purpose"], facts, at)
        shown = decision(
            given.rules, actor, person.name, asked["purpose"], facts, decided, said, at
        )
        if request.query_params.get("format") == "json":
            return JSONResponse(asdict(shown))
    text = "|".join(asked.values())
    return render(
        request,
        "access/why.jinja",
        asked=asked,
        people=people,
        rules=given.rules,
        shown=shown,
        number=hashlib.sha256(text.encode()).hexdigest()[:8],
        fault="Choose who asks, and about whom."
        if any((asked["who"], asked["patient"])) and shown is None
        else "",
    )
