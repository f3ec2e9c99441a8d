"""Membership decided from what is loaded: enumerated codes and complete code systems.

The ``Membership`` that ships: no SNOMED CT, LOINC or UCUM, so what depends on them is
``not checked``. FHIR R4 4.9 (ValueSet): parts of an include are all met, includes add up, excludes
take away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bevan.fhir.codes import snomed_digit_valid
from bevan.fhir.conformance.library import Json, Library
from bevan.fhir.conformance.membership import Verdict

SNOMED = "http://snomed.info/sct"
_DEEP = 12


class LocalValueSets:
    """The default ``Membership``; reads each code system once."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._systems: dict[str, Mapping[str, tuple[str, ...]] | None] = {}
        self._listed: dict[int, frozenset[str]] = {}

    def contains(self, value_set: str, system: str | None, code: str) -> Verdict:
        """See ``Membership``."""
        return self._contains(value_set, system, code, 0)

    def known(self, system: str, code: str) -> Verdict:
        """See ``Membership``."""
        if system == SNOMED and code.isdecimal() and not snomed_digit_valid(code):
            return "no"
        codes = self._codes(system)
        return "not checked" if codes is None else _verdict(self._spelt(system, code) in codes)

    def _contains(self, value_set: str, system: str | None, code: str, depth: int) -> Verdict:
        found = self._library.find("ValueSet", value_set)
        compose = found.get("compose") if found is not None else None
        if not isinstance(compose, dict) or depth > _DEEP:
            return "not checked"
        included = _any(self._part(p, system, code, depth) for p in _dicts(compose, "include"))
        if included == "no":
            return "no"
        out = _any(self._part(part, system, code, depth) for part in _dicts(compose, "exclude"))
        if out == "yes":
            return "no"
        return included if out == "no" else "not checked"

    def _part(self, part: Json, system: str | None, code: str, depth: int) -> Verdict:
        """Whether one include, or exclude, speaks of the code."""
        verdicts: list[Verdict] = [
            self._contains(str(url), system, code, depth + 1) for url in part.get("valueSet") or ()
        ]
        own = part.get("system")
        if isinstance(own, str):
            if system is not None and own != system:
                return "no"
            verdicts.append(self._of_system(part, own, code))
        return _every(verdicts)

    def _of_system(self, part: Json, system: str, code: str) -> Verdict:
        if isinstance(part.get("concept"), list):
            return _verdict(self._spelt(system, code) in self._enumerated(part, system))
        known = self.known(system, code)
        filters = list(_dicts(part, "filter"))
        if known != "yes" or not filters:
            return known
        return _every([self._filtered(each, system, code) for each in filters])

    def _enumerated(self, part: Json, system: str) -> frozenset[str]:
        listed = self._listed.get(id(part))
        if listed is None:
            codes = (str(each.get("code")) for each in _dicts(part, "concept"))
            listed = self._listed[id(part)] = frozenset(self._spelt(system, c) for c in codes)
        return listed

    def _filtered(self, filter: Json, system: str, code: str) -> Verdict:
        """The filters by hierarchy; others need a terminology service."""
        operator, value = filter.get("op"), str(filter.get("value"))
        if filter.get("property") != "concept" or operator not in ("is-a", "descendent-of"):
            return "not checked"
        codes = self._codes(system) or {}
        spelt = self._spelt(system, code)
        return _verdict(value in codes.get(spelt, ()) or (operator == "is-a" and spelt == value))

    def _codes(self, system: str) -> Mapping[str, tuple[str, ...]] | None:
        """Each code of a complete code system with those above it; None for others."""
        system = system.partition("|")[0]
        if system not in self._systems:
            found = self._library.find("CodeSystem", system)
            complete = found is not None and found.get("content") == "complete"
            self._systems[system] = (
                dict(self._nested(found, system, ())) if found is not None and complete else None
            )
        return self._systems[system]

    def _nested(
        self, parent: Json, system: str, above: tuple[str, ...]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        for concept in _dicts(parent, "concept"):
            code = self._spelt(system, str(concept.get("code")))
            yield code, above
            yield from self._nested(concept, system, (*above, code))

    def _spelt(self, system: str, code: str) -> str:
        """The code as it is compared: folded where its system says that case doesn't matter."""
        found = self._library.find("CodeSystem", system)
        folded = found is not None and found.get("caseSensitive") is False
        return code.casefold() if folded else code


def _verdict(answer: bool) -> Verdict:
    return "yes" if answer else "no"


def _any(verdicts: Iterable[Verdict]) -> Verdict:
    found = set(verdicts)
    return "yes" if "yes" in found else "not checked" if "not checked" in found else "no"


def _every(verdicts: Iterable[Verdict]) -> Verdict:
    found = set(verdicts)
    return "no" if "no" in found or not found else "yes" if found == {"yes"} else "not checked"


def _dicts(parent: Mapping[str, Any], name: str) -> Iterator[Json]:
    items = parent.get(name)
    if isinstance(items, list):
        yield from (item for item in items if isinstance(item, dict))
