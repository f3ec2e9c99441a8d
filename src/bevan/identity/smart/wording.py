"""The words of a `scope`: what an app asks for and what it is given (SMART App Launch 2.2).

A word is a context (`patient/`, `user/`, `system/`), a resource type or `*`, letters in the order
c r u d s, and perhaps a search: `patient/Observation.rs?category=laboratory`. The words of SMART 1
are read as what they mean in SMART 2: `.read` is `rs`, `.write` is `cud`, `.*` is `cruds`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from bevan.identity.errors import ProtocolRefused
from bevan.identity.grants import LETTERS, Grant, Grants, combine

Context = Literal["patient", "user", "system"]
Comparable = Callable[[str, str], bool]
"""Whether a search (its text) can be compared with a resource of a type."""

# Beside resources: who is there, where it starts, and how long it lasts.
OTHERS = (
    "openid",
    "fhirUser",
    "profile",
    "launch",
    "launch/patient",
    "online_access",
    "offline_access",
)
# What gives, takes or records access isn't an app's to add.
KEPT = frozenset(
    {
        *("*", "Patient", "Encounter", "EpisodeOfCare", "CareTeam", "Appointment"),
        *("ServiceRequest", "Consent", "AuditEvent", "Provenance", "RelatedPerson", "Person"),
        *("Organization", "Practitioner", "PractitionerRole", "Location", "Bundle", "Linkage"),
    }
)
MOST = 100
_FIRST = {"read": "rs", "write": "cud", "*": "cruds"}
_SHAPE = re.compile(r"(patient|user|system)/(\*|[A-Za-z]+)\.([a-z*]+)(?:\?(.*))?", re.ASCII)
_ORDERED = re.compile(r"c?r?u?d?s?", re.ASCII)
# RFC 6749 3.3: what a scope may be written with.
_PLAIN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Word:
    """One scope for a type of resource. `search` is empty where it isn't filtered."""

    context: Context
    type: str
    letters: str
    search: str = ""

    def __str__(self) -> str:
        search = f"?{self.search}" if self.search else ""
        return f"{self.context}/{self.type}.{self.letters}{search}"


@dataclass(frozen=True, slots=True)
class Wording:
    """A whole scope: words for resources, and the other words."""

    words: tuple[Word, ...]
    others: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join((*self.others, *map(str, self.words)))

    @property
    def context(self) -> Context | None:
        """The context of its words, which is one for all of them once they are granted."""
        return self.words[0].context if self.words else None

    def grants(self) -> Grants:
        """The letters it gives by type."""
        return combine(Grant(word.type, frozenset(word.letters)) for word in self.words)

    def filters(self) -> dict[str, frozenset[str]]:
        """The searches that hold for a type; none where a word without a search gives it too."""
        # A type that is free to be read only, or to be searched only, stays filtered for both.
        free = {word.type for word in self.words if not word.search and _all_reads(word)}
        found: dict[str, set[str]] = {}
        for word in self.words:
            if word.search and not free & {"*", word.type}:
                found.setdefault(word.type, set()).add(word.search)
        return {type: frozenset(searches) for type, searches in found.items()}


def read(text: str, types: Collection[str]) -> Wording:
    """Read a scope. Words that nobody knows are left out (RFC 6749 3.3).

    Raises ProtocolRefused `invalid_scope` for a word about resources that can't be understood:
    letters out of order, an unknown type; leaving it out would hide a fault of the app.
    """
    given = list(dict.fromkeys(text.split()))
    if len(given) > MOST or not all(map(_PLAIN.fullmatch, given)):
        raise _bad("The scope is too long, or holds characters that a scope can't have.")
    words = [_word(each, types) for each in given if re.match(r"(patient|user|system)/", each)]
    return Wording(tuple(words), tuple(each for each in OTHERS if each in given))


def narrow(asked: Wording, allowed: Wording, comparable: Comparable) -> Wording:
    """As much of what is asked as is allowed, type by type and letter by letter.

    A word with a search only reads, and is left out where its search can't be compared, or is for
    every type. Where an app asks in several contexts it gets one: its patient's before its user's.
    """
    words = [
        met
        for word in asked.words
        for limit in allowed.words
        if (met := _meet(word, limit)) is not None and _checkable(met, comparable)
    ]
    others = tuple(each for each in asked.others if each in allowed.others)
    kept = tuple(dict.fromkeys(_one_context(words)))
    return Wording(tuple(word for word in kept if not _implied(word, kept)), others)


def reading(wording: Wording) -> Wording:
    """What of it only reads."""
    return replace(wording, words=_limited(wording.words, lambda word: "rs"))


def starting(wording: Wording) -> Wording:
    """What a person may let an app do: read, and keep entries of named types.

    A `user/` word may add, change and delete as far as the person may; a `patient/` word adds.
    Neither words for services, nor writing what decides who may see whom.
    """
    mine = tuple(word for word in wording.words if word.context != "system")
    return replace(wording, words=_limited(mine, _startable))


def _startable(word: Word) -> str:
    if word.type in KEPT:
        return "rs"
    return LETTERS if word.context == "user" else "crs"


def _limited(words: Iterable[Word], letters: Callable[[Word], str]) -> tuple[Word, ...]:
    found = (
        replace(word, letters="".join(each for each in word.letters if each in letters(word)))
        for word in words
    )
    return tuple(word for word in found if word.letters)


def _word(text: str, types: Collection[str]) -> Word:
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise _bad(f"{text[:100]} isn't a scope of the form patient/Type.cruds.")
    context, type, letters, search = shape.groups()
    letters = _FIRST.get(letters, letters)
    if type != "*" and type not in types:
        raise _bad(f"{text[:100]}: there is no such type of resource.")
    if not _ORDERED.fullmatch(letters) or not letters:
        raise _bad(f"{text[:100]}: letters must be some of cruds, in that order.")
    if search == "":
        raise _bad(f"{text[:100]}: the search after the question mark is missing.")
    return Word(context, type, letters, search or "")  # type: ignore[arg-type]


def _meet(word: Word, limit: Word) -> Word | None:
    """What a word and an allowance have in common."""
    if word.context != limit.context:
        return None
    if word.type != limit.type and "*" not in (word.type, limit.type):
        return None
    if word.search and limit.search and word.search != limit.search:
        return None
    search = word.search or limit.search
    shared = set(word.letters) & set(limit.letters) & (set("rs") if search else set(LETTERS))
    if not shared:
        return None
    type = limit.type if word.type == "*" else word.type
    letters = "".join(each for each in LETTERS if each in shared)
    return Word(word.context, type, letters, search)


def _checkable(word: Word, comparable: Comparable) -> bool:
    return not word.search or (word.type != "*" and comparable(word.type, word.search))


def _one_context(words: list[Word]) -> list[Word]:
    for context in ("patient", "user", "system"):
        found = [word for word in words if word.context == context]
        if found:
            return found
    return []


def _implied(word: Word, others: Iterable[Word]) -> bool:
    """Whether another word gives as much and more."""
    return any(
        other != word
        and other.type in ("*", word.type)
        and other.search in ("", word.search)
        and set(word.letters) <= set(other.letters)
        for other in others
    )


def _all_reads(word: Word) -> bool:
    return set("rs") <= set(word.letters)


def _bad(sentence: str) -> ProtocolRefused:
    return ProtocolRefused("invalid_scope", sentence)
