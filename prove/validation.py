"""Proves validation by HL7's cases and examples, and how quick it is.

Needs the third-party data (`BEVAN_SHARED`). Speed is CPU time of one core, read while nothing else
is asked of the process.
"""

from __future__ import annotations

import bz2
import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Any

from tests.fhir.profiles.manifest import DISAGREEMENTS, EXCLUDED, Manifest
from tests.support.fhir_xml import FhirXml

from bevan.fhir import json
from bevan.fhir.conformance import shipped
from bevan.fhir.definitions import load
from bevan.fhir.profiles import Profiles
from bevan.fhir.validation import Validator
from prove.report import Report

LEAST, AGREE = 20_000, 0.95
STEP = 6  # every sixth of the Synthea people


def prove() -> Report:
    """All of it."""
    report = Report(
        "Validation",
        "HL7's validator cases: errors or none, as the reference validator says. HL7's R4 examples "
        "and UK Core's: which have an error. Synthea's resources: how many a second on one core.",
        ("what", "asked", "held", "seconds of CPU"),
    )
    shared = Path(os.environ.get("BEVAN_SHARED", "shared"))
    definitions, library = load(), shipped()
    profiles = Profiles(definitions, library)
    _cases(report, Manifest(shared, definitions, library))
    reader = FhirXml(definitions)
    _examples(report, "R4 examples", profiles, shared / "data/fhir-r4-examples", json.decode)
    _examples(report, "UK Core examples", profiles, shared / "data/ukcore/examples", reader.read)
    resources = list(_synthea(shared))
    _speed(report, Validator(definitions), resources)
    _depth(report, profiles, resources[:: len(resources) // 2_000])
    return report


def _cases(report: Report, manifest: Manifest) -> None:
    began = process_time()
    cases = list(manifest.cases())
    differ = [
        case["name"]
        for case in cases
        if manifest.wrong(case) != any(i.severity in _ERRORS for i in manifest.issues(case))
    ]
    right = len(cases) - len(differ)
    report.row("validator cases", len(cases), right, f"{process_time() - began:.1f}")
    report.require(right >= AGREE * len(cases), f"only {right} of {len(cases)} verdicts are right")
    report.note(f"Verdicts that are right: {right / len(cases):.1%} of {len(cases)} cases.")
    for name in differ:
        report.note(f"Differs: `{name}`: {DISAGREEMENTS.get(name, 'not known why')}.")
    for name, why in sorted(EXCLUDED.items()):
        report.note(f"Left out: `{name}`: {why}.")


_ERRORS = ("error", "fatal")


def _examples(
    report: Report,
    what: str,
    profiles: Profiles,
    folder: Path,
    read: Callable[[bytes], Any],
) -> None:
    began = process_time()
    paths = sorted(each for each in folder.iterdir() if each.suffix in (".json", ".xml"))
    wrong = {}
    for path in paths:
        errors = [i for i in profiles.issues(read(path.read_bytes())) if i.severity in _ERRORS]
        if errors:
            wrong[path.name] = errors[0]
    report.row(what, len(paths), len(paths) - len(wrong), f"{process_time() - began:.1f}")
    for name, issue in wrong.items():
        report.note(f"`{name}` has a fault: {issue.text} ({issue.expression}).")


def _synthea(shared: Path) -> Iterator[dict[str, Any]]:
    for path in sorted((shared / "data/synthea-r4/bundles").glob("*.json.bz2"))[::STEP]:
        bundle = json.decode(bz2.decompress(path.read_bytes()))
        yield from (entry["resource"] for entry in bundle["entry"])


def _speed(report: Report, validator: Validator, resources: list[dict[str, Any]]) -> None:
    for resource in resources[:2_000]:
        validator.valid(resource, conditional=True)
    gc.collect()
    gc.freeze()
    began = process_time()
    valid = sum(validator.valid(each, conditional=True) for each in resources)
    seconds = process_time() - began
    report.row("Synthea: R4's own rules", len(resources), valid, f"{seconds:.2f}")
    rate = len(resources) / seconds
    report.note(f"Structure, bindings and invariants: {rate:,.0f} resources a second on one core.")
    report.require(valid == len(resources), "a resource of Synthea's was refused")
    report.require(rate >= LEAST, f"{rate:,.0f} a second are fewer than {LEAST:,}")


def _depth(report: Report, profiles: Profiles, resources: list[dict[str, Any]]) -> None:
    profiles.issues(resources[0])
    began = process_time()
    told = sum(bool(profiles.issues(each)) for each in resources)
    seconds = process_time() - began
    report.row("Synthea at depth: something told", len(resources), told, f"{seconds:.2f}")
    rate = len(resources) / seconds
    report.note(f"At depth, as `$validate` does: {rate:,.0f} resources a second on one core.")
