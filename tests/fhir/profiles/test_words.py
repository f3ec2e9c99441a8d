"""What R4 says in words: addresses, Bundles and documents, definitions, narratives."""

from __future__ import annotations

from typing import Any

import pytest

from bevan.fhir.conformance import Library
from bevan.fhir.definitions import Definitions
from bevan.fhir.profiles import Options
from tests.fhir.profiles.building import R4, URL, Trial, profile

SUPPLEMENT = {"resourceType": "CodeSystem", "url": URL + "more", "content": "supplement",
              "supplements": URL + "colours"}  # fmt: skip
GUIDE = {"resourceType": "ImplementationGuide", "url": URL + "guide",
         "global": [{"type": "Basic", "profile": URL + "basic"}]}  # fmt: skip
BASIC = profile("basic", "Basic", {"path": "Basic.subject", "min": 1})


@pytest.fixture(scope="module")
def trial(definitions: Definitions, library: Library) -> Trial:
    return Trial(definitions, library, SUPPLEMENT, GUIDE, BASIC)


def patient(id: str = "p", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id, **more}


def coded(system: str) -> dict[str, Any]:
    return patient(maritalStatus={"coding": [{"system": system, "code": "x"}]})


def photo(size: int) -> dict[str, Any]:
    return patient(photo=[{"contentType": "text/plain", "data": "SGVsbG8=", "size": size}])


def narrated(div: str, **more: Any) -> dict[str, Any]:
    div = f'<div xmlns="http://www.w3.org/1999/xhtml">{div}</div>'
    return patient(text={"status": "generated", "div": div}, **more)


SYSTEM = "Patient.maritalStatus.coding[0].system"
DIV = "Patient.text.div"
VALUES: list[tuple[dict[str, Any], list[str]]] = [
    (photo(5), []),
    (photo(6), ["Patient.photo[0].size"]),
    (coded("marriage"), [SYSTEM]),
    (coded("http://hl7.org/fhir/ValueSet/marital-status"), [SYSTEM]),
    (coded(URL + "more"), [SYSTEM]),
    (coded(URL + "unknown"), []),
    (patient(identifier=[{"system": "urn:ietf:rfc:3986", "value": "2.16"}]),
     ["Patient.identifier[0].value"]),
    (patient(identifier=[{"system": "urn:ietf:rfc:3986", "value": "urn:oid:2.16"}]), []),
    (patient(identifier=[{"system": "urn:uuid:ABC", "value": "x"}]),
     ["Patient.identifier[0].system"]),
    (narrated('<p id="a">x</p><a href="#a">y</a>'), []),
    (narrated('<p>x</p><a href="#a">y</a>'), [DIV]),
    (narrated('<p>x</p><a href="#b">y</a>', name=[{"id": "b", "text": "x"}]), []),
    (narrated('<p id="a">x</p><p id="a">y</p>'), [DIV]),
    (patient(name=[{"id": "b", "text": "x"}, {"id": "b", "text": "y"}]), ["Patient"]),
    ({"resourceType": "Basic", "code": {"text": "x"}}, ["Basic.subject"]),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "places"), VALUES, ids=str)
def test_values(trial: Trial, resource: dict[str, Any], places: list[str]) -> None:
    assert [place for place, _ in trial.found(resource)] == places


def test_text_that_looks_like_html_is_refused_where_the_caller_wants_it(
    definitions: Definitions, library: Library, trial: Trial
) -> None:
    resource = patient(name=[{"text": "<script>"}])
    strict = Trial(definitions, library, options=Options(no_markup=True))
    assert trial.found(resource) == []
    assert [place for place, _ in strict.found(resource)] == ["Patient.name[0].text"]
    assert strict.found(patient(name=[{"text": "under < 5"}])) == []


BASE = "https://bevan.example/fhir/"


def entry(resource: dict[str, Any], url: str | None = "") -> dict[str, Any]:
    own = f"{BASE}{resource['resourceType']}/{resource.get('id')}"
    return {"fullUrl": url or own, "resource": resource} if url is not None else {
        "resource": resource
    }  # fmt: skip


def bundle(kind: str, *entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries), **more}


def document(author: str, *others: dict[str, Any], url: str = "") -> dict[str, Any]:
    composition = {
        "resourceType": "Composition", "id": "c", "status": "final", "type": {"text": "x"},
        "date": "2026-11-24", "title": "x", "author": [{"reference": author}],
    }  # fmt: skip
    identifier = {"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2"}
    return bundle("document", entry(composition, url), *others, identifier=identifier,
                  timestamp="2026-11-24T09:00:00Z")  # fmt: skip


def version(number: str) -> dict[str, Any]:
    return entry(patient(meta={"versionId": number}))


