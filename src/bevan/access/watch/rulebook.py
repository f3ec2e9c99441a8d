"""The rules by which looks become cases: data, each with a sentence."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import msgspec

OWN, COLLEAGUE, SURNAME = "own-record", "colleague", "same-surname"
PROTECTED, NO_LINK, EMERGENCY, VOLUME = "protected", "no-link", "emergency", "volume"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one look. ``surnames`` are the person's, folded; ``workers`` are ids of
    those whose own record it is; ``links`` are kinds of links that were in force; ``people`` is how
    many the actor looked at that day."""

    actor: str
    name: str
    role: str
    surnames: frozenset[str]
    workers: frozenset[str]
    colleague: bool
    protected: bool
    links: frozenset[str]
    people: int


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rules: dict[str, str]
    most_people: dict[str, int]


@cache
def _file() -> _File:
    text = files("bevan.access.watch").joinpath("rules.json").read_bytes()
    return msgspec.json.decode(text, type=_File)


def rules() -> Mapping[str, str]:
    """Each rule with its sentence, in the order of the page."""
    return MappingProxyType(_file().rules)


def most_people(role: str) -> int:
    """How many people a day are usual for a role, at most."""
    limits = _file().most_people
    return limits.get(role, limits[""])


def raised(facts: Facts) -> list[str]:
    """The rules that a look meets. One's own record isn't a colleague's or a relative's besides."""
    found = []
    if facts.actor in facts.workers:
        found.append(OWN)
    else:
        found += [COLLEAGUE] if facts.colleague else []
        found += [SURNAME] if facts.surnames & folded(_last(facts.name)) else []
    found += [PROTECTED] if facts.protected else []
    if EMERGENCY in facts.links:
        found.append(EMERGENCY)
    elif not facts.links:
        found.append(NO_LINK)
    if facts.people > most_people(facts.role):
        found.append(VOLUME)
    return found


def surnames(patient: Mapping[str, Any]) -> frozenset[str]:
    """A Patient's family names, each part of a double name too, folded."""
    return folded(str(one.get("family", "")) for one in patient.get("name") or ())


def folded(names: Iterable[str]) -> frozenset[str]:
    """Names and their parts without case, accents and marks; words of two letters are left out."""
    found: set[str] = set()
    for name in names:
        plain = unicodedata.normalize("NFKD", name).casefold()
        kept = "".join(one if one.isalpha() else " " for one in plain if one != "\u0301")
        found.update(part for part in kept.split() if len(part) > 2)
    return frozenset(found)


def _last(name: str) -> list[str]:
    """The surname of a worker's name as it is written in the audit: its last word."""
    return name.split(",")[0].split()[-1:]
