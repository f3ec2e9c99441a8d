"""What the address of the page asks for; what it can't mean counts as not said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from bevan.access.look import Place

ADDRESS = "/my-record/who-looked"
PERIODS = {"7": "Last 7 days", "30": "Last 30 days", "365": "Last 12 months", "all": "Any time"}
USUAL = "30"
_EVER = 365 * 100


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter: a period, an organisation's id or nothing, people or systems, and the place
    after which the page begins, None for the newest."""

    period: str = USUAL
    organisation: str = ""
    systems: bool = False
    after: Place | None = None

    @property
    def days(self) -> timedelta:
        """How far back."""
        return timedelta(days=_EVER if self.period == "all" else int(self.period))

    def address(self, after: Place | None = None, *, systems: bool | None = None) -> str:
        """The address of another page with this filter."""
        shown = self.systems if systems is None else systems
        pairs = {
            "period": self.period if self.period != USUAL else "",
            "organisation": self.organisation,
            "show": "systems" if shown else "",
            "after": after.token() if after else "",
        }
        query = urlencode({name: value for name, value in pairs.items() if value})
        return f"{ADDRESS}?{query}" if query else ADDRESS


def chosen(query: Mapping[str, str]) -> Asked:
    """The filter in a query."""
    period = query.get("period", USUAL)
    return Asked(
        period=period if period in PERIODS else USUAL,
        organisation=query.get("organisation", "")[:64],
        systems=query.get("show") == "systems",
        after=Place.of(query.get("after", "")[:100]),
    )
