"""Results that are held: listed for who cares, filed, and only then shown to their person."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bevan.identity.accounts import Account, Role
from tests.apps.care_record.build import PERSON
from tests.apps.care_record.clinic import GP_ID, LABORATORY, SAME_SITE, Desk, clinic
from tests.support.databases import Databases
from tests.support.sites import Serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
HERE = f"/record/{PERSON}/held"
HELD = {"system": "https://bevan.example/fhir/CodeSystem/handling", "code": "held"}
PSY = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSY"}
ONE, TWO, EARLY = (f"0b7a7b1e-0000-4000-8000-0000000000{end}" for end in ("f1", "f2", "f3"))
CARER = Account("carer", "practitioner", "carer-id", "Kim", "",
                (Role("Social worker", GP_ID, "Mill Lane Surgery"),), demo=True)  # fmt: skip
DOT = Account("dot", "patient", PERSON, "Dot Pemberton", "", (), demo=True)


def result(id: str, value: float, *security: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": id, "status": "final", "category": [LABORATORY],
        "code": {"text": "Potassium"}, "subject": {"reference": f"Patient/{PERSON}"},
        "valueQuantity": {"value": value, "unit": "mmol/L"},
        "effectiveDateTime": "2026-11-20T09:00:00Z",
        **({"meta": {"security": list(security)}} if security else {}), **more,
    }  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(databases: Databases) -> AsyncIterator[Serving]:
    name = await databases.migrated()
    given = [result(ONE, 6.1, HELD, PSY), result(TWO, 7.2, HELD),
             result(EARLY, 8.3, status="preliminary")]  # fmt: skip
    async with clinic(databases.dsn(name), *given) as site:
        await site.made.identity.seed([CARER, DOT])
        yield site
    await databases.drop(name)


def keys(page: str) -> list[str]:
    return re.findall(r'name="result" value="([^"]+)"', page)


async def file(desk: Desk, *chosen: str, person: str = PERSON) -> Any:
    form = {"person": person, "result": list(chosen)}
    return await desk.client.post(HERE, data=form, headers=SAME_SITE)


async def own(served: Serving) -> str:
    return str((await (await Desk(served).sign_in("dot")).get("/my-record")).text)


async def test_nothing_chosen_or_somebody_else_files_nothing(served: Serving) -> None:
    gp = await Desk(served).sign_in("gp")
    page = (await gp.get(HERE)).text
    assert len(keys(page)) == 2, "what the laboratory hasn't finished can't be filed"
    assert "8.3 mmol/L" in page
    answer = await file(gp)
    assert answer.status_code == 422
    assert "Error: " in answer.text
    assert (await file(gp, *keys(page), person="somebody")).status_code == 409
    assert (await file(gp, f"Observation/{ONE}/9")).status_code == 409
    assert (await file(gp, f"Observation/{EARLY}/1")).status_code == 409
    assert (await (await Desk(served).sign_in("trust")).get(HERE)).status_code == 404
    worker = await Desk(served).sign_in("carer")
    page = (await worker.get(HERE)).text
    assert keys(page) == []
    assert (await file(worker, f"Observation/{TWO}/1")).status_code == 404
    assert len(keys((await gp.get(HERE)).text)) == 2
    shown = await own(served)
    assert "6.1" not in shown
    assert "7.2" not in shown
    assert "8.3" not in shown


async def test_filing_shows_a_result_to_its_person_at_once(served: Serving) -> None:
    gp = await Desk(served).sign_in("gp")
    (first,) = [key for key in keys((await gp.get(HERE)).text) if ONE in key]
    answer = await file(gp, first)
    assert answer.status_code == 303
    assert "Filed. The patient sees" in (await gp.get(answer.headers["location"])).text
    shown = await own(served)
    assert "6.1 mmol/L" in shown
    assert "7.2" not in shown
    kept = (await served.send("GET", f"/Observation/{ONE}")).json()
    assert kept["meta"]["security"] == [PSY], "the other labels stay"
    assert (await file(gp, first)).status_code == 409, "it isn't held any more"
    (last,) = keys((await gp.get(HERE)).text)
    assert (await file(gp, last)).status_code == 303
    assert keys((await gp.get(HERE)).text) == []
    assert "7.2 mmol/L" in await own(served)
