"""HL7's own test suite for FHIRPath on R4."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bevan.fhir.json import decode
from bevan.fhir.path import Engine, PathFailed, PathSyntax
from bevan.fhir.path.element import system

WRONG = {
    "HighBoundaryDecimal15": "the highest value of 0.0034 is 0.00345, and 0.0 lies below it; the"
    " function is no part of FHIRPath 2.0.0",
    "HighBoundaryDecimal16": "as HighBoundaryDecimal15; and by FHIRPath 2.0.0 §6.6 (precedence)"
    " the minus applies to the result",
    "HighBoundaryDateTimeMillisecond1": "the last moment of the hour 08 is 08:59:59.999: no clause"
    " gives minute 00; the function is no part of FHIRPath 2.0.0",
    "HighBoundaryDateTimeMillisecond3": "as HighBoundaryDateTimeMillisecond1",
}
"""Tests that are wrong for R4, each with the reason. All others have to pass."""


def outcome(engine: Engine, test: ElementTree.Element, folder: Path) -> list[str] | None:
    """The results as the suite writes them; None when the expression is refused."""
    name = test.get("inputfile")
    resource: dict[str, Any] = {}
    if name:
        resource = decode((folder / name.replace(".xml", ".json")).read_bytes())
    expression = test.findtext("expression") or ""
    try:
        found = engine.items(expression, resource.get("resourceType"))(resource)
    except (PathFailed, PathSyntax):
        return None
    if test.get("predicate") == "true":
        return ["true" if found else "false"]
    return [shown(item) for item in found]


def shown(item: Any) -> str:
    value = system(item)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def expected(test: ElementTree.Element) -> list[str] | None:
    given = test.find("expression")
    assert given is not None
    if given.get("invalid"):
        return None
    texts = [output.text or "" for output in test.findall("output")]
    return [text[1:].removeprefix("T") if text.startswith("@") else text for text in texts]


@pytest.mark.shared
def test_the_suite_passes(engine: Engine, shared: Path) -> None:
    folder = shared / "data" / "fhirpath-r4"
    suite = ElementTree.parse(folder / "tests-fhir-r4.shared.xml").getroot()
    tests = [test for group in suite for test in group]
    failed = [
        str(test.get("name"))
        for test in tests
        if outcome(engine, test, folder / "input") != expected(test)
    ]
    assert len(tests) == 515
    assert sorted(failed) == sorted(WRONG)
