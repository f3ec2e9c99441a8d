"""A person's own record, and acting for somebody else: who is named, what shows, when it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bevan.apps.home.presenters.own import NONE, PART, SOME
from tests.apps.access.village import (
    DOT,
    FEED,
    GRAN,
    JAYA,
    NILS,
    TEEN,
    acting,
    allergy,
    grant,
    problem,
    text_of,
    village,
)
from tests.apps.care_record.clinic import LABORATORY, Desk
from tests.support.databases import Databases
from tests.support.sites import Serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
HERE = "/my-record"
NOPAT = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "NOPAT"}
HELD = {"system": "https://bevan.example/fhir/CodeSystem/handling", "code": "held"}


def result(who: str, id: str, value: float, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": id, "status": "final", "category": [LABORATORY],
        "code": {"text": "Potassium"}, "subject": {"reference": f"Patient/{who}"},
        "valueQuantity": {"value": value, "unit": "mmol/L"},
        "effectiveDateTime": "2026-11-20T09:00:00Z", **more,
    }  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(databases: Databases) -> AsyncIterator[Serving]:
    name = await databases.migrated()
    secret = {**allergy(GRAN, "Latex"), "id": "secret", "meta": {"security": [NOPAT]}}
    given = [result(DOT, "shown", 4.5), result(DOT, "held", 9.9, meta={"security": [HELD]}),
             secret]  # fmt: skip
    async with village(databases.dsn(name), *given) as site:
        for who in (JAYA, TEEN):
            await grant(site, who)
        yield site
    await databases.drop(name)


async def page(desk: Desk, where: str = HERE) -> str:
    answer = await desk.get(where)
    assert answer.status_code == 200, answer.text
    return text_of(answer.text)


async def test_people_see_their_own_record_and_no_empty_box(served: Serving) -> None:
    shown = await page(await Desk(served).sign_in(DOT))
    assert "Penicillin" in shown
    assert "4.5 mmol/L" in shown
    assert "9.9" not in shown, "a result that is held isn't shown to its person"
    assert SOME.lead in shown, "that something isn't shown is said"
    assert shown.count(NONE.lead) == 3, "medicines, problems and vaccinations"
    assert "999 012 3454" in shown


async def test_a_failed_source_is_never_none(served: Serving) -> None:
    made = served.made
    await made.record.introduce(FEED, "urn:lab", "lab", "The laboratory")
    await made.record.heard(FEED, "urn:lab", failed="Its line is down")
    shown = await page(await Desk(served).sign_in(GRAN))
    assert "The laboratory can't be shown now" in shown
    assert NONE.lead not in shown
    assert "Latex" not in shown
    await made.record.heard(FEED, "urn:lab")


async def test_professionals_and_strangers_have_no_own_record(served: Serving) -> None:
    assert (await (await Desk(served).sign_in("gp")).get(HERE)).status_code == 404
    assert (await Desk(served).get(HERE)).headers["location"].startswith("/sign-in")


async def test_whom_somebody_acts_for_is_named_on_every_page(served: Serving) -> None:
    desk = await acting(served, JAYA, "Jaya")
    for where in (HERE, "/my-record/choices", "/my-record/choices/summary", "/account",
                  "/my-record/who-looked", "/account/people", "/access/rules"):  # fmt: skip
        shown = await page(desk, where)
        assert "You act for Jaya Lindqvist" in shown, where
        assert "Be Nils again" in shown, where
    shown = await page(desk)
    assert "Record of Jaya Lindqvist" in shown
    assert "You may see their record" in shown
    assert "Until the end of 13 February 2029" in shown
    await desk.post("/account/people/act", {"person": ""})
    shown = await page(desk)
    assert "You act for" not in shown
    assert "My record" in shown


async def test_who_looked_is_not_shown_to_who_acts(served: Serving) -> None:
    shown = await page(await acting(served, JAYA, "Jaya"), "/my-record/who-looked")
    assert "Only people themselves see who looked" in shown
    assert "opened your record" not in shown


async def test_who_acts_is_named_to_the_person(served: Serving) -> None:
    await page(await acting(served, TEEN, "Teen"))
    shown = await page(await Desk(served).sign_in(TEEN), "/my-record/who-looked")
    assert "Nils , your parent" in shown
    assert "Why: Acting for you" in shown
    assert "Allergies" in shown
    assert "Dr Gp" not in shown


async def test_who_acts_is_not_told_that_something_is_kept_from_them(served: Serving) -> None:
    seal = {"system": "https://bevan.example/fhir/CodeSystem/seal", "code": "sealed"}
    sealed = problem(JAYA, "A sealed matter", meta={"security": [seal]})
    desk = await acting(served, JAYA, "Jaya")
    before = await page(desk)
    await served.made.record.update(FEED, sealed)
    assert await page(desk) == before
    assert PART.lead in before


async def test_a_right_without_the_record_shows_none_of_it(served: Serving) -> None:
    await grant(served, DOT, "attorney", rights=frozenset({"order-medicines"}))
    shown = await page(await acting(served, DOT, "Dot"))
    assert "order their repeat medicines" in shown
    assert "Your right doesn't let you see" in shown
    assert "Penicillin" not in shown
    assert "999 012 3454" not in shown


async def test_a_right_that_ends_ends_what_is_shown(served: Serving) -> None:
    right = await grant(served, GRAN, "attorney")
    desk = await acting(served, GRAN, "Gran")
    assert "Penicillin" in await page(desk)
    await served.made.proxies.end(right.id, by=GRAN, reason="Enough")
    shown = await page(desk)
    assert "You can't act for Gran Lindqvist any more" in shown
    assert "Penicillin" not in shown
    assert NILS not in shown
