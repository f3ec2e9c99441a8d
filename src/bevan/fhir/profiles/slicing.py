"""Repeating elements and choices sorted into slices, and what each then asks (FHIR R4 5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bevan.fhir.conformance.node import Node
from bevan.fhir.profiles.around import Around
from bevan.fhir.profiles.discriminators import belongs
from bevan.fhir.profiles.report import Report
from bevan.fhir.profiles.spot import Spot

if TYPE_CHECKING:
    from bevan.fhir.profiles.checker import Checker


def check(
    checker: Checker, node: Node, spots: list[Spot], parent: Spot, around: Around, report: Report
) -> None:
    """Sort the elements into the node's slices and check each slice; report what fits nowhere."""
    slicing = node.definition.get("slicing") or {}
    names = list(node.slices)
    sorted_into: dict[str, list[Spot]] = {name: [] for name in names}
    placed: list[int | None] = []
    default = "@default" if "@default" in node.slices else None
    for spot in spots:
        inside = around.within(spot) if spot.resource else around
        place = next(
            (n for n, name in enumerate(names)
             if name != default and belongs(checker, spot, node.slices[name], slicing, inside)),
            None,
        )  # fmt: skip
        name = default if place is None else names[place]
        if name is not None:
            sorted_into[name].append(spot)
        placed.append(place if name != default else None)
    if default is None:
        _rules(str(slicing.get("rules", "open")), spots, placed, node, report)
    if slicing.get("ordered"):
        _ordered(spots, placed, node, report)
    for name, slice in node.slices.items():
        _slice(checker, slice, sorted_into[name], parent, around, report)


def _slice(
    checker: Checker, slice: Node, spots: list[Spot], parent: Spot, around: Around, report: Report
) -> None:
    rule = f"{slice.path}:{slice.slice}"
    place = f"{parent.path}.{slice.name.removesuffix('[x]')}"
    if len(spots) < slice.min:
        text = f"At least {slice.min} of the slice {slice.slice} needed, {len(spots)} found"
        report.error("required", text, place, rule)
    if slice.max is not None and len(spots) > slice.max:
        text = f"At most {slice.max} of the slice {slice.slice} allowed, {len(spots)} found"
        report.error("structure", text, place, rule)
    for spot in spots:
        checker.element(spot, slice, around, report)
    if slice.slices:
        check(checker, slice, spots, parent, around, report)


def _rules(
    rules: str, spots: list[Spot], placed: list[int | None], node: Node, report: Report
) -> None:
    last = max((n for n, place in enumerate(placed) if place is not None), default=-1)
    for n, (spot, place) in enumerate(zip(spots, placed, strict=True)):
        if place is not None:
            continue
        if rules == "closed":
            report.error("structure", "It fits none of the slices", spot.path, node.path)
        elif rules == "openAtEnd" and n < last:
            text = "What fits no slice comes after what does"
            report.error("structure", text, spot.path, node.path)


def _ordered(spots: list[Spot], placed: list[int | None], node: Node, report: Report) -> None:
    most = -1
    for spot, place in zip(spots, placed, strict=True):
        if place is None:
            continue
        if place < most:
            report.error("structure", "The slices are out of order", spot.path, node.path)
        most = max(most, place)
