"""A merge that a source states by itself leads whoever sees the survivor, and nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio

from bevan.people.stated import leads_on
from bevan.people.survivors import Survivors
from bevan.record.scope import SEAL
from tests.apps.care_record.clinic import GP_ID, Desk
from tests.people.merging import CLERK, SCOPE, rate
from tests.people.test_match import person
from tests.support.databases import Databases
from tests.support.sites import Serving, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
TOM, TIM = "9994104055", "9994106074"
LOCKED = {"security": [{"system": SEAL, "code": "sealed-and-locked"}]}


def replaced(id: str, by: str, number: str | None = None, status: str = "02") -> dict[str, Any]:
    link = {"other": {"reference": f"Patient/{by}"}, "type": "replaced-by"}
    old = person(id, "Brindal", "Thomas", "1978-05-09", number, status)
    return {**old, "active": False, "link": [link]}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(databases: Databases) -> AsyncIterator[Serving]:
    """Old was replaced by new; the surgery knows new alone, the trust neither."""
    from tests.apps.access.village import ACCOUNTS

    name = await databases.migrated()
    async with serving(databases.dsn(name), apps=None) as site:
        surgery = {"generalPractitioner": [{"reference": f"Organization/{GP_ID}"}]}
        new = {**person("new", "Brindle", "Tomasz", "1978-09-05", TOM), **surgery}
        place = {"resourceType": "Organization", "id": GP_ID, "name": "Mill Lane Surgery"}
        for one in (
            place,
            new,
            replaced("old", "new"),
            rate("with-old", "old", 88),
            rate("with-new", "new", 61),
        ):
            await site.made.record.update(SCOPE, one)
        await site.made.identity.seed(ACCOUNTS)
        await site.made.projection.catch_up()
        await followed(site)
        yield site
    await databases.drop(name)


async def followed(served: Serving) -> None:
    await served.made.following.follow(CLERK)
    await served.made.survivors.renew()


async def asked(served: Serving, query: str) -> tuple[list[str], str]:
    """What a search by everybody's system finds, and its own account of what was asked."""
    answer = (await served.send("GET", f"/{query}")).json()
    found = [each["resource"]["id"] for each in answer.get("entry", [])]
    return sorted(found), answer["link"][0]["url"].rpartition("?")[2]


async def test_the_old_id_leads_on_and_its_own_entries_stay(served: Serving) -> None:
    found, told = await asked(served, "Observation?patient=old")
    assert found == ["with-new", "with-old"]
    assert told == "patient=old,new"
    assert (await asked(served, "Observation?patient=new"))[0] == ["with-new"]
    assert (await asked(served, "Patient?_id=old"))[0] == ["new", "old"]
    assert (await asked(served, "Patient/old/Observation?code=x"))[1].startswith("code=x")
    within = (await served.send("GET", "/Patient/old/Observation")).json()
    assert [each["resource"]["id"] for each in within["entry"]] == ["with-old"]
    whole = (await served.send("GET", "/Patient/old")).json()
    assert whole["name"][0]["family"] == "Brindal"


async def test_only_who_sees_the_survivor_is_led_there(served: Serving) -> None:
    gp, trust = [await Desk(served).sign_in(who) for who in ("gp", "trust")]
    answer = (await gp.get("/fhir/Observation?patient=old")).json()
    assert [each["resource"]["id"] for each in answer["entry"]] == ["with-new"]
    stub = (await gp.get("/fhir/Patient/old")).json()
    assert stub["link"] == [{"other": {"reference": "Patient/new"}, "type": "replaced-by"}]
    assert "name" not in stub and stub["active"] is False
    for merged, nobody in (
        ("Observation?patient=old", "Observation?patient=who"),
        ("Patient?_id=old", "Patient?_id=who"),
        ("Patient/old/Observation", "Patient/who/Observation"),
    ):
        told = [(await trust.get(f"/fhir/{each}")).text for each in (merged, nobody)]
        assert "new" not in told[0].replace("newest", "")
        assert (
            told[0].replace("old", "who").partition('"link"')[2] == told[1].partition('"link"')[2]
        )
    assert (await trust.get("/fhir/Patient/old")).status_code == 404


async def test_a_word_that_is_taken_back_or_not_to_be_taken_leads_nowhere(served: Serving) -> None:
    made, survivors = served.made, served.made.survivors
    verified = person("two", "Moss", "Ada", "1948-03-14", TIM)
    for one in (
        verified,
        replaced("other", "two", "9990123454", "01"),
        replaced("late", "absent"),
        {**replaced("alive", "two"), "active": True},
        {**replaced("shut", "two"), "meta": LOCKED},
        replaced("self", "self"),
    ):
        await made.record.update(SCOPE, one)
    await followed(served)
    assert [survivors.of(id) for id in ("other", "late", "shut", "self", "alive")] == [None] * 5
    await made.record.update(SCOPE, person("absent", "Moss", "Ida", "1948-03-14"))
    await followed(served)
    assert survivors.of("late") == "absent", "the record that stands came later"
    await made.record.update(SCOPE, person("late", "Moss", "Ida", "1948-03-14"))
    await followed(served)
    assert survivors.of("late") is None
    fresh = Survivors(made.database)
    await fresh.renew()
    assert (fresh.of("old"), fresh.of("late"), fresh.moves("old")) == ("new", None, False)


async def test_all_of_it_is_found_again_in_a_new_epoch(served: Serving) -> None:
    await served.made.database.execute("DELETE FROM person_stated; DELETE FROM person_cursor")
    await followed(served)
    fresh = Survivors(served.made.database)
    await fresh.renew()
    assert fresh.of("old") == "new" and fresh.of("other") is None


@pytest.mark.parametrize(
    ("old", "new", "follows"),
    [
        (person("a", "A", "B", "2000-01-01", TOM), person("b", "A", "B", "2000-01-01", TOM), True),
        (person("a", "A", "B", "2000-01-01", TOM), person("b", "A", "B", "2000-01-01", TIM), False),
        (person("a", "A", "B", "2000-01-01"), person("b", "A", "B", "2000-01-01", TIM), True),
        (person("a", "A", "B", "2000-01-01"), None, False),
        (person("a", "A", "B", "2000-01-01"), {"id": "b", "active": False, "meta": LOCKED}, False),
    ],
)
async def test_two_verified_numbers_are_two_people(
    old: Mapping[str, Any], new: Mapping[str, Any] | None, follows: bool
) -> None:
    assert leads_on(old, new) is follows


async def test_an_account_is_led_by_a_merge_until_it_begins_to_be_undone() -> None:
    known = Survivors(None)  # type: ignore[arg-type]
    known.learn("tim", "tom", "merged", 1)
    known.state("tom", "tam", 1, followed=True)
    assert (known.of("tim"), known.of_account("tim"), known.of_account("tam")) == ("tam",) * 3
    known.learn("tim", "tom", "undoing", 2)
    assert (known.of("tim"), known.of_account("tim")) == ("tam", "tim")
    known.learn("tim", "tom", "undone", 3)
    assert known.of("tim") is None
