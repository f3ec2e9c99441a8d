"""Links that professionals claim on a page: made with a reason, listed, ended, and reviewed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bevan.access.choices import stated
from bevan.apps.access.rules import CLAIMED
from tests.apps.access.village import DOT, FEED, GRAN, NUMBERS, text_of, village
from tests.apps.care_record.clinic import Desk
from tests.support.databases import Databases
from tests.support.sites import Serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
HERE = "/access/links"
WORDS = "Asked by her surgery about her inhalers."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(databases: Databases) -> AsyncIterator[Serving]:
    name = await databases.migrated()
    async with village(databases.dsn(name)) as site:
        yield site
    await databases.drop(name)


def said(**more: str) -> dict[str, str]:
    start = {"number": NUMBERS[DOT], "born": "1948-03-14", "reason": CLAIMED[2], "words": WORDS,
             "agrees": "yes", "confirm": "yes"}  # fmt: skip
    return start | more


async def opens(desk: Desk, who: str = DOT) -> int:
    return (await desk.get(f"/record/{who}")).status_code


async def test_a_claim_opens_a_record_until_it_is_ended(served: Serving) -> None:
    desk = await Desk(served).sign_in("trust")
    assert await opens(desk) == 404
    found = await desk.get(f"{HERE}?number={NUMBERS[DOT]}&born=1948-03-14")
    assert "I am caring for this person" in text_of(found.text)
    assert "PEMBERTON, Dot" in found.text
    answer = await desk.post(HERE, said())
    assert answer.status_code == 303
    page = text_of((await desk.get(answer.headers["location"])).text)
    assert "A privacy officer has been told" in page
    assert "PEMBERTON, Dot" in page
    assert "until 1 December 2026, 10:42" in page
    assert await opens(desk) == 200
    (claim,) = await served.made.claims.waiting()
    assert (claim.kind, claim.reason, claim.words) == ("self-claimed", CLAIMED[2], WORDS)
    officer = await Desk(served).sign_in("officer")
    assert CLAIMED[2] in text_of((await officer.get(f"/access/claims/{claim.id}")).text)
    other = await Desk(served).sign_in("gp")
    assert (await other.post(f"{HERE}/{claim.id}/end", {})).status_code == 404
    assert await opens(desk) == 200
    assert (await desk.post(f"{HERE}/{claim.id}/end", {})).status_code == 303
    assert await opens(desk) == 404
    page = text_of((await desk.get(HERE)).text)
    assert "Over" in page
    assert "PEMBERTON" not in page, "who isn't open any more isn't named"
    assert (await desk.post(f"{HERE}/{claim.id}/end", {})).status_code == 404


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"reason": ""}, "Say why you need this record"),
        ({"reason": "curious"}, "Say why you need this record"),
        ({"words": "short"}, "in 20 characters or more"),
        ({"agrees": ""}, "whether the person agrees"),
        ({"confirm": ""}, "Confirm that it's you"),
    ],
)
async def test_what_is_missing_is_said(served: Serving, more: dict[str, str], says: str) -> None:
    desk = await Desk(served).sign_in("trust")
    answer = await desk.post(HERE, said(**more))
    assert answer.status_code == 422
    assert says in text_of(answer.text)
    assert "Nothing has been opened" in answer.text
    assert await opens(desk) == 404


async def test_who_objects_is_found_no_more_than_nobody(served: Serving) -> None:
    await served.made.record.update(
        FEED, {**stated(GRAN, "sharing", refused=True, at="2026-01-01"), "id": "no"}
    )
    await served.made.projection.catch_up()
    desk = await Desk(served).sign_in("trust")
    pages = []
    for number in (NUMBERS[GRAN], "9994101021"):
        answer = await desk.get(f"{HERE}?number={number}&born=1940-01-01")
        assert answer.status_code == 422
        pages.append(text_of(answer.text).replace(number, ""))
        gran = said(number=number, born="1940-01-01")
        assert (await desk.post(HERE, gran)).status_code == 404
    assert pages[0] == pages[1]


async def test_only_roles_with_links_have_the_page(served: Serving) -> None:
    for who in ("officer", DOT):
        desk = await Desk(served).sign_in(who)
        assert (await desk.get(HERE)).status_code == 404, who
        assert (await desk.post(HERE, said())).status_code == 404, who
