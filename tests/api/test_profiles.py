"""The setting `profiles`: a write that breaks a profile is refused, or told of, or neither."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bevan.kernel.settings import Settings
from tests.support.databases import Databases
from tests.support.sites import Serving, serving

WEIGHT = "http://hl7.org/fhir/StructureDefinition/bodyweight"
BARE = {"resourceType": "Observation", "meta": {"profile": [WEIGHT]}, "status": "final",
        "code": {"text": "weight"}}  # fmt: skip


@pytest_asyncio.fixture(loop_scope="module")
async def policed(databases: Databases, request: pytest.FixtureRequest) -> AsyncIterator[Serving]:
    async with databases.lent() as dsn, serving(dsn, profiles=request.param) as found:
        yield found


@pytest.mark.parametrize("policed", ["refuse"], indirect=True)
async def test_a_broken_claim_is_refused(policed: Serving) -> None:
    answer = await policed.send("POST", "/Observation", BARE)
    assert answer.status_code == 422
    places = {each["expression"][0] for each in answer.json()["issue"]}
    assert {"Observation.subject", "Observation.category"} <= places


@pytest.mark.parametrize("policed", ["warn"], indirect=True)
async def test_a_broken_claim_is_told_to_who_prefers_an_outcome(policed: Serving) -> None:
    told = await policed.send("POST", "/Observation", {**BARE, "subject": {"display": "x"}},
                              prefer="return=OperationOutcome")  # fmt: skip
    assert told.status_code == 201
    issues = told.json()["issue"]
    assert issues[0]["severity"] == "information"
    assert {each["severity"] for each in issues[1:]} >= {"warning"}
    assert "error" not in {each["severity"] for each in issues}


def test_profiles_are_off_unless_they_are_asked_for() -> None:
    assert Settings().profiles == "off"
