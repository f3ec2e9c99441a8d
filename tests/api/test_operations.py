"""Operations: routed by level, type and name, stated, and absent where they aren't installed."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx2
import pytest

from bevan.api.application import FhirApplication
from bevan.api.errors import Refused
from bevan.api.operations import Operations
from bevan.api.routes import Route, operation
from bevan.fhir.operation import Answer, Declared, Invocation
from bevan.record.scope import Scope
from tests.support.sites import Serving

ECHO = Declared(
    name="echo",
    definition="https://bevan.example/fhir/OperationDefinition/echo",
    says="Says what it was asked.",
    letter="r",
    levels=("system", "type", "instance"),
    types=("Patient",),
    methods=("GET", "POST"),
)


@dataclass
class Echo:
    """An operation that keeps how it was invoked."""

    declared: Declared = ECHO
    asked: list[Invocation] = field(default_factory=list)

    async def run(self, scope: Scope, asked: Invocation) -> Answer:
        self.asked.append(asked)
        return Answer({"resourceType": "Parameters"}, 202, ((b"x-echo", b"yes"),))


@dataclass
class Installed:
    """The interface with one operation more."""

    echo: Echo
    client: httpx2.AsyncClient


@pytest.fixture
async def installed(served: Serving) -> Installed:
    made, echo = served.made, Echo()
    application = FhirApplication(
        record=made.record,
        identity=made.identity,
        access=made.access,
        definitions=made.definitions,
        registry=made.registry,
        clock=made.clock,
        operations=Operations([echo]),
    )
    client = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=application), base_url="http://bevan.test"
    )
    client.headers["authorization"] = served.client.headers["authorization"]
    return Installed(echo, client)


@pytest.mark.parametrize(
    ("path", "type", "id"),
    [
        ("/$echo", None, None),
        ("/Patient/$echo", "Patient", None),
        ("/Patient/7/$echo", "Patient", "7"),
    ],
)
async def test_it_runs_at_each_of_its_levels(
    installed: Installed, path: str, type: str | None, id: str | None
) -> None:
    answer = await installed.client.get(f"/fhir{path}?a=b")
    assert (answer.status_code, answer.headers["x-echo"]) == (202, "yes")
    assert answer.json() == {"resourceType": "Parameters"}
    assert installed.echo.asked == [Invocation("http://bevan.test/fhir", type, id, "a=b", None)]


async def test_a_posted_resource_is_handed_on(installed: Installed) -> None:
    body = {"resourceType": "Parameters", "parameter": [{"name": "x", "valueString": "1"}]}
    answer = await installed.client.post("/fhir/$echo", json=body)
    assert answer.status_code == 202
    [asked] = installed.echo.asked
    assert [each["valueString"] for each in asked.parameters("x")] == ["1"]
    assert list(asked.parameters("y")) == []


async def test_a_body_may_be_left_out_but_not_be_anything(installed: Installed) -> None:
    assert (await installed.client.post("/fhir/$echo")).status_code == 202
    assert (await installed.client.post("/fhir/$echo", json=["x"])).status_code == 400
    as_text = await installed.client.post(
        "/fhir/$echo", content=b"x", headers={"content-type": "text/plain"}
    )
    assert as_text.status_code == 415


@pytest.mark.parametrize(
    "path", ["/$nothing", "/Observation/$echo", "/Observation/1/$echo", "/Patient/1/2/$echo"]
)
async def test_what_is_not_installed_is_not_there(installed: Installed, path: str) -> None:
    answer = await installed.client.post(f"/fhir{path}")
    assert answer.status_code == 404
    assert installed.echo.asked == []


async def test_another_method_is_not_allowed(installed: Installed) -> None:
    answer = await installed.client.put("/fhir/$echo", json={"resourceType": "Parameters"})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"


async def test_it_needs_its_letter_of_its_type(served: Serving, installed: Installed) -> None:
    for scope, status in (("system/Patient.s", 403), ("system/Patient.r", 202)):
        token = await served.token(scope)
        answer = await installed.client.get(
            "/fhir/Patient/1/$echo", headers={"authorization": f"Bearer {token}"}
        )
        assert answer.status_code == status
    del installed.client.headers["authorization"]
    assert (await installed.client.get("/fhir/$echo")).status_code == 401


async def test_it_is_stated_where_it_is_served(installed: Installed) -> None:
    [rest] = (await installed.client.get("/fhir/metadata")).json()["rest"]
    stated = [{"name": "echo", "definition": ECHO.definition}]
    assert rest["operation"] == stated
    by_type = {each["type"]: each.get("operation") for each in rest["resource"]}
    assert by_type["Patient"] == stated
    assert by_type["Observation"] is None


def test_two_operations_may_not_claim_one_address() -> None:
    with pytest.raises(ValueError, match=r"\$echo"):
        Operations([Echo(), Echo()])


def test_an_address_that_ends_in_an_operation() -> None:
    types = {"Patient"}
    assert operation("/Patient/1/$x", types) == ("x", Route("operation", "Patient", "1"))
    for path in ("/$", "/Nothing/$x", "/Patient/_history/$x", "/Patient/$x/1", "/Patient/$y/$x"):
        with pytest.raises(Refused) as refused:
            operation(path, types)
        assert refused.value.status == 404
