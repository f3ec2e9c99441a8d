"""Chance that comes out the same everywhere."""

from __future__ import annotations

import re
from statistics import fmean, pstdev

from bevan.synthetic.draws import (
    Weighted,
    between,
    chance,
    fixed_id,
    new_id,
    normal,
    pick,
)

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def test_same_key_same_sequence() -> None:
    assert len({chance(1, "x").random() for _ in range(3)}) == 1
    assert chance(1, "x").random() != chance(2, "x").random()
    assert chance(1, 23).random() != chance(12, 3).random()


def test_the_sequence_is_fixed_for_good() -> None:
    assert round(chance(1, "person", 0).random(), 12) == 0.667980164279


def test_normal_has_its_mean_and_spread() -> None:
    draws = chance("normal")
    values = [normal(draws, 50, 4) for _ in range(20_000)]
    assert abs(fmean(values) - 50) < 0.15
    assert abs(pstdev(values) - 4) < 0.1
    assert max(values) < 50 + 4 * 3.8


def test_weighted_follows_weights_and_never_draws_nothing() -> None:
    draws, choices = chance("weighted"), Weighted((("a", 3), ("b", 1), ("never", 0)))
    drawn = [choices.draw(draws) for _ in range(8000)]
    assert set(drawn) == {"a", "b"}
    assert abs(drawn.count("a") / 8000 - 0.75) < 0.02


def test_whole_numbers_reach_both_ends() -> None:
    draws = chance("between")
    assert {between(draws, 2, 4) for _ in range(200)} == {2, 3, 4}
    assert {pick(draws, "xy") for _ in range(50)} == {"x", "y"}


def test_ids_are_uuids_whose_version_is_not_8() -> None:
    draws = chance("ids")
    made = [new_id(draws) for _ in range(2000)]
    assert len(set(made)) == 2000
    for one in (*made, fixed_id("Patient/dot-pemberton")):
        match = UUID.fullmatch(one)
        assert match is not None
        assert match[1] in "45"
    assert fixed_id("a") != fixed_id("b")
    assert fixed_id("a") == fixed_id("a")
