"""Every way to the record has its row in the matrix, and pages keep to it like the rest."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from prove.questions import ALL
from prove.rows import INTERACTIONS, OPERATIONS, PAGES
from prove.world import NOW, Clock, Person, actor, fill

from bevan.api.registry import BY_NAME
from bevan.identity.accounts import Account, Role
from bevan.site.operations import LISTED
from prove import oracle
from tests.support.databases import Databases
from tests.support.sites import BASE, Serving, serving

ROOT = Path(__file__).parents[2]
NOWHERE = "0b7a7b1e-0000-4000-8000-0000000fffff"
GIVEN = {"test": "t", "id": "d", "number:int": "0", "form": "allergy", "entry": "e"}
UNSEEN = [
    ("clinician", Person("nobody's", "plain")),
    ("clinician", Person("registered", "objects to sharing")),
    ("clinician", Person("opened in an emergency", "objects to sharing")),
    ("clinician", Person("left 200 days ago", "plain")),
    ("carer", Person("opened in an emergency", "plain")),
    ("privacy officer", Person("registered", "plain")),
    ("person themselves", Person("registered", "plain")),
]
SEEN = [
    ("clinician", Person("registered", "plain")),
    ("clinician", Person("opened in an emergency", "opted out")),
    ("clinician", Person("here now", "protected")),
]


def test_every_interaction_has_its_row() -> None:
    assert set(INTERACTIONS) == set(BY_NAME)
    assert {how for how in INTERACTIONS.values() if how} <= set(ALL)


def test_every_operation_has_its_row() -> None:
    assert set(OPERATIONS) == {one.name for one in LISTED}
    assert all((ROOT / test).is_file() for test in OPERATIONS.values())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(databases: Databases) -> AsyncIterator[Serving]:
    name = await databases.migrated()
    clock = Clock(NOW)
    async with serving(databases.dsn(name), clock=clock, authorised=False, apps=None) as found:
        await fill(found.made, clock)
        await found.made.identity.seed([_account(name) for name in {one for one, _ in UNSEEN}])
        yield found
    await databases.drop(name)


def _account(name: str) -> Account:
    who = actor(name, Person("registered", "plain"))
    staff = who.kind == "practitioner"
    roles = (Role(who.role, who.organisation, "Alpha"),) if staff else ()
    kind = "practitioner" if staff else "patient"
    return Account(name.replace(" ", "-"), kind, who.id, name, "", roles, demo=True)


async def sign_in(served: Serving, name: str) -> None:
    served.client.cookies.clear()
    cookie, _ = await served.made.identity.sign_in(name.replace(" ", "-"))
    served.client.cookies.set("bevan", cookie)


def addresses(person: str) -> list[str]:
    """Every page about a person, its other parts filled in."""
    found = []
    for path, about in PAGES.items():
        if about == "person":
            for name, value in GIVEN.items():
                path = path.replace(f"{{{name}}}", value)
            found.append(path.replace("{patient}", person).replace("{person}", person))
    return found


async def _page(served: Serving, path: str, id: str) -> tuple[int, list[tuple[str, str]], str]:
    """Status, headers and body, without the id that was asked for and what is new each time."""
    answer = await served.client.get(path, headers={"origin": BASE})
    text = re.sub(r"nonce[-=][\"']?[\w+/=-]+", "nonce", answer.text).replace(id, "ID")
    # The request's own number, a UUID of version 7, is told for support.
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "N", text)
    headers = [
        (name, re.sub(r"nonce-[\w+/=-]+", "nonce", value).replace(id, "ID"))
        for name, value in answer.headers.items()
        if name not in ("content-length", "x-request-id", "date")
    ]
    return answer.status_code, sorted(headers), text


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("name", "person"), UNSEEN)
async def test_a_page_about_somebody_unseen_is_the_page_of_nobody(
    served: Serving, name: str, person: Person
) -> None:
    assert oracle.answer(name, "direct-care", person.link, person.state, "none") == "not there"
    await sign_in(served, name)
    for there, nowhere in zip(addresses(person.id), addresses(NOWHERE), strict=True):
        seen = await _page(served, there, person.id)
        assert seen == await _page(served, nowhere, NOWHERE), there
        assert seen[0] in (404, 405), there


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("name", "person"), SEEN)
async def test_who_may_see_the_person_gets_the_page(
    served: Serving, name: str, person: Person
) -> None:
    await sign_in(served, name)
    answer = await served.client.get(f"/record/{person.id}")
    assert answer.status_code == 200
    assert ("1 Long Road" in answer.text) is False or person.state != "protected"


@pytest.mark.asyncio(loop_scope="module")
async def test_reads_by_http_are_the_same_for_unseen_and_nowhere(served: Serving) -> None:
    await sign_in(served, "clinician")
    for name, person in UNSEEN[:4]:
        for label in ("none", "locked by Beta"):
            for path in ("/fhir/Observation/{}", "/fhir/Observation/{}/_history",
                         "/fhir/Observation/{}/_history/1", "/fhir/Observation?_id={}",
                         "/fhir/Observation?_id={}&_summary=count"):  # fmt: skip
                id, other = person.entry(label), person.entry(label)[:-1] + "x"
                first = await _page(served, path.format(id), id)
                assert first == await _page(served, path.format(other), other), (name, path)


@pytest.mark.asyncio(loop_scope="module")
async def test_every_page_has_its_row(served: Serving) -> None:
    from starlette.routing import Mount, Route

    pages = served.site._pages
    routes = {route.path for route in pages.routes if isinstance(route, Route)}
    assert any(isinstance(route, Mount) for route in pages.routes)
    missing = routes - set(PAGES)
    assert missing == set(), "a new page needs a row in prove/rows.py"
