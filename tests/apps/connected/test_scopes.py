"""Searches in granular scopes, over HTTP: on read, search, totals, history and includes."""

from __future__ import annotations

import pytest

from tests.apps.connected.launching import BACKEND, CATEGORY, DOT, WES, Apps
from tests.record.people import observation

VITALS = f"patient/Observation.rs?category={CATEGORY}|vital-signs"
LABS = f"patient/Observation.rs?category={CATEGORY}|laboratory"


@pytest.mark.parametrize(("scope", "seen"), [(VITALS, "vital"), (LABS, "lab")])
async def test_a_search_in_a_scope_holds_on_every_way_to_an_entry(
    smart: Apps, scope: str, seen: str
) -> None:
    told = await smart.tokens(DOT, f"{scope} patient/DiagnosticReport.rs patient/Patient.rs")
    assert scope in told["scope"]
    token, hidden = told["access_token"], {"vital": "lab", "lab": "vital"}[seen]
    for path in ("", "/_history", "/_history/1"):
        assert (await smart.get(f"/Observation/{seen}{path}", token)).status_code == 200
        answer = await smart.get(f"/Observation/{hidden}{path}", token)
        if path == "/_history":
            assert not answer.json().get("entry")
        else:
            assert answer.status_code == 404
            absent = await smart.get(f"/Observation/absent{path}", token)
            assert answer.content == absent.content
    assert await smart.found("/Observation", token) == [f"Observation/{seen}"]
    assert await smart.found(f"/Observation?_id={hidden}", token) == []
    counted = await smart.get("/Observation?_summary=count", token)
    assert counted.json()["total"] == 1
    history = (await smart.get("/Observation/_history", token)).json()
    assert {entry["resource"]["id"] for entry in history["entry"]} == {seen}
    included = await smart.found("/DiagnosticReport?_include=DiagnosticReport:result", token)
    assert included == ["DiagnosticReport/report", f"Observation/{seen}"]
    back = await smart.found(f"/Patient?_id={DOT}&_revinclude=Observation:subject", token)
    assert back == [f"Observation/{seen}", f"Patient/{DOT}"]
    chained = f"/DiagnosticReport?result.category={hidden.replace('vital', 'vital-signs')}"
    assert await smart.found(chained.replace("=lab", "=laboratory"), token) == []


async def test_two_searches_add_up_and_a_free_scope_needs_none(smart: Apps) -> None:
    both = await smart.tokens(DOT, f"{VITALS} {LABS}")
    expected = ["Observation/lab", "Observation/vital"]
    assert await smart.found("/Observation", both["access_token"]) == expected
    free = await smart.tokens(DOT, f"{VITALS} patient/Observation.rs")
    assert free["scope"] == "patient/Observation.rs"


async def test_a_patients_scope_stays_with_them_in_whatever_is_asked(smart: Apps) -> None:
    token = (await smart.tokens("gp", "launch/patient patient/*.rs", DOT))["access_token"]
    for path in (
        f"/Observation?patient=Patient/{WES}",
        "/Observation?_id=other",
        f"/Patient?_id={WES}",
        f"/Patient?_id={WES}&_revinclude=Observation:subject",
    ):
        assert await smart.found(path, token) == []
    assert (await smart.get("/Observation/other", token)).status_code == 404
    assert (await smart.get("/Observation/other/_history/1", token)).status_code == 404


async def test_an_app_adds_only_what_it_was_allowed_to_add(smart: Apps) -> None:
    told = await smart.tokens("gp", "user/Observation.crs")
    headers = {"authorization": f"Bearer {told['access_token']}"}
    sent = {"content-type": "application/fhir+json", **headers}
    made = await smart.client.post("/fhir/Observation", json=observation(DOT), headers=sent)
    assert made.status_code == 201, made.text
    assert made.headers["location"]
    place = "/fhir/Observation/" + made.headers["location"].split("/Observation/")[1].split("/")[0]
    changed = {**observation(DOT), "id": place.rsplit("/", 1)[1]}
    assert (await smart.client.put(place, json=changed, headers=sent)).status_code == 403
    assert (await smart.client.delete(place, headers=headers)).status_code == 403
    stranger = await smart.client.post(
        "/fhir/Observation", json=observation("stranger"), headers=sent
    )
    assert stranger.status_code == 404


async def test_version_one_words_are_read_as_version_two(smart: Apps) -> None:
    told = await smart.tokens(DOT, "launch/patient patient/Observation.read patient/Patient.*")
    assert told["scope"] == "launch/patient patient/Observation.rs patient/Patient.rs"


async def test_an_app_gets_its_patients_words_before_its_users(smart: Apps) -> None:
    told = await smart.tokens("gp", "user/*.rs patient/Observation.rs", DOT)
    assert told["scope"] == "patient/Observation.rs"


async def test_a_services_search_holds_as_well(smart: Apps) -> None:
    scope = "system/Observation.rs?status=amended"
    answer = await smart.service(scope, smart.assertion(BACKEND))
    assert answer.json()["scope"] == scope
    assert await smart.found("/Observation", answer.json()["access_token"]) == []
