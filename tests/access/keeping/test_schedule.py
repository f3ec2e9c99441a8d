"""When a record is due: worked days from the retention line of the domain file."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.access.keeping.keeping import facts
from bevan.access.keeping.schedule import Facts, due, load
from bevan.record.erasure import LastContact

SCHEDULES = load()


def ends(
    born: str | None = "1950-06-01",
    died: str | None = None,
    contact: str | None = "2010-03-04",
    *,
    practice: bool = False,
    mental: bool = False,
) -> tuple[str, date] | None:
    days = [None if day is None else date.fromisoformat(day) for day in (born, died, contact)]
    return due(Facts(*days, practice, mental), SCHEDULES)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ("adult", date(2018, 3, 4))),
        ({"mental": True}, ("mental-health", date(2030, 3, 4))),
        ({"practice": True}, None),
        ({"practice": True, "died": "2011-01-02"}, ("gp", date(2021, 1, 2))),
        ({"practice": True, "died": "2011-01-02", "mental": True},
         ("mental-health", date(2030, 3, 4))),
        ({"born": "2000-05-05"}, ("child", date(2025, 5, 5))),
        ({"born": "1992-06-05"}, ("child", date(2018, 6, 5))),
        ({"born": "1992-03-04"}, ("adult", date(2018, 3, 4))),
        ({"born": "1992-03-05"}, ("child", date(2018, 3, 5))),
        ({"born": "1993-03-05"}, ("child", date(2018, 3, 5))),
        ({"contact": None}, None),
        ({"born": None}, ("adult", date(2018, 3, 4))),
        ({"contact": "2012-02-29", "born": "1950-01-01"}, ("adult", date(2020, 2, 29))),
        ({"born": "2004-02-29", "contact": "2012-02-29"}, ("child", date(2029, 3, 1))),
    ],
)  # fmt: skip
def test_the_longest_schedule_counts(given: Any, expected: Any) -> None:
    assert ends(**given) == expected


DAYS = st.dates(date(1900, 1, 1), date(2026, 1, 1))


@given(DAYS, DAYS, DAYS, st.booleans(), st.booleans())
def test_more_to_keep_never_makes_it_due_sooner(
    born: date, died: date, contact: date, practice: bool, mental: bool
) -> None:
    """Dropping what is known of practice or mental health can only bring the day forward."""
    most = due(Facts(born, died, contact, practice=True, mental=True), SCHEDULES)
    some = due(Facts(born, died, contact, practice, mental), SCHEDULES)
    assert most is not None
    assert some is not None
    assert some[1] <= most[1]
    assert some[1] >= contact + timedelta(days=8 * 365) or some[0] == "child"
    alive = Facts(born, None, contact, practice=True, mental=mental)
    assert due(alive, SCHEDULES) is None


def test_a_part_of_a_date_counts_to_its_end() -> None:
    at = datetime(2010, 3, 4, 9, tzinfo=UTC)
    for text, day in (("2005", "2005-12-31"), ("2005-12", "2005-12-31"), ("2004-02", "2004-02-29"),
                      ("2005-06-07T10:00:00Z", "2005-06-07")):  # fmt: skip
        patient = {"deceasedDateTime": text, "birthDate": "1950"}
        found = facts(LastContact(patient, at, labelled=False, going_on=True))
        assert found.died == date.fromisoformat(day)
        assert (found.born, found.contact) == (date(1950, 12, 31), at.date())
    assert facts(LastContact({"deceasedBoolean": True}, None, False, False)).died is None
    practice = {"generalPractitioner": [{"reference": "Organization/x"}]}
    assert facts(LastContact(practice, at, False, False)).practice


def test_what_goes_on_keeps_the_record_of_the_living() -> None:
    at = datetime(2010, 3, 4, 9, tzinfo=UTC)
    assert facts(LastContact({}, at, labelled=False, going_on=True)).contact is None
    assert facts(LastContact({}, at, labelled=False, going_on=False)).contact == at.date()


def test_every_schedule_says_what_the_domain_file_says() -> None:
    assert SCHEDULES.source == "domain/legal-basis-and-ig.md, section 5, Retention"
    years = {kind: one.years for kind, one in SCHEDULES.schedules.items()}
    assert years == {"adult": 8, "gp": 10, "child": 25, "mental-health": 20}
