"""Named statements are read as they were written, and careless files are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

import bevan
from bevan.kernel.sql import BadStatement, blocks, statements

GOOD = """-- Anything before the first name is for readers.
-- name: one
-- The first.
SELECT 1;

-- name: two
-- The second,
-- told in two lines.
SELECT
  -- what it is
  2;
"""


def test_reads_each_block() -> None:
    assert dict(blocks(GOOD, "x")) == {"one": "SELECT 1", "two": "SELECT\n  2"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("-- name: one\nSELECT 1", "sentence"),
        ("-- name: one\n-- Says what.\n", "no statement"),
        ("-- name: one\n", "sentence"),
    ],
)
def test_careless_blocks_are_refused(text: str, fault: str) -> None:
    with pytest.raises(BadStatement, match=fault):
        dict(blocks(text, "x"))


@pytest.mark.parametrize(
    ("text", "fault"),
    [(GOOD + GOOD, "names 'one' twice"), ("-- nothing here", "no named statement")],
)
def test_careless_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, fault: str
) -> None:
    package = f"careless_{len(text)}"
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").touch()
    (tmp_path / package / "file.sql").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(BadStatement, match=fault):
        statements(package, "file.sql")


def test_every_file_of_ours_follows_the_rules() -> None:
    root = Path(bevan.__file__).parent
    for file in root.rglob("*.sql"):
        if file.parent.name != "migrations" and file.name != "schema.sql":
            package = "bevan." + ".".join(file.relative_to(root).parent.parts)
            assert statements(package, file.name), file


def test_statements_are_read_once_and_cannot_be_changed() -> None:
    found = statements("bevan.kernel", "jobs.sql")
    assert statements("bevan.kernel", "jobs.sql") is found
    with pytest.raises(TypeError):
        found["lead"] = "SELECT 2"  # type: ignore[index]
