"""Dates, periods and schedules as half-open stretches of microseconds from 1970."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bevan.fhir.search.dates import EARLIEST, LATEST, stretch

__all__ = ["EARLIEST", "LATEST", "Stretch", "instant", "period", "timing"]

Stretch = tuple[int, int]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def instant(text: str) -> Stretch:
    """The stretch that a date, dateTime or instant names (FHIR R4 3.1.1.4.7).

    The common form, seconds and a zone, takes the short way; everything else, partial dates in
    Europe/London among it, is read as a search value would be.
    """
    length = len(text)
    if length == 25 or length == 20:
        try:
            low = (datetime.fromisoformat(text) - _EPOCH) // _MICROSECOND
        except (TypeError, ValueError):
            return _unusual(text)
        return low, low + 1_000_000
    return _unusual(text)


def _unusual(text: str) -> Stretch:
    if "T" in text and text[17:19] == "60":
        return stretch(f"{text[:17]}59{text[19:]}")
    if "." in text:
        whole, _, rest = text.partition(".")
        digits = rest.rstrip("Z")
        zone = rest[len(digits) :]
        for mark in "+-":
            if mark in digits:
                digits, _, offset = digits.partition(mark)
                zone = mark + offset
        return stretch(f"{whole}.{digits[:9]}{zone}")
    return stretch(text)


def period(value: Mapping[str, Any]) -> Stretch | None:
    """From the start of `start` to the end of `end`, open where one is missing; None without
    either.
    """
    start, end = value.get("start"), value.get("end")
    if start is None and end is None:
        return None
    low = EARLIEST if start is None else instant(start)[0]
    high = LATEST if end is None else instant(end)[1]
    return low, high


def timing(value: Mapping[str, Any]) -> Stretch | None:
    """The outer limits of a schedule: its events and the bounds of its repetition."""
    return envelope(_timing_parts(value))


def _timing_parts(value: Mapping[str, Any]) -> Iterator[Stretch]:
    for event in value.get("event", ()):
        if event is not None:
            yield instant(event)
    bounds = period(value.get("repeat", {}).get("boundsPeriod", {}))
    if bounds is not None:
        yield bounds


def envelope(stretches: Iterable[Stretch]) -> Stretch | None:
    """The smallest stretch around all of them, None without any."""
    every = list(stretches)
    if not every:
        return None
    return min(low for low, _ in every), max(high for _, high in every)
