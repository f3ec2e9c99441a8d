"""A form: a FHIR Questionnaire with a version, and the checking of what was answered.

Question sets are data. An answer belongs to the version of the form that it was given to, so that
a new version never changes what an old answer means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bevan.fhir import json
from bevan.kernel.errors import ConfigurationError

Kind = Literal["string", "text", "choice", "date", "dateTime"]
KINDS = frozenset({"string", "text", "choice", "date", "dateTime"})
LONGEST = {"string": 200, "text": 10_000}
LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `options` only for a choice."""

    id: str
    text: str
    kind: Kind
    required: bool
    hint: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A questionnaire in one version. The answer to `heading` names an entry in lists."""

    url: str
    version: str
    title: str
    questions: tuple[Question, ...]

    @property
    def heading(self) -> str:
        """The id of the first question."""
        return self.questions[0].id

    def checked(self, given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """The answers, trimmed, and a sentence for each that can't stand; other names are dropped.

        Times without a zone are London's and are kept with theirs.
        """
        answers: dict[str, str] = {}
        faults: dict[str, str] = {}
        for question in self.questions:
            text = given.get(question.id, "").strip()
            answer, fault = _checked(question, text)
            answers[question.id] = answer
            if fault:
                faults[question.id] = fault
        return answers, faults


def load(text: bytes) -> Form:
    """A form from a Questionnaire's JSON. Raises `ConfigurationError` for what can't be asked."""
    content: dict[str, Any] = json.decode(text)
    questions = tuple(_question(item) for item in content.get("item", ()))
    ids = {question.id for question in questions}
    if content.get("resourceType") != "Questionnaire" or not ids or len(ids) != len(questions):
        raise ConfigurationError("A form must be a Questionnaire whose items have their own ids.")
    return Form(content["url"], content["version"], content["title"], questions)


def _question(item: Mapping[str, Any]) -> Question:
    if item["type"] not in KINDS:
        raise ConfigurationError(f"A form can't ask for {item['type']} ({item['linkId']}).")
    options = tuple(option["valueString"] for option in item.get("answerOption", ()))
    if (item["type"] == "choice") != bool(options):
        raise ConfigurationError(f"A choice needs its options, and only it ({item['linkId']}).")
    hint = next((inner["text"] for inner in item.get("item", ())), "")
    return Question(
        item["linkId"], item["text"], item["type"], bool(item.get("required")), hint, options
    )


def _checked(question: Question, text: str) -> tuple[str, str]:
    if not text:
        return "", f"Answer this: {question.text.lower()}" if question.required else ""
    if question.kind == "choice":
        return text, "" if text in question.options else "Choose one of these."
    if question.kind == "date":
        return _date(text)
    if question.kind == "dateTime":
        return _moment(text)
    longest = LONGEST[question.kind]
    return text, "" if len(text) <= longest else f"Use {longest:,} characters or fewer."


def _date(text: str) -> tuple[str, str]:
    try:
        return date.fromisoformat(text).isoformat(), ""
    except ValueError:
        return text, "Write a date as year-month-day, such as 2026-11-24."


def _moment(text: str) -> tuple[str, str]:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text, "Write a date and time, such as 2026-11-24 10:30."
    return (found if found.tzinfo else found.replace(tzinfo=LONDON)).isoformat(), ""
