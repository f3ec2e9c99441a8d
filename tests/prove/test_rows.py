"""Every way to the record has its row in the matrix, and pages keep to it like the rest."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
import pytest_asyncio
from prove.agreement import EVERY_WAY
from prove.lists import words
from prove.pages import (
    NOWHERE,
    PERSON_PAGES,
    SIGNING_IN,
    Desk,
    by_role,
    desk,
    lists_on,
    person_page,
    silence,
    told,
)
from prove.people import NOTHING_HELD, Person
from prove.rows import INTERACTIONS, OPERATIONS, PAGES, without_row
from prove.walk import different, fits
from starlette.responses import Response
from starlette.routing import Mount, Route

from bevan.api.registry import BY_NAME
from bevan.fhir.operation import Declared
from bevan.site.apps import discover
from bevan.site.operations import LISTED
from bevan.web.assembly import assemble
from prove import oracle
from tests.support.databases import Databases

PLAIN = Person("registered", "plain")
UNSEEN = [
    ("clinician", Person("nobody's", "plain")),
    ("clinician", Person("registered", "objects to sharing")),
    ("clinician", Person("opened in an emergency", "objects to sharing")),
    ("carer", Person("left 200 days ago", "plain")),
    ("carer", Person("opened in an emergency", "plain")),
    ("privacy officer", PLAIN),
    ("data quality clerk", PLAIN),
    ("person themselves", PLAIN),
]
SEEN = [
    ("clinician", PLAIN),
    ("clinician", Person("opened in an emergency", "opted out")),
    ("carer", Person("here now", "protected")),
]
HOLDERS = [
    Person("registered", "plain", label)
    for label in (NOTHING_HELD, "none", "HIV", "sealed by Beta", "locked by Beta")
]


def test_every_row_is_asked() -> None:
    ways = {how for hows in INTERACTIONS.values() for how in hows} | set(OPERATIONS.values())
    ways.discard("")
    assert ways <= set(EVERY_WAY)
    assert {name for name, hows in INTERACTIONS.items() if not hows} == {"capabilities"}
    assert {name for name, how in OPERATIONS.items() if not how} == {"status"}


def routed(*more: Route) -> set[str]:
    """The addresses of every page that is served; one app has these besides its own."""
    first, *others = discover()
    routes = assemble((replace(first, routes=(*first.routes, *more)), *others)).routes
    assert any(isinstance(route, Mount) for route in routes)
    return {route.path for route in routes if isinstance(route, Route)}


def test_every_interaction_operation_and_page_has_its_row() -> None:
    operations = {one.name for one in LISTED}
    assert list(without_row(BY_NAME, operations, routed())) == [], "add it to prove/rows.py"
    assert set(INTERACTIONS) == set(BY_NAME)
    assert set(OPERATIONS) == operations
    # A page of an app that isn't there any more has no row either.
    assert set(PAGES) - routed() <= {"/healthz", "/readyz", "/metrics"}


def test_a_new_one_without_its_row_is_found() -> None:
    async def page(request: object) -> Response:
        return Response()

    route = Route("/record/{patient}/everything", page)
    declared = Declared("whole", "urn:x", "Everything.", "r", ("instance",), ("Patient",))
    found = without_row(
        {*BY_NAME, "subscribe"}, {one.name for one in (*LISTED, declared)}, routed(route)
    )
    assert list(found) == ["subscribe", "$whole", "/record/{patient}/everything"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desks(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    name = await databases.migrated()
    people = dict.fromkeys(person for _, person in (*UNSEEN, *SEEN))
    folder: Path = tmp_path_factory.mktemp("desk")
    async with desk(databases.dsn(name), folder, (*people, *HOLDERS)) as found:
        yield found
    await databases.drop(name)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("who", "person"), [*UNSEEN, *SEEN])
async def test_a_page_about_a_person_is_theirs_or_nobodys(
    desks: Desk, who: str, person: Person
) -> None:
    said = oracle.answer(who, "direct-care", person.link, person.state, "none", "Patient")
    assert (said == "not there") is ((who, person) in UNSEEN)
    wrong = {rest: await person_page(desks, who, rest, person) for rest in PERSON_PAGES}
    assert {rest: fault for rest, fault in wrong.items() if fault} == {}


@pytest.mark.asyncio(loop_scope="module")
async def test_other_pages_open_by_role(desks: Desk) -> None:
    for path in by_role():
        opened = {who for who in SIGNING_IN if (await desks.page(who, path)).status_code == 200}
        assert opened == {who for who in SIGNING_IN if oracle.opens(who, path)}, path


@pytest.mark.asyncio(loop_scope="module")
async def test_reads_by_http_are_the_same_for_unseen_and_nowhere(desks: Desk) -> None:
    for _, person in UNSEEN[:4]:
        for label in ("none", "locked by Beta"):
            for path in ("/fhir/Observation/{}", "/fhir/Observation/{}/_history",
                         "/fhir/Observation/{}/_history/1", "/fhir/Observation?_id={}",
                         "/fhir/Observation?_id={}&_summary=count",
                         "/fhir/AllergyIntolerance?patient={}"):  # fmt: skip
                there = person.id if "patient=" in path else person.entry(label)
                first = await desks.page("clinician", path.format(there))
                second = await desks.page("clinician", path.format(NOWHERE))
                assert told(first, there) == told(second, NOWHERE), path


@pytest.mark.asyncio(loop_scope="module")
async def test_no_list_is_empty_without_a_word(desks: Desk) -> None:
    """Last, as from some moment on a source doesn't answer."""
    for silent, people in ((False, different()), (True, ["clinician"])):
        if silent:
            await silence(desks)
        for who, person in product(people, HOLDERS):
            about = (who, "direct-care", person.link, person.state, person.holds)
            said = oracle.listed(*about, "AllergyIntolerance")
            found = await lists_on(desks, who, person)
            path = f"/fhir/AllergyIntolerance?patient={person.id}"
            bundle = (await desks.page(who, path)).json()
            found["a search"] = words("AllergyIntolerance", bundle)
            wrong = {how: told for how, told in found.items() if not fits(said, told, silent)}
            assert wrong == {}, about
