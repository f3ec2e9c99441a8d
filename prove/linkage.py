"""Proves that records of one person are found, and those of two people left alone."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from bevan.people.linkage import Linkage, Pair
from bevan.people.model import load
from prove.pairs import RATES, person, sets
from prove.report import Report

SIZE, SECONDS = 200_000, 120.0
PRECISION, RECALL = 0.9995, 0.97


@dataclass(frozen=True)
class Run:
    """One linkage of two sets of `size` records."""

    size: int
    seed: int
    seconds: float
    proposed: int
    right: int
    review: int
    review_right: int
    both: int
    barred: int

    @property
    def precision(self) -> float:
        """The share of proposals that are right."""
        return self.right / max(1, self.proposed)

    @property
    def recall(self) -> float:
        """The share of people in both sets who are proposed."""
        return self.right / self.both


def run(size: int, seed: int) -> Run:
    """Generate two sets, link them, and compare with the truth."""
    made = sets(size, seed)
    linkage = Linkage(load())
    began = perf_counter()
    found = linkage.across(made.left, made.right)
    seconds = perf_counter() - began
    proposed = [pair for pair in found if pair.verdict == "propose"]
    review = [pair for pair in found if pair.verdict == "review"]
    traced = {
        each["unique_id"]: each["number"]
        for table in (made.left, made.right)
        for each in table.select(["unique_id", "number", "verified"]).to_pylist()
        if each["verified"]
    }
    return Run(
        size=size,
        seed=seed,
        seconds=seconds,
        proposed=len(proposed),
        right=sum(map(_right, proposed)),
        review=len(review),
        review_right=sum(map(_right, review)),
        both=made.both,
        barred=sum(_barred(pair, traced) for pair in found),
    )


def prove(size: int = SIZE, seeds: tuple[int, ...] = (1, 2)) -> Report:
    """Link generated sets, once for each seed."""
    rates = ", ".join(f"{name} {rate:.0%}" for name, rate in RATES.items())
    report = Report(
        "Linkage of records",
        f"Two generated sets, seven in ten people in both. Slips in the second: {rates}; and "
        "twins, households, and parents and children of one name. A proposal is right if both "
        "records are of one person.",
        ("records a side", "seed", "seconds", "proposed", "precision", "recall", "for a clerk",
         "of these one person"),
    )  # fmt: skip
    for seed in seeds:
        seen = run(size, seed)
        report.row(
            seen.size,
            seen.seed,
            f"{seen.seconds:.1f}",
            seen.proposed,
            f"{seen.precision:.6f}",
            f"{seen.recall:.4f}",
            seen.review,
            seen.review_right,
        )
        report.require(seen.precision >= PRECISION, f"precision {seen.precision:.6f}")
        report.require(seen.recall >= RECALL, f"recall {seen.recall:.4f}")
        report.require(seen.barred == 0, f"{seen.barred} pairs of two verified numbers")
        report.require(size < SIZE or seen.seconds <= SECONDS, f"{seen.seconds:.0f} seconds")
    report.note(
        "No pair of two different verified numbers was proposed or shown to a clerk. Names are "
        "drawn from the region's name tables, whose surnames are fewer than England's."
    )
    return report


def _right(pair: Pair) -> bool:
    return person(pair.left) == person(pair.right)


def _barred(pair: Pair, traced: dict[str, str]) -> bool:
    left, right = traced.get(pair.left), traced.get(pair.right)
    return left is not None and right is not None and left != right
