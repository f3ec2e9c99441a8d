"""Levels of likeness: what each is for, and that SQL and Python say the same of any pair."""

from __future__ import annotations

from random import Random

import duckdb
import pytest

from bevan.people.comparisons import COMPARISONS, Comparison, swapped
from bevan.people.features import Features, features, folded
from bevan.people.model import Likeness, load

BY_NAME = {each.element: each for each in COMPARISONS}


def level(element: str, left: str, right: str) -> str | None:
    return BY_NAME[element].level(Features(**{element: left}), Features(**{element: right}))


@pytest.mark.parametrize(
    ("element", "left", "right", "expected"),
    [
        ("number", "9990123454", "9990123454", "same"),
        ("number", "9990123454", "9990000018", "different"),
        ("number", "9990123454", "", None),
        ("given", "tomasz", "tomasz", "same"),
        ("given", "tomasz", "tomsaz", "near"),
        ("given", "sam", "samuel", "near"),
        ("given", "dorothy", "oliver", "different"),
        ("family", "brindle", "brindal", "near"),
        ("family", "hale", "pemberton-hale", "part"),
        ("family", "pemberton", "okafor", "different"),
        ("born", "1978-09-05", "1978-05-09", "swapped"),
        ("born", "1978-09-05", "1978-09-06", "slip"),
        ("born", "1978-09-05", "1978-11-21", "year"),
        ("born", "1978-09-05", "1951-11-21", "different"),
        ("gender", "female", "male", "different"),
        ("postcode", "HW25RP", "HW25RQ", "district"),
        ("postcode", "HW25RP", "BV37QT", "different"),
    ],
)
def test_levels(element: str, left: str, right: str, expected: str | None) -> None:
    assert level(element, left, right) == expected
    assert level(element, right, left) == expected


def test_swapped_names() -> None:
    left = Features(given="kim", family="lee")
    right = Features(given="lee", family="kim")
    assert BY_NAME["given"].level(left, right) == "swapped"
    assert BY_NAME["family"].level(left, right) == "swapped"


def test_sql_and_python_put_any_pair_on_the_same_level() -> None:
    draws = Random(7)
    pairs = [(_anybody(draws), _anybody(draws)) for _ in range(3_000)]
    names = [each.element for each in COMPARISONS]
    columns = [f"{name}_{side}" for side in "lr" for name in names]
    values = [[getattr(one, name) or None for one in pair for name in names] for pair in pairs]
    with duckdb.connect() as connection:
        connection.execute(f"create table pair ({', '.join(f'{c} varchar' for c in columns)})")
        connection.executemany(f"insert into pair values ({', '.join('?' * len(columns))})", values)
        asked = ", ".join(map(_case, COMPARISONS))
        rows = connection.execute(f"select {asked} from pair").fetchall()
    said = [tuple(each.level(*pair) for each in COMPARISONS) for pair in pairs]
    assert rows == said
    assert {found for row in said for found in row} >= {"same", "near", "part", "swapped", "slip"}


def _case(comparison: Comparison) -> str:
    whens = [f"when {comparison.missing_sql} then null"]
    whens += [
        f"else '{each.name}'" if each.sql == "else" else f"when {each.sql} then '{each.name}'"
        for each in comparison.levels
    ]
    return f"case {' '.join(whens)} end"


def _anybody(draws: Random) -> Features:
    """Somebody out of very few, so that every level comes up."""
    names = ("ann", "anna", "hanna", "lee", "lee-ann", "ana", "jo", "joanne", "")
    dates = ("1978-09-05", "1978-05-09", "1978-09-06", "1978-01-21", "1951-09-05", "")
    return Features(
        given=draws.choice(names),
        family=draws.choice(names),
        born=draws.choice(dates),
        gender=draws.choice(("female", "male", "")),
        postcode=draws.choice(("BV37QT", "BV37QS", "HW25RP", "")),
        number=draws.choice(("9990123454", "9990000018", "")),
    )


def test_names_are_folded() -> None:
    assert folded("  O’Brien-LEE ") == folded("O'Brien-Lee") == "obrien-lee"
    assert folded("Zoë Ångström") == "zoe angstrom"


def test_a_person_is_compared_by_each_of_their_names() -> None:
    found = features(
        {
            "name": [
                {"use": "old", "family": "Hale", "given": ["Eve"]},
                {"use": "official", "family": "Pemberton", "given": ["Eve", "Ann"]},
            ],
            "birthDate": "1948-03",
            "gender": "unknown",
        }
    )
    assert [each.family for each in found] == ["pemberton", "hale"]
    assert found[0].born == "" and found[0].gender == ""


def test_a_date_whose_day_can_not_be_a_month_has_no_other() -> None:
    assert swapped("1978-09-05") == "1978-05-09"
    assert swapped("1978-09-25") is None
    assert swapped("1978-05-05") is None


def likeness(**changed: object) -> Likeness:
    same = Features("dorothy", "pemberton", "1948-03-14", "female", "BV37QT", "9990123454", True)
    other = Features(
        **{  # type: ignore[arg-type]
            **{name: getattr(same, name) for name in ("given", "family", "born", "gender")},
            "postcode": same.postcode,
            "number": same.number,
            "verified": True,
            **changed,
        }
    )
    return load().compare(same, other)


def test_two_verified_numbers_bar_any_likeness() -> None:
    barred = likeness(number="9990000018")
    assert barred.barred and barred.score == 0 and barred.grade == "certainly-not"
    assert likeness(number="9990000018", verified=False).grade != "certain"


def test_grades() -> None:
    assert likeness().grade == "certain"
    assert likeness(number="").grade == "probable"
    assert likeness(number="", given="beth").grade != "probable"
    assert likeness(number="", born="1921-07-02").namesakes
    assert likeness(number="", given="oliver", family="vale", born="1999-01-01").grade == (
        "certainly-not"
    )
