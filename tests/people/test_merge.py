"""Merge and unmerge: nothing lost, nothing guessed, everything as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bevan.fhir import json
from bevan.people.merge import MergeRefused
from bevan.people.nhs_number import SYSTEM
from bevan.record.scope import CONFIDENTIALITY
from tests.people.merging import CLERK, SCOPE, Desk, rate
from tests.people.test_match import person
from tests.support.sites import serving

GP, ED = "https://gp.example/record", "https://ed.example/record"


@pytest.fixture
async def desk(database: str) -> AsyncIterator[Desk]:
    async with serving(database) as served:
        desk = Desk(served)
        await desk.write(person("tom", "Brindle", "Tomasz", "1978-09-05", "9994104055"))
        second = person("tim", "Brindal", "Thomas", "1978-05-09", "9994106074", "02")
        await desk.write(second)
        for each in (
            rate("gp-1", "tom", source=GP),
            rate("ed-1", "tim", 88, source=ED),
            rate("ed-2", "tim", 90, source=ED),
            {
                "resourceType": "Encounter",
                "id": "ed-visit",
                "meta": {"source": ED},
                "status": "finished",
                "class": {"code": "EMER"},
                "subject": {"reference": "Patient/tim"},
            },
        ):
            await desk.write(each)
        yield desk


async def patient(desk: Desk, id: str) -> dict[str, Any]:
    found = await desk.record.read(SCOPE, "Patient", id)
    assert found is not None
    return dict(json.decode(found.content))


async def test_the_survivor_has_everything_and_the_other_points_to_it(desk: Desk) -> None:
    merge = await desk.merging.merge(CLERK, "tom", "tim", "One man, two records")
    assert merge.state == "merged"
    assert await desk.about("tom") == ["ed-1", "ed-2", "gp-1"]
    assert await desk.about("tim") == []
    survivor, retired = await patient(desk, "tom"), await patient(desk, "tim")
    old = survivor["identifier"][1]
    assert (old["value"], old["use"]) == ("9994106074", "old")
    assert survivor["link"] == [{"other": {"reference": "Patient/tim"}, "type": "replaces"}]
    assert retired["link"] == [{"other": {"reference": "Patient/tom"}, "type": "replaced-by"}]
    assert retired["active"] is False and "active" not in survivor


async def test_followers_of_the_feed_see_each_move_with_its_author(desk: Desk) -> None:
    start = await desk.record.watermark(SCOPE)
    await desk.merging.merge(CLERK, "tom", "tim", "One man, two records")
    page = await desk.record.feed(SCOPE, start)
    moved = {(each.type, each.id): each.agent for each in page.entries}
    assert set(moved) == {
        ("Patient", "tom"), ("Patient", "tim"), ("Observation", "ed-1"), ("Observation", "ed-2"),
        ("Encounter", "ed-visit"),
    }  # fmt: skip
    assert {each.name for each in moved.values()} == {"Dee Clerk"}


async def test_a_merge_and_its_unmerge_leave_every_byte(desk: Desk) -> None:
    observations = [("Observation", id) for id in ("gp-1", "ed-1", "ed-2")]
    rows = [("Patient", "tom"), ("Patient", "tim"), *observations, ("Encounter", "ed-visit")]
    before = {row: await desk.body(*row) for row in rows}
    merge = await desk.merging.merge(CLERK, "tom", "tim", "One man, two records")
    done = await desk.unmerging.undo(CLERK, merge.id)
    assert {row: await desk.body(*row) for row in rows} == before
    assert (done.restored, done.edited, done.placed, done.asked) == (3, 0, 0, [])
    assert desk.asking.asked == []


async def test_what_was_written_between_is_placed_by_its_evidence_or_asked(desk: Desk) -> None:
    merge = await desk.merging.merge(CLERK, "tom", "tim", "One man, two records")
    visit = {"encounter": {"reference": "Encounter/ed-visit"}}
    number = {"system": SYSTEM, "value": "9994106074"}
    numbered = {"identifier": number, "reference": "Patient/tom"}
    for each in (
        rate("by-source", "tom", source=ED),
        rate("by-visit", "tom", **visit),
        rate("by-number", "tom", subject=numbered),
        rate("ours", "tom", source=GP),
        rate("silent", "tom"),
        rate("torn", "tom", source=GP, **visit),
    ):
        await desk.write(each)
    done = await desk.unmerging.undo(CLERK, merge.id)
    assert await desk.about("tim") == ["by-number", "by-source", "by-visit", "ed-1", "ed-2"]
    assert sorted(done.asked) == ["Observation/silent", "Observation/torn"]
    assert await desk.about("tom") == ["gp-1", "ours", "silent", "torn"]


async def test_an_edit_since_the_merge_is_kept_when_it_is_undone(desk: Desk) -> None:
    merge = await desk.merging.merge(CLERK, "tom", "tim", "One man, two records")
    await desk.write(rate("ed-1", "tom", 89, source=ED))
    done = await desk.unmerging.undo(CLERK, merge.id)
    assert (done.restored, done.edited) == (2, 1)
    found = json.decode(await desk.body("Observation", "ed-1"))
    assert (found["subject"]["reference"], found["valueQuantity"]["value"]) == ("Patient/tim", 89)


async def test_what_arrives_late_for_the_merged_record_is_moved_too(desk: Desk) -> None:
    merge = await desk.merging.merge(CLERK, "tom", "tim", "One man, two records")
    await desk.write(rate("late", "tim", source=ED))
    assert await desk.following.follow(CLERK) == 1
    assert "late" in await desk.about("tom")
    await desk.unmerging.undo(CLERK, merge.id)
    assert await desk.about("tim") == ["ed-1", "ed-2", "late"]


async def test_a_merge_that_was_cut_off_goes_on(desk: Desk, monkeypatch: Any) -> None:
    merging = desk.merging

    async def dies(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(merging, "_page", dies)
        with pytest.raises(RuntimeError):
            await merging.merge(CLERK, "tom", "tim", "One man, two records")
    [merge] = await desk.merging.standing("tom")
    assert merge.state == "moving"
    await desk.following.follow(CLERK)
    assert [each.state for each in await desk.merging.standing("tim")] == ["merged"]
    assert await desk.about("tim") == []


async def test_an_undoing_that_was_cut_off_goes_on(desk: Desk, monkeypatch: Any) -> None:
    merge = await desk.merging.merge(CLERK, "tom", "tim", "One man, two records")
    unmerging = desk.unmerging

    async def dies(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(unmerging, "_patients", dies)
        with pytest.raises(RuntimeError):
            await unmerging.undo(CLERK, merge.id)
    await desk.unmerging.undo(CLERK, merge.id)
    assert await desk.about("tim") == ["ed-1", "ed-2"]
    assert await desk.merging.standing("tom") == []
    with pytest.raises(MergeRefused):
        await desk.unmerging.undo(CLERK, merge.id)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (person("x", number="9990123454"), "verified"),
        (person("x", active=False), "active"),
        (person("x", meta={"security": [{"system": CONFIDENTIALITY, "code": "R"}]}), "restricted"),
    ],
)
async def test_what_may_not_be_merged(desk: Desk, other: dict[str, Any], words: str) -> None:
    await desk.write(other)
    with pytest.raises(MergeRefused, match=words):
        await desk.merging.merge(CLERK, "tom", "x", "A guess")
    with pytest.raises(MergeRefused):
        await desk.merging.merge(CLERK, "tom", "tom", "A guess")
    assert await desk.merging.standing("tom") == []
    assert "link" not in await patient(desk, "tom")


async def test_a_record_that_was_merged_is_not_merged_again(desk: Desk) -> None:
    await desk.write(person("third", "Brindle", "Tom", "1978-09-05"))
    await desk.merging.merge(CLERK, "tom", "tim", "One man, two records")
    with pytest.raises(MergeRefused, match="merged already"):
        await desk.merging.merge(CLERK, "third", "tim", "Again")
    await desk.merging.merge(CLERK, "tom", "third", "Three records")
    assert len(await desk.merging.standing("tom")) == 2
