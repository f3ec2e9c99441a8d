"""What another rulebook would change, before it is made."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bevan.access import rules as rulebook
from bevan.access.simulation import Comparison, compare
from bevan.apps.access.service import oversees
from bevan.kernel.errors import ConfigurationError
from bevan.record.scope import Actor
from bevan.web.errors import not_found
from bevan.web.pages import render
from bevan.web.services import Services, services
from bevan.web.session import session_of, signed_in_only

SAMPLE, SHOWN = 100, 50


@signed_in_only
async def simulation_page(request: Request) -> Response:
    """The form."""
    session = session_of(request)
    assert session is not None  # signed_in_only lets nobody else in
    if not oversees(services(request), session):
        return not_found(request)
    return _draw(request, "", "", None)


@signed_in_only
async def simulate(request: Request) -> Response:
    """Compare the rules that were sent with those in force."""
    session = session_of(request)
    assert session is not None  # signed_in_only lets nobody else in
    given = services(request)
    if not oversees(given, session):
        return not_found(request)
    text = str((await request.form()).get("rules", ""))
    try:
        then = rulebook.load(text.encode())
    except ConfigurationError as fault:
        return _draw(request, text, str(fault), None)
    people = await given.explanation.facts(await given.explanation.sample(SAMPLE))
    found = compare(given.rules, then, await _actors(given), people, given.clock.now())
    return _draw(request, text, "", found)


async def _actors(given: Services) -> list[Actor]:
    """One of each role at each organisation of the people who may sign in."""
    found: dict[tuple[str, str], Actor] = {}
    for one in await given.identity.demo_people():
        for role in one.roles:
            found.setdefault(
                (role.name, role.organisation),
                Actor(
                    "practitioner",
                    one.actor,
                    one.name,
                    role.name,
                    role.organisation,
                    role.organisation_name,
                ),
            )
    return list(found.values())


def _draw(request: Request, text: str, fault: str, found: Comparison | None) -> Response:
    return render(
        request,
        "access/simulation.jinja",
        status=422 if fault else 200,
        text=text,
        fault=fault,
        found=found,
        shown=SHOWN,
        rules=services(request).rules,
    )
