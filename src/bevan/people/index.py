"""Finds people in the record, as far as the caller's Scope reaches.

Somebody outside the Scope is not found, exactly like somebody who doesn't exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from urllib.parse import urlencode

from bevan.fhir import json
from bevan.people.nhs_number import SYSTEM, NhsNumber
from bevan.record.record import Record
from bevan.record.scope import Scope

MOST = 50
_SEPARATOR = re.compile(r"[\\,$|]")
Match = Literal["certain", "probable", "possible"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may be meant, how sure that is, and the Patient resource itself."""

    id: str
    match: Match
    patient: Mapping[str, Any]


class People:
    """The person index over the record."""

    def __init__(self, record: Record) -> None:
        self._record = record

    async def by_number(self, scope: Scope, number: NhsNumber) -> list[Candidate]:
        """Everyone with this NHS number: none, one, or several when the record has duplicates."""
        found = await self._search(scope, {"identifier": f"{SYSTEM}|{number.digits}"})
        match: Match = "certain" if len(found) == 1 else "probable"
        return [Candidate(str(patient["id"]), match, patient) for patient in found]

    async def by_name(
        self, scope: Scope, *, family: str, given: str = "", born: date | None = None
    ) -> list[Candidate]:
        """People with this family name (its beginning is enough), best matches first.

        With a birth date also those born on the day with day and month swapped, the commonest
        slip; with a given name also those of another given name, further down.
        """
        if born is None:
            found = await self._search(scope, _names(family, given))
        else:
            name = _escaped(family)
            found = await self._search(scope, {"family": name, "birthdate": born.isoformat()})
            swapped = _swapped(born)
            if swapped is not None:
                query = {"family": name, "birthdate": swapped.isoformat()}
                found += await self._search(scope, query)
        ranked = [_ranked(patient, family, given, born) for patient in found]
        ranked.sort(key=lambda each: (_ORDER.index(each.match), _sorted_name(each.patient)))
        return ranked[:MOST]

    async def _search(self, scope: Scope, query: Mapping[str, str]) -> list[dict[str, Any]]:
        text = urlencode({**query, "_count": str(MOST)})
        page = await self._record.search(scope, "Patient", text, base="")
        bundle = json.decode(page.bundle)
        return [
            entry["resource"]
            for entry in bundle.get("entry", ())
            if entry.get("search", {}).get("mode", "match") == "match"
        ]


_ORDER: tuple[Match, ...] = ("certain", "probable", "possible")


def _names(family: str, given: str) -> dict[str, str]:
    return {"family": _escaped(family), **({"given": _escaped(given)} if given else {})}


def _escaped(text: str) -> str:
    """The text as a search value: its separators mean themselves (FHIR R4 3.1.1.4.0.1)."""
    return _SEPARATOR.sub(r"\\\g<0>", text)


def _swapped(born: date) -> date | None:
    if born.day > 12 or born.day == born.month:
        return None
    return born.replace(month=born.day, day=born.month)


def _ranked(patient: Mapping[str, Any], family: str, given: str, born: date | None) -> Candidate:
    """Family name, given name and birth date all the same is probable, never certain."""
    names = patient.get("name") or ()
    same_family = any(_folded(name.get("family")) == _folded(family) for name in names)
    same_given = bool(given) and any(
        _folded(first) == _folded(given) for name in names for first in name.get("given") or ()
    )
    same_birth = born is not None and patient.get("birthDate") == born.isoformat()
    match: Match = "probable" if same_family and same_given and same_birth else "possible"
    return Candidate(str(patient["id"]), match, patient)


def _folded(text: object) -> str:
    return " ".join(str(text or "").casefold().split())


def _sorted_name(patient: Mapping[str, Any]) -> tuple[str, str, str]:
    name = next(iter(patient.get("name") or ()), None) or {}
    given = " ".join(name.get("given") or ())
    return _folded(name.get("family")), _folded(given), str(patient.get("birthDate") or "")
