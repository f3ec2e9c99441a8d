"""The CapabilityStatement says what is routed, no more and no less."""

from __future__ import annotations

from bevan.api.registry import INTERACTIONS
from bevan.fhir.validation import Validator
from tests.support.sites import Serving


async def test_it_is_valid_and_needs_no_token(served: Serving) -> None:
    del served.client.headers["authorization"]
    answer = await served.send("GET", "/metadata")
    assert answer.status_code == 200
    statement = answer.json()
    assert statement["resourceType"] == "CapabilityStatement"
    assert statement["fhirVersion"] == "4.0.1"
    assert statement["implementation"]["url"] == "http://bevan.test/fhir"
    assert Validator(served.made.definitions).issues(statement) == []


async def test_every_type_with_its_interactions_and_parameters(served: Serving) -> None:
    [rest] = (await served.send("GET", "/metadata")).json()["rest"]
    by_type = {each["type"]: each for each in rest["resource"]}
    assert len(by_type) == 146
    stated = {code for each in INTERACTIONS if each.level == "type" for code in each.stated}
    for each in by_type.values():
        assert {one["code"] for one in each["interaction"]} == stated
    observation = by_type["Observation"]
    parameters = {one["name"]: one["type"] for one in observation["searchParam"]}
    assert parameters["code"] == "token" and parameters["patient"] == "reference"
    assert parameters["_lastUpdated"] == "date"
    assert "Observation:patient" in observation["searchInclude"]
    system = {one["code"] for one in rest["interaction"]}
    assert system == {"transaction", "batch", "search-system", "history-system"}


async def test_every_stated_parameter_is_accepted(served: Serving) -> None:
    [rest] = (await served.send("GET", "/metadata")).json()["rest"]
    values = {"number": "1", "date": "2026", "quantity": "1", "uri": "http://example.org/x",
              "token": "x", "string": "x"}  # fmt: skip
    refused = []
    for each in rest["resource"]:
        known = served.made.registry.of(each["type"])
        query = [
            f"{one['name']}={values[one['type']]}"
            if one["type"] in values
            else f"{one['name']}={(known[one['name']].targets or ('Patient',))[0]}/1"
            for one in each["searchParam"]
            if one["type"] in values or one["type"] == "reference"
        ]
        path = f"/{each['type']}?{'&'.join(query)}&_count=0"
        answer = await served.send("GET", path)
        if answer.status_code != 200:
            refused.append((path, answer.text[:300]))
    assert refused == []


async def test_the_statement_is_made_once_for_each_address(served: Serving) -> None:
    first = await served.send("GET", "/metadata")
    assert (await served.send("GET", "/metadata")).content == first.content
    other = await served.send("GET", "/metadata", host="records.example")
    assert other.json()["implementation"]["url"] == "http://records.example/fhir"
