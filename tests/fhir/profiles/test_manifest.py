"""HL7's validator cases: errors or none, as the reference validator says."""

from __future__ import annotations

from pathlib import Path

import pytest

from bevan.fhir.conformance import Library
from bevan.fhir.definitions import Definitions
from tests.fhir.profiles.manifest import DISAGREEMENTS, EXCLUDED, Manifest

# What the reference finds with the case's own profile isn't in the files; these names tell.
WRONG = {
    "document-bad-no-sections", "document-bad-bad-sections", "no/Person-test-bad",
    "bundle-ihe-bad", "bundle-slice-bad1", "bundle-slice-bad2", "bb-obs-value-is-not-quantity",
    "bb-obs-value-is-not-in-valueset", "bb-obs-value-is-not-quantity-or-string", "inv-checks",
    "patient-min-none1", "patient-min-fixed1", "patient-min-pattern1", "obs-value-min-g",
    "obs-value-max-g", "type-subtype-slicing2", "type-subtype-slicing3",
    "test-input-params-example1",
}  # fmt: skip
RIGHT = {
    "slice-by-polymorphic-type", "slicing-types-by-string", "profile-choice-2", "profile-choice-3",
    "bundle-slice-good", "patient-circle1-good-alone", "patient-circle1-good-linked",
    "patient-circle1-good-source", "patient-circle2-good-alone", "patient-circle2-good-linked1",
    "patient-circle2-good-source1", "patient-circle2-good-source2", "patient-lang-inv",
    "mycommunication.valid.example", "jv-patient-good", "type-subtype-slicing1",
    "profile-slicing-type-example-good",
    "patient-min-none", "patient-min-pattern", "patient-value-present-good", "de-address-example",
    "xhtml-ctrl-two-lang-good", "xhtml-ctrl-two-lang-good2",
}  # fmt: skip


@pytest.fixture(scope="module")
def manifest(shared: Path, definitions: Definitions, library: Library) -> Manifest:
    return Manifest(shared, definitions, library)


def _fails(manifest: Manifest, case: dict[str, object], profiled: bool = False) -> bool:
    found = manifest.issues(case, profiled)
    return any(issue.severity in ("error", "fatal") for issue in found)


@pytest.mark.untraced
@pytest.mark.shared
def test_verdicts_are_those_of_the_reference_validator(manifest: Manifest) -> None:
    cases = list(manifest.cases())
    assert len(cases) == 292 - len(EXCLUDED)
    differ = {case["name"] for case in cases if _fails(manifest, case) != manifest.wrong(case)}
    assert differ == DISAGREEMENTS.keys()
    assert len(differ) < 0.05 * len(cases)


@pytest.mark.untraced
@pytest.mark.shared
def test_profiles_of_the_cases_tell_good_from_bad(manifest: Manifest) -> None:
    cases = {case["name"]: case for case in manifest.cases() if "profile" in case}
    assert {name for name in WRONG if not _fails(manifest, cases[name], True)} == set()
    assert {name for name in RIGHT if _fails(manifest, cases[name], True)} == set()
