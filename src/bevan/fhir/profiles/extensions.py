"""Extensions against their own definitions: known, at a place they are for, modifying or not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bevan.fhir.path import PathFailed, PathSyntax
from bevan.fhir.path.element import Element
from bevan.fhir.path.types import lineage
from bevan.fhir.profiles.around import Around
from bevan.fhir.profiles.report import Report
from bevan.fhir.profiles.spot import Spot

if TYPE_CHECKING:
    from bevan.fhir.profiles.checker import Checker

_OTHER_VERSION = re.compile(
    r"http://hl7\.org/fhir/\d\.\d/StructureDefinition/extension-[A-Z]\w*\.[\w.\[\]]+"
).fullmatch
"""Elements of other versions of FHIR as extensions (R4 2.4.0, http://hl7.org/fhir/versions.html)."""


def check(checker: Checker, spot: Spot, around: Around, report: Report) -> None:
    """Report what is wrong with an extension, and all that its definition finds in it."""
    url = spot.text("url")
    if not url:
        return
    holder = spot.parent
    if ":" not in url:
        _nested(checker, spot, holder, report)
        return
    structure = checker.snapshots.library.find("StructureDefinition", url)
    if structure is None:
        _unknown(checker, spot, report)
        return
    if structure.get("type") != "Extension":
        report.error("structure", "The url is not that of an extension", f"{spot.path}.url")
        return
    tree = checker.ways.tree(url)
    if tree is None:
        report.warning("not-found", "Not checked: the extension's base is not loaded", spot.path)
        return
    _modifying(spot, modifier=tree.definition.get("isModifier") is True, report=report)
    if holder is not None:
        _context(checker, spot, holder, structure, around, report)
    checker.once(spot, tree, url, around, report)


def _nested(checker: Checker, spot: Spot, holder: Spot | None, report: Report) -> None:
    """A relative url is one that the extension around it defines."""
    if holder is None or holder.type != "Extension":
        report.error("value", "The url of an extension is absolute", f"{spot.path}.url", "R4 2.4")
        return
    tree = checker.ways.tree(holder.text("url")) if ":" in holder.text("url") else None
    slices = tree.children["extension"].slices if tree and "extension" in tree.children else None
    if slices is not None:
        known = {checker.extension_url(each) for each in slices.values()}
        if spot.text("url") not in known:
            report.error("structure", "The extension around it has no such part", spot.path, "url")


def _unknown(checker: Checker, spot: Spot, report: Report) -> None:
    url, options = spot.text("url"), checker.options
    trusted = _OTHER_VERSION(url) is not None or url.startswith(options.extension_domains)
    if spot.name == "modifierExtension" and not trusted:
        text = "A modifier extension that isn't known changes the meaning in unknown ways"
        report.error("extension", text, spot.path, "R4 2.4.0.1")
    elif trusted or options.any_extension:
        report.note("extension", "Not checked: the extension is not known", spot.path)
    else:
        report.error("extension", "The extension is not known", spot.path)


def _modifying(spot: Spot, *, modifier: bool, report: Report) -> None:
    if modifier and spot.name != "modifierExtension":
        report.error("extension", "It modifies, so it belongs in modifierExtension", spot.path)
    elif not modifier and spot.name == "modifierExtension":
        report.error("extension", "It doesn't modify, so it belongs in extension", spot.path)


def _context(
    checker: Checker,
    spot: Spot,
    holder: Spot,
    structure: Mapping[str, Any],
    around: Around,
    report: Report,
) -> None:
    """FHIR R4 5.8.4: where an extension may be used, and what must hold there."""
    contexts = structure.get("context") or ()
    allowed = [each for each in contexts if isinstance(each, dict)]
    if allowed and not any(_applies(checker, each, holder, around) for each in allowed):
        where = ", ".join(str(each.get("expression")) for each in allowed)
        text = f"The extension is for {where}, not for here"
        report.error("extension", text, spot.path, "StructureDefinition.context")
    for number, rule in enumerate(structure.get("contextInvariant") or ()):
        constraint = {
            "key": f"contextInvariant[{number}]",
            "expression": rule,
            "human": "A rule of the extension's place is broken",
        }
        checker.rules.check(holder, constraint, around, report)


def _applies(checker: Checker, context: Mapping[str, Any], holder: Spot, around: Around) -> bool:
    kind, expression = context.get("type"), str(context.get("expression", ""))
    if kind == "extension":
        return _of_extension(expression, holder)
    if kind == "fhirpath":
        return _selected(checker, expression, holder, around)
    return expression.replace("[x]", "") in set(_names(checker, holder)) | {"Element"}


def _of_extension(expression: str, holder: Spot) -> bool:
    urls: list[str] = []
    spot = holder.parent if holder.name == "value" else holder
    while spot is not None and spot.type == "Extension":
        urls.append(spot.text("url"))
        spot = spot.parent
    url, _, part = expression.partition("#")
    return expression in urls[:1] or (bool(part) and urls[:2] == [part, url])


def _selected(checker: Checker, expression: str, holder: Spot, around: Around) -> bool:
    try:
        found = checker.rules.items(expression, around.resource, around)
    except (PathFailed, PathSyntax):
        return False
    if len(found) == 1 and found[0] is True:
        return True
    return any(isinstance(each, Element) and each.value is holder.value for each in found)


def _names(checker: Checker, holder: Spot) -> Iterator[str]:
    """Every name of a place: its types, and the path to it from each type that it is within."""
    definitions = checker.reader.definitions
    yield from lineage(holder.type, definitions)
    trail, spot = "", holder
    while spot.parent is not None and not spot.resource:
        trail = f".{spot.name}{trail}"
        spot = spot.parent
        for name in lineage(spot.type, definitions):
            yield name + trail
