"""Finding a person: by NHS number, or by name and day of birth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from bevan.apps.care_record.rules.nhs_number import typed
from bevan.apps.care_record.service.chart import PURPOSE
from bevan.apps.care_record.service.reader import Reader
from bevan.identity.sessions import Session
from bevan.web.services import Services
from bevan.web.words import nhs_number

NUMBER_SYSTEM = "https://fhir.nhs.uk/Id/nhs-number"
MOST = 50
SHORTEST, MOST_WORDS = 2, 10
WRONG_DIGIT = (
    "{number} isn't an NHS number: its last digit doesn't fit the others. Check it against the "
    "letter or ask the person."
)
WRONG_LENGTH = "An NHS number has 10 digits. You typed {count}."
TOO_MUCH = "Type a name of at most 10 words."
TOO_LITTLE = "Type an NHS number, or a name with at least 2 letters."


@dataclass(frozen=True)
class Search:
    """What was asked, what is wrong with it, and whom it found. ``more`` says that the list is
    cut at 50."""

    text: str = ""
    born: str = ""
    fault: str = ""
    asked: bool = False
    by_number: bool = False
    people: tuple[dict[str, Any], ...] = ()
    more: bool = False


async def find(services: Services, session: Session, text: str, born: str) -> Search:
    """People whose records the actor may open; nobody else leaves a trace in the answer."""
    asked = typed(text)
    fault = _fault(asked.kind, asked.text, born)
    if fault or not (text.strip() or born):
        return Search(text, born, fault)
    scope = services.access.scope(session.actor, purpose=PURPOSE)
    query = _query(asked.kind, asked.text, born)
    found = await Reader(services.record, scope).every("Patient", query, MOST + 1)
    people = tuple(sorted(found.resources, key=_order))
    return Search(text, born, "", True, asked.kind == "number", people[:MOST], len(people) > MOST)


def _fault(kind: str, text: str, born: str) -> str:
    if kind == "wrong-digit":
        return WRONG_DIGIT.format(number=nhs_number(text))
    if kind == "wrong-length":
        return WRONG_LENGTH.format(count=len(text))
    if text and len(text) < SHORTEST and not born:
        return TOO_LITTLE
    if kind != "number" and len(_words(text)) > MOST_WORDS:
        return TOO_MUCH
    return ""


def _query(kind: str, text: str, born: str) -> str:
    day = [("birthdate", born)] if born else []
    if kind == "number":
        return urlencode([("identifier", f"{NUMBER_SYSTEM}|{text}"), *day], quote_via=quote)
    names = [("name", word) for word in _words(text)]
    return urlencode([*names, *day], quote_via=quote)


def _words(text: str) -> list[str]:
    """The words of a name; what a search would take for a separator is none (R4 3.1.1.4.2)."""
    for mark in "\\$|":
        text = text.replace(mark, f"\\{mark}")
    return text.replace(",", " ").split()


def _order(person: dict[str, Any]) -> tuple[bool, str, str]:
    name: dict[str, Any] = next(iter(person.get("name") or []), {})
    return (not person.get("active", True), name.get("family", "").lower(),
            " ".join(name.get("given") or []).lower())  # fmt: skip
