"""Restricted people: a clinician who cares for one learns nothing of where they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.support import demo
from tests.support.sites import Serving

GP = demo.person("leila-haddad")
PRACTICE = GP.roles[0].organisation
CLAIRE, ANN = "0b7a7b1e-0000-4000-8000-00000000c1a1", "0b7a7b1e-0000-4000-8000-00000000a000"
SECURITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
HIDDEN = ("Refuge Road", "07700900123", "Secret Hospital", PRACTICE)


def person(id: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": id,
        "name": [{"family": "Wetherden"}],
        "gender": "female",
        "address": [{"line": ["1 Refuge Road"], "city": "Kelding"}],
        "telecom": [{"system": "phone", "value": "07700900123"}],
        "generalPractitioner": [{"reference": f"Organization/{PRACTICE}"}],
    } | more


def visit(id: str, patient: str) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": id,
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": f"Patient/{patient}"},
        "serviceProvider": {"reference": "Organization/secret", "display": "Secret Hospital"},
        "location": [{"location": {"reference": "Location/w", "display": "Secret Hospital"}}],
        "period": {"start": "2026-11-01T09:00:00Z", "end": "2026-11-01T10:00:00Z"},
    }


@pytest_asyncio.fixture(loop_scope="module")
async def clinician(served: Serving) -> AsyncIterator[Serving]:
    """Claire is restricted, Ann isn't; the practice of the clinician cares for both."""
    restricted = {"meta": {"security": [{"system": SECURITY, "code": "R"}]}}
    for resource in (
        {"resourceType": "Organization", "id": PRACTICE, "name": "Mill Lane Surgery"},
        person(CLAIRE, **restricted),
        person(ANN),
        visit("v-claire", CLAIRE),
        visit("v-ann", ANN),
    ):
        path = f"/{resource['resourceType']}/{resource['id']}"
        assert (await served.send("PUT", path, resource)).status_code == 201
    await served.made.projection.catch_up()
    await served.made.identity.seed(demo.people())
    cookie, _ = await served.made.identity.sign_in(GP.id)
    del served.client.headers["authorization"]
    served.client.cookies.set("bevan", cookie)
    yield served


@pytest.mark.parametrize(
    "path",
    [
        f"/Patient/{CLAIRE}",
        f"/Patient/{CLAIRE}/_history",
        f"/Patient/{CLAIRE}/_history/1",
        f"/Patient?_id={CLAIRE}",
        "/Encounter/v-claire",
        "/Encounter/v-claire/_history",
        f"/Encounter?patient={CLAIRE}",
        f"/Encounter?_id=v-claire&_include=Encounter:patient&_include=*&patient={CLAIRE}",
        f"/Patient?_id={CLAIRE}&_revinclude=Encounter:patient",
        f"/Patient?_id={CLAIRE}&_include=Patient:general-practitioner",
    ],
)
async def test_no_answer_about_her_says_where_she_is(clinician: Serving, path: str) -> None:
    answer = await clinician.send("GET", path)
    assert answer.status_code == 200, answer.text
    assert CLAIRE in answer.text
    assert "REDACTED" in answer.text
    for word in HIDDEN:
        assert word not in answer.text, word


@pytest.mark.parametrize(
    "path",
    [
        "/Patient?address=1%20Refuge",
        "/Patient?address-city=Kelding",
        "/Patient?phone=07700900123",
        f"/Patient?general-practitioner=Organization/{PRACTICE}",
        f"/Patient?organization:missing=true&general-practitioner:missing=false&_id={CLAIRE},{ANN}",
        "/Encounter?service-provider=Organization/secret",
        "/Encounter?location=Location/w",
        "/Encounter?patient.address=1%20Refuge",
        "/Patient?_has:Encounter:patient:service-provider=Organization/secret",
    ],
)
async def test_no_question_about_places_finds_her(clinician: Serving, path: str) -> None:
    answer = await clinician.send("GET", path)
    assert answer.status_code == 200, answer.text
    entries = answer.json().get("entry", [])
    found = {entry["resource"]["id"] for entry in entries}
    assert not found & {CLAIRE, "v-claire"}
    assert found & {ANN, "v-ann"}, "whom nothing is restricted for is found"


async def test_a_masked_element_counts_as_missing_whether_there_is_one_or_not(
    clinician: Serving,
) -> None:
    for parameter in ("address", "email"):
        for missing in ("true", "false"):
            path = f"/Patient?{parameter}:missing={missing}&_id={CLAIRE}"
            entries = (await clinician.send("GET", path)).json().get("entry", [])
            assert bool(entries) == (missing == "true"), (parameter, missing)


async def test_others_are_shown_as_they_are(clinician: Serving) -> None:
    answer = await clinician.send("GET", f"/Patient/{ANN}")
    assert "Refuge Road" in answer.text and "REDACTED" not in answer.text
    visit = await clinician.send("GET", "/Encounter/v-ann")
    assert "Secret Hospital" in visit.text
