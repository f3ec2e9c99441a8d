"""The time, asked of a value rather than of the machine, so that tests can hold it still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time as an aware datetime in UTC."""

    def now(self) -> datetime:
        """The present moment, in UTC, to the microsecond."""
        ...


@dataclass(frozen=True)
class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The machine's present moment, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True)
class FixedClock:
    """A clock that always says `at`, for tests and for the demo's fixed day."""

    at: datetime

    def __post_init__(self) -> None:
        """Refuse a time without a zone: it would mean different moments in different places."""
        if self.at.tzinfo is None:
            raise ValueError("a clock's time needs a time zone")

    def now(self) -> datetime:
        """The fixed moment, in UTC."""
        return self.at.astimezone(UTC)


@dataclass(frozen=True)
class ShiftedClock:
    """The machine's clock moved by `by`: a demonstration begins on its own day."""

    by: timedelta

    def now(self) -> datetime:
        """The machine's present moment, moved, in UTC."""
        return datetime.now(UTC) + self.by
