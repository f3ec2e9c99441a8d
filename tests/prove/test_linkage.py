"""A slice of the proof that records of one person are found: `make prove NAME=linkage` is all."""

from __future__ import annotations

import pytest
from prove.linkage import PRECISION, RECALL, run


@pytest.mark.prove
def test_two_sets_are_linked() -> None:
    seen = run(20_000, seed=5)
    assert seen.precision >= PRECISION
    assert seen.recall >= RECALL
    assert seen.barred == 0
    assert seen.review > 0
