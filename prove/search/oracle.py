"""Search done the slow and obvious way, to hold the real one to.

It shares nothing with it: no grammar, no extraction, no SQL. It knows a few types and parameters,
each read by hand, and looks at every resource for every condition. What a scope hides is simply
not in the list that it is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any
from urllib.parse import unquote_plus

from prove.search.known import (
    KNOWN,
    Known,
    Resource,
    Stretch,
    plain,
    seconds,
    span,
    values_of,
)
from prove.search.small_world import U

GRAMS = {"kg": Fraction(1000), "g": Fraction(1), "mg": Fraction(1, 1000)}
SETS = {
    "http://hl7.org/fhir/ValueSet/administrative-gender": ("male", "female", "other", "unknown"),
    "http://hl7.org/fhir/ValueSet/publication-status": ("draft", "active", "retired", "unknown"),
}
# By which elements resources come into compartments, from the pages of CompartmentDefinition.
INSIDE: dict[str, dict[str, tuple[str, ...]]] = {
    "Patient": {
        "Patient": (), "Observation": ("subject", "performer"), "Encounter": ("subject",),
        "RiskAssessment": ("subject",),
    },
    "Encounter": {"Encounter": (), "Observation": ("encounter",)},
    "Practitioner": {
        "Practitioner": (), "Observation": ("performer",), "Patient": ("generalPractitioner",),
    },
}  # fmt: skip


class Oracle:
    """Answers searches over `resources`, which stand in the order in which they were made."""

    def __init__(self, resources: Sequence[Resource], now: datetime) -> None:
        self.resources = resources
        self.now = seconds(now)

    def search(self, type: str, query: str, within: str = "") -> list[str]:
        """The ids of all matches in order; `within`: of those in a resource's compartment."""
        pairs = [pair.partition("=")[::2] for pair in query.split("&") if pair]
        found = [r for r in self.resources if r["resourceType"] == type]
        if within:
            found = [r for r in found if self.is_in(r, within)]
        order = ""
        for key, text in ((unquote_plus(key), unquote_plus(text)) for key, text in pairs):
            if key == "_sort":
                order = text
            elif key not in ("_count", "_total"):
                found = [r for r in found if self.holds(r, key, text)]
        for key in reversed(order.split(",") if order else []):
            found = self.sorted(type, found, key)
        return [r["id"] for r in found]

    def is_in(self, resource: Resource, within: str) -> bool:
        """Whether it is in the compartment of a resource, by what CompartmentDefinition says."""
        type = resource["resourceType"]
        keys = INSIDE[within.partition("/")[0]].get(type, ())
        links = [link for key in keys for link in _listed(resource.get(key))]
        itself = f"{type}/{resource['id']}" == within
        return itself or any(link.get("reference") == within for link in links)

    def holds(self, resource: Resource, key: str, text: str) -> bool:
        type = resource["resourceType"]
        if key.startswith("_has:"):
            _, source, name, rest = key.split(":", 3)
            return any(
                link.get("reference") == f"{type}/{resource['id']}"
                for other in self.resources
                if other["resourceType"] == source and self.holds(other, rest, text)
                for link in KNOWN[source][name].read(other)
            )
        if key == "_list":
            return any(
                entry["item"].get("reference") == f"{type}/{resource['id']}"
                for other in self.resources
                if other["resourceType"] == "List" and other["id"] in text.split(",")
                for entry in other.get("entry", ())
            )
        head, dot, rest = key.partition(".")
        if dot:
            name, _, wanted = head.partition(":")
            return any(
                self.leads(link, wanted, rest, text) for link in KNOWN[type][name].read(resource)
            )
        name, _, modifier = key.partition(":")
        known = KNOWN[type][name]
        values = list(known.read(resource))
        if known.kind == "composite":
            values = [v for v in values if all(part is not None for _, part in v)]
        if modifier in ("in", "not-in"):
            inside = any(v[1] in SETS[text] for v in values)
            return inside if modifier == "in" else not inside
        if modifier == "missing":
            return (not values) == (text == "true")
        options = re.split(r"(?<!\\),", text)
        if modifier == "not":
            return not any(self.matches(known, v, "", option) for v in values for option in options)
        return any(self.matches(known, v, modifier, option) for v in values for option in options)

    def leads(self, link: Resource, wanted: str, rest: str, text: str) -> bool:
        name = re.split(r"[.:]", rest)[0]
        return any(
            self.holds(other, rest, text)
            for other in self.resources
            if link.get("reference") == f"{other['resourceType']}/{other['id']}"
            and wanted in ("", other["resourceType"])
            and (rest.startswith(("_has:", "_list")) or name in KNOWN[other["resourceType"]])
        )

    def matches(self, known: Known, value: Any, modifier: str, text: str) -> bool:
        text = text.replace("\\,", ",")
        if known.kind == "composite":
            parts = text.split("$")
            return all(
                any(
                    self.matches(Known(kind, iter), each, "", part)
                    for each in values_of(kind, node)
                )
                for (kind, node), part in zip(value, parts, strict=True)
            )
        if known.kind == "reference":
            return self.refers(known, value, modifier, text)
        return bool(getattr(self, f"is_{known.kind}")(value, modifier, text))

    def is_token(self, value: Any, modifier: str, text: str) -> bool:
        system, code, display = value
        if modifier == "text":
            return display is not None and plain(display).startswith(plain(text))
        if "|" not in text:
            return bool(code == text)
        wanted, _, name = text.partition("|")
        if code is None:
            return False
        return (system or "") == wanted and name in ("", code)

    def is_string(self, value: str, modifier: str, text: str) -> bool:
        if modifier == "exact":
            return value == text
        if modifier == "contains":
            return plain(text) in plain(value)
        return plain(value).startswith(plain(text))

    def is_uri(self, value: str, modifier: str, text: str) -> bool:
        whole, value = value, value.partition("|")[0]
        if modifier == "below":
            return value == text or value.startswith(text.rstrip("/") + "/")
        if modifier == "above":
            return value == text or text.startswith(value.rstrip("/") + "/")
        return text in (whole, value)

    def is_date(self, value: Stretch, _: str, text: str) -> bool:
        prefix, rest = _prefixed(text)
        (low, high), (start, end) = value, span(rest)
        inside = start <= low and high <= end
        margin = min(abs(self.now - start), abs(self.now - end)) / 10
        return {
            "eq": inside,
            "ne": not inside,
            "gt": high > end,
            "lt": low < start,
            "ge": high > end or inside,
            "le": low < start or inside,
            "sa": low >= end,
            "eb": high <= start,
            "ap": low < end + margin and high > start - margin,
        }[prefix]

    def is_number(self, value: Any, _: str, text: str) -> bool:
        prefix, rest = _prefixed(text)
        number, aim = Fraction(str(value)), Fraction(rest)
        places = len(rest.partition(".")[2])
        half = Fraction(1, 2 * 10**places)
        margin = max(abs(aim) / 10, half)
        return {
            "eq": aim - half <= number < aim + half,
            "ne": not aim - half <= number < aim + half,
            "gt": number > aim,
            "sa": number > aim,
            "lt": number < aim,
            "eb": number < aim,
            "ge": number >= aim,
            "le": number <= aim,
            "ap": aim - margin <= number <= aim + margin,
        }[prefix]

    def is_quantity(self, value: Resource, _: str, text: str) -> bool:
        number, bar, unit = text.partition("|")
        if bar:
            system, _, code = unit.partition("|")
            if system == U and value.get("system") == U and value.get("code") in GRAMS:
                size = Fraction(str(value["value"])) * GRAMS[value["code"]] / GRAMS[code]
                return self.is_number(size, "", number)
            if system and (value.get("system"), value.get("code")) != (system, code):
                return False
            if not system and code not in (value.get("code"), value.get("unit")):
                return False
        return "value" in value and self.is_number(value["value"], "", number)

    def refers(self, known: Known, value: Resource, modifier: str, text: str) -> bool:
        if modifier == "identifier":
            found = value.get("identifier", {})
            return bool(found) and self.is_token(
                (found.get("system"), found.get("value"), None), "", text
            )
        reference = value.get("reference", "").partition("/_history/")[0]
        if "/" in text:
            return bool(reference == text)
        types = (modifier,) if modifier else known.targets
        return reference in {f"{type}/{text}" for type in types}

    # Order ---------------------------------------------------------------------------------------

    def sorted(self, type: str, found: list[Resource], key: str) -> list[Resource]:
        down, name = key.startswith("-"), key.removeprefix("-")
        known = KNOWN[type][name]
        ranked = [(_rank(known, r, down), r) for r in found]
        have = [pair for pair in ranked if pair[0] is not None]
        # Stable both ways: equal keys stay in the order in which the resources were made.
        have = (
            sorted(have, key=lambda pair: pair[0], reverse=False)
            if not down
            else [pair for _, group in _descending(have) for pair in group]
        )
        return [r for _, r in have] + [r for rank, r in ranked if rank is None]


def _descending(pairs: list[tuple[Any, Resource]]) -> Iterator[tuple[Any, list[Any]]]:
    for rank in sorted({rank for rank, _ in pairs}, reverse=True):
        yield rank, [pair for pair in pairs if pair[0] == rank]


def _rank(known: Known, resource: Resource, down: bool) -> Any:
    ranks = [rank for rank in map(_ranked(known.kind), known.read(resource)) if rank is not None]
    if not ranks:
        return None
    return max(ranks) if down else min(ranks)


def _ranked(kind: str) -> Callable[[Any], Any]:
    return {
        "token": lambda value: value[1],
        "date": lambda value: value[0],
        "string": plain,
        "uri": lambda value: value.partition("|")[0],
        "number": lambda value: Fraction(str(value)),
        "quantity": lambda value: Fraction(str(value["value"])) if "value" in value else None,
        "reference": lambda value: value.get("reference", "").partition("/_history/")[0] or None,
    }[kind]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _prefixed(text: str) -> tuple[str, str]:
    return (text[:2], text[2:]) if text[:2].isalpha() else ("eq", text)
