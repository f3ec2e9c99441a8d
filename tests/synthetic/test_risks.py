"""Conditions occur as often as they are recorded in England, and together as they do."""

from __future__ import annotations

from collections import Counter

import pytest

from bevan.synthetic.draws import Weighted, chance
from bevan.synthetic.risks import (
    BY_NAME,
    RISKS,
    Traits,
    band,
    draw_conditions,
    frailty,
    odds,
    starting_odds,
)

AGES = ((0, 17.9), (18, 39.9), (40, 59.9), (60, 74.9), (75, 95))
PEOPLE = 6000


@pytest.fixture(scope="module")
def drawn() -> list[list[dict[str, float]]]:
    """The conditions of people of each age band, and only those."""
    ethnic = Weighted({"A": 73.5, "H": 3.3, "J": 2.8, "K": 1.1, "N": 2.6, "C": 16.7}.items())
    found = []
    for number, (low, high) in enumerate(AGES):
        draws = chance("test", number)
        found.append(
            [
                draw_conditions(
                    draws,
                    Traits(
                        low + draws.random() * (high - low),
                        draws.random() < 0.51,
                        1 + int(draws.random() * 10),
                        ethnic.draw(draws),
                        frailty(draws),
                    ),
                )
                for _ in range(PEOPLE)
            ]
        )
    return found


def test_bands() -> None:
    assert [band(age) for age in (0, 17.9, 18, 39, 40, 60, 74.9, 75, 101)] == [
        0,
        0,
        1,
        1,
        2,
        3,
        3,
        4,
        4,
    ]


@pytest.mark.parametrize(
    "risk", [risk for risk in RISKS if max(risk.percent) >= 5], ids=lambda risk: risk.name
)
def test_prevalence_is_the_recorded_one(risk: object, drawn: list[list[dict[str, float]]]) -> None:
    name, percents = risk.name, risk.percent  # type: ignore[attr-defined]
    for number, people in enumerate(drawn):
        wanted = percents[number] / 100
        seen = sum(name in one for one in people) / PEOPLE
        allowed = 4 * (max(wanted, 0.001) / PEOPLE) ** 0.5 + wanted * 0.12
        assert abs(seen - wanted) < allowed, (number, seen, wanted)


def test_rare_conditions_are_rare(drawn: list[list[dict[str, float]]]) -> None:
    young = Counter(name for one in drawn[0] for name in one)
    for name in ("copd", "dementia", "heart-failure", "hypertension", "frailty"):
        assert young[name] == 0


def test_some_things_exclude_others(drawn: list[list[dict[str, float]]]) -> None:
    for people in drawn:
        for one in people:
            assert not {"smoking", "ex-smoking"} <= one.keys()
            assert not {"type-1-diabetes", "type-2-diabetes"} <= one.keys()
            assert not {"prediabetes", "type-2-diabetes"} <= one.keys()


def test_onset_is_within_life_and_not_before_the_youngest_age(
    drawn: list[list[dict[str, float]]],
) -> None:
    for (_, high), people in zip(AGES, drawn, strict=True):
        for one in people:
            for name, onset in one.items():
                assert BY_NAME[name].youngest <= onset < high + 1, name


def test_multimorbidity_rises_with_age(drawn: list[list[dict[str, float]]]) -> None:
    habits = {"smoking", "ex-smoking", "obesity", "hay-fever", "eczema", "frailty"}
    shares = [sum(len(one.keys() - habits) >= 2 for one in people) / PEOPLE for people in drawn]
    assert shares == sorted(shares)
    assert shares[0] < 0.03
    assert 0.65 < shares[4] < 0.95


def test_conditions_come_together(drawn: list[list[dict[str, float]]]) -> None:
    older = drawn[3]
    with_it = [one for one in older if "chd" in one]
    without = [one for one in older if "chd" not in one]
    failing = "heart-failure"
    assert sum(failing in one for one in with_it) / len(with_it) > 3 * (
        sum(failing in one for one in without) / len(without)
    )


def test_traits_move_the_odds_the_right_way() -> None:
    poor = Traits(60, False, 1, "A", 1)
    rich = Traits(60, False, 10, "A", 1)
    copd, thyroid = BY_NAME["copd"], BY_NAME["hypothyroidism"]
    assert odds(copd, poor, 1, ()) / odds(copd, rich, 1, ()) == pytest.approx(3.0)
    assert odds(copd, poor, 1, ("smoking",)) == pytest.approx(9 * odds(copd, poor, 1, ()))
    assert odds(thyroid, Traits(60, True, 5, "A", 1), 1, ()) > (
        4 * odds(thyroid, Traits(60, False, 5, "A", 1), 1, ())
    )
    diabetes = BY_NAME["type-2-diabetes"]
    assert odds(diabetes, Traits(60, False, 5, "J", 1), 1, ()) == pytest.approx(
        2.5 * odds(diabetes, Traits(60, False, 5, "A", 1), 1, ())
    )
    assert odds(BY_NAME["sickle-cell"], poor, 1, ()) == 0


def test_no_prostate_in_women(drawn: list[list[dict[str, float]]]) -> None:
    draws = chance("women")
    for _ in range(2000):
        found = draw_conditions(draws, Traits(80, True, 5, "A", 2.0))
        assert "prostate-enlargement" not in found


def test_every_risk_has_starting_odds() -> None:
    assert set(starting_odds()) == set(BY_NAME)


def test_frailty_has_mean_one_and_variance_a_half() -> None:
    draws = chance("frailty")
    values = [frailty(draws) for _ in range(20_000)]
    mean = sum(values) / len(values)
    assert abs(mean - 1) < 0.03
    assert abs(sum((one - mean) ** 2 for one in values) / len(values) - 0.5) < 0.05
