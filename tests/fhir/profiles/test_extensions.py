"""Extensions: known, at a place they are for, in the right list, and by their own definitions."""

from __future__ import annotations

from typing import Any

import pytest

from bevan.fhir.conformance import Library
from bevan.fhir.definitions import Definitions
from bevan.fhir.profiles import Options
from tests.fhir.profiles.building import URL, Trial, extension, profile


def context(expression: str, type: str = "element") -> list[dict[str, str]]:
    return [{"type": type, "expression": expression}]


VALUE = {"path": "Extension.value[x]", "min": 1, "type": [{"code": "string"}]}
OWN = [
    extension("any", VALUE, context=context("Element")),
    extension("on-patient", VALUE, context=context("Patient")),
    extension("on-resource", VALUE, context=context("DomainResource")),
    extension("on-name", VALUE, context=context("HumanName")),
    extension("on-path", VALUE, context=context("Patient.contact.name")),
    extension("on-choice", VALUE, context=context("Observation.value[x]")),
    extension("on-extension", VALUE, context=context(URL + "any", "extension")),
    extension("on-home", VALUE, context=context("Patient.address.where(use = 'home')", "fhirpath")),
    extension("if-born", VALUE, context=context("Patient"),
              contextInvariant=["birthDate.exists()"]),
    extension("modifying", {"path": "Extension", "isModifier": True}, VALUE),
    extension(
        "two", {"path": "Extension.extension", "slicing": {"rules": "open", "discriminator": [
            {"type": "value", "path": "url"}]}},
        {"path": "Extension.extension", "sliceName": "one", "min": 1},
        {"path": "Extension.extension.url", "fixedUri": "one"},
        {"path": "Extension.value[x]", "max": "0"},
    ),
    profile("wanted", "Patient",
            {"path": "Patient.extension", "sliceName": "any", "min": 1, "max": "1",
             "type": [{"code": "Extension", "profile": [URL + "any"]}]}),
]  # fmt: skip


@pytest.fixture(scope="module")
def trial(definitions: Definitions, library: Library) -> Trial:
    return Trial(definitions, library, *OWN)


def ext(name: str, **more: Any) -> dict[str, Any]:
    return {"url": URL + name, **(more or {"valueString": "x"})}


def patient(*extensions: dict[str, Any], **more: Any) -> dict[str, Any]:
    own = {"extension": list(extensions)} if extensions else {}
    return {"resourceType": "Patient", **own, **more}


def on(name: str, text: str = "x") -> dict[str, Any]:
    return {"text": text, "extension": [ext(name)]}


HERE, PLACE = "Patient.extension[0]", "StructureDefinition.context"
OBSERVED = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
RIGHT = [
    patient(ext("any")),
    patient(ext("on-patient")),
    patient(ext("on-resource")),
    patient(name=[on("on-name")]),
    patient(name=[on("any")]),
    patient(contact=[{"name": on("on-path")}]),
    patient(ext("any", valueString="x", _valueString={"extension": [ext("on-extension")]})),
    patient(address=[{"use": "home", "extension": [ext("on-home")]}]),
    patient(ext("if-born"), birthDate="1978-09-05"),
    patient(ext("two", extension=[{"url": "one", "valueString": "x"}])),
    patient(modifierExtension=[ext("modifying")]),
    patient(birthDate="1978", _birthDate={"extension": [ext("any")]}),
    {**OBSERVED, "valueQuantity": {"value": 1, "extension": [ext("on-choice")]}},
]
WRONG: list[tuple[dict[str, Any], str, str]] = [
    (patient(ext("any", valueBoolean=True)), f"{HERE}.valueBoolean", "Extension.value[x] type"),
    (patient(ext("two", extension=[{"url": "three", "valueString": "x"},
                                   {"url": "one", "valueString": "x"}])),
     f"{HERE}.extension[0]", "url"),
    (patient(name=[on("on-patient")]), "Patient.name[0].extension[0]", PLACE),
    (patient(ext("on-name")), HERE, PLACE),
    (patient(name=[on("on-path")]), "Patient.name[0].extension[0]", PLACE),
    (patient(ext("on-extension")), HERE, PLACE),
    (patient(address=[{"use": "work", "extension": [ext("on-home")]}]),
     "Patient.address[0].extension[0]", PLACE),
    (patient(ext("if-born")), "Patient", "contextInvariant[0]"),
    (patient(ext("modifying")), HERE, ""),
    (patient(modifierExtension=[ext("any")]), "Patient.modifierExtension[0]", ""),
    (patient(modifierExtension=[ext("none")]), "Patient.modifierExtension[0]", "R4 2.4.0.1"),
    (patient({"url": "relative", "valueString": "x"}), f"{HERE}.url", "R4 2.4"),
    (patient({"url": URL + "wanted", "valueString": "x"}), f"{HERE}.url", ""),
]  # fmt: skip


@pytest.mark.parametrize("resource", RIGHT, ids=str)
def test_an_extension_in_its_place_has_no_error(trial: Trial, resource: dict[str, Any]) -> None:
    assert trial.found(resource) == []


@pytest.mark.parametrize(("resource", "place", "rule"), WRONG, ids=str)
def test_an_error_is_where_the_extension_is(
    trial: Trial, resource: dict[str, Any], place: str, rule: str
) -> None:
    assert (place, rule) in trial.found(resource)


def test_a_slice_of_extensions_goes_by_the_url_of_its_profile(trial: Trial) -> None:
    assert trial.found(patient(ext("any")), "wanted") == []
    assert trial.found(patient(), "wanted") == [("Patient.extension", "Patient.extension:any")]
    twice = patient(ext("any"), ext("any"))
    assert trial.found(twice, "wanted") == [("Patient.extension", "Patient.extension:any")]


def test_unknown_ones_are_noted_or_refused_as_the_caller_wants(
    definitions: Definitions, library: Library
) -> None:
    unknown = patient(ext("none"))
    lenient = Trial(definitions, library)
    assert lenient.found(unknown) == []
    assert (HERE, "") in lenient.found(unknown, severity="information")
    strict = Trial(definitions, library, options=Options(any_extension=False))
    assert strict.found(unknown) == [(HERE, "")]
    ours = Options(any_extension=False, extension_domains=(URL,))
    assert Trial(definitions, library, options=ours).found(unknown) == []
    other = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Patient.x"
    assert strict.found(patient({"url": other, "valueString": "x"})) == []
