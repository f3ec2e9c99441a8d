from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bevan.web import words

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "long", "short"),
    [
        ("1951-07-04", "4 July 1951", "4 Jul 1951"),
        ("1951-07", "July 1951", "Jul 1951"),
        ("1951", "1951", "1951"),
        ("2026-07-04T23:30:00Z", "5 July 2026", "5 Jul 2026"),
        ("", "date not recorded", "date not recorded"),
        ("soon", "date not recorded", "date not recorded"),
        ("2026-02-30", "date not recorded", "date not recorded"),
    ],
)
def test_dates_keep_their_precision(text: str, long: str, short: str) -> None:
    assert (words.long_date(text), words.short_date(text)) == (long, short)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-11-24T10:31:00Z", "Today 10:31"),
        ("2026-11-23T10:31:00+00:00", "Yesterday 10:31"),
        ("2026-11-24", "Today"),
        ("2026-11-22", "22 Nov 2026"),
        ("2026-11-25T09:00:00Z", "25 Nov 2026"),
    ],
)
def test_near_dates_say_today(text: str, said: str) -> None:
    assert words.near_date(text, TODAY) == said


@pytest.mark.parametrize(
    ("born", "said"),
    [
        ("1948-03-14", "78 years"),
        ("1948-11-25", "77 years"),
        ("2025-06-24", "17 months"),
        ("2026-11-10", "14 days"),
        ("2026-11-23", "1 day"),
        ("2027-01-01", "age not known"),
        (None, "age not known"),
    ],
)
def test_age(born: str | None, said: str) -> None:
    assert words.age(born, TODAY) == said


def test_clock_time_only_where_there_is_one() -> None:
    assert words.clock_time("2026-06-24T10:31:00Z") == "11:31", "summer time"
    assert words.clock_time("2026-06-24") == ""


def test_nhs_number_in_three_groups() -> None:
    assert words.nhs_number("9990123454") == "999 012 3454"
    assert words.nhs_number("A123") == "A123"
    assert words.nhs_number(None) == ""


def test_counts_and_amounts() -> None:
    assert words.counted(1, "result") == "1 result"
    assert words.counted(1214, "result") == "1,214 results"
    assert words.counted(2, "entry", "entries") == "2 entries"
    assert words.amount(Decimal("72.50")) == "72.50"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Dr Leila Haddad", "LH"), ("Priya Nair", "PN"), ("Dot", "D"), ("", ""), ("Jo van Dyk", "JD")],
)
def test_initials(name: str, letters: str) -> None:
    assert words.initials(name) == letters
