"""Dates as people know them: a day, a month, or just a year."""

from __future__ import annotations

import re

from bevan.web.words import MONTHS, day_of

FAULT = "Write a date like 9 June 2014, June 2014 or 2014"
SHAPE = re.compile(r"(?:(?:(\d{1,2})\s+)?([A-Za-z]{3,9})\s+)?(\d{4})")


def to_fhir(text: str) -> str:
    """``9 June 2014`` → ``2014-06-09``, ``June 2014`` → ``2014-06``, ``2014`` → ``2014``.

    FHIR's own form is taken as it is. Raises ``ValueError`` for anything else and for days that
    don't exist.
    """
    if re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text):
        made = text
    elif found := SHAPE.fullmatch(" ".join(text.split())):
        day, month, year = found.groups()
        made = year + (f"-{_month(month):02}" if month else "") + (f"-{int(day):02}" if day else "")
    else:
        raise ValueError(FAULT)
    if day_of(made) is None:
        raise ValueError(FAULT)
    return made


def fault(text: str) -> str:
    """What is wrong with a date, or nothing; an empty one is allowed."""
    try:
        to_fhir(text) if text else None
    except ValueError as wrong:
        return str(wrong)
    return ""


def _month(name: str) -> int:
    for number, month in enumerate(MONTHS, 1):
        if month.lower().startswith(name.lower()):
            return number
    raise ValueError(FAULT)
