"""When a person's record is due, by the schedules: pure, values in and values out.

The record of a region is one, so the longest schedule that applies counts. What isn't known never
makes a record due: somebody whose death nobody recorded keeps a GP record for life.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec


class Schedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of record: kept so many ``years`` after something."""

    says: str
    years: int
    after: str
    seventeen: int | None = None


class Schedules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The schedules by kind, where they are from, and the roles that keep records."""

    source: str
    keepers: tuple[str, ...]
    schedules: dict[str, Schedule]
    audit: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides: days of birth, death and last contact (None: not known), whether a practice
    has or had the person, and whether anything is of mental health."""

    born: date | None
    died: date | None
    contact: date | None
    practice: bool
    mental: bool


@cache
def load() -> Schedules:
    """The schedules that come with Bevan."""
    text = files("bevan.access.keeping").joinpath("schedules.json").read_bytes()
    return msgspec.json.decode(text, type=Schedules)


def due(facts: Facts, schedules: Schedules) -> tuple[str, date] | None:
    """(the schedule that ends last, the day on which the record is due); None for never so far."""
    ends = {kind: _end(kind, facts, schedules.schedules[kind]) for kind in _applying(facts)}
    if any(end is None for end in ends.values()):
        return None
    return max(((kind, end) for kind, end in ends.items() if end), key=lambda one: (one[1], one[0]))


def _applying(facts: Facts) -> list[str]:
    age = None if facts.born is None or facts.contact is None else _age(facts.born, facts.contact)
    kinds = ["child" if age is not None and age < 18 else "adult"]
    kinds += ["gp"] if facts.practice else []
    return kinds + (["mental-health"] if facts.mental else [])


def _end(kind: str, facts: Facts, schedule: Schedule) -> date | None:
    begins = {"birth": facts.born, "death": facts.died, "last contact": facts.contact}
    begin, years = begins[schedule.after], schedule.years
    if begin is None:
        return None
    if kind == "child" and facts.contact and _age(begin, facts.contact) == 17:
        years = schedule.seventeen or years
    return _later(begin, years)


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _later(day: date, years: int) -> date:
    """The same day years later; the first of March for a 29th of February without one."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
