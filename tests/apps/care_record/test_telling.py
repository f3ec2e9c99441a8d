"""The holder of a restricted person's entry is told of a change, and shown to nobody."""

from __future__ import annotations

from typing import Any

from tests.apps.care_record import build
from tests.apps.care_record.clinic import (
    ALLERGY_ID,
    GP_ID,
    PERSON,
    VISIT,
    WHERE,
    Desk,
    allergy,
    clinic,
    form,
    own_source,
    person,
)
from tests.support.sites import Serving

SECURITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
SECRET = person(meta={"security": [{"system": SECURITY, "code": "R"}]})
CHANGE = f"{WHERE}/change/allergy/{ALLERGY_ID}"
EDIT = form(severity="", reaction="", note="Rash in 1987")


async def told(served: Serving) -> list[dict[str, Any]]:
    """Every Task about the person, as the system that keeps the record sees it."""
    found = (await served.send("GET", f"/Task?patient={PERSON}")).json()
    return [entry["resource"] for entry in found.get("entry", [])]


async def test_the_holder_is_told_and_not_shown(database: str) -> None:
    async with clinic(database, SECRET, VISIT, allergy()) as served:
        await own_source(served)
        await served.made.restricted.renew()
        desk = await Desk(served).sign_in("trust")
        page = (await desk.get(CHANGE)).text
        assert "Mill Lane" not in page and build.GP not in page
        done = await desk.post(CHANGE, EDIT)
        assert done.status_code == 303, done.text
        [task] = await told(served)
        assert task["owner"]["reference"] == f"Organization/{GP_ID}"
        assert task["focus"]["reference"] == f"AllergyIntolerance/{ALLERGY_ID}/_history/2"
        assert "Thornbeck" not in task["description"] and "Mill Lane" not in str(task)
        for path in ("", "/allergies", "/sources", f"/change/allergy/{ALLERGY_ID}"):
            shown = (await desk.get(f"{WHERE}{path}")).text
            assert "Mill Lane" not in shown and GP_ID not in shown, path
        stored = (await served.send("GET", f"/AllergyIntolerance/{ALLERGY_ID}")).json()
        assert stored["meta"]["source"] == build.GP, "the edit leaves its source as it was"


async def test_the_holder_itself_is_not_told(database: str) -> None:
    async with clinic(database, SECRET, VISIT, allergy()) as served:
        await own_source(served)
        await served.made.restricted.renew()
        desk = await Desk(served).sign_in("gp")
        assert (await desk.post(CHANGE, EDIT)).status_code == 303
        assert await told(served) == []


async def test_nobody_is_told_where_nobody_holds_it(database: str) -> None:
    entry = {name: value for name, value in allergy().items() if name != "meta"}
    async with clinic(database, SECRET, VISIT, entry) as served:
        desk = await Desk(served).sign_in("trust")
        assert (await desk.post(CHANGE, EDIT)).status_code == 303
        assert await told(served) == []
