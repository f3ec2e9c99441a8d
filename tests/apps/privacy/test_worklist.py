"""Cases that rules raise from the audit, and what a privacy officer does with them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from bevan.access.watch.rulebook import Facts, folded, most_people, raised, rules
from bevan.access.watch.watch import Watch
from bevan.identity.accounts import Account, Role
from bevan.record.scope import compartment
from tests.apps.care_record.build import PERSON
from tests.apps.care_record.clinic import GP_ID, OTHER, TRUST_ID, Desk, clinic, person
from tests.support.databases import Databases
from tests.support.sites import Serving

NOBODY = Facts("a", "Dr Ann Vale", "GP", frozenset(), frozenset(), False, False,
               frozenset({"registration"}), 1)  # fmt: skip
FOUND = "Checked with the practice: she is her sister."


def facts(**more: Any) -> Facts:
    from dataclasses import replace

    return replace(NOBODY, **more)


@pytest.mark.parametrize(
    ("look", "found"),
    [
        ({}, []),
        ({"surnames": folded(["Vale"])}, ["same-surname"]),
        ({"surnames": folded(["Ashby-Válé"])}, ["same-surname"]),
        ({"workers": frozenset("a"), "surnames": folded(["Vale"])}, ["own-record"]),
        ({"workers": frozenset("b"), "colleague": True}, ["colleague"]),
        ({"protected": True}, ["protected"]),
        ({"links": frozenset()}, ["no-link"]),
        ({"links": frozenset({"emergency"})}, ["emergency"]),
        ({"people": most_people("GP")}, []),
        ({"people": most_people("GP") + 1}, ["volume"]),
        ({"role": "Carer", "people": most_people("GP")}, ["volume"]),
    ],
)
def test_rules(look: dict[str, Any], found: list[str]) -> None:
    assert raised(facts(**look)) == found
    assert set(found) <= set(rules())


def test_every_rule_has_a_sentence_and_a_title() -> None:
    from bevan.apps.privacy.presenters import titles

    assert all(text.endswith(".") and len(text) > 30 for text in rules().values())
    assert all(titles()[name] != name for name in rules())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(databases: Databases) -> AsyncIterator[Serving]:
    name = await databases.migrated()
    own = {
        "resourceType": "Person", "id": "0b7a7b1e-0000-4000-8000-0000000000b9",
        "link": [{"target": {"reference": f"Patient/{OTHER}"}},
                 {"target": {"reference": "Practitioner/partner-id"}}],
    }  # fmt: skip
    worker = {"resourceType": "Practitioner", "id": "partner-id"}
    async with clinic(databases.dsn(name), worker, person(id=OTHER), own) as found:
        role = Role("Privacy officer", TRUST_ID, "Thornbeck")
        same = Role("GP", GP_ID, "Mill Lane Surgery")
        await found.made.identity.seed(
            [
                Account("grace", "practitioner", "grace-id", "Grace", "", (role,), demo=True),
                Account(
                    "kin", "practitioner", "kin-id", "Dr Kin Pemberton", "", (same,), demo=True
                ),
            ]
        )
        yield found
    await databases.drop(name)


async def raised_by(served: Serving, *looks: tuple[str, str]) -> list[tuple[str, str]]:
    for who, whom in looks:
        await (await Desk(served).sign_in(who)).get(f"/record/{whom}")
    await served.made.watch.catch_up()
    cases = await served.made.watch.cases(waiting=True)
    return sorted((case.actor.id, case.rule) for case in cases)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_worklist_from_nothing_to_decided(served: Serving) -> None:
    grace = await Desk(served).sign_in("grace")
    assert "Nothing is waiting." in (await grace.get("/privacy")).text
    # The doctor of both has a link; one shares a surname, one reads their own, one a colleague's.
    found = await raised_by(
        served, ("gp", PERSON), ("partner", OTHER), ("gp", OTHER), ("kin", PERSON)
    )
    assert found == [
        ("gp-id", "colleague"),
        ("kin-id", "same-surname"),
        ("partner-id", "own-record"),
    ]
    # Looking again on that day, and watching again, raises nothing twice.
    assert await raised_by(served, ("kin", PERSON), ("gp", OTHER)) == found
    await served.made.database.execute("DELETE FROM watch_cursor")
    assert await raised_by(served) == found
    page = (await grace.get("/privacy")).text
    assert page.count("waiting</div>") == 3 and "Dr Kin Pemberton" in page
    one = (await grace.get("/privacy?rule=same-surname")).text
    assert "Dr Kin Pemberton" in one and "Dr Gp" not in one
    where = re.findall(r'href="(/privacy/[0-9a-f-]{36})"', one)[0]
    case = (await grace.get(where)).text
    assert "PEMBERTON" in case and "Read Patient" in case and rules()["same-surname"] in case
    short = await grace.post(where, {"outcome": "right", "words": "ok"})
    assert short.status_code == 422 and "Error: " in short.text
    none = await grace.post(where, {"words": FOUND})
    assert none.status_code == 422 and "Choose what you found." in none.text
    done = await grace.post(where, {"outcome": "right", "words": FOUND})
    assert (done.status_code, done.headers["location"]) == (303, "/privacy?done=yes")
    again = await grace.post(where, {"outcome": "wrong", "words": FOUND})
    assert again.status_code == 422 and "decided this case already" in again.text
    decided = (await grace.get("/privacy?state=decided")).text
    assert "It was right" in decided and FOUND in (await grace.get(where)).text
    assert "Nothing by this rule." in (await grace.get("/privacy?rule=volume")).text


@pytest.mark.asyncio(loop_scope="module")
async def test_only_who_oversees_finds_it(served: Serving) -> None:
    await raised_by(served, ("kin", PERSON))
    case = (
        await served.made.watch.cases(waiting=False) + await served.made.watch.cases(waiting=True)
    )[0]
    gp = await Desk(served).sign_in("gp")
    for path in ("/privacy", f"/privacy/{case.id}", "/privacy/odd"):
        assert (await gp.get(path)).status_code == 404
    assert (
        await gp.post(f"/privacy/{case.id}", {"outcome": "right", "words": FOUND})
    ).status_code == 404


@pytest.mark.asyncio(loop_scope="module")
async def test_the_worklist_is_in_the_audit_itself(served: Serving) -> None:
    grace = await Desk(served).sign_in("grace")
    await raised_by(served, ("kin", PERSON))
    case = next(
        one
        for one in await served.made.watch.cases(waiting=False)
        + await served.made.watch.cases(waiting=True)
        if one.patient == compartment(PERSON)
    )
    await grace.get("/privacy")
    await grace.get(f"/privacy/{case.id}")
    rows = await served.made.database.fetch(
        "SELECT a.action::text, a.type, a.query, a.patient FROM audit a "
        "JOIN agent g ON g.n = a.agent WHERE g.id = 'grace-id'"
    )
    told = {tuple(row) for row in rows}
    assert ("n", None, "worklist-read", None) in told
    assert ("s", "AuditEvent", None, compartment(PERSON)) in told


@pytest.mark.asyncio(loop_scope="module")
async def test_without_a_link_and_many_people(served: Serving) -> None:
    now = served.made.clock.now()
    number = await served.made.database.fetchval(
        "INSERT INTO agent (kind, id, name, role, organisation, organisation_name) "
        "VALUES ('practitioner', 'busy', 'Busy Bee', 'Carer', 'home', 'A Home') RETURNING n"
    )
    purpose = await served.made.database.fetchval(
        "SELECT n FROM purpose WHERE purpose = 'direct-care'"
    )
    await served.made.database.execute(
        "INSERT INTO audit (at, agent, purpose, patient, action, outcome, request, type) "
        "SELECT $1, $2, $3, p, 'r', '+', 'q', 'Patient' FROM unnest($4::uuid[]) p",
        now, number, purpose, [UUID(int=n, version=4) for n in range(most_people("Carer") + 1)],
    )  # fmt: skip
    await Watch(served.made.database, served.made.record, served.made.clock).catch_up(step=7)
    counts = await served.made.watch.counts()
    assert counts["volume"] == 1
    assert counts["no-link"] == most_people("Carer") + 1
    grace = await Desk(served).sign_in("grace")
    first = (await grace.get("/privacy?rule=no-link")).text
    assert first.count("Busy Bee") == 25 and "Older" in first
    assert (await grace.get("/privacy?rule=no-link&page=2")).text.count("Busy Bee") == 16
    where = re.findall(
        r'href="(/privacy/[0-9a-f-]{36})"', (await grace.get("/privacy?rule=volume")).text
    )
    assert "Several people" in (await grace.get(where[0])).text
