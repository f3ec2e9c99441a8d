"""How values are said on pages: dates, ages, NHS numbers, names, counts. Pure functions."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
MONTHS = tuple(calendar.month_name)[1:]


def moment(text: str) -> datetime | date | None:
    """A FHIR date, dateTime or instant; a partial date is taken at its start, nonsense is None."""
    try:
        if len(text) <= 10:
            year, month, day = (*(int(part) for part in text.split("-")), 1, 1)[:3]
            return date(year, month, day)
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return found.astimezone(LONDON) if found.tzinfo else found.replace(tzinfo=LONDON)


def day_of(text: str) -> date | None:
    """The calendar day in the United Kingdom."""
    found = moment(text)
    return found.date() if isinstance(found, datetime) else found


def long_date(text: str | None) -> str:
    """``4 July 1951``, or as much of it as was sent: ``July 1951``, ``1951``."""
    return _spoken(text, MONTHS)


def short_date(text: str | None) -> str:
    """``3 Oct 2026``, for tight tables."""
    return _spoken(text, [name[:3] for name in MONTHS])


def _spoken(text: str | None, months: Sequence[str]) -> str:
    found = day_of(text or "")
    if found is None or not text:
        return "date not recorded"
    parts = [str(found.day), months[found.month - 1], str(found.year)]
    return " ".join(parts[{4: 2, 7: 1}.get(len(text), 0) :])


def clock_time(text: str | None) -> str:
    """``10:31``, or nothing where only a day is known."""
    found = moment(text or "")
    return f"{found:%H:%M}" if isinstance(found, datetime) else ""


def near_date(text: str | None, today: date) -> str:
    """Today and yesterday with their time, everything else as a short date."""
    found = day_of(text or "")
    if found is None or (distance := (today - found).days) not in (0, 1):
        return short_date(text)
    return f"{'Today' if distance == 0 else 'Yesterday'} {clock_time(text)}".strip()


def age(born: str | None, on: date) -> str:
    """Age in the words used by staff: years, months under two years, days under four weeks."""
    start = day_of(born or "")
    if start is None or start > on:
        return "age not known"
    months = (on.year - start.year) * 12 + on.month - start.month - (on.day < start.day)
    if months >= 24:
        return f"{months // 12} years"
    return counted(months, "month") if months else counted((on - start).days, "day")


def nhs_number(digits: str | None) -> str:
    """3-3-4 with spaces; anything that isn't ten digits is given back as it came."""
    text = digits or ""
    if len(text) != 10 or not text.isdigit():
        return text
    return f"{text[:3]} {text[3:6]} {text[6:]}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """``1 result``, ``214 results``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def amount(value: Any) -> str:
    """A number as the source wrote it: ``72.50`` stays ``72.50``."""
    return str(value)


def initials(name: str) -> str:
    """Two letters for the round badge: first and last name, without a title."""
    parts = [part for part in name.split() if part.rstrip(".") not in TITLES]
    return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()


def sentence(text: str) -> str:
    """The same text with a capital first letter; the rest is left as written."""
    return text[:1].upper() + text[1:]


TITLES = frozenset({"Mr", "Mrs", "Miss", "Ms", "Dr", "Prof", "Sir", "Dame", "Mx"})
FILTERS: Mapping[str, Callable[..., str]] = {
    "long_date": long_date,
    "short_date": short_date,
    "clock_time": clock_time,
    "nhs_number": nhs_number,
    "counted": counted,
    "initials": initials,
    "sentence": sentence,
}
