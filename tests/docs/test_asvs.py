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
