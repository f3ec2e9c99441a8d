"""Linkage in bulk: which records of two sets, or of one, are of one person (Splink on DuckDB).

The comparisons and weights are those of `$match`; here names count more the rarer they are. What
comes out is a proposal, never a merge: `propose` for what is sure, `review` for what a clerk has
to look at. Two different verified numbers are never proposed, and never shown to a clerk either.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bevan.kernel.sql import statements
from bevan.people.comparisons import COMPARISONS, Comparison
from bevan.people.model import PROPOSE, REVIEW, Model

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

Verdict = Literal["propose", "review"]
_Kind = Literal["link_only", "dedupe_only"]
_RARE = frozenset({"given", "family"})
_AMBIGUOUS_BITS = 12.0
_IN_BOTH, _TWICE = 0.7, 0.003
# Pairs are compared only if they agree on one of these: each finds few, together they miss few.
BLOCKS = (
    "l.number = r.number",
    "l.born = r.born",
    "l.family = r.family and l.given = r.given",
    "l.given = r.given and l.postcode = r.postcode",
    "l.family = r.family and l.postcode = r.postcode",
    "l.born = substr(r.born, 1, 5) || substr(r.born, 9, 2) || '-' || substr(r.born, 6, 2)",
    "substr(l.born, 1, 7) = substr(r.born, 1, 7) and l.family = r.family",
    "substr(l.born, 1, 7) = substr(r.born, 1, 7) and l.postcode = r.postcode",
    "substr(l.born, 1, 7) = substr(r.born, 1, 7) and l.given = r.given",
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be of one person.

    `why` are words for what speaks against deciding without a clerk: `score`, `twins`,
    `namesakes` (one name and address, two birth dates), `ambiguous` (another record is nearly as
    likely), `restricted`; empty for a proposal.
    """

    left: str
    right: str
    score: float
    bits: float
    levels: dict[str, str | None]
    verdict: Verdict
    why: tuple[str, ...]


class Linkage:
    """Links tables with the columns of `Features`, `unique_id` and `restricted`."""

    def __init__(self, model: Model, *, threads: int = 2) -> None:
        """`threads` is how many cores DuckDB may use."""
        self._model = model
        self._threads = threads
        self._sql = statements("bevan.people", "linkage.sql")

    def across(self, left: pa.Table, right: pa.Table, *, expected: float = _IN_BOTH) -> list[Pair]:
        """Pairs with one record of each set; `expected` is the share of people in both."""
        prior = expected / max(left.num_rows, right.num_rows, 2)
        return self._pairs("link_only", [left, right], prior)

    def within(self, records: pa.Table, *, expected: float = _TWICE) -> list[Pair]:
        """Pairs of one set; `expected` is the share of people who are in it twice."""
        return self._pairs("dedupe_only", [records], expected / max(records.num_rows, 2))

    def _pairs(self, kind: _Kind, tables: Sequence[pa.Table], prior: float) -> list[Pair]:
        import duckdb
        from splink import Linker, SettingsCreator
        from splink.backends.duckdb import DuckDBAPI
        from splink.blocking_rule_library import CustomRule

        with duckdb.connect(config={"threads": self._threads}) as connection:
            api = DuckDBAPI(connection)
            frames = [api.register(each) for each in tables]
            settings = SettingsCreator(
                link_type=kind,
                probability_two_random_records_match=prior,
                comparisons=[_comparison(each, self._model) for each in COMPARISONS],
                blocking_rules_to_generate_predictions=[CustomRule(each) for each in BLOCKS],
                additional_columns_to_retain=["verified", "restricted"],
                retain_intermediate_calculation_columns=False,
            )
            linker = Linker(frames, settings)
            # Only now: making one turns its lines on.
            with _quiet():
                found = linker.inference.predict(threshold_match_probability=REVIEW)
            return list(self._judged(connection, found.physical_name))

    def _judged(self, connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[Pair]:
        sql = self._sql["judge"].replace("{predicted}", f'"{table}"')
        for row in connection.execute(sql, [PROPOSE, _AMBIGUOUS_BITS]).fetchall():
            left, right, score, bits, why, *gammas = row
            levels = {
                each.element: _level(each, gamma)
                for each, gamma in zip(COMPARISONS, gammas, strict=True)
            }
            verdict: Verdict = "review" if why else "propose"
            yield Pair(left, right, score, bits, levels, verdict, tuple(why))


@contextmanager
def _quiet() -> Iterator[None]:
    """Splink tells its progress in lines of its own, which nobody who serves a region asked for."""
    told = logging.getLogger("splink")
    before = told.level
    told.setLevel(logging.ERROR)
    try:
        yield
    finally:
        told.setLevel(before)


def _level(comparison: Comparison, gamma: int) -> str | None:
    """Splink numbers levels from the last one, 0, upwards; -1 is a missing value."""
    return None if gamma < 0 else comparison.levels[len(comparison.levels) - 1 - gamma].name


def _comparison(comparison: Comparison, model: Model) -> dict[str, Any]:
    """One comparison as Splink's settings have it."""
    weights = model.levels[comparison.element]
    levels: list[dict[str, Any]] = [
        {
            "sql_condition": comparison.missing_sql,
            "label_for_charts": "missing",
            "is_null_level": True,
        }
    ]
    for each in comparison.levels:
        m, u = weights[each.name]
        level = {
            "sql_condition": each.sql.upper() if each.sql == "else" else each.sql,
            "label_for_charts": each.name,
            "m_probability": m,
            "u_probability": u,
        }
        if each.name == "same" and comparison.element in _RARE:
            level["tf_adjustment_column"] = comparison.element
            level["tf_adjustment_weight"] = 1.0
        levels.append(level)
    return {"output_column_name": comparison.element, "comparison_levels": levels}
