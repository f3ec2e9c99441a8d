"""Codes against the value sets that elements are bound to (FHIR R4 4.1, terminology bindings)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bevan.fhir.conformance.membership import Membership, Verdict
from bevan.fhir.conformance.node import Definition
from bevan.fhir.profiles.report import Report
from bevan.fhir.profiles.spot import Spot

MAX = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet"
_CODES = frozenset({"code", "string", "uri", "Coding", "CodeableConcept", "Quantity"})

Coding = tuple[str | None, str]


def check(spot: Spot, binding: Definition, membership: Membership, report: Report) -> None:
    """Report a code that isn't where it must be, or can't be looked up.

    Required: an error. Extensible: a warning, since another code may be right where the value set
    has none that fits; what must not be at all (a maximum value set) is an error again.
    """
    strength = binding.get("strength")
    if spot.type not in _CODES or spot.value is None:
        return
    for each in binding.get("extension") or ():
        limit = each.get("valueCanonical") or each.get("valueUri")
        if each.get("url") == MAX and isinstance(limit, str):
            _one(spot, limit, "required", membership, report)
    value_set = binding.get("valueSet")
    if isinstance(value_set, str) and strength in ("required", "extensible"):
        _one(spot, value_set, str(strength), membership, report)


def _one(spot: Spot, value_set: str, strength: str, membership: Membership, report: Report) -> None:
    codings = list(codings_of(spot))
    if not codings:
        if strength == "required" and spot.type in ("CodeableConcept", "Coding"):
            text = f"A code from {value_set} is required"
            report.error("code-invalid", text, spot.path, "required binding")
        return
    verdict = of_any(codings, value_set, membership)
    if verdict == "not checked":
        text = f"Not checked: {value_set} or a code system in it is not loaded"
        report.note("not-found", text, spot.path, f"{strength} binding")
    elif verdict == "no":
        add = report.error if strength == "required" else report.warning
        add("code-invalid", f"Not in the value set {value_set}", spot.path, f"{strength} binding")


def of_any(codings: list[Coding], value_set: str, membership: Membership) -> Verdict:
    """Whether any of the codings is in the value set."""
    verdicts = {membership.contains(value_set, system, code) for system, code in codings}
    if "yes" in verdicts:
        return "yes"
    return "not checked" if "not checked" in verdicts else "no"


def codings_of(spot: Spot) -> Iterator[Coding]:
    """System and code of each coding at a spot; a bare code has no system."""
    value = spot.value
    if isinstance(value, str):
        yield None, value
    elif spot.type == "CodeableConcept" and isinstance(value, dict):
        items = value.get("coding")
        for each in items if isinstance(items, list) else ():
            yield from _coding(each)
    else:
        yield from _coding(value)


def _coding(value: Any) -> Iterator[Coding]:
    if isinstance(value, Mapping) and isinstance(value.get("code"), str):
        system = value.get("system")
        yield (system if isinstance(system, str) else ""), value["code"]


def known(spot: Spot, membership: Membership, report: Report) -> None:
    """Report a Coding whose code isn't in its own code system."""
    system, code = spot.text("system"), spot.text("code")
    if system and code and membership.known(system, code) == "no":
        report.error(
            "code-invalid", "There is no such code in its code system", f"{spot.path}.code"
        )
