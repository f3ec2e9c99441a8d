"""Definitions that are themselves resources: do they make sense (FHIR R4 5.3, 3.1.0.5, 4.8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bevan.fhir.conformance import BadProfile
from bevan.fhir.conformance.node import Node
from bevan.fhir.profiles.discriminators import steps
from bevan.fhir.profiles.report import Report
from bevan.fhir.profiles.spot import Spot

if TYPE_CHECKING:
    from bevan.fhir.profiles.checker import Checker

Json = Mapping[str, Any]

LARGEST = 2_000
"""Elements of a definition that is looked at as a whole; HL7's own largest have some 500."""


def check(checker: Checker, spot: Spot, report: Report) -> None:
    """Report what is wrong with a definition."""
    kind = CHECKS.get(spot.type)
    if kind is None:
        return
    try:
        kind(checker, spot, report)
    except (TypeError, AttributeError, KeyError, ValueError):
        text = "Too malformed to be looked at as a whole"
        report.error("structure", text, spot.path, "R4 5.1")


def _structure(checker: Checker, spot: Spot, report: Report) -> None:
    value = spot.value
    for path, element in _elements(value, spot.path):
        _types(checker, element, path, report)
    if value.get("derivation") != "constraint":
        return
    for path, element in _elements(value, spot.path):
        if "meaningWhenMissing" in element and value.get("type") != "Extension":
            report.error(
                "value", "A profile can't give this", f"{path}.meaningWhenMissing", "R4 5.3"
            )
    base = checker.snapshots.library.find(
        "StructureDefinition", str(value.get("baseDefinition", ""))
    )
    if base is None:
        report.warning("not-found", "Not checked: the base is not loaded", spot.path)
        return
    if sum(1 for _ in _elements(value, "")) > LARGEST:
        report.warning("too-costly", "Not checked: it has too many elements", spot.path)
        return
    try:
        root = checker.snapshots.draft(value)
    except BadProfile as error:
        report.error("structure", str(error), f"{spot.path}.differential", "R4 5.1")
        return
    _discriminators(checker, root, spot, report)


def _elements(value: Json, path: str) -> Iterator[tuple[str, Json]]:
    for part in ("snapshot", "differential"):
        holder = value.get(part)
        elements = holder.get("element") if isinstance(holder, dict) else None
        for n, element in enumerate(elements if isinstance(elements, list) else ()):
            if isinstance(element, dict):
                yield f"{path}.{part}.element[{n}]", element


def _types(checker: Checker, element: Json, path: str, report: Report) -> None:
    """A profile of a type is one of that type."""
    types = element.get("type")
    for n, type in enumerate(types if isinstance(types, list) else ()):
        profiles = type.get("profile") if isinstance(type, dict) else None
        for profile in profiles if isinstance(profiles, list) else ():
            of, code = checker.type_of(str(profile)), checker.code(type)
            if of and of != code and not _abstract(checker, of, code):
                text = f"The profile is for {of}, not for {code}"
                report.error("value", text, f"{path}.type[{n}].profile", "R4 5.3")


def _abstract(checker: Checker, of: str, code: str) -> bool:
    """True when any type derived from this one will do."""
    definition = checker.reader.definitions.types.get(code)
    return definition is not None and definition.abstract and checker.is_a(of, code)


def _discriminators(checker: Checker, root: Node, spot: Spot, report: Report) -> None:
    """A discriminator leads to something that is defined."""
    for identifier, node in root.walk():
        slicing = node.definition.get("slicing") or {}
        for each in slicing.get("discriminator") or ():
            way = steps(str(each.get("path", "$this")))
            if any(name.endswith("()") for name, _ in way):
                continue
            if not checker.ways.definitions(node, way):
                report.error("value", "A discriminator leads nowhere", spot.path, identifier)


def _search_parameter(checker: Checker, spot: Spot, report: Report) -> None:
    """What is derived from one of R4's parameters has its type, and no other bases."""
    origin = spot.text("derivedFrom")
    parameters = checker.reader.definitions.parameters
    found = next((each for each in parameters if each.url == origin), None)
    if found is None:
        return
    if spot.text("type") != found.type:
        report.error("value", "Not the type of what it is derived from", f"{spot.path}.type")
    bases = spot.value.get("base")
    if found.base and not set(bases if isinstance(bases, list) else ()) <= set(found.base):
        report.error("value", "Bases that the origin doesn't have", f"{spot.path}.base")


def _value_set(checker: Checker, spot: Spot, report: Report) -> None:
    """Systems are absolute; listed codes are in their systems, as far as those are known."""
    compose = spot.value.get("compose")
    for part in ("include", "exclude"):
        items = compose.get(part) if isinstance(compose, dict) else None
        for n, include in enumerate(items if isinstance(items, list) else ()):
            path = f"{spot.path}.compose.{part}[{n}]"
            system = include.get("system") if isinstance(include, dict) else None
            if not isinstance(system, str):
                continue
            if ":" not in system:
                report.error("value", "The address is absolute", f"{path}.system", "R4 ValueSet")
            for m, concept in enumerate(include.get("concept") or ()):
                code = concept.get("code") if isinstance(concept, dict) else None
                if isinstance(code, str) and checker.membership.known(system, code) == "no":
                    place = f"{path}.concept[{m}].code"
                    report.error("code-invalid", "There is no such code in its system", place)


def _code_system(checker: Checker, spot: Spot, report: Report) -> None:
    """A property is defined once; a system without content has no concepts here."""
    for name in ("code", "uri"):
        items = spot.value.get("property")
        rows = [each.get(name) for each in items or () if isinstance(each, dict)]
        known = [each for each in rows if each is not None]
        if len(known) != len(set(map(str, known))):
            report.error("value", f"A property's {name} comes twice", f"{spot.path}.property")
    if spot.text("content") == "not-present" and spot.value.get("concept"):
        report.error("value", "It says that it has no content", f"{spot.path}.concept")


CHECKS = {
    "StructureDefinition": _structure,
    "SearchParameter": _search_parameter,
    "ValueSet": _value_set,
    "CodeSystem": _code_system,
}
