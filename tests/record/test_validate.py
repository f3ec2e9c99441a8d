"""`$validate`: what is asked, what is answered; the record is a stand-in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bevan.fhir import json
from bevan.fhir.conformance import Library
from bevan.fhir.definitions import load
from bevan.fhir.operation import Invocation
from bevan.record.conformance import Conformance, Packages
from bevan.record.errors import Invalid, NotFound
from bevan.record.scope import Actor, Scope, system
from bevan.record.validate import Validate
from bevan.record.version import Version

ME = Actor("system", "test", "test")
WREN: dict[str, Any] = {"resourceType": "Patient", "id": "wren", "gender": "female"}


class OnePatient:
    """A record that holds Wren, and remembers who asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Scope, str, str]] = []

    async def read(self, scope: Scope, type: str, id: str) -> Version | None:
        self.asked.append((scope, type, id))
        if (type, id) not in (("Patient", "wren"), ("Patient", "gone")):
            return None
        at = datetime(2026, 11, 24, tzinfo=UTC)
        return Version(type, id, 1, at, id == "gone", json.encode(WREN), ME)


class NoPackages(Packages):
    """An installation that was given none."""

    def __init__(self) -> None:
        pass

    async def state(self) -> str:
        return ""

    async def above(self, library: Library) -> Library:
        return library


@pytest.fixture(scope="module")
def conformance() -> Conformance:
    return Conformance(load(), NoPackages())


@pytest.fixture
def record() -> OnePatient:
    return OnePatient()


@pytest.fixture
def validate(record: OnePatient, conformance: Conformance) -> Validate:
    return Validate(record, conformance)


async def found(
    validate: Validate,
    body: Any = None,
    id: str | None = None,
    query: str = "",
    type: str = "Patient",
) -> list[dict[str, Any]]:
    """The issues but for those of severity information, which are told when there is no other."""
    asked = Invocation("", type, id, query, body)
    answer = await validate.run(system("testing", ME), asked)
    assert not isinstance(answer.resource, bytes) and answer.status == 200
    assert answer.resource["resourceType"] == "OperationOutcome"
    issues: list[dict[str, Any]] = answer.resource["issue"]
    return issues


def wrapped(**named: Any) -> dict[str, Any]:
    parameters = [{"name": name, **value} for name, value in named.items()]
    return {"resourceType": "Parameters", "parameter": parameters}


async def test_no_fault_is_said_in_an_issue_of_its_own(validate: Validate) -> None:
    assert await found(validate, WREN) == [
        {"severity": "information", "code": "informational", "diagnostics": "No issues found"}
    ]


async def test_a_fault_has_its_severity_place_and_rule(validate: Validate) -> None:
    body = {**WREN, "gender": "purple", "contact": [{"gender": "male"}]}
    issues = await found(validate, body)
    gender = next(one for one in issues if one["expression"] == ["Patient.gender"])
    contact = next(one for one in issues if one["expression"] == ["Patient.contact[0]"])
    assert (gender["severity"], gender["code"]) == ("error", "code-invalid")
    assert "binding" in gender["diagnostics"] and "purple" not in str(issues)
    assert contact["code"] == "invariant" and "(pat-1)" in contact["diagnostics"]


@pytest.mark.parametrize("way", ["query", "parameter"])
async def test_a_profile_may_be_asked_for(validate: Validate, way: str) -> None:
    weight = "http://hl7.org/fhir/StructureDefinition/bodyweight"
    body = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    if way == "query":
        issues = await found(validate, body, query=f"profile={weight}", type="Observation")
    else:
        given = wrapped(resource={"resource": body}, profile={"valueUri": weight})
        issues = await found(validate, given, type="Observation")
    wrong = {one["expression"][0] for one in issues if one["severity"] == "error"}
    assert {"Observation.subject", "Observation.category"} <= wrong


async def test_a_profile_that_isnt_loaded_is_not_checked(validate: Validate) -> None:
    issues = await found(validate, WREN, query="profile=https://bevan.example/none")
    assert [one["severity"] for one in issues] == ["warning"]
    assert "Not checked" in issues[0]["diagnostics"]


async def test_a_claimed_profile_is_checked(validate: Validate) -> None:
    lipid = "http://hl7.org/fhir/StructureDefinition/lipidprofile"
    body = {"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "x"}}
    claiming = {**body, "meta": {"profile": [lipid]}}
    issues = await found(validate, claiming, type="DiagnosticReport")
    assert any(one["severity"] == "error" for one in issues)
    plain = await found(validate, body, type="DiagnosticReport")
    assert all(one["severity"] != "error" for one in plain)


async def test_what_stands_is_validated_under_the_callers_scope(
    validate: Validate, record: OnePatient
) -> None:
    issues = await found(validate, id="wren")
    assert issues[0]["severity"] == "information"
    scope, *address = record.asked[0]
    assert address == ["Patient", "wren"] and scope.ticket.purpose == "testing"


@pytest.mark.parametrize("id", ["stranger", "gone"])
@pytest.mark.parametrize("body", [None, WREN])
async def test_what_isnt_there_is_not_found_whatever_is_posted(
    validate: Validate, id: str, body: Any
) -> None:
    with pytest.raises(NotFound):
        await found(validate, body, id=id)


async def test_modes(validate: Validate) -> None:
    nameless = {"resourceType": "Patient"}
    assert (await found(validate, nameless, query="mode=create"))[0]["severity"] == "information"
    assert (await found(validate, nameless, query="mode=update"))[0]["expression"] == ["Patient.id"]
    other = await found(validate, {**WREN, "id": "other"}, id="wren", query="mode=update")
    assert other[0]["expression"] == ["Patient.id"]
    deleted = await found(validate, wrapped(mode={"valueCode": "delete"}), id="wren")
    assert deleted[0]["severity"] == "information"


async def test_another_type_than_the_addresss_is_a_fault(validate: Validate) -> None:
    issues = await found(validate, {"resourceType": "Observation"})
    assert issues[0]["severity"] == "error" and len(issues) == 1


async def test_parameters_are_validated_themselves_where_they_hold_nothing_else(
    validate: Validate,
) -> None:
    body = {"resourceType": "Parameters", "parameter": [{"name": "x"}]}
    issues = await found(validate, body, type="Parameters")
    assert any("(inv-1)" in one["diagnostics"] for one in issues)


@pytest.mark.parametrize(
    ("body", "query"),
    [
        (None, ""),
        (WREN, "mode=guess"),
        (WREN, "mode=create&mode=update"),
        (WREN, "profile="),
        (wrapped(mode={"valueCode": "create"}), ""),
        ({"resourceType": "Parameters", "parameter": 5}, ""),
        ({"resourceType": "Parameters", "parameter": ["x"]}, "mode=create"),
        (wrapped(resource={"resource": "x"}), ""),
        (wrapped(resource={"resource": WREN}, profile={"valueString": "x"}), ""),
    ],
)
async def test_a_call_that_makes_no_sense_is_refused(
    validate: Validate, body: Any, query: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await found(validate, body, query=query)
    assert refused.value.answer == 400
