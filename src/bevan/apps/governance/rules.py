"""The registers, who decides in each, and their clocks; pure.

Clocks: a subject access request is answered within one calendar month of receipt, two more where
it is complex (UK GDPR Article 12(3)); a breach goes to the ICO within 72 hours of becoming aware of
it (Article 33(1)). A high risk that is left goes to the ICO before anything starts (Article 36(1)).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bevan.registers import Course, Step

LONDON = ZoneInfo("Europe/London")
OFFICER, DPO, GUARDIAN, SIRO = (
    "Privacy officer",
    "Data protection officer",
    "Caldicott guardian",
    "SIRO",
)
GOVERNORS = frozenset({OFFICER, DPO, GUARDIAN, SIRO})
WRITERS = frozenset({OFFICER, DPO})
Answers = Mapping[str, str]


@dataclass(frozen=True)
class Register:
    """One register: its address, words, form, course, and the clock of an entry, if it has one."""

    name: str
    title: str
    one: str
    says: str
    form: str
    course: Course
    due: Callable[[Answers, bool], datetime | None] = lambda answers, extended: None


def months_later(day: date, months: int) -> date:
    """The same day some months later, or that month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def request_due(answers: Answers, extended: bool) -> datetime | None:
    """The end of the last day on which a subject access request is answered in time."""
    last = months_later(date.fromisoformat(answers["received"]), 3 if extended else 1)
    return datetime.combine(last + timedelta(days=1), time(), LONDON)


def incident_due(answers: Answers, extended: bool) -> datetime | None:
    """72 hours after becoming aware, counted as they pass, weekends and clock changes included."""
    return datetime.fromisoformat(answers["aware"]).astimezone(UTC) + timedelta(hours=72)


def forbidden(register: str, step: Step, answers: Answers) -> str:
    """Why a step can't be taken with these answers: a sentence, or "" where it can."""
    if register == "assessments" and step.name == "approve" and answers["residual"] == "high":
        return "A high risk is left: the ICO has to be consulted before this can be approved."
    return ""


def _course(*steps: tuple[str, Step], states: Mapping[str, str], **more: frozenset[str]) -> Course:
    out: dict[str, tuple[Step, ...]] = {}
    for state, step in steps:
        out[state] = (*out.get(state, ()), step)
    first = next(iter(states))
    return Course(first, dict(states), out, WRITERS, more.pop("open_states"), **more)


def _states(*names: str) -> frozenset[str]:
    return frozenset(names)


_REVIEWED = _course(
    ("draft", Step("submit", "Send for review", "review", WRITERS)),
    ("review", Step("return", "Send back", "draft", frozenset({DPO, SIRO}), reason=True)),
    ("review", Step("approve", "Approve", "approved", frozenset({DPO, SIRO}), other=True)),
    ("approved", Step("reopen", "Review again", "draft", WRITERS, reason=True)),
    ("approved", Step("end", "End it", "ended", frozenset({DPO, SIRO}), reason=True)),
    states={"draft": "Draft", "review": "In review", "approved": "Approved", "ended": "Ended"},
    open_states=_states("draft"),
    public_states=_states("approved"),
    ended=_states("ended"),
)
_ASSESSED = _course(
    ("draft", Step("submit", "Send to the DPO", "dpo-review", WRITERS)),
    ("dpo-review", Step("return", "Send back", "draft", frozenset({DPO}), reason=True)),
    ("dpo-review", Step("consult", "Consult the ICO", "ico", frozenset({DPO}), reason=True)),
    ("dpo-review", Step("approve", "Approve", "approved", frozenset({SIRO}), other=True)),
    (
        "ico",
        Step("approve-consulted", "Approve after the ICO's answer", "approved",
             frozenset({SIRO}), reason=True, other=True),
    ),
    ("ico", Step("return", "Send back", "draft", frozenset({DPO}), reason=True)),
    ("approved", Step("reopen", "Review again", "draft", WRITERS, reason=True)),
    states={
        "draft": "Draft", "dpo-review": "With the DPO", "ico": "With the ICO",
        "approved": "Approved",
    },
    open_states=_states("draft"),
    public_states=_states("approved"),
)  # fmt: skip
_ASKED = _course(
    ("open", Step("extend", "Add two months", "extended", frozenset({DPO}), reason=True)),
    ("open", Step("answer", "Mark as answered", "answered", WRITERS, reason=True)),
    ("open", Step("refuse", "Refuse", "refused", frozenset({DPO}), reason=True)),
    ("extended", Step("answer", "Mark as answered", "answered", WRITERS, reason=True)),
    ("extended", Step("refuse", "Refuse", "refused", frozenset({DPO}), reason=True)),
    states={
        "open": "Being answered", "extended": "Being answered, two months added",
        "answered": "Answered", "refused": "Refused",
    },
    open_states=_states("open", "extended"),
    ended=_states("answered", "refused"),
)  # fmt: skip
_HAPPENED = _course(
    ("open", Step("report", "Mark as reported to the ICO", "reported", WRITERS, reason=True)),
    ("open", Step("keep", "Not to be reported", "kept", frozenset({DPO}), reason=True)),
    ("reported", Step("close", "Close", "closed", frozenset({DPO, SIRO}), reason=True)),
    ("kept", Step("close", "Close", "closed", frozenset({DPO, SIRO}), reason=True)),
    states={
        "open": "Being looked into", "reported": "Reported to the ICO",
        "kept": "Not to be reported", "closed": "Closed",
    },
    open_states=_states("open", "reported", "kept"),
    ended=_states("reported", "kept", "closed"),
)  # fmt: skip

REGISTERS: Mapping[str, Register] = {
    register.name: register
    for register in (
        Register(
            "processing", "Record of processing", "processing",
            "What we do with people's data, and by what right.", "processing", _REVIEWED,
        ),
        Register(
            "assessments", "Impact assessments", "assessment",
            "Risks to people, looked at before anything starts.", "dpia", _ASSESSED,
        ),
        Register(
            "agreements", "Sharing agreements", "agreement",
            "With whom we share, what, and until when.", "agreement", _REVIEWED,
        ),
        Register(
            "requests", "Subject access requests", "request",
            "People who ask for their data: one month to answer.", "request", _ASKED, request_due,
        ),
        Register(
            "incidents", "Incidents", "incident",
            "What went wrong: 72 hours to the ICO.", "incident", _HAPPENED, incident_due,
        ),
    )
}  # fmt: skip
PUBLIC = ("processing", "assessments", "agreements")
