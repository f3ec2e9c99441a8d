"""Finding a person: by NHS number, or by name and day of birth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bevan.apps.care_record.rules.nhs_number import typed
from bevan.apps.care_record.service.chart import PURPOSE
from bevan.identity.sessions import Session
from bevan.people.nhs_number import SYSTEM, parse
from bevan.web.services import Services
from bevan.web.words import nhs_number

NUMBER_SYSTEM = SYSTEM
MOST = 50
SHORTEST, MOST_WORDS = 2, 10
WRONG_DIGIT = (
    "{number} isn't an NHS number: its last digit doesn't fit the others. Check it against the "
    "letter or ask the person."
)
WRONG_RANGE = (
    "{number} isn't an NHS number of England, Wales or the Isle of Man. Scottish and Northern "
    "Irish numbers look alike: look for the person by name."
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
    index = services.people
    if asked.kind == "number":
        number = await index.by_number(scope, parse(asked.text))
        found = [each.patient for each in number if _born(each.patient, born)]
    else:
        found = await index.by_words(scope, _words(asked.text), born=born, most=MOST + 1)
    people = tuple(sorted((dict(each) for each in found), key=_order))
    return Search(text, born, "", True, asked.kind == "number", people[:MOST], len(people) > MOST)


def _fault(kind: str, text: str, born: str) -> str:
    if kind == "wrong-digit":
        return WRONG_DIGIT.format(number=nhs_number(text))
    if kind == "wrong-range":
        return WRONG_RANGE.format(number=nhs_number(text))
    if kind == "wrong-length":
        return WRONG_LENGTH.format(count=len(text))
    if text and len(text) < SHORTEST and not born:
        return TOO_LITTLE
    if kind != "number" and len(_words(text)) > MOST_WORDS:
        return TOO_MUCH
    return ""


def _born(person: Mapping[str, Any], day: str) -> bool:
    """Whether somebody was born on a day, or in a month or year."""
    return str(person.get("birthDate", "")).startswith(day)


def _words(text: str) -> list[str]:
    """The words of a name, which may be typed as a list has it: PEMBERTON, Dorothy."""
    return text.replace(",", " ").split()


def _order(person: dict[str, Any]) -> tuple[bool, str, str]:
    name: dict[str, Any] = next(iter(person.get("name") or []), {})
    return (not person.get("active", True), name.get("family", "").lower(),
            " ".join(name.get("given") or []).lower())  # fmt: skip
