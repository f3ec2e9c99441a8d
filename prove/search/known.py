"""What the oracle of searches knows: a few types and parameters, each read by hand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

Resource = dict[str, Any]
Stretch = tuple[Fraction, Fraction]

LONDON = ZoneInfo("Europe/London")
FIRST, LAST = Fraction(-62_135_596_800), Fraction(253_402_300_800)


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


def values_of(kind: str, node: Any) -> Iterator[Any]:
    return coded(node) if kind == "token" else links(node)
