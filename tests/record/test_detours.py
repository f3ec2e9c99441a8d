"""Ways round a scope, a mask or the audit that somebody with bad intent would try."""

from __future__ import annotations

from typing import Any

import pytest

from bevan.fhir.json import decode
from bevan.record.errors import Invalid, PreconditionFailed
from bevan.record.mask import restored, without
from bevan.record.record import Record
from bevan.record.scope import Scope, compartment
from tests.record.people import Asked, limited, observation, only, patient

WHERE: dict[str, frozenset[str]] = {
    "*": frozenset({"meta.source"}),
    "Encounter": frozenset({"location", "serviceProvider"}),
    "Provenance": frozenset({"agent"}),
}
VISIT: dict[str, Any] = {
    "resourceType": "Encounter",
    "id": "visit",
    "meta": {"source": "https://the-limes.example/gp"},
    "contained": [
        {"resourceType": "Location", "id": "room", "name": "Room 1", "partOf": {"reference": "#g"}},
        {"resourceType": "Location", "id": "g", "name": "The Limes"},
        {"resourceType": "Practitioner", "id": "doctor", "name": [{"family": "Nair"}]},
    ],
    "status": "finished",
    "class": {"code": "AMB"},
    "subject": {"reference": "Patient/claire"},
    "participant": [{"individual": {"reference": "#doctor"}}],
    "location": [{"location": {"reference": "#room"}}],
}


def total(bundle: bytes) -> int:
    return int(decode(bundle)["total"])


async def two(record: Record, robot: Scope) -> None:
    for who in ("a", "b"):
        await record.update(robot, patient(id=who))


class TestAudit:
    async def test_who_loses_an_entry_is_named_too(
        self, record: Record, robot: Scope, asked: Asked
    ) -> None:
        await two(record, robot)
        await record.update(robot, observation("a", id="moved"))
        await record.update(robot, observation("b", id="moved"))
        entries = [one for one in await asked.audit() if one["version"] == 2]
        assert {one["patient"] for one in entries} == {compartment("a"), compartment("b")}

    async def test_a_load_that_moves_an_entry_names_both(
        self, record: Record, robot: Scope, asked: Asked
    ) -> None:
        await record.load(robot, [record.prepare(observation("a", id="moved"))])
        before = len(await asked.audit())
        await record.load(robot, [record.prepare(observation("b", id="moved"))])
        entries = (await asked.audit())[before:]
        assert {one["patient"] for one in entries} == {compartment("a"), compartment("b")}

    async def test_a_count_discloses_too(self, record: Record, robot: Scope, asked: Asked) -> None:
        await two(record, robot)
        await record.update(robot, observation("a", id="o1"))
        visit = {
            "resourceType": "Appointment",
            "status": "booked",
            "start": "2026-11-24T09:00:00Z",
            "end": "2026-11-24T09:10:00Z",
            "participant": [
                {"actor": {"reference": f"Patient/{who}"}, "status": "accepted"} for who in "ab"
            ],
        }
        await record.create(robot, visit)
        for type in ("Observation", "Appointment"):
            for scope in (robot, limited("org-1")):
                page = await record.search(scope, type, "patient=Patient/a&_summary=count")
                entry = (await asked.audit())[-1]
                told = total(page.bundle)
                assert told == (1 if scope is robot else 0)
                assert entry["outcome"] == ("+" if told else "-")
                assert (entry["patient"], entry["entries"]) == (compartment("a"), told)


