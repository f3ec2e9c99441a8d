"""Is the code in the value set: yes, no, or not checked; never yes for what isn't loaded."""

from __future__ import annotations

from typing import Any

import pytest

from bevan.fhir.conformance import Library
from bevan.fhir.conformance.membership import Verdict
from bevan.fhir.conformance.value_sets import LocalValueSets

SYSTEM = "https://bevan.example/CodeSystem/"
SETS = "https://bevan.example/ValueSet/"
COLOURS = {
    "resourceType": "CodeSystem", "url": SYSTEM + "colours", "content": "complete",
    "caseSensitive": False,
    "concept": [{"code": "warm", "concept": [{"code": "red"}, {"code": "pink"}]}, {"code": "blue"}],
}  # fmt: skip
PART = {"resourceType": "CodeSystem", "url": SYSTEM + "part", "content": "fragment",
        "concept": [{"code": "a"}]}  # fmt: skip


def include(name: str, **rest: Any) -> dict[str, Any]:
    return {"system": SYSTEM + name, **rest}


def value_set(name: str, *includes: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"resourceType": "ValueSet", "url": SETS + name,
            "compose": {"include": list(includes), **rest}}  # fmt: skip


def filtered(op: str, value: str, property: str = "concept") -> list[dict[str, str]]:
    return [{"property": property, "op": op, "value": value}]


LISTED = [{"code": "red"}, {"code": "blue"}]
OWN = [
    COLOURS,
    PART,
    value_set("all", include("colours")),
    value_set("listed", include("colours", concept=LISTED)),
    value_set("warm", include("colours", filter=filtered("is-a", "warm"))),
    value_set("warmer", include("colours", filter=filtered("descendent-of", "warm"))),
    value_set("odd", include("colours", filter=filtered("=", "x", "shade"))),
    value_set("foreign", include("elsewhere"), include("colours", concept=LISTED)),
    value_set("fragment", include("part")),
    value_set("not-red", include("colours"), exclude=[include("colours", concept=LISTED[:1])]),
    value_set("not-odd", include("colours"), exclude=[include("elsewhere")]),
    value_set("both", {"valueSet": [SETS + "warm", SETS + "listed"]}),
    value_set("loop", {"valueSet": [SETS + "loop"]}),
]


@pytest.fixture(scope="module")
def terms(library: Library) -> LocalValueSets:
    return LocalValueSets(library.above(OWN))


@pytest.mark.parametrize(
    ("name", "system", "code", "verdict"),
    [
        ("all", "colours", "red", "yes"),
        ("all", "colours", "RED", "yes"),  # case doesn't matter in this system
        ("all", "colours", "green", "no"),
        ("all", "elsewhere", "red", "no"),
        ("all", None, "red", "yes"),
        ("listed", "colours", "pink", "no"),
        ("warm", "colours", "warm", "yes"),
        ("warm", "colours", "pink", "yes"),
        ("warm", "colours", "blue", "no"),
        ("warmer", "colours", "warm", "no"),
        ("odd", "colours", "red", "not checked"),
        ("foreign", "elsewhere", "x", "not checked"),
        ("foreign", "colours", "pink", "no"),
        ("foreign", "colours", "red", "yes"),
        ("foreign", None, "y", "not checked"),
        ("fragment", "part", "a", "not checked"),
        ("not-red", "colours", "red", "no"),
        ("not-red", "colours", "pink", "yes"),
        ("not-odd", "colours", "red", "yes"),
        ("both", "colours", "red", "yes"),
        ("both", "colours", "blue", "no"),
        ("loop", "colours", "red", "not checked"),
        ("nowhere", "colours", "red", "not checked"),
    ],
)
def test_membership(
    terms: LocalValueSets, name: str, system: str | None, code: str, verdict: Verdict
) -> None:
    assert terms.contains(SETS + name, system and SYSTEM + system, code) == verdict


def test_a_code_is_known_only_to_a_system_that_is_loaded_whole(terms: LocalValueSets) -> None:
    assert terms.known(SYSTEM + "colours", "pink") == "yes"
    assert terms.known(SYSTEM + "colours", "green") == "no"
    assert terms.known(SYSTEM + "part", "a") == "not checked"
    assert terms.known("http://snomed.info/sct", "x") == "not checked"
