"""The tables say what R4 says, and are what the generator makes of HL7's package."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest
from scripts import generate_tables

from bevan.fhir.definitions import Definitions

ROOT = Path(__file__).parents[2]


@pytest.mark.untraced
@pytest.mark.shared
def test_the_committed_tables_are_the_generated_ones(shared: Path, tmp_path: Path) -> None:
    generate_tables.generate(shared, tmp_path)
    committed = resources.files("bevan.fhir") / "tables"
    for path in tmp_path.iterdir():
        assert (committed / path.name).read_text(encoding="utf-8") == path.read_text("utf-8")


def test_the_generator_says_so_when_there_is_no_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BEVAN_SHARED", str(tmp_path))
    assert generate_tables.main([str(tmp_path / "out")]) == 2
    assert "BEVAN_SHARED" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_all_types_are_there(definitions: Definitions) -> None:
    assert len(definitions.resource_types) == 146
    assert "DomainResource" not in definitions.resource_types
    kinds = [kind.kind for kind in definitions.types.values()]
    assert kinds.count("primitive") == 20
    assert kinds.count("complex") == 41


def test_every_type_that_is_named_exists(definitions: Definitions) -> None:
    for kind in definitions.types.values():
        assert not kind.base or kind.base in definitions.types
        for element in kind.elements.values():
            assert set(element.types) <= set(definitions.types)
            assert set(element.targets) <= set(definitions.resource_types)
            assert not element.binding or element.binding in definitions.value_sets


def test_inherited_elements_come_first(definitions: Definitions) -> None:
    names = list(definitions.types["Observation"].elements)
    assert names[:4] == ["id", "meta", "implicitRules", "language"]
    assert names.index("modifierExtension") < names.index("identifier")
    assert list(definitions.types["Age"].elements) == list(definitions.types["Quantity"].elements)
    assert list(definitions.types["Observation.component"].elements)[:3] == [
        "id",
        "extension",
        "modifierExtension",
    ]


def test_elements_carry_what_r4_says(definitions: Definitions) -> None:
    observation = definitions.types["Observation"].elements
    status = observation["status"]
    assert (status.min, status.max, status.types, status.many) == (1, 1, ("code",), False)
    assert status.modifier and status.summary and not status.choice
    assert definitions.value_sets[status.binding] is not None
    assert observation["category"].many
    assert observation["value"].choice
    assert observation["subject"].targets == ("Patient", "Group", "Device", "Location")
    assert observation["focus"].targets == ()
    assert observation["referenceRange"].types == ("Observation.referenceRange",)
    dose = definitions.types["Dosage.doseAndRate"].elements["dose"]
    assert dose.simple and dose.types == ("Range", "Quantity")


def test_content_defined_elsewhere_is_found(definitions: Definitions) -> None:
    item = definitions.types["Questionnaire.item"].elements["item"]
    assert item.types == ("Questionnaire.item",)
    component = definitions.types["Observation.component"].elements["referenceRange"]
    assert component.types == ("Observation.referenceRange",)


def test_an_element_comes_once_or_any_number_of_times(definitions: Definitions) -> None:
    """Validation counts on it: R4 has no element with another maximum."""
    for kind in definitions.types.values():
        assert {element.max for element in kind.elements.values()} <= {0, 1}


def test_json_names_lead_to_elements(definitions: Definitions) -> None:
    observation = definitions.types["Observation"]
    found = observation.find("valueQuantity")
    assert found is not None
    assert (found[0].name, found[1]) == ("value", "Quantity")
    assert observation.find("value") is None
    assert observation.find("valueAddress") is None
    assert observation.find("nothing") is None
    plain = observation.find("code")
    assert plain is not None and plain[1] == "CodeableConcept"
    assert dict(observation.elements["effective"].json_names()) == {
        "effectiveDateTime": "dateTime",
        "effectivePeriod": "Period",
        "effectiveTiming": "Timing",
        "effectiveInstant": "instant",
    }


def test_value_sets_list_their_codes(definitions: Definitions) -> None:
    codes = definitions.value_sets["http://hl7.org/fhir/ValueSet/observation-status"]
    assert codes is not None
    assert {"final", "amended", "entered-in-error"} <= codes[
        "http://hl7.org/fhir/observation-status"
    ]
    assert definitions.value_sets["http://hl7.org/fhir/ValueSet/mimetypes"] is None
    unlisted = [url for url, listed in definitions.value_sets.items() if listed is None]
    assert len(unlisted) == 4


def test_nested_codes_are_listed_too(definitions: Definitions) -> None:
    codes = definitions.value_sets["http://hl7.org/fhir/ValueSet/condition-clinical"]
    assert codes is not None
    assert "recurrence" in codes["http://terminology.hl7.org/CodeSystem/condition-clinical"]


def test_search_parameters_are_all_there(definitions: Definitions) -> None:
    assert len(definitions.parameters) == 1397
    found = {p.url.rpartition("/")[2]: p for p in definitions.parameters}
    patient = found["clinical-patient"]
    assert patient.code == "patient" and patient.type == "reference"
    assert "Observation" in patient.base and "Patient" in patient.target
    assert "Observation.subject" in patient.expression
    composite = found["Observation-code-value-quantity"]
    assert not composite.multiple_or
    assert len(composite.components) == 2
    assert composite.components[0][0].endswith("clinical-code")


def test_no_parameter_comes_twice(definitions: Definitions) -> None:
    seen = [(base, p.code) for p in definitions.parameters for base in p.base]
    assert len(seen) == len(set(seen))


def test_compartments_name_parameters(definitions: Definitions) -> None:
    assert set(definitions.compartments) == {
        "Device",
        "Encounter",
        "Patient",
        "Practitioner",
        "RelatedPerson",
    }
    assert definitions.compartments["Patient"]["Observation"] == ("subject", "performer")


def test_the_tables_are_compact() -> None:
    folder = resources.files("bevan.fhir") / "tables"
    for name in ("types", "value_sets", "parameters", "compartments"):
        text = (folder / f"{name}.json").read_text(encoding="utf-8")
        assert json.loads(text)
        assert len(text) < 600_000
