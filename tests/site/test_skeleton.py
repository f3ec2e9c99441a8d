"""The walking skeleton: from a token to a resource, its audit row, and a page."""

from __future__ import annotations

import asyncpg

from tests.support import demo
from tests.support.sites import serving

ORGANISATION = {
    "resourceType": "Organization",
    "id": "0b7a7b1e-0000-4000-8000-000000000001",
    "name": "Mill Lane Surgery",
}
PATIENT = {
    "resourceType": "Patient",
    "id": "0b7a7b1e-0000-4000-8000-000000000002",
    "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990123454"}],
    "name": [{"family": "Pemberton", "given": ["Dot"]}],
    "birthDate": "1948-03-14",
    "gender": "female",
    "generalPractitioner": [{"reference": f"Organization/{ORGANISATION['id']}"}],
}
OBSERVATION = (
    b'{"resourceType":"Observation","status":"final",'
    b'"code":{"coding":[{"system":"http://loinc.org","code":"2708-6"}]},'
    b'"subject":{"reference":"Patient/0b7a7b1e-0000-4000-8000-000000000002"},'
    b'"effectiveDateTime":"2026-11-24T10:31:00Z",'
    b'"valueQuantity":{"value":85.50,"unit":"%","system":"http://unitsofmeasure.org","code":"%"}}'
)


async def test_in_and_out_with_audit(database: str) -> None:
    async with serving(database) as served:
        for resource in (ORGANISATION, PATIENT):
            path = f"/{resource['resourceType']}/{resource['id']}"
            answer = await served.send("PUT", path, resource)
            assert answer.status_code == 201, answer.text
        created = await served.send("POST", "/Observation", OBSERVATION)
        assert created.status_code == 201, created.text
        location = created.headers["location"]
        assert location.startswith("http://bevan.test/fhir/Observation/")
        id = created.json()["id"]

        read = await served.send("GET", f"/Observation/{id}")
        assert read.status_code == 200
        assert read.headers["etag"] == 'W/"1"'
        assert b'"value":85.50' in read.content, "every digit as it was sent"
        assert read.content == created.content

        found = await served.send(
            "GET", f"/Observation?patient={PATIENT['id']}&code=http://loinc.org|2708-6"
        )
        assert found.status_code == 200, found.text
        assert [entry["resource"]["id"] for entry in found.json()["entry"]] == [id]

    connection = await asyncpg.connect(database)
    try:
        rows = await connection.fetch(
            "select action, outcome, patient, id from audit where type = 'Observation' order by at"
        )
    finally:
        await connection.close()
    actions = [row["action"] for row in rows]
    assert b"c" in actions and b"r" in actions
    assert all(str(row["patient"]) == PATIENT["id"] for row in rows)


async def test_without_a_token_there_is_nothing(database: str) -> None:
    async with serving(database, authorised=False) as served:
        answer = await served.send("GET", "/Patient/1")
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["resourceType"] == "OperationOutcome"


async def test_health(database: str) -> None:
    async with serving(database, authorised=False) as served:
        assert (await served.client.get("/healthz")).text == "ok\n"
        assert (await served.client.get("/readyz")).status_code == 200
        metrics = await served.client.get("/metrics")
        assert "bevan_http_requests_total" in metrics.text


async def test_a_demo_person_sees_their_patients_only(database: str) -> None:
    async with serving(database) as served:
        await served.made.identity.seed(demo.people())
        gp = demo.person("leila-haddad")
        practice = {**ORGANISATION, "id": gp.roles[0].organisation}
        own = {
            **PATIENT,
            "generalPractitioner": [{"reference": f"Organization/{practice['id']}"}],
        }
        other = {
            "resourceType": "Patient",
            "id": "0b7a7b1e-0000-4000-8000-000000000003",
            "name": [{"family": "Elsewhere"}],
        }
        for resource in (practice, own, other):
            path = f"/{resource['resourceType']}/{resource['id']}"
            assert (await served.send("PUT", path, resource)).status_code == 201
        await served.made.projection.catch_up()

        cookie, _ = await served.made.identity.sign_in("leila-haddad")
        del served.client.headers["authorization"]
        served.client.cookies.set("bevan", cookie)
        seen = await served.send("GET", f"/Patient/{own['id']}")
        hidden = await served.send("GET", f"/Patient/{other['id']}")
        nobody = await served.send("GET", "/Patient/0b7a7b1e-0000-4000-8000-000000000009")
        assert seen.status_code == 200
        assert hidden.status_code == nobody.status_code == 404
        assert hidden.content == nobody.content
        # A cookie reads and never writes.
        assert (await served.send("POST", "/Observation", OBSERVATION)).status_code == 401
