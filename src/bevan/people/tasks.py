"""A clerk's question as a FHIR Task (R4 Task), and back: pure.

`for` and `focus` are the two Patients; what was found is in `input`. A Task is the queue that any
FHIR client can read; what was decided is in `output` and in the ledger of decisions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bevan.people.merge import TASKS

CODES = "https://bevan.example/fhir/CodeSystem/identity-review"
Kind = Literal["same-person", "whose-entry"]
Decision = Literal["same", "different", "unsure"]
WORDS: Mapping[Kind, str] = {
    "same-person": "Are these two records of one person?",
    "whose-entry": "Whose record does this entry belong to?",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What a clerk is asked.

    `first` and `second` are ids of Patients, `entry` is the row (`Type/id`) to be placed for
    `whose-entry`. `levels` is element → level, `why` the reasons why nobody decided alone.
    """

    kind: Kind
    first: str
    second: str
    score: float | None = None
    levels: Mapping[str, str | None] | None = None
    why: Sequence[str] = ()
    entry: str = ""
    task: str = ""
    version: int = 0
    asked: str = ""
    unsure: bool = False

    @property
    def key(self) -> str:
        """What makes it one question, whoever asks and however often."""
        return ".".join((self.kind, *sorted((self.first, self.second)), self.entry)).rstrip(".")


def task(question: Question, at: datetime) -> dict[str, Any]:
    """The question as a new Task."""
    when = at.isoformat(timespec="seconds")
    return {
        "resourceType": "Task",
        "identifier": [{"system": TASKS, "value": question.key.replace("/", "-")}],
        "status": "requested",
        "intent": "order",
        "priority": "routine",
        "code": {
            "coding": [{"system": CODES, "code": question.kind}],
            "text": WORDS[question.kind],
        },
        "for": {"reference": f"Patient/{question.first}"},
        "focus": {"reference": f"Patient/{question.second}"},
        "authoredOn": when,
        "lastModified": when,
        **({"input": found} if (found := list(_inputs(question))) else {}),
    }


def _inputs(question: Question) -> Iterator[dict[str, Any]]:
    if question.score is not None:
        yield {"type": {"text": "score"}, "valueDecimal": round(question.score, 4)}
    for element, level in (question.levels or {}).items():
        yield {"type": {"text": "level"}, "valueString": f"{element}: {level or 'missing'}"}
    for word in question.why:
        yield {"type": {"text": "why"}, "valueString": word}
    if question.entry:
        yield {"type": {"text": "entry"}, "valueReference": {"reference": question.entry}}


def question(resource: Mapping[str, Any]) -> Question | None:
    """A Task as the question it is; None for a Task about something else."""
    codings = (resource.get("code") or {}).get("coding") or ()
    codes = {each.get("code") for each in codings if each.get("system") == CODES}
    kind = next((each for each in WORDS if each in codes), None)
    first, second = (_patient(resource.get(name)) for name in ("for", "focus"))
    if kind is None or not first or not second:
        return None
    given = list(resource.get("input") or ())
    scores = [each["valueDecimal"] for each in _named(given, "score")]
    levels = [str(each["valueString"]).partition(": ") for each in _named(given, "level")]
    entries = [each["valueReference"]["reference"] for each in _named(given, "entry")]
    return Question(
        kind=kind,
        first=first,
        second=second,
        score=float(scores[0]) if scores else None,
        levels={name: None if level == "missing" else level for name, _, level in levels},
        why=tuple(str(each["valueString"]) for each in _named(given, "why")),
        entry=entries[0] if entries else "",
        task=str(resource["id"]),
        version=int((resource.get("meta") or {}).get("versionId", 0)),
        asked=str(resource.get("authoredOn", "")),
        unsure=resource.get("status") == "on-hold",
    )


def answered(
    resource: Mapping[str, Any], decision: str, reason: str, at: datetime
) -> dict[str, Any]:
    """The Task once a clerk has decided; unsure ones wait for somebody who knows more."""
    said = {"type": {"text": "decision"}, "valueString": decision}
    why = {"type": {"text": "reason"}, "valueString": reason}
    return {
        **resource,
        "status": "on-hold" if decision == "unsure" else "completed",
        "lastModified": at.isoformat(timespec="seconds"),
        "output": [*(resource.get("output") or ()), said, why],
    }


def _named(given: Sequence[Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    return [each for each in given if (each.get("type") or {}).get("text") == name]


def _patient(reference: Any) -> str:
    type, _, id = str((reference or {}).get("reference", "")).partition("/")
    return id if type == "Patient" else ""
