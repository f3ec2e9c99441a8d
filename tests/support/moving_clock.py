"""A clock that tests push forward by hand."""

from __future__ import annotations

from datetime import datetime, timedelta


class MovingClock:
    """Stands still until it is told to go on."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The moment the clock was left at."""
        return self.at

    def go_on(self, **by: float) -> None:
        """Push the clock forward; the arguments are timedelta's."""
        self.at += timedelta(**by)
