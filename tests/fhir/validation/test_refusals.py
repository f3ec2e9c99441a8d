"""The page of refusals says what validation says, and every refusal has its clause."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def lister() -> ModuleType:
    path = ROOT / "scripts/list_refusals.py"
    spec = importlib.util.spec_from_file_location("list_refusals", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.untraced
@pytest.mark.shared
def test_the_page_is_up_to_date(lister: ModuleType, shared: Path) -> None:
    assert (ROOT / "docs/reference/refusals.md").read_text("utf-8") == lister.page(shared)


def test_every_refusal_has_its_clause() -> None:
    text = (ROOT / "docs/reference/refusals.md").read_text("utf-8")
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")]
    faults = [row for row in rows if row[0] != "| File"]
    assert len(faults) > 60
    for _, place, clause in faults:
        assert place.startswith("`")
        assert re.match(r"R4 [A-Za-z]|[a-z]{2,4}-\d", clause)


def test_without_the_sets_it_says_so(
    lister: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEVAN_SHARED", str(tmp_path))
    assert lister.main(["-"]) == 2
