"""Importing files: what gets in, once, and what is refused and why."""

from __future__ import annotations

import bz2
import gzip
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from bevan.feeds.bulk import files
from bevan.feeds.bulk.crew import Crew
from bevan.feeds.bulk.worker import Order
from bevan.kernel.errors import BevanError
from tests.feeds.conftest import (
    COUNTS,
    VERSIONS,
    Ask,
    Import,
    Rejected,
    bundle,
    observation,
    patient,
    post,
    practitioner,
    write,
)


def test_lines_of_resources(imports: Import, ask: Ask, tmp_path: Path) -> None:
    path = write(tmp_path / "in.ndjson", patient("a"), patient("b"), observation("o", "Patient/a"))
    done = imports(path)
    assert done.by_type == {"Patient": 2, "Observation": 1}
    assert (done.unchanged, done.rejected, done.skipped) == (0, 0, 0)
    assert ask(COUNTS) == [("Observation", 1), ("Patient", 2)]


def test_again_changes_nothing(imports: Import, ask: Ask, tmp_path: Path) -> None:
    path = write(tmp_path / "in.ndjson", patient("a"), patient(None))
    imports(path)
    before = ask(VERSIONS)
    again = imports(path)
    assert (again.by_type, again.unchanged) == ({"Patient": 2}, 2)
    assert ask(VERSIONS) == before
    assert ask("select count(*)::int from resource_history") == [(0,)]


def test_content_that_is_there_already_makes_no_version(
    imports: Import, ask: Ask, tmp_path: Path
) -> None:
    imports(write(tmp_path / "one.ndjson", patient("a"), patient("b")))
    changed = patient("b", gender="female")
    done = imports(write(tmp_path / "two.ndjson", patient("a"), changed, patient("c")))
    assert done.unchanged == 1
    assert ask(VERSIONS) == [("Patient", "a", 1), ("Patient", "b", 2), ("Patient", "c", 1)]


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [
        (".gz", gzip.compress),
        (".bz2", bz2.compress),
        (".zst", zstandard.ZstdCompressor().compress),
    ],
)
def test_packed_files(
    imports: Import, tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes]
) -> None:
    lines = "\n".join(json.dumps(patient(f"p{number}")) for number in range(1_200))
    (tmp_path / f"in.ndjson{suffix}").write_bytes(pack(lines.encode()))
    (tmp_path / f"one.json{suffix}").write_bytes(pack(json.dumps(observation("o")).encode()))
    done = imports(tmp_path / f"in.ndjson{suffix}", tmp_path / f"one.json{suffix}")
    assert done.by_type == {"Patient": 1_200, "Observation": 1}


