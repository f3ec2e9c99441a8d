"""Search done the slow and obvious way, to hold the real one to.

It shares nothing with it: no grammar, no extraction, no SQL. It knows a few types and parameters,
each read by hand, and looks at every resource for every condition. What a scope hides is simply
not in the list that it is given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from urllib.parse import unquote_plus
from zoneinfo import ZoneInfo

Resource = dict[str, Any]
Stretch = tuple[Fraction, Fraction]

LONDON = ZoneInfo("Europe/London")
FIRST, LAST = Fraction(-62_135_596_800), Fraction(253_402_300_800)


# Reading content --------------------------------------------------------------------------------


def coded(value: Any) -> Iterator[tuple[str | None, str | None, str | None]]:
    """(system, code, words) of a CodeableConcept, a Coding, an Identifier, a code or a boolean."""
    if isinstance(value, list):
        for each in value:
            yield from coded(each)
    elif isinstance(value, bool):
        yield None, "true" if value else "false", None
    elif isinstance(value, str):
        yield None, value, None
    elif isinstance(value, dict) and ("coding" in value or "text" in value):
        for each in value.get("coding", []):
            yield each.get("system"), each.get("code"), each.get("display")
        if "text" in value:
            yield None, None, value["text"]
    elif isinstance(value, dict):
        code = value["code"] if "code" in value else value.get("value")
        yield value.get("system"), code, value.get("display")


def seconds(at: datetime) -> Fraction:
    gap = at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return Fraction(gap // timedelta(microseconds=1), 1_000_000)


def span(text: str) -> Stretch:
    """The time that a date names; without a zone in London."""
    number = [int(part) for part in re.findall(r"\d+", text.partition("T")[0])]
    if "T" not in text:
        year, month, day = (*number, 1, 1)[:3]
        if len(number) == 1:
            after = (year + 1, 1, 1)
        elif len(number) == 2:
            after = (year + month // 12, month % 12 + 1, 1)
        else:
            following = datetime(year, month, day) + timedelta(days=1)
            after = (following.year, following.month, following.day)
        return (
            seconds(datetime(year, month, day, tzinfo=LONDON)),
            seconds(datetime(*after, tzinfo=LONDON)),
        )
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    low = seconds(at if at.tzinfo else at.replace(tzinfo=LONDON))
    time = text.partition("T")[2]
    digits = re.search(r"\.(\d+)", time)
    if digits:
        return low, low + Fraction(1, 10 ** len(digits[1]))
    return low, low + (1 if time.count(":") > 1 and re.match(r"\d\d:\d\d:\d\d", time) else 60)


def when(value: Any) -> Iterator[Stretch]:
    if isinstance(value, str):
        yield span(value)
    elif isinstance(value, dict) and ("start" in value or "end" in value):
        low = span(value["start"])[0] if "start" in value else FIRST
        yield low, span(value["end"])[1] if "end" in value else LAST


def plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).casefold().split())


def names(resource: Resource) -> Iterator[str]:
    for name in resource.get("name", []):
        yield from (name[key] for key in ("text", "family") if key in name)
        for key in ("given", "prefix", "suffix"):
            yield from name.get(key, [])


def links(value: Any) -> Iterator[Resource]:
    for each in value if isinstance(value, list) else [value]:
        if each:
            yield each


# Parameters --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    kind: str
    read: Callable[[Resource], Iterator[Any]]
    targets: tuple[str, ...] = ()


def token(*path: str) -> Known:
    def read(resource: Resource) -> Iterator[Any]:
        for value in _at(resource, path):
            yield from coded(value)

    return Known("token", read)


def date(*keys: str) -> Known:
    return Known("date", lambda r: (s for key in keys if key in r for s in when(r[key])))


def words(read: Callable[[Resource], Iterator[str]]) -> Known:
    return Known("string", read)


def link(key: str, *targets: str, only: str = "") -> Known:
    def read(resource: Resource) -> Iterator[Any]:
        for each in links(resource.get(key)):
            if not only or each.get("reference", "").startswith(f"{only}/"):
                yield each

    return Known("reference", read, targets)


def _at(node: Any, path: Sequence[str]) -> Iterator[Any]:
    if isinstance(node, list):
        for each in node:
            yield from _at(each, path)
    elif not path:
        yield node
    elif isinstance(node, dict) and path[0] in node:
        yield from _at(node[path[0]], path[1:])


COMMON: dict[str, Known] = {
    "_id": token("id"),
    "_lastUpdated": Known("date", lambda r: when(r["meta"]["lastUpdated"])),
    "_tag": token("meta", "tag"),
    "_security": token("meta", "security"),
    "_profile": Known("uri", lambda r: iter(r["meta"].get("profile", []))),
    "_source": Known("uri", lambda r: iter([r["meta"]["source"]] if "source" in r["meta"] else [])),
}
PEOPLE = ("Patient", "Group", "Device", "Location")
KNOWN: dict[str, dict[str, Known]] = {
    "Patient": {
        **COMMON,
        "identifier": token("identifier"),
        "family": words(lambda r: (n["family"] for n in r.get("name", []) if "family" in n)),
        "given": words(lambda r: (g for n in r.get("name", []) for g in n.get("given", []))),
        "name": words(names),
        "birthdate": date("birthDate"),
        "death-date": date("deceasedDateTime"),
        "gender": token("gender"),
        "active": token("active"),
        "address-city": words(lambda r: (a["city"] for a in r.get("address", []) if "city" in a)),
        "organization": link("managingOrganization", "Organization"),
        "general-practitioner": link(
            "generalPractitioner", "Practitioner", "Organization", "PractitionerRole"
        ),
    },
    "Observation": {
        **COMMON,
        "identifier": token("identifier"),
        "code": token("code"),
        "category": token("category"),
        "status": token("status"),
        "component-code": token("component", "code"),
        "combo-code": Known(
            "token",
            lambda r: (
                c for p in (("code",), ("component", "code")) for v in _at(r, p) for c in coded(v)
            ),
        ),
        "date": date("effectiveDateTime", "effectivePeriod"),
        "value-date": date("valueDateTime", "valuePeriod"),
        "value-string": words(
            lambda r: iter(
                [r["valueString"]]
                if "valueString" in r
                else [r["valueCodeableConcept"]["text"]]
                if "text" in r.get("valueCodeableConcept", {})
                else []
            )
        ),
        "value-concept": token("valueCodeableConcept"),
        "value-quantity": Known("quantity", lambda r: links(r.get("valueQuantity"))),
        "subject": link("subject", *PEOPLE),
        "patient": link("subject", "Patient", only="Patient"),
        "encounter": link("encounter", "Encounter"),
        "performer": link(
            "performer",
            "Practitioner",
            "Organization",
            "Patient",
            "CareTeam",
            "RelatedPerson",
            "PractitionerRole",
        ),
        "has-member": link(
            "hasMember", "Observation", "QuestionnaireResponse", "MolecularSequence"
        ),
        "code-value-quantity": Known(
            "composite",
            lambda r: iter([(("token", r.get("code")), ("quantity", r.get("valueQuantity")))]),
        ),
        "component-code-value-quantity": Known(
            "composite",
            lambda r: (
                (("token", c.get("code")), ("quantity", c.get("valueQuantity")))
                for c in r.get("component", [])
            ),
        ),
        "code-value-concept": Known(
            "composite",
            lambda r: iter([(("token", r.get("code")), ("token", r.get("valueCodeableConcept")))]),
        ),
    },
    "Encounter": {
        **COMMON,
        "class": token("class"),
        "status": token("status"),
        "type": token("type"),
        "date": date("period"),
        "length": Known("quantity", lambda r: links(r.get("length"))),
        "subject": link("subject", "Patient", "Group"),
        "patient": link("subject", "Patient", only="Patient"),
        "part-of": link("partOf", "Encounter"),
        "service-provider": link("serviceProvider", "Organization"),
    },
    "RiskAssessment": {
        **COMMON,
        "probability": Known(
            "number",
            lambda r: (
                p["probabilityDecimal"]
                for p in r.get("prediction", [])
                if "probabilityDecimal" in p
            ),
        ),
        "subject": link("subject", "Patient", "Group"),
        "patient": link("subject", "Patient", only="Patient"),
        "date": date("occurrenceDateTime", "occurrencePeriod"),
    },
    "Organization": {
        **COMMON,
        "identifier": token("identifier"),
        "active": token("active"),
        "type": token("type"),
        "name": words(lambda r: iter(([r["name"]] if "name" in r else []) + r.get("alias", []))),
        "partof": link("partOf", "Organization"),
    },
    "Practitioner": {
        **COMMON,
        "identifier": token("identifier"),
        "name": words(names),
        "gender": token("gender"),
    },
    "ValueSet": {
        **COMMON,
        "url": Known("uri", lambda r: iter([r["url"]] if "url" in r else [])),
        "name": words(lambda r: iter([r["name"]] if "name" in r else [])),
        "status": token("status"),
    },
}
REFERRERS = ("Patient", "Observation", "Encounter", "RiskAssessment", "Organization")


# Conditions --------------------------------------------------------------------------------------


class Oracle:
    """Answers searches over `resources`, which stand in the order in which they were made."""

    def __init__(self, resources: Sequence[Resource], now: datetime) -> None:
        self.resources = resources
        self.now = seconds(now)

    def search(self, type: str, query: str) -> list[str]:
        """The ids of all matches in order."""
        pairs = [pair.partition("=")[::2] for pair in query.split("&") if pair]
        found = [r for r in self.resources if r["resourceType"] == type]
        order = ""
        for key, text in ((unquote_plus(key), unquote_plus(text)) for key, text in pairs):
            if key == "_sort":
                order = text
            elif key not in ("_count", "_total"):
                found = [r for r in found if self.holds(r, key, text)]
        for key in reversed(order.split(",") if order else []):
            found = self.sorted(type, found, key)
        return [r["id"] for r in found]

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
            and (rest.startswith("_has:") or name in KNOWN[other["resourceType"]])
        )

    def matches(self, known: Known, value: Any, modifier: str, text: str) -> bool:
        text = text.replace("\\,", ",")
        if known.kind == "composite":
            parts = text.split("$")
            return all(
                any(self.matches(Known(kind, iter), each, "", part) for each in _values(kind, node))
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


def _values(kind: str, node: Any) -> Iterator[Any]:
    return coded(node) if kind == "token" else links(node)


def _prefixed(text: str) -> tuple[str, str]:
    return (text[:2], text[2:]) if text[:2].isalpha() else ("eq", text)