class TestConditions:
    async def test_an_update_overwrites_only_what_its_condition_selects(
        self, record: Record, robot: Scope
    ) -> None:
        await record.update(robot, observation("a", id="other", value=1))
        with pytest.raises(PreconditionFailed):
            await record.update_where(
                robot, "Observation", "status=amended", observation("a", id="other", value=2)
            )
        entry = {
            "resource": observation("a", id="other", value=3),
            "request": {"method": "PUT", "url": "Observation?status=amended"},
        }
        with pytest.raises(PreconditionFailed):
            await record.bundle(
                robot, {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
            )
        stands = await record.read(robot, "Observation", "other")
        assert stands is not None and stands.version == 1

    async def test_it_still_creates_at_an_id_that_is_free(
        self, record: Record, robot: Scope
    ) -> None:
        written = await record.update_where(
            robot, "Observation", "status=amended", observation("a", id="free")
        )
        assert written.created and written.version.id == "free"


async def test_a_search_in_a_transaction_sees_what_it_wrote(record: Record, robot: Scope) -> None:
    entries = [
        {"request": {"method": "GET", "url": "Observation?_id=new"}},
        {"request": {"method": "GET", "url": "Observation/new/_history/1"}},
        {
            "resource": observation("a", id="new"),
            "request": {"method": "PUT", "url": "Observation/new"},
        },
    ]
    answer = decode(
        await record.bundle(
            robot, {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        )
    )
    search, vread, _ = answer["entry"]
    assert search["resource"]["total"] == 1
    assert vread["response"]["status"] == "200 OK"


async def test_reads_in_a_transaction_do_not_hold_the_feed_back(
    record: Record, robot: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two(record, robot)
    read = {"request": {"method": "GET", "url": "Patient/a"}}
    write = {
        "resource": observation("a", id="new"),
        "request": {"method": "PUT", "url": "Observation/new"},
    }
    own = {"request": {"method": "GET", "url": "Observation/new"}}
    within: list[str] = []
    monkeypatch.setattr(record._reader, "read_within", lambda *asked: within.append(str(asked)))
    answer = decode(
        await record.bundle(
            robot,
            {"resourceType": "Bundle", "type": "transaction", "entry": [read, own, write, read]},
        )
    )
    assert [entry["response"]["status"][:3] for entry in answer["entry"]] == [
        "200", "200", "201", "200",
    ]  # fmt: skip
    assert within == []


async def test_an_estimate_tells_no_stranger_anything(
    record: Record, robot: Scope, asked: Asked
) -> None:
    for number in range(30):
        await record.update(robot, observation("a", id=f"o{number}"))
    await asked.value("select count(*) from resource")
    await record._parts.general.execute("analyze resource")
    query = "patient={}&_summary=count&_total=estimate"
    for scope in (limited("org-1"), only("b"), limited("org-1", hidden=1)):
        for who in ("a", "nobody"):
            page = await record.search(scope, "Observation", query.format(who))
            assert total(page.bundle) == 0, (scope, who)
    page = await record.search(robot, "Observation", query.format("a"))
    assert total(page.bundle) > 0


class TestProvenance:
    async def test_it_obeys_the_mask(self, record: Record, robot: Scope) -> None:
        source = "https://the-limes.example/gp"
        await record.update(robot, {**patient(id="claire"), "meta": {"source": source}})
        masking = only("claire", masked=WHERE, covert=frozenset({compartment("claire")}))
        plain = only("claire", masked=WHERE, covert=frozenset())
        (shown,) = await record.provenance(plain, "Patient", "claire")
        (cut,) = await record.provenance(masking, "Patient", "claire")
        assert "agent" in shown and "agent" not in cut
        found = await record.read(masking, "Provenance", shown["id"])
        assert found is not None and b"agent" not in found.content

    async def test_nobody_can_write_one_that_the_record_makes(
        self, record: Record, robot: Scope
    ) -> None:
        forged = {
            "resourceType": "Provenance",
            "id": "v.1000.1",
            "target": [{"reference": "Patient/a"}],
            "recorded": "2026-11-24T09:00:00Z",
            "agent": [{"who": {"display": "Somebody else"}}],
        }
        with pytest.raises(Invalid):
            await record.update(robot, forged)
        with pytest.raises(Invalid):
            record.prepare(forged)
        entry = {"resource": forged, "request": {"method": "PUT", "url": "Provenance/v.1000.1"}}
        with pytest.raises(Invalid):
            await record.bundle(
                robot, {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
            )


class TestWhereabouts:
    """A restricted person's places, by every way that a mask of elements alone would leave open."""

    def test_contained_places_go_with_what_referred_to_them(self) -> None:
        cut = without(WHERE, VISIT)
        assert [inner["id"] for inner in cut["contained"]] == ["doctor"]
        assert "source" not in cut["meta"] and cut["meta"]["security"][0]["code"] == "REDACTED"

    def test_the_source_goes_from_types_that_nobody_named(self) -> None:
        told = {**observation("claire"), "meta": {"source": "https://the-limes.example/gp"}}
        assert "the-limes" not in str(without(WHERE, told))

    def test_an_edit_of_what_was_seen_loses_nothing(self) -> None:
        seen = without(WHERE, VISIT)
        assert restored(WHERE, seen, VISIT) == VISIT
        changed = restored(WHERE, {**seen, "status": "cancelled"}, VISIT)
        assert changed == {**VISIT, "status": "cancelled"}

    def test_a_seen_part_can_be_removed_and_an_unseen_one_not_overwritten(self) -> None:
        seen = without(WHERE, VISIT)
        mine = {"resourceType": "Location", "id": "room", "name": "Elsewhere"}
        edit = {key: value for key, value in seen.items() if key != "participant"}
        kept = restored(WHERE, {**edit, "contained": [mine]}, VISIT)
        assert kept["contained"] == VISIT["contained"][:2]

    async def test_through_the_record(self, record: Record, robot: Scope) -> None:
        await record.update(robot, patient(id="claire"))
        await record.update(robot, VISIT)
        nurse = only("claire", masked=WHERE, covert=frozenset({compartment("claire")}))
        read = await record.read(nurse, "Encounter", "visit")
        assert read is not None
        assert b"imes" not in read.content and read.source is None
        assert read.agent.organisation_name == ""
        for query in ("", "&_source=https://the-limes.example/gp", "&_elements=contained"):
            page = await record.search(nurse, "Encounter", f"patient=claire{query}")
            assert b"imes" not in page.bundle.split(b'"link"')[0]
            assert total(page.bundle) == (0 if "_source" in query else 1)
        written = await record.update(nurse, {**decode(read.content), "status": "cancelled"})
        assert b"imes" not in written.version.content and written.version.source is None
        whole = await record.read(robot, "Encounter", "visit")
        assert whole is not None and whole.source == VISIT["meta"]["source"]
        assert decode(whole.content)["contained"] == VISIT["contained"]