UUID = "urn:uuid:9d5c2cf6-0b2e-4a0f-9a0f-6d9b6e3e7a10"
AUTHOR = "Bundle.entry[0].resource.author[0].reference"
BUNDLES: list[tuple[dict[str, Any], list[str]]] = [
    (bundle("collection", entry(patient())), []),
    (bundle("collection", entry(patient(), UUID)), []),
    (bundle("collection", entry(patient(), None)), ["Bundle.entry[0]"]),
    (bundle("collection", entry(patient(), "Patient/p")), ["Bundle.entry[0].fullUrl"]),
    (bundle("collection", entry(patient(), f"{BASE}Patient/q")), ["Bundle.entry[0].fullUrl"]),
    (bundle("searchset", entry({"resourceType": "Patient", "active": True}, UUID)),
     ["Bundle.entry[0].resource.id"]),
    (document("Patient/p", entry(patient())), []),
    (document("Patient/p/_history/2", version("2")), []),
    (document("Patient/p/_history/3", version("2")), [AUTHOR]),
    (document("Patient/q", entry(patient())), [AUTHOR]),
    (document("Patient/p", entry(patient()), url=UUID), [AUTHOR]),
    (document(UUID, entry(patient(), UUID)), []),
    (document("https://elsewhere.example/Patient/q"), []),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "places"), BUNDLES, ids=str)
def test_bundles(trial: Trial, resource: dict[str, Any], places: list[str]) -> None:
    assert [place for place, _ in trial.found(resource)] == places


def structure(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = profile("new", "Patient", *elements)
    rows = [{"id": each["path"], **each} for each in made["differential"]["element"]]
    made["differential"] = {"element": rows}
    return {**made, "name": "New", "status": "draft", "kind": "resource", "abstract": False, **more}


NAME = "Patient.name"
BY_PLACE = {"discriminator": [{"type": "value", "path": "somewhere"}], "rules": "open"}
OF_COUNT = [{"code": "Quantity", "profile": [R4 + "Count"]}]
SEARCH = {
    "resourceType": "SearchParameter", "url": URL + "s", "name": "s", "status": "draft",
    "description": "x", "code": "s", "type": "string", "base": ["Patient"],
    "derivedFrom": "http://hl7.org/fhir/SearchParameter/Organization-name",
}  # fmt: skip
MANY = [{"path": NAME, "min": 0}] * 2_001


def value_set(system: str, code: str) -> dict[str, Any]:
    include = {"system": system, "concept": [{"code": code}]}
    return {"resourceType": "ValueSet", "status": "draft", "compose": {"include": [include]}}


def code_system(content: str, *codes: str) -> dict[str, Any]:
    return {"resourceType": "CodeSystem", "status": "draft", "content": content,
            "concept": [{"code": "x"}],
            "property": [{"code": code, "type": "string"} for code in codes]}  # fmt: skip


GENDER = "http://hl7.org/fhir/administrative-gender"
DEFINED: list[tuple[dict[str, Any], list[str]]] = [
    (structure({"path": NAME, "min": 1}), []),
    (structure({"path": "Patient.nonsense", "min": 1}), ["StructureDefinition.differential"]),
    (structure({"path": NAME, "slicing": BY_PLACE}), ["StructureDefinition"]),
    (structure({"path": NAME, "meaningWhenMissing": "x"}),
     ["StructureDefinition.differential.element[1].meaningWhenMissing"]),
    (structure({"path": "Patient.extension", "type": OF_COUNT}),
     ["StructureDefinition.differential.element[1].type[0].profile"]),
    (SEARCH, ["SearchParameter.base"]),
    ({**SEARCH, "base": ["Organization"], "type": "token"}, ["SearchParameter.type"]),
    ({**SEARCH, "base": ["Organization"]}, []),
    (value_set(GENDER, "male"), []),
    (value_set(GENDER, "purple"), ["ValueSet.compose.include[0].concept[0].code"]),
    (value_set("gender", "male"), ["ValueSet.compose.include[0].system"]),
    (code_system("complete", "a", "b"), []),
    (code_system("complete", "a", "a"), ["CodeSystem.property"]),
    (code_system("not-present", "a"), ["CodeSystem.concept"]),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "places"), DEFINED, ids=lambda each: str(each)[:60])
def test_definitions(trial: Trial, resource: dict[str, Any], places: list[str]) -> None:
    assert [place for place, _ in trial.found(resource)] == places


def test_a_definition_of_too_many_elements_is_not_looked_at_whole(trial: Trial) -> None:
    told = trial.texts(structure(*MANY), severity="warning")
    assert "Not checked: it has too many elements" in told
    lost = {**structure({"path": NAME}), "baseDefinition": URL + "lost"}
    assert "Not checked: the base is not loaded" in trial.texts(lost, severity="warning")
