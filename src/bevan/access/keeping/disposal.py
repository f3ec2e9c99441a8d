"""A disposal and a hold, as they are kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bevan.kernel.errors import BevanError
from bevan.record.erasure import Erased


class KeepingRefused(BevanError):
    """What was asked for isn't done: `field` is where, the message says what to do about it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Hold:
    """What stops a disposal; ``person`` is a logical id, None for everybody."""

    id: UUID
    person: str | None
    reason: str
    until: date | None
    placed: datetime
    placed_by_name: str


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody whose record is due, by which schedule and since when."""

    person: str
    schedule: str
    since: date
    held: bool


@dataclass(frozen=True, slots=True)
class Disposal:
    """One disposal. ``person`` is None once nothing is left; ``state`` is asked, withdrawn,
    decided, told (the record is gone, others are being told) or done."""

    id: UUID
    person: str | None
    erased: Erased
    schedule: str
    reason: str
    state: str
    asked: datetime
    asked_by: tuple[str, str, str]
    decided: datetime | None
    decided_by: tuple[str, str, str] | None
    told: datetime | None
    removed: Mapping[str, int]
    done: datetime | None


def hold_of(row: Any) -> Hold:
    """A hold from its row."""
    return Hold(**{name: row[name] for name in Hold.__dataclass_fields__})


def disposal_of(row: Any) -> Disposal:
    """A disposal from its row."""
    asked = (row["asked_by"], row["asked_by_name"], row["asked_by_role"])
    decided = (row["decided_by"], row["decided_by_name"], row["decided_by_role"])
    return Disposal(
        id=row["id"],
        person=row["person"],
        erased=Erased(tuple(row["ids"]), tuple(row["words"]), row["reference"]),
        schedule=row["schedule"],
        reason=row["reason"],
        state=row["state"],
        asked=row["asked"],
        asked_by=asked,
        decided=row["decided"],
        decided_by=decided if row["decided"] else None,
        told=row["told"],
        removed=json.loads(row["removed"]),
        done=row["done"],
    )
