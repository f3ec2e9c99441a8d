"""A slice of the proof that records of one person are found: `make prove NAME=linkage` is all."""

from __future__ import annotations

import logging

import pytest
from prove.linkage import PRECISION, RECALL, run

from bevan.people.linkage import _quiet


@pytest.mark.prove
def test_two_sets_are_linked() -> None:
    seen = run(20_000, seed=5)
    assert seen.precision >= PRECISION
    assert seen.recall >= RECALL
    assert seen.barred == 0
    assert seen.review > 0


def test_splink_tells_nobody_of_its_progress(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    told = logging.getLogger("splink")
    with _quiet():
        told.warning("Blocking time: 1 second")
        told.error("it failed")
    told.warning("after")
    assert [one.getMessage() for one in caplog.records] == ["it failed", "after"]
