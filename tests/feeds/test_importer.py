"""Importing files: what gets in, once, and what is refused and why."""

from __future__ import annotations

import bz2
import gzip
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard

from bevan.feeds.bulk import files
from bevan.feeds.bulk.crew import Crew
from bevan.feeds.bulk.worker import Order
from bevan.kernel.errors import BevanError
from tests.feeds.conftest import (
    Import,
    bundle,
    encounter,
    observation,
    patient,
    post,
    practitioner,
    put,
    write,
)

Ask = Callable[..., list[tuple[Any, ...]]]
Rejected = Callable[[], list[dict[str, Any]]]

PERSON = "urn:uuid:0b6f5e5c-0000-4000-8000-000000000001"
COUNTS = "select type, count(*)::int from resource where not deleted group by type order by type"
VERSIONS = "select type, id, version from resource order by type, id"


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


def test_a_transaction_is_linked_up(imports: Import, ask: Ask, tmp_path: Path) -> None:
    given = bundle(
        "transaction",
        post(patient(None), PERSON),
        post(observation(subject=PERSON), "urn:uuid:2"),
        put(patient("kept")),
    )
    done = imports(write(tmp_path / "in.json", given))
    assert done.by_type == {"Patient": 2, "Observation": 1}
    rows = dict(ask("select id, patient::text from resource where type = 'Patient'"))
    [(about,)] = ask("select patient::text from resource where type = 'Observation'")
    assert about in rows
    assert "kept" in rows
    again = imports(tmp_path / "in.json")
    assert again.unchanged == 3
    assert ask("select count(*)::int from resource") == [(3,)]


def test_a_transaction_is_taken_whole_or_not_at_all(
    imports: Import, rejected: Rejected, ask: Ask, tmp_path: Path
) -> None:
    given = bundle(
        "transaction",
        post(patient(None), PERSON),
        post({**observation(subject=PERSON), "status": "?"}),
        post(patient(None, birthDate="1974-13-01")),
    )
    path = write(tmp_path / "in.json", given)
    done = imports(path)
    assert (done.by_type, done.rejected) == ({}, 3)
    assert ask("select count(*)::int from resource") == [(0,)]
    [line] = rejected()
    assert [issue["path"] for issue in line["issues"]] == [
        "Bundle.entry[1].resource.status",
        "Bundle.entry[2].resource.birthDate",
    ]
    split = imports(path, split=True)
    assert (split.by_type, split.rejected) == ({"Patient": 1}, 2)
    assert {line["entry"] for line in rejected()} == {1, 2}


def test_a_bundle_that_can_not_be_read_is_refused(
    imports: Import, rejected: Rejected, tmp_path: Path
) -> None:
    given = bundle("transaction", {"resource": patient()}, post(patient()))
    done = imports(write(tmp_path / "in.json", given))
    assert done.rejected == 2
    assert rejected()[0]["issues"][0]["path"] == "Bundle.entry[0].request"


def test_too_large_a_transaction_is_refused(
    imports: Import, rejected: Rejected, tmp_path: Path
) -> None:
    entries = [post(patient(None)) for _ in range(10_001)]
    done = imports(write(tmp_path / "in.json", bundle("transaction", *entries)))
    assert done.rejected == 10_001
    assert rejected()[0]["issues"][0]["code"] == "too-costly"


def test_conditional_creates(imports: Import, ask: Ask, tmp_path: Path) -> None:
    condition = "identifier=urn:staff|77"
    given = bundle("transaction", post(practitioner("77"), ifNoneExist=condition))
    other = {**given, "id": "another"}
    first = imports(write(tmp_path / "a.json", given))
    second = imports(write(tmp_path / "b.json", other))
    assert (first.unchanged, second.unchanged) == (0, 1)
    assert imports(tmp_path / "b.json").unchanged == 1
    assert ask(COUNTS) == [("Practitioner", 1)]


def test_what_waits_for_another_file_is_tried_again(
    imports: Import, ask: Ask, tmp_path: Path
) -> None:
    waits = bundle("transaction", post(patient(None), PERSON), post(encounter(), "urn:uuid:3"))
    write(tmp_path / "in" / "1.json", waits)
    write(tmp_path / "in" / "2.ndjson", encounter(id="e", subject={"reference": "Patient/p"}))
    write(tmp_path / "in" / "3.json", bundle("transaction", post(practitioner("77"))))
    done = imports(tmp_path / "in")
    assert (done.by_type, done.rejected) == (
        {"Patient": 1, "Encounter": 2, "Practitioner": 1},
        0,
    )
    [(id,)] = ask("select id from resource where type = 'Practitioner'")
    found = ask(
        "select count(*)::int from resource"
        " where type = 'Encounter' and tokens @> array[$1::bigint]",
        _token("practitioner", f"Practitioner/{id}"),
    )
    assert found == [(2,)]


def _token(parameter: str, text: str) -> int:
    from bevan.fhir.extraction.hashing import hasher

    return hasher()(f"{parameter}={text}")


