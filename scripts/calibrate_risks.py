"""Find the starting odds that give the recorded prevalences back.

    python scripts/calibrate_risks.py

Draws people of each age band, compares how many have each condition with the percentages in
`bevan.synthetic.risks` and corrects the odds, until they agree within a few per cent. Writes
`src/bevan/synthetic/tables/risks.csv`.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from random import Random

from bevan.synthetic.draws import Weighted, chance
from bevan.synthetic.risks import RISKS, Traits, draw_conditions, frailty

TARGET = Path(__file__).resolve().parents[1] / "src/bevan/synthetic/tables/risks.csv"
AGES = ((0, 17.9), (18, 39.9), (40, 59.9), (60, 74.9), (75, 95))
SHARES = {"A": 73.5, "H": 3.3, "J": 2.8, "K": 1.1, "M": 1.1, "N": 2.6, "C": 7.3, "S": 8.3}
PEOPLE, ROUNDS = 20_000, 7

Odds = dict[str, list[float]]


def counted(draws: Random, number: int, bases: dict[str, tuple[float, ...]]) -> Counter[str]:
    """How many people of a band have each condition."""
    groups = Weighted(SHARES.items())
    found: Counter[str] = Counter()
    low, high = AGES[number]
    for _ in range(PEOPLE):
        who = Traits(
            low + draws.random() * (high - low),
            draws.random() < 0.51,
            1 + int(draws.random() * 10),
            groups.draw(draws),
            frailty(draws),
        )
        found.update(list(draw_conditions(draws, who, bases)))
    return found


def corrected(bases: Odds, turn: int) -> Odds:
    """One round: every odds moved by the ratio of what should be to what is."""
    frozen = {name: tuple(odds) for name, odds in bases.items()}
    for number in range(5):
        found = counted(chance("calibrate", turn, number), number, frozen)
        for risk in RISKS:
            wanted = risk.percent[number] / 100
            seen = max(found[risk.name] / PEOPLE, 0.3 / PEOPLE)
            if wanted:
                bases[risk.name][number] *= min(3, max(0.3, wanted / seen))
    return bases


def main() -> None:
    """Calibrate and write the table."""
    bases = {risk.name: [p / (100 - p) for p in risk.percent] for risk in RISKS}
    for turn in range(ROUNDS):
        bases = corrected(bases, turn)
    with TARGET.open("w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["name", *(f"band{number}" for number in range(5))])
        for name, odds in bases.items():
            writer.writerow([name, *(f"{one:.6g}" for one in odds)])


if __name__ == "__main__":
    main()
