"""Snapshots made from differentials are those that HL7 publishes."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bevan.fhir.conformance import BadProfile, Library, Snapshots
from tests.fhir.profiles.building import R4, URL, profile

PACKAGE = "data/fhir-r4-definitions/hl7.fhir.r4.core-4.0.1.tgz"

# HL7's own snapshots that don't follow from their differentials.
ODD_RULES = {  # the example lipid profile has these from Quantity, not from SimpleQuantity
    "Observation.referenceRange.high",
    "Observation.referenceRange.low",
}
ODD_BINDING = "Provenance.agent.type"  # not that of the element that is sliced
ODD_REFERENCE = "Provenance.entity.agent"  # rewritten to name a slice


def published(shared: Path) -> Iterator[dict[str, Any]]:
    """Every constraint in HL7's package that carries its snapshot."""
    with tarfile.open(shared / PACKAGE) as archive:
        for member in archive:
            if "StructureDefinition-" in member.name:
                content = archive.extractfile(member)
                assert content is not None
                found = json.load(content)
                if found.get("derivation") == "constraint" and "snapshot" in found:
                    yield found


def gist(element: dict[str, Any]) -> dict[str, Any]:
    """What of an element a validator goes by."""
    types = sorted(
        (t["code"], sorted(t.get("profile", ())), sorted(t.get("targetProfile", ())))
        for t in element.get("type", ())
    )
    rules = (
        set() if element["path"] in ODD_RULES else {r["key"] for r in element.get("constraint", ())}
    )
    reference = "" if element["path"] == ODD_REFERENCE else element.get("contentReference", "")
    demands = {k: v for k, v in element.items() if k.startswith(("fixed", "pattern", "maxLength"))}
    binding = {} if element["path"] == ODD_BINDING else element.get("binding", {})
    return {
        "cardinality": (element.get("min"), element.get("max")),
        "types": types,
        "rules": rules,
        "reference": reference,
        "demands": demands,
        "binding": binding.get("valueSet"),
    }


@pytest.mark.untraced
@pytest.mark.shared
def test_snapshots_are_those_of_hl7(shared: Path, library: Library) -> None:
    snapshots = Snapshots(library)
    count = 0
    absent = []
    for structure in published(shared):
        shipped = library.find("StructureDefinition", structure["url"])
        assert shipped is not None and "snapshot" not in shipped
        made = {element["id"]: element for element in snapshots.elements(shipped)}
        for element in structure["snapshot"]["element"]:
            ours = made.get(element["id"])
            if ours is None:
                absent.append(element["id"])
                continue
            assert gist(dict(ours)) == gist(element), (structure["url"], element["id"])
            count += 1
    assert count > 5_000
    # A choice spoken of as valueQuantity is a slice with its children; what is beneath slices of
    # extensions is left to the extensions' own definitions.
    assert all(".value[x]." in name or ".extension:" in name for name in absent)
    assert len(absent) < 25


def test_every_structure_that_ships_has_a_snapshot(library: Library) -> None:
    snapshots = Snapshots(library)
    addresses = list(library.addresses("StructureDefinition"))
    assert len(addresses) > 800
    assert all(snapshots.find(address) is not None for address in addresses)


def tree(library: Library, *elements: dict[str, Any], type: str = "Patient") -> dict[str, Any]:
    own = profile("p", type, *elements)
    made = Snapshots(library.above([own]))
    return {element["id"]: element for element in made.elements(own)}


def test_children_of_a_type_are_copied_in_only_where_they_are_spoken_of(library: Library) -> None:
    made = tree(library, {"path": "Patient.name.family", "min": 1})
    assert made["Patient.name.family"]["min"] == 1
    assert made["Patient.name.given"]["max"] == "*"
    assert "Patient.address.city" not in made


def test_a_content_reference_brings_the_children_of_what_it_names(library: Library) -> None:
    made = tree(
        library, {"path": "Questionnaire.item.item.linkId", "maxLength": 3}, type="Questionnaire"
    )
    assert made["Questionnaire.item.item.linkId"]["maxLength"] == 3
    assert "maxLength" not in made["Questionnaire.item.linkId"]


def test_a_slice_begins_with_all_that_the_element_has(library: Library) -> None:
    made = tree(
        library,
        {"path": "Patient.identifier", "slicing": {"discriminator": [], "rules": "open"}, "min": 1},
        {"path": "Patient.identifier", "sliceName": "nhs", "max": "1"},
        {"path": "Patient.identifier.system", "min": 1},
        {"path": "Patient.identifier", "sliceName": "other"},
    )
    assert (made["Patient.identifier:nhs"]["min"], made["Patient.identifier:nhs"]["max"]) == (
        0,
        "1",
    )
    assert made["Patient.identifier:nhs.system"]["min"] == 1
    assert made["Patient.identifier"]["min"] == 1
    assert "Patient.identifier:other.system" not in made


def test_a_slice_of_a_slice_is_named_within_it(library: Library) -> None:
    made = tree(
        library,
        {"path": "Patient.identifier", "slicing": {"discriminator": [], "rules": "open"}},
        {"path": "Patient.identifier", "sliceName": "nhs"},
        {"path": "Patient.identifier", "sliceName": "nhs/old", "max": "2"},
    )
    assert made["Patient.identifier:nhs/old"]["max"] == "2"


def test_the_short_form_of_a_choice_is_a_slice_by_type(library: Library) -> None:
    made = tree(library, {"path": "Observation.valueQuantity", "min": 1}, type="Observation")
    assert made["Observation.value[x]:valueQuantity"]["min"] == 1
    assert [t["code"] for t in made["Observation.value[x]"]["type"]] == ["Quantity"]
    both = tree(
        library,
        {"path": "Observation.valueQuantity.unit", "min": 1},
        {"path": "Observation.valueString", "maxLength": 5},
        type="Observation",
    )
    assert [t["code"] for t in both["Observation.value[x]"]["type"]] == ["Quantity", "string"]
    assert both["Observation.value[x]:valueQuantity.unit"]["min"] == 1


def test_rules_add_up_and_one_with_the_same_key_replaces(library: Library) -> None:
    rule = {"key": "own-1", "severity": "error", "human": "x", "expression": "true"}
    other = {**rule, "key": "pat-1", "expression": "false"}
    made = tree(library, {"path": "Patient.contact", "constraint": [rule, other]})
    rules = {each["key"]: each["expression"] for each in made["Patient.contact"]["constraint"]}
    assert rules["own-1"] == "true" and rules["pat-1"] == "false" and "ele-1" in rules


@pytest.mark.parametrize("path", ["Patient.nonsense", "Patient.name.nonsense.more"])
def test_an_element_that_there_isnt_is_refused(library: Library, path: str) -> None:
    with pytest.raises(BadProfile, match="there is no element"):
        tree(library, {"path": path, "min": 1})


def test_a_base_that_isnt_loaded_is_refused_and_so_is_a_circle(library: Library) -> None:
    lost = profile("lost", "Patient", base=URL + "nowhere")
    circle = profile("circle", "Patient", {"path": "Patient.name"}, base=URL + "circle")
    made = Snapshots(library.above([lost, circle]))
    with pytest.raises(BadProfile, match="not loaded"):
        made.of(lost)
    with pytest.raises(BadProfile, match="derived from itself"):
        made.find(URL + "circle")
    assert made.find(URL + "nowhere") is None
    assert R4 + "Patient" in library.addresses("StructureDefinition")
