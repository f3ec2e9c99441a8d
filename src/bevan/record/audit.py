"""Who saw or changed what about whom: the rows, and the arrays that carry them to a statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from bevan.kernel.sql import statements

SHOWN, NOTHING, REFUSED = "+", "-", "!"
CREATE, UPDATE, PATCH, DELETE = "c", "u", "p", "d"
READ, VREAD, SEARCH, HISTORY, FEED, IMPORT = "r", "v", "s", "h", "f", "i"
NOTE = "n"


class Entry(NamedTuple):
    """One row of the audit: one person disclosed or changed, or one request that found nothing.

    ``entries`` counts the resources about that person. ``row`` is the place of the written row in
    the same statement whose permission decides the outcome, ``None`` if nothing has to be decided.
    """

    at: datetime
    agent: int
    purpose: int
    version: int | None
    entries: int
    patient: UUID | None
    action: str
    outcome: str
    request: str
    type: str | None
    id: str | None
    query: str | None
    row: int | None


def columns(entries: Sequence[Entry]) -> list[Sequence[Any]]:
    """The entries as parallel arrays, in the order of ``Entry``."""
    return list(zip(*entries, strict=True)) if entries else [[] for _ in Entry._fields]


def people(patient: UUID | None, patients: Iterable[UUID] | None) -> tuple[UUID | None, ...]:
    """Whom a row discloses: one, several, or nobody (one entry without a person)."""
    if patient is not None:
        return (patient,)
    return tuple(patients or ()) or (None,)


def insert() -> str:
    """A statement that writes entries alone; its arguments are ``columns(entries)[:-1]``."""
    return statements("bevan.record", "audit.sql")["insert"]
