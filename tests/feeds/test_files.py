"""Which files hold data, and how large ones are cut without losing a line."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.feeds.bulk import files
from bevan.feeds.bulk.files import Task
from bevan.kernel.errors import BevanError


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.json", ".json"),
        ("a.NDJSON", ".ndjson"),
        ("a.ndjson.gz", ".ndjson"),
        ("a.json.BZ2", ".json"),
        ("a.jsonl.zst", ".jsonl"),
        ("a.csv.gz", ".csv"),
        ("README", ""),
    ],
)
def test_the_name_says_what_is_inside(name: str, kind: str) -> None:
    assert files.kind(Path(name)) == kind


def test_a_file_is_taken_once(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("{}")
    (tmp_path / "notes.txt").write_text("no data")
    found, skipped = files.tasks([path, tmp_path, path])
    assert ([task.path for task in found], skipped) == ([path], 1)


def test_nothing_there(tmp_path: Path) -> None:
    assert files.tasks([tmp_path]) == ([], 0)
    with pytest.raises(BevanError, match="no file or folder"):
        files.tasks([tmp_path / "x"])


def test_large_files_of_lines_are_cut_and_others_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "SEGMENT", 10)
    content = b"x" * 25
    for name in ("a.ndjson", "b.json", "c.ndjson.gz"):
        (tmp_path / name).write_bytes(content)
    found, _ = files.tasks([tmp_path])
    assert [(t.path.name, t.start, t.stop) for t in found] == [
        ("a.ndjson", 0, 10),
        ("a.ndjson", 10, 20),
        ("a.ndjson", 20, 25),
        ("b.json", 0, None),
        ("c.ndjson.gz", 0, None),
    ]
    assert sum(task.size for task in found) == 75
    assert found[0].digest == hashlib.sha256(content).digest()


@given(st.lists(st.text(alphabet="ab é", max_size=6), max_size=12), st.integers(1, 9))
def test_every_line_is_in_one_segment(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], segment: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "a.ndjson"
    content = "\n".join(texts).encode()
    path.write_bytes(content)
    whole = list(files.lines(Task(path, len(content))))
    cut = [
        line
        for start in range(0, max(len(content), 1), segment)
        for line in files.lines(Task(path, segment, start, start + segment))
    ]
    assert cut == whole
    assert [line.strip().decode() for _, line in whole] == [t.strip() for t in texts if t.strip()]
    for offset, line in whole:
        assert content[offset : offset + len(line)] == line
