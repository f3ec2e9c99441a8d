"""Households, neighbourhoods and names."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from bevan.synthetic.draws import chance
from bevan.synthetic.households import BLOCK, Member, block, member
from bevan.synthetic.naming import culture, family_name, given_name
from bevan.synthetic.towns import address, landline, mobile

PEOPLE = 30_000
ENGLAND = {0: 11.1, 10: 12.0, 20: 12.5, 30: 13.8, 40: 12.5, 50: 13.3, 60: 11.0, 70: 8.6, 80: 4.2}


@pytest.fixture(scope="module")
def members() -> list[Member]:
    """Thirty thousand people of a region."""
    return [member(1, index, 8) for index in range(PEOPLE)]


def test_ages_follow_the_pyramid_of_england(members: list[Member]) -> None:
    found = Counter(int(one.age) // 10 * 10 for one in members)
    for decade, percent in ENGLAND.items():
        assert abs(100 * found[decade] / PEOPLE - percent) < 3.2, decade


def test_a_slight_majority_are_women(members: list[Member]) -> None:
    women = sum(one.sex == "female" for one in members) / PEOPLE
    assert 0.49 < women < 0.53


def test_ethnic_groups_are_those_of_england_but_uneven(members: list[Member]) -> None:
    shares = Counter(one.ethnicity for one in members)
    assert 0.66 < shares["A"] / PEOPLE < 0.82
    assert 0.02 < shares["H"] / PEOPLE < 0.06
    by_place = [
        Counter(one.ethnicity for one in members[start : start + 1500])["A"] / 1500
        for start in range(0, PEOPLE - 1500, 1500)
    ]
    assert max(by_place) - min(by_place) > 0.1


def test_deciles_are_even(members: list[Member]) -> None:
    shares = Counter(one.decile for one in members)
    assert set(shares) == set(range(1, 11))
    assert max(shares.values()) < 1.6 * min(shares.values())


def test_people_share_homes(members: list[Member]) -> None:
    homes: dict[str, list[Member]] = defaultdict(list)
    for one in members:
        homes[one.home.property_number].append(one)
    sizes = Counter(map(len, homes.values()))
    assert 0.24 < sizes[1] / len(homes) < 0.36
    assert 0.28 < sizes[2] / len(homes) < 0.40
    for home in homes.values():
        assert len({one.home for one in home}) == 1
        assert any(one.age >= 18 for one in home)


def test_most_of_a_home_have_one_name_and_one_practice(members: list[Member]) -> None:
    homes: dict[str, list[Member]] = defaultdict(list)
    for one in members:
        homes[one.home.property_number].append(one)
    several = [home for home in homes.values() if len(home) > 1]
    same_name = sum(len({one.family for one in home}) == 1 for home in several)
    same_place = sum(len({one.practice for one in home}) == 1 for home in several)
    assert 0.6 < same_name / len(several) < 0.95
    assert 0.8 < same_place / len(several) < 0.97


def test_a_block_depends_on_seed_and_number_only() -> None:
    assert len(block(1, 7, 8)) == BLOCK
    first = block(1, 7, 8)
    block.cache_clear()
    assert block(1, 7, 8) == first
    assert block(2, 7, 8) != first
    assert member(1, 7 * BLOCK + 3, 8) == first[3]


def test_names_fit_culture_sex_and_year() -> None:
    draws = chance("names")
    old = Counter(given_name(draws, "british", "female", 1930, "X") for _ in range(400))
    young = Counter(given_name(draws, "british", "female", 2018, "X") for _ in range(400))
    assert old["Margaret"] + old["Joan"] + old["Mary"] > 10
    assert "Joan" not in young
    assert given_name(draws, "polish", "male", 1980, "X")
    assert culture(draws, "H") == "indian"
    assert culture(draws, "N") in ("nigerian", "ghanaian", "kenyan")


def test_no_known_person_is_made() -> None:
    draws = chance("known")
    for _ in range(3000):
        assert given_name(draws, "british", "male", 1966, "Cameron") != "David"


def test_surnames_of_a_culture() -> None:
    draws = chance("surnames")
    british = {family_name(draws, "british") for _ in range(500)}
    assert len(british) > 150


def test_places_and_telephones_are_invented() -> None:
    draws = chance("towns")
    for town in range(40):
        home = address(draws, town)
        assert home.postcode.startswith("HW")
        assert home.property_number.isdecimal()
    assert landline(draws).startswith("01632 960 ")
    assert mobile(draws).startswith("07700 900 ")
