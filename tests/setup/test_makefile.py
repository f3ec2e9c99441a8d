"""Bare `make` lists the targets, and each one that is listed exists."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PROMISED = {"setup", "demo", "test", "prove", "bench", "docs"}


def test_bare_make_lists_the_targets() -> None:
    said = subprocess.run(["make"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    listed = set(re.findall(r"^  ([a-z]+) ", said, re.MULTILINE))
    assert listed >= PROMISED
    text = (PROJECT / "Makefile").read_text()
    for target in listed:
        assert re.search(rf"^{target}:", text, re.MULTILINE), target
        assert re.search(rf"^\.PHONY:.*\b{target}\b", text, re.MULTILINE), target


def test_what_targets_run_is_there() -> None:
    text = (PROJECT / "Makefile").read_text()
    for path in re.findall(r"((?:scripts|prove|bench|requirements)/[\w.]+)", text):
        assert (PROJECT / path).is_file(), path


def test_continuous_integration_runs_the_tests() -> None:
    script = PROJECT / ".ci" / "run"
    assert script.stat().st_mode & 0o100
    assert "make test" in script.read_text()
    assert "CI=true" in script.read_text()


def test_no_file_of_ours_names_a_registry() -> None:
    import tomllib

    tomllib.loads((PROJECT / "pyproject.toml").read_text())
    for path in ("Makefile", "pyproject.toml", "requirements/lock.sh", "assets/package.json"):
        text = (PROJECT / path).read_text()
        assert not re.search(r"https?://(?!localhost|127\.0\.0\.1)", text), path
