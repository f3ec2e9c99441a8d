"""Apps of staff that write: as far as granted letters and the person's own rule go, and no further;
what they do says through which app it was done."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest

from bevan.identity.smart.tokens import AppTokens
from bevan.record.filters import comparable
from tests.apps.care_record.clinic import GP_ID
from tests.apps.connected.launching import DOT, STRANGER, WES, Apps, filed, link, returned

SCOPE = "user/Observation.cruds user/Patient.cruds user/Encounter.cruds"
PATCH = [{"op": "replace", "path": "/valueQuantity/value", "value": 71}]


async def send(
    smart: Apps, method: str, path: str, token: str, body: Any = None, **more: str
) -> Any:
    """A FHIR request of an app."""
    kind = "json-patch+json" if method == "PATCH" else "fhir+json"
    headers = {"authorization": f"Bearer {token}", "content-type": f"application/{kind}"}
    given = {name.replace("_", "-"): value for name, value in more.items()}
    return await smart.client.request(method, f"/fhir{path}", json=body, headers=headers | given)


async def made(smart: Apps, token: str, who: str = DOT) -> Any:
    body = {k: v for k, v in filed("x", who, "vital-signs").items() if k != "id"}
    return await send(smart, "POST", "/Observation", token, body)


async def test_an_app_adds_changes_patches_and_deletes_for_its_user(smart: Apps) -> None:
    told = await smart.tokens("gp", SCOPE)
    assert told["scope"] == "user/Observation.cruds user/Patient.rs user/Encounter.rs"
    token = told["access_token"]
    body = (await made(smart, token)).json()
    path = f"/Observation/{body['id']}"
    body["valueQuantity"] = {"value": 70, "unit": "kg"}
    assert (await send(smart, "PUT", path, token, body)).status_code == 200
    patched = await send(smart, "PATCH", path, token, PATCH, if_match='W/"2"')
    assert patched.status_code == 200 and patched.json()["valueQuantity"]["value"] == 71
    assert (await send(smart, "PATCH", path, token, PATCH, if_match='W/"2"')).status_code == 412
    assert (await send(smart, "DELETE", path, token)).status_code == 204
    assert (await smart.get(path, token)).status_code == 410


@pytest.mark.parametrize(
    ("letters", "method", "status"),
    [("rs", "POST", 403), ("crs", "PUT", 403), ("crs", "DELETE", 403), ("rus", "PATCH", 200),
     ("rus", "DELETE", 403), ("rds", "PATCH", 403), ("rds", "DELETE", 204)],
)  # fmt: skip
async def test_each_letter_opens_its_own_interaction(
    smart: Apps, letters: str, method: str, status: int
) -> None:
    full = (await smart.tokens("gp", "user/Observation.cruds"))["access_token"]
    body = (await made(smart, full)).json()
    token = (await smart.tokens("gp", f"user/Observation.{letters}"))["access_token"]
    path = "/Observation" if method == "POST" else f"/Observation/{body['id']}"
    given = {"POST": body, "PUT": body, "PATCH": [{"op": "add", "path": "/issued",
             "value": "2026-11-24T09:00:00Z"}]}.get(method)  # fmt: skip
    assert (await send(smart, method, path, token, given)).status_code == status


async def test_an_app_writes_nothing_that_its_user_couldnt(smart: Apps) -> None:
    token = (await smart.tokens("gp", SCOPE))["access_token"]
    absent = await made(smart, token, "nobody-at-all")
    theirs = await made(smart, token, STRANGER)
    assert theirs.status_code == absent.status_code and theirs.status_code >= 400
    # Whom one may see isn't an app's to decide.
    dot = (await smart.get(f"/Patient/{DOT}", token)).json()
    assert (await send(smart, "PUT", f"/Patient/{DOT}", token, dot)).status_code == 403
    visit = {"resourceType": "Encounter", "status": "in-progress", "class": {"code": "AMB"},
             "subject": {"reference": f"Patient/{STRANGER}"},
             "serviceProvider": {"reference": f"Organization/{GP_ID}"}}  # fmt: skip
    assert (await send(smart, "POST", "/Encounter", token, visit)).status_code == 403
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"resource": visit, "request": {"method": "POST", "url": "Encounter"}}]}  # fmt: skip
    assert (await send(smart, "POST", "/", token, bundle)).status_code == 403
    # Nor are labels, which a clinician's pages don't change either.
    body = (await made(smart, token)).json()
    body["meta"] = {"security": [{"code": "V",
        "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"}]}  # fmt: skip
    changed = await send(smart, "PUT", f"/Observation/{body['id']}", token, body)
    assert changed.status_code in (403, 422)


async def test_citizens_apps_and_those_about_one_person_still_dont_change(smart: Apps) -> None:
    own = await smart.tokens(DOT, "launch/patient patient/Observation.cruds")
    assert own["scope"] == "launch/patient patient/Observation.rs"
    one = await smart.tokens("gp", "launch/patient patient/Observation.cruds", DOT)
    assert one["scope"] == "launch/patient patient/Observation.crs"
    words = (await smart.ask(await smart.desk("gp"), "user/Observation.cruds")).text
    assert "see, add, change and delete test results" in words


async def test_what_an_app_does_says_that_it_was_through_the_app(smart: Apps) -> None:
    token = (await smart.tokens("gp", SCOPE))["access_token"]
    body = (await made(smart, token)).json()
    database = smart.served.made.database
    rows = await database.fetch(
        "SELECT DISTINCT g.id, g.app FROM audit a JOIN agent g ON g.n = a.agent WHERE a.id = $1",
        body["id"],
    )
    assert [tuple(row) for row in rows] == [("gp-id", "Growth chart")]
    found = (await smart.served.send("GET", f"/Provenance?target=Observation/{body['id']}")).json()
    person, app = found["entry"][0]["resource"]["agent"]
    assert person["who"]["reference"] == "Practitioner/gp-id" == app["onBehalfOf"]["reference"]
    assert app["who"]["display"] == "Growth chart"
    # The same person by Bevan's own pages is another actor of the audit, without an app.
    desk = await smart.desk("gp")
    await desk.get(f"/record/{DOT}")
    agents = await database.fetch("SELECT DISTINCT app FROM agent WHERE id = 'gp-id' ORDER BY app")
    assert [row["app"] for row in agents] == ["", "Growth chart"]


async def test_the_person_reads_through_which_app_somebody_looked(smart: Apps) -> None:
    theirs = (await smart.tokens("gp", "user/Observation.rs"))["access_token"]
    await smart.get("/Observation?patient=Patient/dot", theirs)
    own = (await smart.tokens(DOT, "launch/patient patient/Observation.rs"))["access_token"]
    await smart.get("/Observation", own)
    desk = await smart.desk(DOT)
    page = (await desk.get("/my-record/who-looked")).text
    said = re.sub(r"<[^>]+>", "", page)
    assert "GP, Mill Lane Surgery, through Growth chart" in said
    assert "You, through Growth chart" in said and "You allowed this app" in said
    found = (await desk.get("/fhir/AuditEvent?action=R,E&_count=100")).json()["entry"]
    apps = [one["resource"]["agent"][1:] for one in found]
    assert [
        {"role": [{"text": "App"}], "who": {"display": "Growth chart"}, "requestor": False}
    ] in apps
    assert [] in apps, "what was read without an app names none"
    events = [one["resource"] for one in found]
    assert all(smart.served.made.validator.issues(one) == [] for one in events)


async def test_an_app_that_is_opened_during_a_visit_is_told_which(smart: Apps) -> None:
    scope = "launch patient/Observation.rs"

    async def opened() -> dict[str, Any]:
        desk = await smart.desk("gp")
        page = await desk.post(f"/apps/open/{DOT}", {"client": "growth"})
        address = link(page.text, "https://app.example/launch")
        launch = address.rsplit("launch=", 1)[1]
        code = returned(await smart.decide(desk, scope, launch=launch))["code"]
        told: dict[str, Any] = (await smart.exchange(code)).json()
        return told

    assert "encounter" not in await opened()
    visit = {"resourceType": "Encounter", "id": "visit", "status": "in-progress",
             "class": {"code": "AMB"}, "subject": {"reference": f"Patient/{DOT}"},
             "serviceProvider": {"reference": f"Organization/{GP_ID}"}}  # fmt: skip
    for id in ("visit", "second"):
        answer = await smart.served.send("PUT", f"/Encounter/{id}", {**visit, "id": id})
        assert answer.status_code in (200, 201)
        told = await opened()
        # Where two go on at once nobody can say which is meant.
        assert told.get("encounter") == ("visit" if id == "visit" else None)
        assert told["patient"] == DOT
    for id in ("visit", "second"):
        await smart.served.send("DELETE", f"/Encounter/{id}")
    assert (await smart.get(f"/Patient/{WES}", told["access_token"])).status_code == 403


async def test_what_was_taken_back_ends_in_other_processes_within_two_seconds(smart: Apps) -> None:
    made, moment = smart.served.made, [0.0]
    token = (await smart.tokens("gp", "user/Observation.rs"))["access_token"]
    types = frozenset(made.definitions.resource_types)
    elsewhere = AppTokens(
        made.database,
        smart.clock,
        made.app_grants,
        types,
        partial(comparable, made.registry),
        tick=lambda: moment[0],
    )
    assert await elsewhere.find(token) is not None
    desk = await smart.desk("gp")
    page = (await desk.get("/apps")).text
    assert (await desk.post(link_of_form(page), {})).status_code == 303
    assert (await smart.get("/Observation", token)).status_code == 401  # here, at once
    moment[0] = 1.9
    assert await elsewhere.find(token) is not None  # it remembers for a moment
    moment[0] = 2.0
    assert await elsewhere.find(token) is None


def link_of_form(page: str) -> str:
    """Where the button that takes back leads."""
    found = re.search(r'action="(/apps/[^"]+/take-back)"', page)
    assert found is not None
    return found[1]
