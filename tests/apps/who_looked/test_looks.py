"""Who looked at my record: looks, not entries; roles, not names; for the person alone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest

from bevan.apps.who_looked.presenters import parts, when
from bevan.apps.who_looked.rules import chosen
from bevan.identity.accounts import Account
from bevan.record.scope import compartment
from tests.apps.care_record.build import PERSON
from tests.apps.care_record.clinic import GP_ID, OTHER, Desk, clinic
from tests.support.sites import Serving

PAGE = "/my-record/who-looked"
DOT = Account("dot", "patient", PERSON, "Dot Pemberton", "", (), demo=True)
OLDEST = "1.1.1.00000000000040008000000000000001"
STRANGER = Account("stranger", "patient", OTHER, "Somebody Else", "", (), demo=True)


@pytest.fixture
async def served(database: str) -> AsyncIterator[Serving]:
    async with clinic(database) as found:
        await found.made.identity.seed([DOT, STRANGER])
        yield found


async def shown(served: Serving, address: str = PAGE, who: str = "dot") -> str:
    answer = await (await Desk(served).sign_in(who)).get(address)
    assert answer.status_code == 200, answer.text
    return answer.text


async def rows(served: Serving, sql: str, *arguments: Any) -> list[Any]:
    return list(await served.made.database.fetch(sql, *arguments))


async def test_nobody_looked_is_said(served: Serving) -> None:
    assert "Nobody opened your record in this time." in await shown(served)


async def test_a_page_view_is_one_look_by_role_and_organisation(served: Serving) -> None:
    desk = await Desk(served).sign_in("gp")
    assert (await desk.get(f"/record/{PERSON}")).status_code == 200
    page = await shown(served)
    assert "<strong>1 person from 1 organisation</strong>" in page
    assert "<strong>GP</strong>, Mill Lane Surgery" in page
    assert page.count("Why: Looking after you") == 1
    assert "Dr Gp" not in page
    assert "Saw: " in page
    assert "your name and address" in page.lower()


async def test_one_page_view_has_one_request_in_the_audit(served: Serving) -> None:
    desk = await Desk(served).sign_in("gp")
    await desk.get(f"/record/{PERSON}")
    found = await rows(
        served,
        "SELECT DISTINCT request FROM audit a JOIN agent g ON g.n = a.agent "
        "WHERE g.id = 'gp-id' AND patient = $1",
        compartment(PERSON),
    )
    assert len(found) == 1


async def test_others_see_nothing(served: Serving) -> None:
    desk = await Desk(served).sign_in("gp")
    await desk.get(f"/record/{PERSON}")
    assert (await desk.get(PAGE)).status_code == 404
    assert "Nobody opened your record" in await shown(served, who="stranger")
    away = await Desk(served).get(PAGE)
    assert away.status_code == 303


async def test_reading_it_is_audited_and_not_listed(served: Serving) -> None:
    await shown(served)
    page = await shown(served)
    assert "Nobody opened your record" in page
    found = await rows(
        served, "SELECT patient, outcome::text FROM audit WHERE query = 'own-audit-read'"
    )
    assert [tuple(row) for row in found] == [(compartment(PERSON), "+")] * 2


async def test_systems_stand_apart(served: Serving) -> None:
    await served.send("GET", f"/Patient/{PERSON}")
    page = await shown(served)
    assert "Nobody opened your record in this time." in page
    assert "Computers read your record too" in page
    assert "A computer system" in await shown(served, f"{PAGE}?show=systems")


async def test_what_found_nothing_is_no_look(served: Serving) -> None:
    desk = await Desk(served).sign_in("trust")
    await desk.get(f"/record/{PERSON}")
    assert "Nobody opened your record in this time." in await shown(served)


async def look(served: Serving, at: datetime, agent: int, **more: Any) -> None:
    given = {"patient": compartment(PERSON), "type": "Observation", "outcome": "+"} | more
    await served.made.database.execute(
        "INSERT INTO audit (at, agent, purpose, patient, action, outcome, request, type, id) "
        "VALUES ($1, $2, 1, $3, 'r', $4::text::\"char\", $5, $6, 'x')",
        at, agent, given["patient"], given["outcome"], str(uuid4()), given["type"],
    )  # fmt: skip


async def agent(served: Serving, id: str, organisation: str = "org") -> int:
    found = await rows(
        served,
        "INSERT INTO agent (kind, id, name, role, organisation, organisation_name) "
        "VALUES ('practitioner', $1, 'A Name', 'Nurse', $2, 'Ward of ' || $2) RETURNING n",
        id,
        organisation,
    )
    return int(found[0][0])


async def test_half_an_hour_apart_is_another_look(served: Serving) -> None:
    now = served.made.clock.now()
    nurse = await agent(served, "n")
    for minutes in (5, 20, 49, 80):
        await look(served, now - timedelta(minutes=minutes), nurse)
    page = await shown(served)
    assert page.count("<strong>Nurse</strong>") == 2
    assert "<strong>1 person from 1 organisation</strong>" in page


async def test_filters_and_pages(served: Serving) -> None:
    now = served.made.clock.now()
    for n in range(25):
        await look(served, now - timedelta(days=1, hours=n), await agent(served, f"n{n}", "one"))
    await look(served, now - timedelta(days=200), await agent(served, "old", "two"))
    first = await shown(served)
    assert first.count("<strong>Nurse</strong>") == 20
    assert "Show older ones" in first
    onward = re.search(r'href="([^"]+)" rel="next"', first)
    assert onward is not None
    second = await shown(served, unescape(onward[1]))
    assert second.count("<strong>Nurse</strong>") == 5
    assert "Newest</a>" in second
    year = await shown(served, f"{PAGE}?period=365&organisation=two")
    assert year.count("<strong>Nurse</strong>, Ward of two") == 1
    assert "There is nothing on this page." in await shown(served, f"{PAGE}?after={OLDEST}")


async def test_an_emergency_is_marked_with_its_review(served: Serving) -> None:
    now = served.made.clock.now()
    await look(served, now - timedelta(hours=1), await agent(served, "callum"))
    id = uuid4()
    await served.made.database.execute(
        "INSERT INTO own_link VALUES ($1, 'emergency', $2, $3, $4, $5)",
        id, compartment("callum"), compartment(PERSON), now - timedelta(hours=2),
        now + timedelta(hours=6),
    )  # fmt: skip
    await served.made.database.execute(
        "INSERT INTO claim VALUES ($1, $2, 'callum', 'A Name', 'Nurse', 'org', 'Org', 'r', 'w', "
        "'yes', $3, $3)",
        id, PERSON, now,
    )  # fmt: skip
    page = await shown(served)
    assert "Emergency access. Being checked" in page
    assert "Why: Emergency: no usual link to you" in page
    await served.made.database.execute("UPDATE claim SET outcome = 'upheld'")
    assert "Emergency access. Checked: it was right" in await shown(served)


async def test_a_restricted_person_is_told_no_places(served: Serving) -> None:
    await look(served, served.made.clock.now() - timedelta(hours=1), await agent(served, "n"))
    await served.made.database.execute(
        "INSERT INTO restricted_person VALUES ($1)", compartment(PERSON)
    )
    await served.made.restricted.renew()
    page = await shown(served, f"{PAGE}?organisation=org")
    assert "<strong>Nurse</strong>" in page
    assert "Ward of org" not in page
    assert "Where they work isn&#39;t shown" in page or "Where they work isn't shown" in page
    assert GP_ID not in page


def test_what_the_address_cannot_mean_counts_as_not_said() -> None:
    asked = chosen({"period": "-1", "after": "x", "show": "all"})
    assert (asked.period, asked.after, asked.systems) == ("30", None, False)
    for odd in (
        "1.2.3",
        f"{10**30}.1.1.{OLDEST[-32:]}",
        f"1.{2**31}.1.{OLDEST[-32:]}",
        "-" + OLDEST,
    ):
        assert chosen({"after": odd}).after is None


def test_words() -> None:
    assert parts(["MedicationRequest", "Odd", "MedicationStatement", "Patient"]) == (
        "Medicines, your name and address, other parts of your record"
    )
    now = datetime(2026, 11, 24, 10, 42, tzinfo=UTC)
    assert when(datetime(2026, 11, 24, 10, 15, tzinfo=UTC), now) == "Today, 10:15am"
    assert when(datetime(2026, 11, 23, 0, 5, tzinfo=UTC), now) == "Yesterday, 12:05am"
    assert when(datetime(2026, 11, 20, 14, 2, tzinfo=UTC), now) == "Friday 20 November, 2:02pm"
    assert when(datetime(2025, 7, 1, 14, 2, tzinfo=UTC), now) == "Tuesday 1 July 2025, 3:02pm"
