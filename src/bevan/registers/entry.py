"""What a register holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it stands; `answers` are to `form` in `form_version`.

    `due` is when its clock runs out (None: no clock), `review` when it must be looked at again.
    """

    id: str
    register: str
    organisation: str
    form: str
    form_version: str
    title: str
    state: str
    answers: Mapping[str, str]
    version: int
    opened: datetime
    changed: datetime
    due: datetime | None
    review: date | None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of an entry's ledger: who, in which role, did what, and the state it led to."""

    version: int
    at: datetime
    actor: str
    name: str
    role: str
    what: str
    state: str
    note: str
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that bears an entry out: what it is, where it is kept, when to look at it again."""

    id: str
    name: str
    place: str
    review: date | None
    added: datetime
    added_by: str
