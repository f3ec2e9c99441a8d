"""Which slice an element belongs to (FHIR R4 5.1.0.16, discriminators)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bevan.fhir.conformance.node import Definition, Node
from bevan.fhir.path.element import Element
from bevan.fhir.profiles import bindings, targets, values
from bevan.fhir.profiles.around import Around
from bevan.fhir.profiles.report import Report
from bevan.fhir.profiles.spot import Spot

if TYPE_CHECKING:
    from bevan.fhir.profiles.checker import Checker

_STEP = re.compile(r"extension\('([^']*)'\)|(\w+)\(([^)]*)\)|(\$?\w+)")
Step = tuple[str, str]
"""A name or function, and its argument."""


def steps(path: str) -> list[Step]:
    """The steps of a discriminator's path; ``$this`` is none."""
    found: list[Step] = []
    for match in _STEP.finditer(path.replace('"', "'")):
        url, function, argument, name = match.groups()
        if url:
            found.append(("extension()", url))
        elif function:
            found.append((f"{function}()", argument))
        elif name != "$this":
            found.append((name, ""))
    return found


def belongs(checker: Checker, spot: Spot, slice: Node, slicing: Definition, around: Around) -> bool:
    """True when the discriminators put the element into this slice; one that demands nothing of
    the slice doesn't count.
    """
    found = slicing.get("discriminator") or ()
    if not found:
        return _typed(checker, [(spot, around)], [slice])
    outcomes = {_fits(checker, spot, slice, each, around) for each in found}
    return True in outcomes and False not in outcomes


def _fits(
    checker: Checker, spot: Spot, slice: Node, discriminator: Definition, around: Around
) -> bool | None:
    kind, path = discriminator.get("type"), str(discriminator.get("path", "$this"))
    if path == "url" and spot.type == "Extension":
        wanted = checker.extension_url(slice)
        return wanted is not None and spot.text("url") == wanted
    way = steps(path)
    there = list(spots(checker, spot, way, around))
    nodes = checker.ways.definitions(slice, way)
    if kind == "exists":
        return _exists(there, nodes)
    if kind == "type":
        return _typed(checker, there, nodes)
    if kind == "profile":
        return _profiled(checker, there, nodes)
    return _valued(checker, there, nodes)


def spots(
    checker: Checker, spot: Spot, way: list[Step], around: Around
) -> Iterator[tuple[Spot, Around]]:
    """The elements that a discriminator's path leads to."""
    if not way:
        yield spot, around
        return
    (name, argument), rest = way[0], way[1:]
    if name == "resolve()":
        text = spot.text("reference") or _text(spot.value)
        found = around.resolve(text)
        if found is not None:
            element, inside = found
            target = Spot(element, inside.resource.path, "", None)
            yield from spots(checker, target, rest, inside)
        elif not rest:  # what can't be had still has the type that its reference tells
            kind = targets.named(checker, text, spot)
            yield from [(Spot(Element(None, kind), "", "", None), around)] if kind else []
        return
    if name == "ofType()":
        if spot.type == argument:
            yield from spots(checker, spot, rest, around)
        return
    key = "extension" if name == "extension()" else name
    for child in checker.reader.children(spot).get(key, ()):
        if name != "extension()" or child.text("url") == argument:
            yield from spots(
                checker, child, rest, around.within(child) if child.resource else around
            )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _exists(there: list[tuple[Spot, Around]], nodes: list[Node]) -> bool:
    if any(node.max == 0 for node in nodes):
        return not there
    return bool(there) if any(node.min for node in nodes) else True


def _typed(checker: Checker, there: list[tuple[Spot, Around]], nodes: list[Node]) -> bool:
    wanted = {checker.code(type) for node in nodes for type in node.types}
    return any(checker.is_a(spot.type, name) for spot, _ in there for name in wanted)


def _profiled(checker: Checker, there: list[tuple[Spot, Around]], nodes: list[Node]) -> bool:
    wanted = [node for node in nodes if any(type.get("profile") for type in node.types)]
    if not wanted or not there:
        return all(node.min == 0 for node in wanted)
    for spot, around in there:
        for node in wanted:
            report = Report()
            checker.profiled(spot, node, around, report)
            if not report.failed:
                return True
    return False


def _valued(checker: Checker, there: list[tuple[Spot, Around]], nodes: list[Node]) -> bool | None:
    """By value or pattern: what the slice demands at the place is met by one of the elements;
    None where it demands nothing.
    """
    demanding = [node for node in nodes if demands(checker, node)]
    if not demanding:
        return None
    return any(all(meets(checker, spot, node) for node in demanding) for spot, _ in there)


def demands(checker: Checker, node: Node, depth: int = 6) -> bool:
    """True when the definition, or one beneath it, tells values apart."""
    if node.fixed() is not None or node.max == 0:
        return True
    binding = node.definition.get("binding") or {}
    if binding.get("strength") == "required" and checker.narrow(node):
        return True
    return depth > 0 and any(
        demands(checker, inner, depth - 1)
        for child in node.children.values()
        for inner in (child, *child.slices.values())
    )


def meets(checker: Checker, spot: Spot, node: Node, depth: int = 6) -> bool:
    """True when an element has the values that the definition and those beneath it demand."""
    demand = node.fixed()
    if demand is not None and not values.demanded(spot.value, *demand):
        return False
    binding = node.definition.get("binding") or {}
    if binding.get("strength") == "required" and checker.narrow(node):
        codings = list(bindings.codings_of(spot))
        url = str(binding.get("valueSet"))
        if not codings or bindings.of_any(codings, url, checker.membership) == "no":
            return False
    if depth == 0:
        return True
    beneath = checker.reader.children(spot)
    for name, child in node.children.items():
        found = beneath.get(name.removesuffix("[x]"), [])
        for inner in (child, *child.slices.values()):
            if not demands(checker, inner, depth - 1):
                continue
            if not _met(checker, found, inner, depth - 1):
                return False
    return True


def _met(checker: Checker, found: list[Spot], node: Node, depth: int) -> bool:
    """Whether the elements have what one definition demands; what may be absent may be."""
    if node.max == 0:
        return not found
    if not node.min and (node.slice or not found):
        return True
    return any(meets(checker, spot, node, depth) for spot in found)