def test_folders_are_searched_and_what_is_no_data_is_skipped(
    imports: Import, rejected: Rejected, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    write(folder / "a" / "patient.json", patient("a"))
    write(folder / "b.ndjson", patient("b"))
    for name in ("README.md", "list.csv", "picture.png.gz"):
        (folder / name).write_text("not data")
    write(folder / "package.json", {"name": "a package"})
    write(folder / "list.json", [1, 2])
    (folder / ".hidden.json").write_text("{")
    done = imports(folder)
    assert done.by_type == {"Patient": 2}
    assert (done.skipped, done.rejected) == (5, 0)
    assert rejected() == []


def test_a_path_that_is_not_there(imports: Import, tmp_path: Path) -> None:
    with pytest.raises(BevanError, match="no file or folder"):
        imports(tmp_path / "nothing.json")


def test_a_file_named_itself_may_have_any_suffix(imports: Import, tmp_path: Path) -> None:
    assert imports(write(tmp_path / "data.txt", patient())).by_type == {"Patient": 1}
    lines = write(tmp_path / "lines.json", patient("x"), patient("y"))
    assert imports(lines).by_type == {"Patient": 2}
    assert imports(lines).unchanged == 2


def test_what_is_refused_has_its_reason_and_place(
    imports: Import, rejected: Rejected, ask: Ask, tmp_path: Path
) -> None:
    good, bad = patient("a"), patient("b", birthDate="1974-02-30", nonsense=1)
    path = write(tmp_path / "in.ndjson", good, bad)
    with path.open("a") as file:
        file.write('\n{"resourceType":\n[1]\n')
    done = imports(path)
    assert done.by_type == {"Patient": 1}
    assert done.rejected == 3
    lines = {line["entry"]: line for line in rejected()}
    refused = lines[len(json.dumps(good)) + 1]
    assert (refused["path"], refused["type"], refused["id"]) == (str(path), "Patient", "b")
    assert {issue["path"] for issue in refused["issues"]} == {
        "Patient.birthDate",
        "Patient.nonsense",
    }
    assert refused["resource"] == bad
    assert all(issue["text"] for line in lines.values() for issue in line["issues"])
    assert ask(COUNTS) == [("Patient", 1)]
    assert (tmp_path / "rejects.ndjson").stat().st_mode & 0o077 == 0


def test_what_was_refused_is_tried_again(
    imports: Import, rejected: Rejected, ask: Ask, tmp_path: Path
) -> None:
    path = write(tmp_path / "in.ndjson", patient(None), patient("b", gender="other?"))
    assert imports(path).rejected == 1
    again = imports(path)
    assert (again.by_type, again.unchanged, again.rejected) == ({"Patient": 1}, 1, 1)
    assert len(rejected()) == 1
    assert ask(COUNTS) == [("Patient", 1)]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("in.json", b'{"resourceType": "Patient"', "line 1"),
        ("in.json.gz", b"this isn't gzip", "can't be read"),
        ("in.ndjson.bz2", b"this isn't bzip2", "can't be read"),
        ("in.json.zst", b"this isn't zstandard", "can't be read"),
        ("in.json.gz", gzip.compress(b"{}" * 5_000, mtime=0)[:-30], "can't be read"),
    ],
)
def test_damaged_files_are_refused(
    imports: Import, rejected: Rejected, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert imports(tmp_path / name).rejected == 1
    [line] = rejected()
    assert line["path"] == str(tmp_path / name)
    assert said in line["issues"][0]["text"]


def test_without_a_rejects_file_refusals_are_counted(imports: Import, tmp_path: Path) -> None:
    done = imports(write(tmp_path / "in.json", patient(gender="?")), rejects=None)
    assert done.rejected == 1


# -- transactions --


# -- other Bundles --


# -- all of it --


def test_the_audit_names_who_imported(imports: Import, ask: Ask, tmp_path: Path) -> None:
    imports(write(tmp_path / "in.ndjson", patient("a"), observation("o", "Patient/a")))
    rows = ask(
        "select g.name, p.purpose, sum(a.entries)::int from audit a join agent g on g.n = a.agent"
        " join purpose p on p.n = a.purpose where a.action = 'i' group by 1, 2"
    )
    assert rows == [("nye", "import files in bulk", 2)]


def test_what_comes_before_its_target_is_settled_at_the_end(
    imports: Import, ask: Ask, tmp_path: Path
) -> None:
    provenance = {
        "resourceType": "Provenance",
        "id": "v",
        "target": [{"reference": "Observation/o"}],
        "recorded": "2026-11-24T09:30:00Z",
        "agent": [{"who": {"display": "somebody"}}],
    }
    write(tmp_path / "in" / "1.ndjson", provenance)
    write(tmp_path / "in" / "2.ndjson", patient("a"), observation("o", "Patient/a"))
    imports(tmp_path / "in")
    people = {row[0] for row in ask("select patient::text from resource")}
    assert len(people) == 1
    assert None not in people


def test_progress_reaches_the_end(imports: Import, tmp_path: Path) -> None:
    told: list[tuple[int, int, int]] = []
    for number in range(3):
        write(tmp_path / "in" / f"{number}.ndjson", patient(f"p{number}"))
    imports(tmp_path / "in", progress=lambda *said: told.append(said))
    assert [said[2] for said in told] == [1, 2, 3]
    assert told[-1][0] == told[-1][1] > 0
    assert told == sorted(told)


def test_an_interrupted_import_goes_on_where_it_stopped(
    imports: Import, ask: Ask, tmp_path: Path
) -> None:
    for number in range(4):
        given = bundle("transaction", post(patient(None)), post(practitioner(str(number))))
        write(tmp_path / "in" / f"{number}.json", given)

    def interrupt(read: int, size: int, resources: int) -> None:
        if resources == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports(tmp_path / "in", progress=interrupt)
    assert ask("select count(*)::int from resource") == [(4,)]
    done = imports(tmp_path / "in")
    assert (done.by_type, done.unchanged) == ({"Patient": 4, "Practitioner": 4}, 4)
    assert ask("select count(*)::int from resource") == [(8,)]


def test_several_processes_share_a_large_file(
    imports: Import, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "SEGMENT", 5_000)
    path = write(tmp_path / "in.ndjson", *(patient(f"p{number}") for number in range(700)))
    assert len(files.tasks([path])[0]) > 5
    done = imports(path, jobs=2)
    assert done.by_type == {"Patient": 700}
    assert ask(COUNTS) == [("Patient", 700)]
    again = imports(path, jobs=2)
    assert again.unchanged == 700


def test_a_lost_process_is_told_in_a_sentence(dsn: str, tmp_path: Path) -> None:
    path = write(tmp_path / "in.ndjson", patient())
    tasks, _ = files.tasks([path])
    with Crew(Order(dsn, "nye"), 1) as crew:
        [member] = crew.members.values()
        assert member.pid is not None
        os.kill(member.pid, signal.SIGKILL)
        member.join()
        with pytest.raises(BevanError, match="run it again"):
            list(crew.do(tasks, final=False))


@pytest.mark.shared
def test_real_bundles(imports: Import, shared: Path, tmp_path: Path) -> None:
    folder = shared / "data" / "synthea-r4" / "bundles"
    names = sorted(folder.glob("0-*")) + sorted(folder.glob("0f*"))
    done = imports(*reversed(names))
    expected: dict[str, int] = {}
    for name in names:
        for entry in json.loads(bz2.decompress(name.read_bytes()))["entry"]:
            type = entry["resource"]["resourceType"]
            expected[type] = expected.get(type, 0) + 1
    assert (done.by_type, done.rejected) == (expected, 0)
    again = imports(*names)
    assert (again.by_type, again.unchanged) == (expected, sum(expected.values()))
