"""What was destroyed is told in words, never by the name of a table."""

from __future__ import annotations

from pathlib import Path

import bevan
from bevan.apps.keeping.presenters import destroyed


def test_kinds_of_one_word_are_counted_together() -> None:
    assert destroyed({"numbers": 2, "strings": 3, "Observation": 7, "account": 1}) == [
        ("Account", 1),
        ("Index entries", 5),
        ("Observation", 7),
    ]
    assert destroyed({}) == []


def test_no_table_shows_by_its_name() -> None:
    """Each statement that deletes what a package keeps has a word, as it is counted by its name."""
    root = Path(bevan.__file__).parent
    names = [
        line.removeprefix("-- name: ").strip()
        for folder in ("people", "identity", "access/keeping")
        for line in (root / folder / "erasure.sql").read_text("utf-8").splitlines()
        if line.startswith("-- name: ")
    ]
    assert len(names) > 20
    told = [destroyed({name: 1})[0][0] for name in names]
    assert [name for name, word in zip(names, told, strict=True) if name == word] == []
