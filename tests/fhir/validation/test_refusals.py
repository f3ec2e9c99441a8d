"""The page of refusals says what validation says, and every refusal has its clause."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from scripts import list_refusals

ROOT = Path(__file__).parents[3]


@pytest.mark.untraced
@pytest.mark.shared
def test_the_page_is_up_to_date(shared: Path) -> None:
    assert (ROOT / "docs/reference/refusals.md").read_text("utf-8") == list_refusals.page(shared)


def test_every_refusal_has_its_clause() -> None:
    text = (ROOT / "docs/reference/refusals.md").read_text("utf-8")
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")]
    faults = [row for row in rows if row[0] != "| File"]
    assert len(faults) > 60
    for _, place, clause in faults:
        assert place.startswith("`")
        assert re.match(r"R4 [A-Za-z]|[a-z]{2,4}-\d", clause)


def test_without_the_sets_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEVAN_SHARED", str(tmp_path))
    assert list_refusals.main(["-"]) == 2
