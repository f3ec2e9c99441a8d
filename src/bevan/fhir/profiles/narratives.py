"""Ids within a resource are one's own, and a narrative's links lead to one (FHIR R4 2.4)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bevan.fhir import narrative
from bevan.fhir.profiles.report import Report
from bevan.fhir.profiles.spot import Spot

_LINK = re.compile(r"<a\s[^>]*\bhref\s*=\s*[\"']([^\"']*)[\"']")
_MARK = re.compile(r"<[a-z0-9]+\s(?:[^>]*\s)?(?:id|name)\s*=\s*[\"']([^\"']*)[\"']")
_ID = re.compile(r"<[a-z0-9]+\s(?:[^>]*\s)?id\s*=\s*[\"']([^\"']*)[\"']")


def check(spot: Spot, report: Report) -> None:
    """Report ids that stand twice, and links of the resource's own narrative to nowhere."""
    if any(count > 1 for count in Counter(_elements(spot.value)).values()):
        report.error("value", "Two elements have the same id", spot.path, "R4 Element.id")
    text = spot.value.get("text")
    div = text.get("div") if isinstance(text, dict) else None
    if not isinstance(div, str) or not narrative.safe(div):
        return  # told already; and only within well-formed tags are the patterns quick
    marks = set(_MARK.findall(div)) | set(_ids(spot.value))
    for link in _LINK.findall(div):
        if link[:1] == "#" and len(link) > 1 and link[1:] not in marks:
            report.error("not-found", "A link leads nowhere", f"{spot.path}.text.div", "R4 2.4")
    if any(count > 1 for count in Counter(_ID.findall(div)).values()):
        report.error("value", "An id stands twice", f"{spot.path}.text.div", "R4 2.4")


def _elements(value: Any) -> Iterator[str]:
    """The ids of elements: not those of resources, which are names of another kind."""
    if isinstance(value, dict):
        if isinstance(value.get("id"), str) and "resourceType" not in value:
            yield value["id"]
        for inner in value.values():
            if not (isinstance(inner, dict) and "resourceType" in inner):
                yield from _elements(inner)
    elif isinstance(value, list):
        for inner in value:
            if not (isinstance(inner, dict) and "resourceType" in inner):
                yield from _elements(inner)


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("id"), str):
            yield value["id"]
        for inner in value.values():
            yield from _ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _ids(inner)
