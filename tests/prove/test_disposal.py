"""A slice of the proof about disposals: `make prove NAME=disposal` is whole."""

from __future__ import annotations

import pytest
from prove.disposal import A_ROUND, prove


@pytest.mark.prove
def test_a_round_leaves_no_case_half() -> None:
    seen = prove(rounds=1, seed=7, entries=4)
    assert seen.failures == []
    assert [sum(int(str(cell)) for cell in row[2:5]) for row in seen.rows] == [2 * A_ROUND]
