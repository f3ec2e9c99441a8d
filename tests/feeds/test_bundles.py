"""Bundles that are imported: transactions, batches, collections, histories and documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.feeds.conftest import (
    COUNTS,
    Ask,
    Import,
    Rejected,
    bundle,
    encounter,
    observation,
    patient,
    post,
    practitioner,
    put,
    write,
)

PERSON = "urn:uuid:0b6f5e5c-0000-4000-8000-000000000001"


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
