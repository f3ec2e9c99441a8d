"""Finds people in the record, as far as the caller's Scope reaches.

Somebody outside the Scope is not found, exactly like somebody who doesn't exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from urllib.parse import quote, urlencode

from bevan.fhir import json
from bevan.people.candidates import Candidates, escaped, following, matches
from bevan.people.links import standing
from bevan.people.nhs_number import SYSTEM, NhsNumber
from bevan.record.record import Record
from bevan.record.scope import Scope

MOST = 50
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
        self._candidates = Candidates(record)

    async def by_number(self, scope: Scope, number: NhsNumber) -> list[Candidate]:
        """Everyone with this NHS number: none, one, or several when the record has duplicates.

        A record that was merged answers with its survivor, where that may be seen.
        """
        every = await self._search(scope, {"identifier": f"{SYSTEM}|{number.digits}"})
        ends = [await self._candidates.survivor(scope, each) for each in standing(every)]
        found = list({str(each["id"]): each for each in ends}.values())
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
            name = escaped(family)
            found = await self._search(scope, {"family": name, "birthdate": born.isoformat()})
            swapped = _swapped(born)
            if swapped is not None:
                query = {"family": name, "birthdate": swapped.isoformat()}
                found += await self._search(scope, query)
        ranked = [_ranked(patient, family, given, born) for patient in standing(found)]
        ranked.sort(key=lambda each: (_ORDER.index(each.match), _sorted_name(each.patient)))
        return ranked[:MOST]

    async def by_words(
        self, scope: Scope, words: Sequence[str], *, born: str = "", most: int = MOST
    ) -> list[Mapping[str, Any]]:
        """People whose names have all of these words (their beginnings are enough), born on a day
        (a FHIR date) if one is given."""
        query = [("name", escaped(word)) for word in words]
        query += [("birthdate", born)] if born else []
        found: list[Mapping[str, Any]] = []
        text: str | None = urlencode([*query, ("_count", str(most))], quote_via=quote)
        while text is not None and len(found) < most:
            page = await self._record.search(scope, "Patient", text, base="")
            bundle = json.decode(page.bundle)
            found += matches(bundle)
            text = following(bundle)
        return standing(found)[:most]

    async def _search(self, scope: Scope, query: Mapping[str, str]) -> list[dict[str, Any]]:
        text = urlencode({**query, "_count": str(MOST)})
        page = await self._record.search(scope, "Patient", text, base="")
        return matches(json.decode(page.bundle))


_ORDER: tuple[Match, ...] = ("certain", "probable", "possible")


def _names(family: str, given: str) -> dict[str, str]:
    return {"family": escaped(family), **({"given": escaped(given)} if given else {})}


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
