"""Who may be meant: the searches that find candidates for a comparison, under the caller's Scope.

Each search asks for two things at once, so that it finds few. Somebody outside the Scope isn't
found, and elements that are masked from the caller find nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from bevan.fhir import json
from bevan.people.comparisons import swapped
from bevan.people.features import Features
from bevan.people.links import survivor_of
from bevan.people.nhs_number import SYSTEM
from bevan.record.record import Record
from bevan.record.scope import Scope

MOST = 50
_HOPS = 5
_SEPARATOR = re.compile(r"[\\,$|]")

Query = tuple[tuple[str, str], ...]


class Candidates:
    """Finds Patients by pairs of what is known of them."""

    def __init__(self, record: Record) -> None:
        self._record = record

    async def of(self, scope: Scope, known: Iterable[Features]) -> list[dict[str, Any]]:
        """Every Patient that any of the searches finds, each once, at most 50 a search."""
        found: dict[str, dict[str, Any]] = {}
        for query in dict.fromkeys(query for each in known for query in queries(each)):
            for patient in await self.search(scope, query):
                found.setdefault(str(patient["id"]), patient)
        return list(found.values())

    async def search(self, scope: Scope, query: Query) -> list[dict[str, Any]]:
        """The Patients that one search finds, at most 50."""
        text = urlencode([*query, ("_count", str(MOST))])
        page = await self._record.search(scope, "Patient", text, base="")
        return matches(json.decode(page.bundle))

    async def read(self, scope: Scope, id: str) -> Mapping[str, Any] | None:
        """One Patient as the Scope shows it; None where there is none."""
        version = await self._record.read(scope, "Patient", id)
        if version is None or version.deleted:
            return None
        patient: Mapping[str, Any] = json.decode(version.content)
        return patient

    async def survivor(self, scope: Scope, patient: Mapping[str, Any]) -> Mapping[str, Any]:
        """The record that stands for a merged one, as far as it may be seen; at most five steps."""
        for _ in range(_HOPS):
            id = survivor_of(patient)
            after = await self.read(scope, id) if id else None
            if after is None:
                return patient
            patient = after
        return patient


def matches(bundle: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The resources that a search found, without what it includes beside them."""
    return [
        entry["resource"]
        for entry in bundle.get("entry", ())
        if entry.get("search", {}).get("mode", "match") == "match"
    ]


def following(bundle: Mapping[str, Any]) -> str | None:
    """The query of the page after this one; None at the end."""
    urls = (str(each["url"]) for each in bundle.get("link", ()) if each["relation"] == "next")
    url = next(urls, None)
    return None if url is None else url.partition("?")[2]


def queries(known: Features) -> list[Query]:
    """The searches for one set of values: by number, and by each two of name, birth and place."""
    found: list[Query] = []
    if known.number:
        found.append((("identifier", f"{SYSTEM}|{known.number}"),))
    if known.born:
        found += [((*name, ("birthdate", day))) for day in _days(known) for name in _names(known)]
    if known.postcode:
        place = ("address-postalcode", _spaced(known.postcode))
        found += [(*name, place) for name in _names(known)]
        found += [(("birthdate", known.born), place)] if known.born else []
    if known.given and known.family:
        found.append((("family", escaped(known.spelt[1])), ("given", escaped(known.spelt[0]))))
    return found


def _days(known: Features) -> list[str]:
    other = swapped(known.born)
    return [known.born, *([other] if other else [])]


def _names(known: Features) -> list[Query]:
    """By family name, by given name, and by its first letters where the name was misheard."""
    found: list[Query] = []
    given, family = known.spelt
    if known.family:
        found += [(("family", escaped(family)),), (("family", escaped(family[:3])),)]
    if known.given:
        found += [(("given", escaped(given)),), (("family", escaped(given)),)]
    return found


def _spaced(postcode: str) -> str:
    return f"{postcode[:-3]} {postcode[-3:]}"


def escaped(text: str) -> str:
    """The text as a search value: its separators mean themselves (FHIR R4 3.1.1.4.0.1)."""
    return _SEPARATOR.sub(r"\\\g<0>", text)
