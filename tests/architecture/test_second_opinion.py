"""What should be seen is worked out without Bevan: a contract of import-linter, broken here."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = Path(sys.executable).parent / "lint-imports"


def lint(where: Path) -> subprocess.CompletedProcess[str]:
    command = [str(LINT), "--no-logo", "--no-cache", "--contract", "second-opinion"]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)


def test_the_whole_check_knows_the_rule() -> None:
    assert "lint-imports" in (ROOT / "Makefile").read_text("utf-8")
    assert lint(ROOT).returncode == 0


@pytest.mark.parametrize(
    "line",
    [
        "from bevan.access import rules",
        "from bevan.record.scope import LABELS",
        "import bevan.kernel.clock",
        # By way of another module of the proofs, which may import what it likes.
        "from prove.world import EVERYBODY",
    ],
)
def test_a_rule_taken_from_bevan_is_found(tmp_path: Path, line: str) -> None:
    shutil.copytree(ROOT / "prove", tmp_path / "prove")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "prove" / "oracle.py").open("a", encoding="utf-8") as oracle:
        oracle.write(f"\n{line}\n")
    found = lint(tmp_path)
    assert found.returncode == 1
    assert "prove.oracle is not allowed to import bevan" in found.stdout
