"""Every example of the PDS API that describes a behaviour, against our own service."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from bevan.fhir.nhs_number import check_digit
from bevan.kernel.clock import FixedClock
from bevan.people.model import load
from bevan.people.pds.index import Index
from bevan.people.pds.service import Access, Reply, Service

pytestmark = pytest.mark.shared
STUBS = "karate-tests/src/test/java/mocks/stubs"
BASE = "https://api.service.nhs.uk/personal-demographics/FHIR/R4"
DOT = "9990123454"
USER = {"x-request-id": "1", "nhsd-session-urid": "555"}


@pytest.fixture(scope="module")
def pds(shared: Path) -> Path:
    return shared / "data/nhs-examples/pds"


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def serve(*people: dict[str, Any], **more: Any) -> Service:
    index = Index({str(each["id"]): each for each in people}, **more)
    return Service(index, load(), FixedClock(datetime(2026, 11, 24, tzinfo=UTC)), base=BASE)


def ask(
    service: Service, method: str, path: str, query: str = "", body: Any = None,
    access: Access | None = "user", **headers: str,
) -> Reply:  # fmt: skip
    given = {**USER, **{name.replace("_", "-"): text for name, text in headers.items()}}
    content = b"" if body is None else json.dumps(body).encode()
    return service.answer(method, path, query, given, body=content, access=access)


def numbered(patient: dict[str, Any]) -> dict[str, Any]:
    """Without the ids of objects, which examples have and ours are given."""
    found = deepcopy(patient)
    for each in found.values():
        for one in each if isinstance(each, list) else ():
            if isinstance(one, dict):
                one.pop("id", None)
    return found


def patients(pds: Path) -> dict[str, dict[str, Any]]:
    """Every Patient of the examples by file and number."""
    files = [*(pds / STUBS / "patientResponses").glob("*.json"),
             *(pds / "sandbox/mocks").glob("Patient*.json"),
             *(pds / STUBS / "searchResponses").glob("*.json")]  # fmt: skip
    found = {}
    for path in files:
        content = read(path)
        entries = [one["resource"] for one in content.get("entry", [])] or [content]
        for each in entries:
            if each["resourceType"] == "Patient":
                found[f"{path.name} {each['id']}"] = each
    return found


def test_every_person_of_the_examples_is_answered_as_they_are(pds: Path) -> None:
    found = patients(pds)
    assert len(found) > 50
    for name, theirs in found.items():
        reply = ask(serve(theirs), "GET", f"/Patient/{theirs['id']}")
        if check_digit(theirs["id"][:9]) != int(theirs["id"][9]):
            assert reply.status == 400  # an example of a search has a number that can't be one
            continue
        assert reply.status == 200, name
        assert numbered(dict(reply.resource)) == numbered(theirs), name
        assert reply.headers["etag"] == f'W/"{theirs["meta"]["versionId"]}"'


def test_every_search_of_the_examples_finds_whom_it_finds(pds: Path) -> None:
    found = 0
    for theirs in patients(pds).values():
        name = next((one for one in theirs.get("name", []) if one.get("family")), None)
        if name is None or "birthDate" not in theirs:
            continue
        query = urlencode({"family": name["family"], "birthdate": f"eq{theirs['birthDate']}"})
        bundle = ask(serve(theirs), "GET", "/Patient", query).resource
        assert (bundle["type"], bundle["total"]) == ("searchset", 1), theirs["id"]
        [entry] = bundle["entry"]
        assert set(entry) == {"fullUrl", "search", "resource"}
        assert entry["fullUrl"] == f"{BASE}/Patient/{theirs['id']}"
        assert entry["search"]["score"] == 1
        found += 1
    assert found > 40


def test_nobody_is_an_empty_bundle(pds: Path) -> None:
    theirs = read(pds / STUBS / "searchResponses/Sensitive_PatientSearch.json")
    bundle = ask(serve(), "GET", "/Patient", "family=Nobody&birthdate=2000-01-01").resource
    assert set(bundle) == set(theirs) - {"entry"} and bundle["total"] == 0


def test_a_restricted_person_keeps_their_place_to_themselves(pds: Path) -> None:
    theirs = read(pds / STUBS / "patientResponses/patient_9000000025.json")
    known = read(pds / "sandbox/mocks/Patient.json")
    secret = {**known, "id": theirs["id"], "meta": theirs["meta"]}
    related = read(pds / "sandbox/mocks/RelatedPersonBundle.json")["entry"][0]["resource"]
    service = serve(secret, related={theirs["id"]: [related]}, coverage={theirs["id"]: {}})
    ours = ask(service, "GET", f"/Patient/{theirs['id']}").resource
    for hidden in ("address", "telecom", "contact", "generalPractitioner", "managingOrganization"):
        assert hidden in known and hidden not in ours and hidden not in theirs
    assert ours["meta"]["security"] == theirs["meta"]["security"]
    path = f"/Patient/{theirs['id']}/RelatedPerson"
    assert ask(service, "GET", path).resource["total"] == 0
    query = f"subscriber:identifier={theirs['id']}"
    assert ask(service, "GET", "/Coverage", query).resource["total"] == 0


@pytest.mark.parametrize("name", ["RelatedPersonBundle", "Referenced_RelatedPersonBundle"])
def test_people_close_to_somebody(pds: Path, name: str) -> None:
    theirs = read(pds / f"sandbox/mocks/{name}.json")
    patient = read(pds / "sandbox/mocks/Patient.json")
    people = [each["resource"] for each in theirs["entry"]]
    service = serve(patient, related={patient["id"]: people})
    ours = ask(service, "GET", f"/Patient/{patient['id']}/RelatedPerson").resource
    assert ours["entry"] == theirs["entry"] and ours["total"] == theirs["total"]
    assert ask(service, "GET", "/Patient/9990000018/RelatedPerson").status == 404


@pytest.mark.parametrize(
    "file",
    [f"{STUBS}/coverageResponses/patient_with_coverage_9000000009.json",
     "specification/components/examples/CoverageSearch.json"],
)  # fmt: skip
def test_insurance_abroad(pds: Path, file: str) -> None:
    theirs = read(pds / file)
    patient = read(pds / "sandbox/mocks/Patient.json")
    service = serve(patient, coverage={patient["id"]: theirs["entry"][0]["resource"]})
    query = urlencode({"subscriber:identifier": patient["id"]})
    ours = ask(service, "GET", "/Coverage", query).resource
    assert ours["entry"] == theirs["entry"] and ours["meta"] == theirs["meta"]
    assert ask(service, "GET", "/Coverage").status == 400


def test_without_insurance_abroad(pds: Path) -> None:
    theirs = read(pds / STUBS / "coverageResponses/patient_without_coverage.json")
    patient = {**read(pds / "sandbox/mocks/Patient.json"), "meta": {"versionId": "1"}}
    query = urlencode({"subscriber:identifier": patient["id"]})
    ours = dict(ask(serve(patient), "GET", "/Coverage", query).resource)
    assert {**ours, "timestamp": theirs["timestamp"]} == theirs


def test_a_new_person_gets_a_number(pds: Path) -> None:
    asked = read(pds / "specification/components/examples/requests/PatientCreate"
                 / "Allocate_NHS_Number.json")  # fmt: skip
    theirs = read(pds / STUBS / "postPatientResponses/new_patient.json")
    service = serve()
    reply = ask(service, "POST", "/Patient", body=asked)
    assert reply.status == 201 and reply.headers["etag"] == 'W/"1"'
    ours = reply.resource
    assert set(theirs) <= set(ours)
    assert ours["id"].startswith("999") and ours["meta"] == theirs["meta"]
    theirs["identifier"][0]["value"] = ours["id"]
    assert ours["identifier"] == theirs["identifier"]
    assert all(each["id"] for each in (*ours["name"], *ours["address"]))
    assert ask(service, "GET", f"/Patient/{ours['id']}").resource == ours
    again = ask(service, "POST", "/Patient", body=asked)
    single = read(pds / STUBS / "postPatientResponses/SINGLE_MATCH_FOUND.json")
    single["issue"][0]["diagnostics"] = again.resource["issue"][0]["diagnostics"]
    assert (again.status, again.resource) == (200, single)
    assert ours["id"] in single["issue"][0]["diagnostics"]


def test_several_who_may_be_meant_are_nobody(pds: Path) -> None:
    asked = read(pds / "specification/components/examples/requests/PatientCreate"
                 / "Multi_Match_found.json")  # fmt: skip
    first, second = ({**asked, "id": number, "meta": {}} for number in ("9990000018", DOT))
    reply = ask(serve(first, second), "POST", "/Patient", body=asked)
    coding = reply.resource["issue"][0]["details"]["coding"][0]
    assert (reply.status, coding["code"]) == (200, "MULTIPLE_MATCHES")


def test_a_child_that_was_born(pds: Path) -> None:
    theirs = read(pds / STUBS / "postPdsRecordAtBirthResponses/new_pds_record_at_birth.json")
    kept = ("name", "address", "gender", "birthDate", "multipleBirthInteger")
    baby = {"resourceType": "Patient", **{name: theirs[name] for name in kept}}
    baby = deepcopy(baby)
    baby["address"][0]["line"].append("")
    mother = {"resourceType": "Patient", "identifier": [{"value": DOT}]}
    notice = {"resourceType": "Bundle", "entry": [{"resource": mother}, {"resource": baby}]}
    reply = ask(serve(), "POST", "/Patient/$process-birth-details", body=notice)
    assert reply.status == 201
    assert reply.resource["address"][0]["line"] == theirs["address"][0]["line"][:2]
    assert {name: reply.resource[name] for name in kept} == {name: theirs[name] for name in kept}
    none = {"resourceType": "Bundle", "entry": [{"resource": mother}]}
    assert ask(serve(), "POST", "/Patient/$process-birth-details", body=none).status == 400


def issue(reply: Reply) -> dict[str, Any]:
    [found] = reply.resource["issue"]
    return dict(found)


NAME = [{"use": "usual", "family": "Lark", "given": ["Wren"], "id": "N1"}]
PERSON = {
    "resourceType": "Patient", "id": DOT, "meta": {"versionId": "2"}, "name": NAME,
    "gender": "female", "birthDate": "1990-01-02",
    "address": [{"id": "123", "line": ["1 Road"], "period": {"start": "2020-01-01"}}],
}  # fmt: skip
NEW = {key: value for key, value in PERSON.items() if key not in ("id", "meta")}
DEAD = {**NEW, "deceasedDateTime": "2026-01-01T00:00:00+00:00"}
MANY = {**NEW, "name": [{**NAME[0], "given": list("abcdef")}]}
REPLACED = {"op": "replace", "path": "/gender", "value": "male"}
SENSITIVE = {
    **PERSON,
    "meta": {
        "versionId": "2",
        "security": [
            {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
        ],
    },
}


@pytest.mark.parametrize(
    ("name", "status", "asked"),
    [
        ("INVALID_RESOURCE_ID", 400, ("GET", "/Patient/1")),
        ("RESOURCE_NOT_FOUND", 404, ("GET", "/Patient/9990000018")),
        ("MISSING_VALUE", 400, ("POST", "/Patient", "", {**NEW, "gender": ""})),
        ("MISSING_VALUE", 400, ("POST", "/Patient", "", {**NEW, "address": [{"line": ["x"]}]})),
        ("INVALID_VALUE", 400, ("POST", "/Patient", "", {**NEW, "gender": "x"})),
        ("INVALID_VALUE", 400, ("POST", "/Patient", "", {**NEW, "birthDate": "not-a-date"})),
        ("INVALID_VALUE", 400, ("POST", "/Patient", "", {**NEW, "address": [["a"]]})),
        ("INVALID_CREATE", 400, ("POST", "/Patient", "", PERSON)),
        ("INVALID_CREATE", 400, ("POST", "/Patient", "", {"resourceType": "Person"})),
        ("ADDITIONAL_PROPERTIES", 400, ("POST", "/Patient", "", {**NEW, "shoe": 9})),
        ("TOO_MANY_VALUES_SUBMITTED", 400, ("POST", "/Patient", "", MANY)),
        ("INSERT_BIRTH_DEATH_STATUS_INCONSISTENT", 400, ("POST", "/Patient", "", DEAD)),
        ("INVALID_METHOD", 403, ("POST", "/Patient", "", NEW, "application")),
        ("INVALID_METHOD", 403, ("PATCH", f"/Patient/{DOT}", "", {}, "application")),
        ("PRECONDITION_FAILED", 412, ("PATCH", f"/Patient/{DOT}", "", {"patches": [REPLACED]})),
    ],
)
def test_every_error_of_the_examples(
    pds: Path, name: str, status: int, asked: tuple[Any, ...]
) -> None:
    theirs = read(pds / STUBS / f"errorResponses/{name}.json")["issue"][0]
    ours = ask(serve(PERSON), *asked)
    assert ours.status == status
    found = issue(ours)
    for part in ("severity", "code"):
        assert found[part] == theirs[part]
    [mine], [other] = found["details"]["coding"], theirs["details"]["coding"]
    other["display"] = mine["display"] if other["display"].startswith("#(") else other["display"]
    assert mine == other
    if not theirs.get("diagnostics", "#(").startswith("#("):
        assert found["diagnostics"] == theirs["diagnostics"]


@pytest.mark.parametrize(
    ("name", "person", "patches"),
    [
        ("FORBIDDEN_UPDATE", PERSON, [{"op": "replace", "path": "/id", "value": "1"}]),
        ("FORBIDDEN_UPDATE", PERSON, [{"op": "add", "path": "/name/-", "value": NAME[0]}]),
        ("FORBIDDEN_UPDATE", SENSITIVE, [REPLACED]),
        ("INVALID_UPDATE", PERSON, []),
        ("INVALID_UPDATE", PERSON, None),
        ("INVALID_UPDATE", PERSON, [{"op": "bad", "path": "/gender"}]),
        ("INVALID_UPDATE", PERSON, [{"op": "replace", "path": "/shoe/size", "value": 1}]),
        ("INVALID_UPDATE", PERSON,
         [{"op": "replace", "path": "/address/0/line/0", "value": "2 Quay"}]),
        ("INVALID_UPDATE", PERSON, [{"op": "replace", "path": "/address/7/line", "value": []}]),
        ("INVALID_UPDATE", PERSON,
         [{"op": "test", "path": "/address/0/id", "value": "456"},
          {"op": "replace", "path": "/address/0/line/0", "value": "2 Quay"}]),
        ("INVALID_UPDATE", PERSON,
         [{"op": "test", "path": "/address/0/id", "value": "123"},
          {"op": "replace", "path": "/address/0/city", "value": "Leeds"}]),
        ("INVALID_VALUE", PERSON, [{"op": "replace", "path": "/gender", "value": "x"}]),
    ],
)  # fmt: skip
def test_patches_that_pds_refuses(
    pds: Path, name: str, person: dict[str, Any], patches: Any
) -> None:
    theirs = read(pds / STUBS / f"errorResponses/{name}.json")["issue"][0]
    service = serve(person)
    before = ask(service, "GET", f"/Patient/{DOT}").resource
    ours = ask(service, "PATCH", f"/Patient/{DOT}", body={"patches": patches}, if_match='W/"2"')
    found = issue(ours)
    assert ours.status in (400, 403)
    for part in ("severity", "code", "details"):
        assert found[part] == theirs[part]
    assert ask(service, "GET", f"/Patient/{DOT}").resource == before


def test_a_change_by_version_and_object_id() -> None:
    service = serve(PERSON)
    moved = [
        {"op": "test", "path": "/address/0/id", "value": "123"},
        {"op": "replace", "path": "/address/0/line/0", "value": "2 Quay"},
        {"op": "add", "path": "/telecom", "value": [{"system": "phone", "value": "01632960587"}]},
    ]
    reply = ask(service, "PATCH", f"/Patient/{DOT}", body={"patches": moved}, if_match='W/"2"')
    assert (reply.status, reply.headers["etag"]) == (200, 'W/"3"')
    assert reply.resource["address"][0]["line"] == ["2 Quay"]
    assert reply.resource["telecom"][0]["id"]
    assert ask(service, "GET", f"/Patient/{DOT}").resource == reply.resource
    late = ask(service, "PATCH", f"/Patient/{DOT}", body={"patches": moved}, if_match='W/"2"')
    assert late.status == 412 and "has changed since" in issue(late)["diagnostics"]
    gone = [{"op": "test", "path": "/name/0/id", "value": "N1"},
            {"op": "remove", "path": "/name/0"}]  # fmt: skip
    usual = ask(service, "PATCH", f"/Patient/{DOT}", body={"patches": gone}, if_match='W/"3"')
    assert usual.status == 403
    odd = service.answer("PATCH", f"/Patient/{DOT}", "", {**USER, "if-match": 'W/"3"'}, body=b"{",
                         access="user")  # fmt: skip
    assert issue(odd)["details"]["coding"][0]["code"] == "UNSUPPORTED_SERVICE"


@pytest.mark.parametrize("file", ["missing_urid_header", "invalid_urid_header"])
def test_a_user_names_their_role(pds: Path, file: str) -> None:
    theirs = read(pds / f"tests/functional/data/responses/{file}.json")["issue"][0]
    given = {"x-request-id": "1"}
    if file.startswith("invalid"):
        given["nhsd-session-urid"] = "invalid"
    ours = issue(serve(PERSON).answer("GET", f"/Patient/{DOT}", "", given, access="user"))
    said = theirs["diagnostics"].partition(". Refer")[0]
    assert ours == {**theirs, "diagnostics": said}
    alone = serve(PERSON).answer("GET", f"/Patient/{DOT}", "", {"x-request-id": "1"})
    assert alone.status == 200


def test_nobody_gets_in_without_a_token() -> None:
    for headers, words in (({}, "Missing access token"), ({"authorization": "x"}, "Invalid")):
        reply = ask(serve(PERSON), "GET", f"/Patient/{DOT}", access=None, **headers)
        assert reply.status == 401 and words in issue(reply)["diagnostics"]
