"""Each hazard of the clinical safety log names tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOG = ROOT / "docs" / "assurance" / "clinical-safety" / "hazard-log.md"


def _hazards() -> dict[str, str]:
    parts = re.split(r"^## (H\d+)", LOG.read_text("utf-8"), flags=re.M)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


@cache
def _tests(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    found = (
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return frozenset(node.name for node in found)


@pytest.mark.parametrize("number", sorted(_hazards()))
def test_each_hazard_names_a_test_that_controls_it(number: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", _hazards()[number])
    assert named, f"{number} names no test"
    assert [f"{path}::{test}" for path, test in named if test not in _tests(path)] == []


@pytest.mark.parametrize("number", sorted(_hazards()))
@pytest.mark.parametrize("part", ["Harm", "Causes", "Controls", "Initial", "Residual", "Status"])
def test_each_hazard_is_complete(number: str, part: str) -> None:
    assert re.search(rf"^\*\*{part}\*\*", _hazards()[number], re.M), f"{number} lacks {part}"


def test_hazards_are_numbered_without_a_gap() -> None:
    assert list(_hazards()) == [f"H{n}" for n in range(1, len(_hazards()) + 1)]
