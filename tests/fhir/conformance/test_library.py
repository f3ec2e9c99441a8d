"""Where definitions are found, by address and version, and what a package is."""

from __future__ import annotations

import lzma
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from scripts import generate_conformance

from bevan.fhir.conformance import Library, package
from bevan.fhir.conformance.shipped import TABLES
from tests.support.packages import ABOUT, packed

URL = "https://bevan.example/ValueSet/x"


def value_set(version: str, url: str = URL) -> dict[str, Any]:
    return {"resourceType": "ValueSet", "url": url, "version": version}


def test_a_newer_layer_hides_an_older_one_unless_its_version_is_asked_for() -> None:
    library = Library({}).above([value_set("1.0")]).above([value_set("2.1.3")])
    newest, older = library.find("ValueSet", URL), library.find("ValueSet", URL + "|1.0")
    assert newest is not None and newest["version"] == "2.1.3"
    assert older is not None and older["version"] == "1.0"
    assert library.find("ValueSet", URL + "|2.1") == newest
    assert library.find("ValueSet", URL + "|3") is None
    assert library.find("CodeSystem", URL) is None
    assert list(library.addresses("ValueSet")) == [URL]


def test_what_has_no_address_is_left_out() -> None:
    library = Library({}).above([{"resourceType": "ValueSet"}, {"url": URL}])
    assert list(library.addresses("ValueSet")) == []


def test_r4_and_uk_core_ship(library: Library) -> None:
    patient = library.find("StructureDefinition", "http://hl7.org/fhir/StructureDefinition/Patient")
    uk = library.find(
        "StructureDefinition", "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient"
    )
    assert patient is not None and patient["version"] == "4.0.1"
    assert uk is not None and uk["derivation"] == "constraint"
    assert len(list(library.addresses("ValueSet"))) > 1_400


@pytest.mark.untraced
@pytest.mark.shared
def test_the_committed_tables_are_the_generated_ones(shared: Path) -> None:
    made = {"r4": generate_conformance.r4(shared), "ukcore": generate_conformance.ukcore(shared)}
    for name in TABLES:
        committed = (resources.files("bevan.fhir") / "tables" / f"{name}.tsv.xz").read_bytes()
        assert generate_conformance.table(made[name]) == lzma.decompress(committed)


def test_a_package_gives_what_it_defines() -> None:
    patient = {"resourceType": "Patient"}
    found = package.read(
        packed(package=ABOUT, a=value_set("1"), b=patient, example__c=value_set("2"), d=b"{x")
    )
    assert (found.name, found.version, found.fhir) == ("bevan.example", "1.2.0", ("4.0.1",))
    assert found.resources == (value_set("1"),)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"not a tar", "not a gzipped tar"),
        (packed(a=value_set("1")), "package.json is missing"),
        (packed(package={**ABOUT, "fhirVersions": ["5.0.0"]}), "not for R4"),
    ],
)
def test_what_is_no_package_for_r4_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(package.BadPackage, match=why):
        package.read(content)


def test_a_package_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MOST", 1_000)
    with pytest.raises(package.BadPackage, match="larger than"):
        package.read(packed(package=ABOUT, a={"x": "0" * 2_000}))