def test_what_waits_in_vain_is_refused(
    imports: Import, rejected: Rejected, ask: Ask, tmp_path: Path
) -> None:
    write(
        tmp_path / "in" / "1.json",
        bundle("transaction", post(patient(None), PERSON), post(encounter())),
    )
    write(
        tmp_path / "in" / "2.ndjson",
        encounter(id="e", subject={"reference": "Patient/p"}),
        patient("q"),
    )
    done = imports(tmp_path / "in")
    assert (done.by_type, done.rejected) == ({"Patient": 1}, 3)
    assert all("conditional reference" in line["issues"][0]["text"] for line in rejected())
    assert ask(COUNTS) == [("Patient", 1)]


def test_an_ambiguous_reference_is_refused(
    imports: Import, rejected: Rejected, tmp_path: Path
) -> None:
    write(tmp_path / "in" / "1.ndjson", practitioner("77"), {**practitioner("77"), "id": "other"})
    write(
        tmp_path / "in" / "2.json",
        bundle("transaction", post(patient(None), PERSON), post(encounter())),
    )
    done = imports(tmp_path / "in")
    assert done.by_type == {"Practitioner": 2}
    assert done.rejected == 2
    assert "more than one" in rejected()[0]["issues"][0]["text"]


def test_a_reference_may_select_what_its_bundle_brings(
    imports: Import, ask: Ask, tmp_path: Path
) -> None:
    given = bundle(
        "transaction",
        post(patient(None), PERSON),
        post(encounter(), "urn:uuid:3"),
        post(practitioner("77"), "urn:uuid:4"),
    )
    done = imports(write(tmp_path / "in.json", given))
    assert (done.by_type.get("Encounter"), done.rejected) == (1, 0)


# -- other Bundles --


def test_a_batch_is_taken_entry_by_entry(
    imports: Import, rejected: Rejected, ask: Ask, tmp_path: Path
) -> None:
    given = bundle(
        "batch",
        put(patient("a")),
        post(patient(None, gender="?")),
        post(practitioner("77"), ifNoneExist="identifier=urn:staff|77"),
        post(practitioner("77"), ifNoneExist="identifier=urn:staff|77"),
        put(practitioner("78"), "Practitioner?identifier=urn:staff|78"),
        {"request": {"method": "GET", "url": "Patient/a"}},
        {"request": {"method": "DELETE", "url": "Patient/nobody"}},
        put(practitioner("79"), "Practitioner?nonsense=1"),
    )
    path = write(tmp_path / "in.json", given)
    done = imports(path)
    assert done.by_type == {"Patient": 1, "Practitioner": 3}
    assert done.rejected == 2
    assert {line["entry"] for line in rejected()} == {1, 7}
    assert ask(COUNTS) == [("Patient", 1), ("Practitioner", 2)]


def test_collections_keep_their_ids_and_links(imports: Import, ask: Ask, tmp_path: Path) -> None:
    given = bundle(
        "collection",
        {"fullUrl": PERSON, "resource": patient("a")},
        {"fullUrl": "urn:uuid:9", "resource": observation(subject=PERSON)},
        {"fullUrl": "urn:uuid:8"},
    )
    path = write(tmp_path / "in.json", given)
    assert imports(path).by_type == {"Patient": 1, "Observation": 1}
    [(about,)] = ask("select patient::text from resource where type = 'Observation'")
    [(person,)] = ask("select patient::text from resource where id = 'a'")
    assert about == person
    assert imports(path).unchanged == 2


def test_of_a_history_the_newest_version_counts(imports: Import, ask: Ask, tmp_path: Path) -> None:
    given = bundle(
        "history",
        {"resource": patient("a", gender="female")},
        {"resource": patient("a", gender="unknown")},
    )
    imports(write(tmp_path / "in.json", given))
    token = _token("gender", "female")
    assert ask("select count(*)::int from resource where tokens @> array[$1::bigint]", token) == [
        (1,)
    ]


def test_documents_stay_whole(imports: Import, ask: Ask, tmp_path: Path) -> None:
    document = {
        **bundle("document", {"fullUrl": "urn:uuid:1", "resource": composition()}),
        "identifier": {"system": "urn:documents", "value": "1"},
        "timestamp": "2026-11-24T09:30:00Z",
    }
    path = write(tmp_path / "in.json", document)
    assert imports(path).by_type == {"Bundle": 1}
    assert imports(path).unchanged == 1


def composition() -> dict[str, Any]:
    return {
        "resourceType": "Composition",
        "status": "final",
        "type": {"text": "Letter"},
        "date": "2026-11-24",
        "author": [{"display": "Dr Bevan"}],
        "title": "Letter",
    }


def test_bundles_may_stand_in_lines(imports: Import, tmp_path: Path) -> None:
    first = bundle("transaction", post(patient(None)), post(practitioner("1")))
    path = write(
        tmp_path / "in.ndjson",
        first,
        patient("a"),
        bundle("collection", {"resource": patient("b")}),
    )
    assert imports(path).by_type == {"Patient": 3, "Practitioner": 1}
    assert imports(path).unchanged == 4


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
