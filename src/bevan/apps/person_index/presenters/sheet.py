"""Two Patients side by side in words, with what differs marked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bevan.apps.person_index.service.cases import Case
from bevan.people.nhs_number import stated
from bevan.web.comparison import Piece, difference
from bevan.web.components import Tag
from bevan.web.words import long_date, nhs_number, sentence

Resource = Mapping[str, Any]
STATUSES: Mapping[str, str] = {
    "01": "verified",
    "02": "not traced",
    "03": "to be traced",
    "04": "no match, or several",
    "05": "in conflict",
    "06": "trace in progress",
    "07": "no trace needed",
    "08": "trace postponed",
}
REASONS: Mapping[str, str] = {
    "likely": "Very likely one person",
    "score": "Alike, but not enough to be sure",
    "twins": "Could be twins: one birth date and surname, another first name",
    "namesakes": "Could be two people of one name at one address",
    "ambiguous": "Another record is nearly as alike",
    "restricted": "One of them is restricted",
    "again": "They were merged and taken apart before",
    "superseded": "PDS says that one NHS number replaced the other",
}
SAME, DIFFERS, ONE = Tag("good", "Same", "tick"), Tag("high", "Differs", "warning"), "Only on one"


NEITHER = Tag("missing", "On neither", "dash")


@dataclass(frozen=True)
class Line:
    """One part of both records; `pieces` mark in the second what isn't in the first."""

    label: str
    first: str
    second: tuple[Piece, ...]
    tag: Tag


@dataclass(frozen=True)
class Sheet:
    """A question as its page draws it. Names are of the two records, `keep` is the id of the one
    to be kept unless the clerk says otherwise."""

    task: str
    version: int
    kind: str
    ids: tuple[str, str]
    names: tuple[str, str]
    lines: tuple[Line, ...]
    reasons: tuple[str, ...]
    likeness: str
    keep: str
    entry: str
    unsure: bool


@dataclass(frozen=True)
class Waiting:
    """A row of the queue."""

    href: str
    title: str
    words: str
    since: str
    unsure: bool


def waiting(case: Case) -> Waiting:
    """A question as a row."""
    asked = case.question
    names = f"{name(case.first)} and {name(case.second)}"
    return Waiting(
        href=f"/identity/{asked.task}",
        title=names,
        words="An entry to be placed" if asked.entry else "; ".join(_reasons(case)),
        since=long_date(asked.asked[:10]),
        unsure=asked.unsure,
    )


def sheet(case: Case) -> Sheet:
    """A question as a page."""
    asked = case.question
    return Sheet(
        task=asked.task,
        version=asked.version,
        kind=asked.kind,
        ids=(asked.first, asked.second),
        names=(name(case.first), name(case.second)),
        lines=lines(case.first, case.second),
        reasons=_reasons(case),
        likeness="" if asked.score is None else f"{asked.score * 100:.1f} %",
        keep=_better(case),
        entry=asked.entry,
        unsure=asked.unsure,
    )


@dataclass(frozen=True)
class Brief:
    """Who somebody is, in a line or two."""

    name: str
    born: str
    sex: str
    number: str
    address: str
    practice: str


def brief(patient: Resource) -> Brief:
    """A Patient in a line or two."""
    found = stated(patient)
    return Brief(
        name(patient),
        str(patient.get("birthDate") or ""),
        _sex(patient) or "Not known",
        nhs_number(found.number.digits) if found else "None",
        _address(patient) or "Not known",
        _practice(patient) or "None",
    )


def name(patient: Resource) -> str:
    """BRINDLE, Tomasz."""
    first: Resource = next(iter(patient.get("name") or ()), {})
    family, given = str(first.get("family") or ""), " ".join(first.get("given") or ())
    return ", ".join(part for part in (family.upper(), given) if part) or "No name"


def _reasons(case: Case) -> tuple[str, ...]:
    return tuple(REASONS.get(why, why) for why in case.question.why)


def _better(case: Case) -> str:
    """The record that had better be kept: a verified number first, then a practice."""

    def rank(patient: Resource) -> tuple[bool, bool]:
        number = stated(patient)
        return bool(number and number.verified), bool(patient.get("generalPractitioner"))

    return case.question.second if rank(case.second) > rank(case.first) else case.question.first


def lines(first: Resource, second: Resource) -> tuple[Line, ...]:
    """Two Patients part by part."""
    return tuple(_line(label, of(first), of(second)) for label, of in PARTS)


def _line(label: str, first: str, second: str) -> Line:
    if not first and not second:
        return Line(label, "Not known", (Piece("same", "Not known"),), NEITHER)
    if first == second:
        return Line(label, first, (Piece("same", second),), SAME)
    if not first or not second:
        shown = (Piece("same", second or "Not known"),)
        return Line(label, first or "Not known", shown, Tag("watch", ONE, "dash"))
    return Line(label, first, difference(first, second), DIFFERS)


def _names(patient: Resource) -> str:
    return "; ".join(name({"name": [each]}) for each in patient.get("name") or ())


def _number(patient: Resource) -> str:
    found = stated(patient)
    if found is None:
        return ""
    return f"{nhs_number(found.number.digits)}, {STATUSES.get(found.status, 'status not known')}"


def _born(patient: Resource) -> str:
    return long_date(patient.get("birthDate")) if patient.get("birthDate") else ""


def _address(patient: Resource) -> str:
    parts: Resource = next(iter(patient.get("address") or ()), {})
    return ", ".join([*(parts.get("line") or ()), *_some(parts, "city", "postalCode")])


def _some(parts: Resource, *names: str) -> list[str]:
    return [str(parts[name]) for name in names if parts.get(name)]


def _phone(patient: Resource) -> str:
    return ", ".join(str(each.get("value", "")) for each in patient.get("telecom") or ())


def _practice(patient: Resource) -> str:
    shown = (str(each.get("display", "")) for each in patient.get("generalPractitioner") or ())
    return ", ".join(each for each in shown if each)


def _others(patient: Resource) -> str:
    number = stated(patient)
    digits = number.number.digits if number else ""
    values = (str(each.get("value", "")) for each in patient.get("identifier") or ())
    return ", ".join(each for each in values if each != digits)


def _sex(patient: Resource) -> str:
    return sentence(str(patient.get("gender") or ""))


PARTS: tuple[tuple[str, Callable[[Resource], str]], ...] = (
    ("Name", _names),
    ("NHS number", _number),
    ("Born", _born),
    ("Sex", _sex),
    ("Address", _address),
    ("Phone and email", _phone),
    ("GP practice", _practice),
    ("Other numbers", _others),
)
