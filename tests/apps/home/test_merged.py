"""A citizen whose record was merged opens the one that stands; after an undoing their own again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.apps.access.village import DOT, GRAN, NUMBERS, allergy, text_of, village
from tests.apps.care_record.clinic import Desk
from tests.people.merging import CLERK
from tests.support.databases import Databases
from tests.support.sites import Serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(databases: Databases) -> AsyncIterator[Serving]:
    name = await databases.migrated()
    latex = {**allergy(GRAN, "Latex"), "id": "latex"}
    async with village(databases.dsn(name), latex) as site:
        yield site
    await databases.drop(name)


async def page(desk: Desk, where: str = "/my-record") -> str:
    return text_of((await desk.get(where)).text)


async def merged(served: Serving) -> Any:
    made = await served.made.merging.merge(CLERK, DOT, GRAN, "One woman")
    await served.made.survivors.renew()
    return made.id


async def undone(served: Serving, merge: Any) -> None:
    await served.made.unmerging.undo(CLERK, merge, "Two women")
    await served.made.survivors.renew()


async def test_they_see_the_record_that_stands_for_as_long_as_it_does(served: Serving) -> None:
    desk, dot = [await Desk(served).sign_in(who) for who in (GRAN, DOT)]
    assert "Latex" in await page(desk) and "Latex" not in await page(dot)
    merge = await merged(served)
    shown = await page(desk)
    assert "Latex" in shown and NUMBERS[DOT][-4:] in shown.replace(" ", "")
    assert "Latex" in await page(dot)
    assert (await desk.get("/my-record/who-looked")).status_code == 200
    read = (await desk.get(f"/fhir/Patient/{DOT}")).json()
    assert read["id"] == DOT
    assert (await desk.get("/fhir/AllergyIntolerance?patient=gran")).json()["total"] == 3
    await undone(served, merge)
    shown = await page(desk)
    assert "Latex" in shown and NUMBERS[DOT][-4:] not in shown.replace(" ", "")
    assert (await desk.get(f"/fhir/Patient/{DOT}")).status_code == 404
    assert "Latex" not in await page(dot)


async def test_nobody_else_is_led(served: Serving) -> None:
    merge = await merged(served)
    nils = await Desk(served).sign_in("nils")
    assert "Latex" not in await page(nils)
    for id in (DOT, GRAN):
        assert (await nils.get(f"/fhir/Patient/{id}")).status_code == 404
    assert (await nils.get(f"/fhir/Patient?_id={GRAN}")).json()["total"] == 0
    await undone(served, merge)


async def test_a_merge_that_is_being_undone_leads_nobody(served: Serving) -> None:
    merge = await merged(served)
    desk = await Desk(served).sign_in(GRAN)
    await served.made.database.execute(
        "UPDATE person_merge SET state = 'undoing', turn = turn + 1 WHERE id = $1", merge
    )
    await served.made.survivors.renew()
    assert (await desk.get(f"/fhir/Patient/{DOT}")).status_code == 404
    await undone(served, merge)
    assert "Latex" in await page(desk)


async def test_what_they_sign_is_kept_by_their_own_record(served: Serving) -> None:
    merge = await merged(served)
    desk = await Desk(served).sign_in(GRAN)
    cookie = desk.client.cookies["bevan"]
    session = await served.made.identity.signed_in(cookie)
    assert session is not None
    assert (session.actor.id, session.person, session.signer.id) == (DOT, GRAN, GRAN)
    await undone(served, merge)
    session = await served.made.identity.signed_in(cookie)
    assert session is not None and session.actor.id == GRAN
