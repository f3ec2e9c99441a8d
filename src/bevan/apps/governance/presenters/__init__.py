"""Registers in the words of the pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bevan.apps.governance.rules import LONDON, PUBLIC, REGISTERS, Register
from bevan.registers import Entry, Event, Evidence, Form
from bevan.web.components import Column, Fact, Row, Tag, Text
from bevan.web.words import counted, long_date

COLUMNS = (Column("What"), Column("State"), Column("Clock"), Column("Review by"))
PUBLIC_COLUMNS = (Column("What"), Column("Purpose"), Column("By what right"), Column("Review by"))


@dataclass(frozen=True)
class Door:
    """One register on the home page, and what presses in it."""

    title: str
    says: str
    href: str
    counted: str
    tags: tuple[Tag, ...]


def doors(counted: Iterable[tuple[str, str, int, int, int]]) -> tuple[Door, ...]:
    """Every register, with how many entries it holds and how many press."""
    sums: dict[str, list[int]] = {}
    for register, _, entries, late, stale in counted:
        held = sums.setdefault(register, [0, 0, 0])
        for place, number in enumerate((entries, late, stale)):
            held[place] += number
    return tuple(_door(register, sums.get(name, [0, 0, 0])) for name, register in REGISTERS.items())


def _door(register: Register, sums: Sequence[int]) -> Door:
    entries, late, stale = sums
    tags = []
    if late:
        tags.append(Tag("crit", f"{late} late"))
    if stale:
        tags.append(Tag("due", f"{stale} to review"))
    words = "Nothing yet" if not entries else f"{entries} {'entry' if entries == 1 else 'entries'}"
    return Door(register.title, register.says, f"/governance/{register.name}", words, tuple(tags))


def rows(register: Register, entries: Iterable[Entry], now: datetime) -> tuple[Row, ...]:
    """The entries of a register as a table."""
    return tuple(
        Row(
            (
                Text(entry.title),
                Text(
                    register.course.states[entry.state],
                    ", ".join(t.text for t in tags(register, entry, now)),
                ),
                Text(clock(entry.due, now)),
                Text(review(entry.review, now.date())),
            ),
            href=f"/governance/{register.name}/{entry.id}",
        )
        for entry in entries
    )


def clock(due: datetime | None, now: datetime) -> str:
    """How long there is left, in words that stand on their own."""
    if due is None:
        return "No clock"
    when = (due - timedelta(seconds=1)).astimezone(LONDON)
    words = f"{long_date(when.date().isoformat())}, {when:%H:%M}"
    if due <= now:
        return f"Late: was due by {words}, {left(now - due)} ago"
    return f"By {words}, {left(due - now)} left"


def left(time: timedelta) -> str:
    """A length of time as people count it: hours up to three days, then days; never rounded up."""
    hours = int(time.total_seconds() // 3600)
    if hours < 1:
        return "less than an hour"
    return counted(hours, "hour") if hours <= 72 else counted(hours // 24, "day")


def tags(register: Register, entry: Entry, now: datetime) -> tuple[Tag, ...]:
    """What presses about an entry, in a word."""
    found = []
    if entry.due is not None and entry.due <= now:
        found.append(Tag("crit", "Late", "warning"))
    elif entry.due is not None and entry.due - now <= timedelta(hours=24):
        found.append(Tag("due", "Due within a day", "clock"))
    if overdue(entry.review, now.date()) and entry.state not in register.course.ended:
        found.append(Tag("due", "Review overdue", "clock"))
    return tuple(found)


def overdue(day: date | None, today: date) -> bool:
    """Whether the day to look again has passed."""
    return day is not None and day < today


@dataclass(frozen=True)
class Proof:
    """One piece of evidence, and when to look at it again."""

    name: str
    place: str
    added_by: str
    review: str
    overdue: bool


def proofs(evidence: Iterable[Evidence], today: date) -> tuple[Proof, ...]:
    """Evidence as the page lists it."""
    return tuple(
        Proof(
            one.name,
            one.place,
            one.added_by,
            "" if one.review is None else f"Look at it again: {review(one.review, today)}.",
            overdue(one.review, today),
        )
        for one in evidence
    )


def review(day: date | None, today: date) -> str:
    """When it must be looked at again."""
    if day is None:
        return "No date"
    words = long_date(day.isoformat())
    return f"Overdue since {words}" if overdue(day, today) else words


def facts(form: Form, answers: Mapping[str, str]) -> tuple[Fact, ...]:
    """Questions and answers; what wasn't answered is said."""
    return tuple(
        Fact(question.text, _shown(question.kind, answers.get(question.id, "")), prose=True)
        for question in form.questions
    )


def _shown(kind: str, answer: str) -> str:
    if not answer:
        return "Not answered"
    if kind == "date":
        return long_date(answer)
    if kind == "dateTime":
        moment = datetime.fromisoformat(answer).astimezone(LONDON)
        return f"{long_date(moment.date().isoformat())}, {moment:%H:%M}"
    return answer


@dataclass(frozen=True)
class Line:
    """One line of the ledger."""

    when: str
    who: str
    what: str
    note: str


def lines(register: Register, ledger: Iterable[Event]) -> tuple[Line, ...]:
    """The ledger, newest first."""
    told = [
        Line(
            f"{long_date(event.at.astimezone(LONDON).date().isoformat())}, "
            f"{event.at.astimezone(LONDON):%H:%M}",
            f"{event.name}, {event.role}",
            f"{event.what[:1].upper()}{event.what[1:]}: "
            f"{register.course.states.get(event.state, event.state).lower()}",
            event.note,
        )
        for event in ledger
    ]
    return tuple(reversed(told))


def public_rows(entries: Iterable[Entry], today: date) -> tuple[Row, ...]:
    """What everybody may read of a register: no names, no notes, no risks."""
    return tuple(
        Row(
            (
                Text(entry.title),
                Text(entry.answers.get("purpose") or entry.answers.get("description", "")),
                Text(entry.answers.get("article6", ""), entry.answers.get("confidentiality", "")),
                Text(review(entry.review, today)),
            )
        )
        for entry in entries
    )


def public_registers() -> tuple[Register, ...]:
    """The registers that have a public side."""
    return tuple(REGISTERS[name] for name in PUBLIC)
