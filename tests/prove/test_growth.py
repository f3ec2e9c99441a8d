"""What the proof of growth refuses; `make prove NAME=growth` measures."""

from __future__ import annotations

import pytest
from prove.growth import Seen, judged
from prove.report import Report

INDEX = "Index Scan using a on b"


def verdict(kind: str, first: Seen, last: Seen) -> list[str]:
    report = Report("x", "y", ("z",))
    judged(report, "one", kind, first, last)
    return report.failures


@pytest.mark.parametrize(
    ("kind", "first", "last", "fault"),
    [
        ("bounded", Seen(10, 100, 0, INDEX), Seen(15, 70, 0, INDEX), ""),
        ("bounded", Seen(10, 100, 0, INDEX), Seen(15.1, 70, 0, INDEX), "slower"),
        ("bounded", Seen(10, 100, 0, INDEX), Seen(10, 69, 0, INDEX), "keeps 69"),
        ("bounded", Seen(10, 100, 0, INDEX), Seen(10, 100, 0, "Seq Scan on b"), "Seq Scan"),
        ("proportional", Seen(10, 9, 100, INDEX), Seen(190, 1, 1600, INDEX), ""),
        ("proportional", Seen(10, 9, 100, INDEX), Seen(200, 1, 1600, INDEX), "1.25 times"),
    ],
)
def test_the_limits(kind: str, first: Seen, last: Seen, fault: str) -> None:
    found = verdict(kind, first, last)
    assert len(found) == (1 if fault else 0)
    assert fault in "".join(found)
