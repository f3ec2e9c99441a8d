"""Two record sets of a made-up population, with the slips of real ones, and the truth about them.

The left set is a register; the right one is what others wrote down. Of each person in both, the
right copy has slips at fixed rates. One birth in 65 is of twins; people live in households that
share surname, postcode and landline, and some of them a first name too (father and son).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

import pyarrow as pa

from bevan.fhir.nhs_number import check_digit
from bevan.people.features import folded
from bevan.synthetic.naming import culture, family_name, given_name

RATES: Final = {
    "typo in first name": 0.20,
    "typo in surname": 0.20,
    "slip in birth date": 0.08,
    "moved, new postcode": 0.25,
    "surname changed": 0.05,
    "first name missing": 0.05,
    "names swapped": 0.01,
    "NHS number missing": 0.40,
    "NHS number wrong": 0.01,
}
_SHARED: Final = 0.7
_TWINS: Final = 1 / 65
_NAMESAKES: Final = 0.03
_ETHNICITIES: Final = "AAAAAAAAACCHHHJKLMNNRS"
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_FIRST: Final = date(1930, 1, 1)
_DAYS: Final = 35_000

SCHEMA: Final = pa.schema(
    [
        *((name, pa.string()) for name in ("unique_id", "given", "family", "born", "gender")),
        *((name, pa.string()) for name in ("postcode", "number")),
        ("verified", pa.bool_()),
        ("restricted", pa.bool_()),
    ]
)


@dataclass(frozen=True, slots=True)
class Written:
    """What one set says of one person; empty where it says nothing."""

    person: int
    given: str
    family: str
    born: str
    gender: str
    postcode: str
    number: str
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Sets:
    """Both sets as tables whose `unique_id` ends in the person's number."""

    left: pa.Table
    right: pa.Table
    both: int


def sets(size: int, seed: int) -> Sets:
    """Two sets of `size` records each; seven in ten people of the one are in the other."""
    draws = Random(seed)
    shared = int(size * _SHARED)
    people = list(_people(draws, 2 * size - shared))
    draws.shuffle(people)
    left = people[:size]
    right = [_slipped(draws, one) for one in people[:shared]] + people[size:]
    rights = right[:shared] + [_untraced(draws, one) for one in right[shared:]]
    return Sets(_table("l", left), _table("r", rights), shared)


def person(unique_id: str) -> str:
    """The person behind a record."""
    return unique_id[1:]


def _people(draws: Random, count: int) -> Iterator[Written]:
    made = 0
    while made < count:
        for one in _household(draws, made)[: count - made]:
            made += 1
            yield one


def _household(draws: Random, first: int) -> list[Written]:
    of = culture(draws, draws.choice(_ETHNICITIES))
    family = family_name(draws, of)
    postcode = _postcode(draws)
    found: list[Written] = []
    for _ in range(draws.choice((1, 1, 1, 2, 2, 2, 3, 4, 5))):
        own = family if draws.random() < 0.8 else family_name(draws, of)
        found.append(_member(draws, of, own, postcode, first + len(found), found))
        if draws.random() < _TWINS:
            found.append(_twin(draws, of, found[-1], first + len(found)))
    return found


def _member(
    draws: Random, of: str, family: str, postcode: str, number: int, others: list[Written]
) -> Written:
    born = _FIRST + timedelta(days=int(draws.random() * _DAYS))
    sex = draws.choice(("female", "male"))
    given = given_name(draws, of, sex, born.year, family)
    if others and draws.random() < _NAMESAKES:
        given, sex = others[0].given, others[0].gender
    return Written(
        number, folded(given), folded(family), born.isoformat(), sex, postcode, _number(number)
    )


def _twin(draws: Random, of: str, other: Written, number: int) -> Written:
    sex = other.gender if draws.random() < 0.65 else draws.choice(("female", "male"))
    given = other.given
    while given == other.given:
        given = folded(given_name(draws, of, sex, int(other.born[:4]), other.family))
    return replace(other, person=number, given=given, gender=sex, number=_number(number))


def _number(person: int) -> str:
    """A number of the shape of an NHS number. As many as these can't come from the test range, so
    the first digit is 0, which no NHS number has."""
    stem = person * 3
    while check_digit(f"{stem:09}") is None:
        stem += 1
    return f"{stem:09}{check_digit(f'{stem:09}')}"


def _postcode(draws: Random) -> str:
    area = draws.choice(("BV", "HW", "KE", "TH"))
    tail = "".join(draws.choice("ABDEFGHJLNPQRSTUWXYZ") for _ in range(2))
    return f"{area}{draws.randint(1, 40)}{draws.randint(1, 9)}{tail}"


def _slipped(draws: Random, one: Written) -> Written:
    """The same person as somebody else wrote them down."""
    given, family = one.given, one.family
    if draws.random() < RATES["typo in first name"]:
        given = _typo(draws, given)
    if draws.random() < RATES["surname changed"]:
        family = folded(family_name(draws, culture(draws, draws.choice(_ETHNICITIES))))
    elif draws.random() < RATES["typo in surname"]:
        family = _typo(draws, family)
    if draws.random() < RATES["first name missing"]:
        given = ""
    if draws.random() < RATES["names swapped"]:
        given, family = family, given
    born = _misdated(draws, one.born) if draws.random() < RATES["slip in birth date"] else one.born
    moved = draws.random() < RATES["moved, new postcode"]
    postcode = _postcode(draws) if moved else one.postcode
    slipped = replace(one, given=given, family=family, born=born, postcode=postcode)
    return _untraced(draws, slipped)


def _untraced(draws: Random, one: Written) -> Written:
    """With the number missing, or wrong and never traced; one in five right ones isn't either."""
    if draws.random() < RATES["NHS number missing"]:
        return replace(one, number="", verified=False)
    if draws.random() < RATES["NHS number wrong"]:
        return replace(one, number=_number(draws.randrange(10**6)), verified=False)
    return replace(one, verified=draws.random() < 0.8)


def _typo(draws: Random, name: str) -> str:
    """One letter left out, put in, changed or changed places with the next."""
    if len(name) < 2:
        return name + draws.choice(_LETTERS)
    place, kind = draws.randrange(len(name) - 1), draws.randrange(4)
    head, rest = name[:place], name[place:]
    if kind == 0:
        return head + rest[1:]
    if kind == 1:
        return head + draws.choice(_LETTERS) + rest
    if kind == 2:
        return head + draws.choice(_LETTERS) + rest[1:]
    return head + rest[1] + rest[0] + rest[2:]


def _misdated(draws: Random, born: str) -> str:
    """Day and month changed places, or one of day, month and year wrong."""
    year, month, day = map(int, born.split("-"))
    kind = draws.randrange(4)
    if kind == 0 and day <= 12:
        return f"{year}-{day:02}-{month:02}"
    if kind == 1:
        return f"{year}-{month:02}-{draws.randint(1, 28):02}"
    if kind == 2:
        return f"{year}-{draws.randint(1, 12):02}-{min(day, 28):02}"
    return f"{year + draws.choice((-10, -1, 1, 10))}-{month:02}-{min(day, 28):02}"


def _table(side: str, people: list[Written]) -> pa.Table:
    columns = {
        "unique_id": [f"{side}{one.person}" for one in people],
        **{
            name: [getattr(one, name) or None for one in people]
            for name in ("given", "family", "born", "gender", "postcode", "number")
        },
        "verified": [one.verified for one in people],
        "restricted": [False] * len(people),
    }
    return pa.table(columns, schema=SCHEMA)
