"""The table of security requirements names only tests that exist, and a reason where none is."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "assurance" / "security" / "asvs.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TABLE.splitlines()
    if re.match(r"\| \w+ \| \d+\.\d+\.\d+ \|", line)
]


def test_every_line_has_its_test_or_its_reason() -> None:
    assert len(ROWS) > 30
    for row in ROWS:
        assert len(row) == 5 and all(row), row
        assert row[4].startswith("`tests/") or len(row[4]) > 30, row


def test_every_named_test_exists() -> None:
    for path, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TABLE):
        text = (ROOT / path).read_text("utf-8")
        assert re.search(rf"def {name}\(", text), f"{path}::{name}"


def test_no_requirement_stands_twice() -> None:
    numbers = [row[1] for row in ROWS]
    assert len(set(numbers)) == len(numbers)


# How many requirements of levels 1 and 2 each section of the standard has; those of chapters 6, 9
# and 10 aren't numbered through, so they are not counted here.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 3, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
    "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip


def test_no_requirement_is_left_out() -> None:
    """In each section those of levels 1 and 2 come first, so they are numbered from 1 on."""
    wanted = {f"{section}.{n}" for section, many in SECTIONS.items() for n in range(1, many + 1)}
    assert wanted - {row[1] for row in ROWS} == set()
