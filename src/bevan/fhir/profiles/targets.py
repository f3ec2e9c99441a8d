"""What references may point to by a profile: types, profiles of the target, and how it is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bevan.fhir.conformance.node import Node
from bevan.fhir.profiles.around import Around
from bevan.fhir.profiles.report import Report
from bevan.fhir.profiles.spot import Spot
from bevan.fhir.validation import references

if TYPE_CHECKING:
    from bevan.fhir.profiles.checker import Checker

BASE = "http://hl7.org/fhir/StructureDefinition/"


def check(checker: Checker, spot: Spot, node: Node, around: Around, report: Report) -> None:
    """Report a reference whose target can't be what the definition asks for."""
    wanted = [type for type in node.types if type.get("targetProfile")]
    text = spot.text("reference")
    if not wanted or not text:
        return
    found = around.resolve(text)
    kind = found[0].type if found else named(checker, text, spot)
    _held(spot, wanted, text, around, report)
    profiles = [str(profile) for type in wanted for profile in type["targetProfile"]]
    types = {profile: checker.type_of(profile) for profile in profiles}
    fitting = [p for p in profiles if not kind or checker.is_a(kind, types[p] or kind)]
    if not fitting:
        report.error("value", f"A {kind} can't be referred to here", f"{spot.path}.reference",
                     f"{node.path} Reference({', '.join(profiles)})")  # fmt: skip
    elif found is not None and not any(p.startswith(BASE + kind) for p in fitting):
        _conform(checker, spot, found, fitting, report)


def named(checker: Checker, text: str, spot: Spot) -> str:
    """The type that a reference's text, or else its ``type``, tells; nothing for none."""
    types = checker.reader.definitions.resource_types
    named = references.type_of(text, types, conditional=True) or ""
    claimed = spot.text("type")
    return named or (claimed if claimed in types else "")


def _conform(
    checker: Checker, spot: Spot, found: tuple[Any, Around], profiles: list[str], report: Report
) -> None:
    element, around = found
    tries: list[Report] = []
    for profile in profiles:
        tree = checker.ways.tree(profile)
        if tree is None:
            report.note("not-found", f"Not checked: {profile} is not loaded", spot.path)
            return
        attempt = Report()
        target = Spot(element, element.type, "", None)
        checker.once(target, tree, profile, around, attempt)
        if not attempt.failed:
            return
        tries.append(attempt)
    text = f"The target conforms to none of {', '.join(profiles)}"
    report.error("value", text, f"{spot.path}.reference", "targetProfile")
    for issue in (each for attempt in tries[:1] for each in attempt.issues):
        if issue.severity in ("error", "fatal"):
            report.note("informational", issue.text, f"{spot.path}.reference", issue.rule)


def _held(spot: Spot, wanted: list[Any], text: str, around: Around, report: Report) -> None:
    """Aggregation: contained, bundled or merely referred to."""
    modes = [set(type.get("aggregation") or ()) for type in wanted]
    if not all(modes):
        return
    allowed = set().union(*modes)
    found = around.resolve(text)
    bundled = found is not None and found[1].bundle is not None
    mode = "contained" if text[0] == "#" else "bundled" if bundled else "referenced"
    if mode not in allowed and not (mode == "bundled" and "referenced" in allowed):
        rule = f"aggregation {' | '.join(sorted(allowed))}"
        report.error("value", f"The target may not be {mode} here", f"{spot.path}.reference", rule)
