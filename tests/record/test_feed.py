"""The change feed: every version once, in order, nothing missed, nothing early."""

from __future__ import annotations

import asyncio

import pytest

from bevan.record.errors import Invalid
from bevan.record.feed import Cursor, FeedEntry, Rebuild
from bevan.record.record import Record
from bevan.record.scope import Scope, compartment
from tests.record.people import ROBOT, Asked, feed_ready, limited, observation, patient


async def drained(
    record: Record, scope: Scope, cursor: Cursor | None = None, limit: int = 3
) -> list[FeedEntry]:
    await feed_ready(record)
    entries: list[FeedEntry] = []
    while True:
        page = await record.feed(scope, cursor, limit)
        entries += page.entries
        cursor = page.cursor
        if not page.full:
            return entries


async def test_every_version_once_and_in_order(record: Record, robot: Scope) -> None:
    who = (await record.create(robot, patient())).version.id
    await asyncio.gather(*(record.create(robot, observation(who, n)) for n in range(10)))
    await record.update(robot, {**patient(active=True), "id": who})
    await record.delete(robot, "Patient", who)
    found = await drained(record, robot)
    assert [e.cursor for e in found] == sorted({e.cursor for e in found})
    assert len(found) == 13
    mine = [(e.version, e.deleted) for e in found if e.id == who]
    assert mine == [(1, False), (2, False), (3, True)]
    assert found[0].patient == compartment(who)
    assert all(e.content or e.deleted for e in found)


async def test_an_open_transaction_holds_the_feed_back(record: Record, robot: Scope) -> None:
    start = await record.watermark(robot)
    held = asyncio.Event()

    async def within(connection: object) -> bool:
        await connection.execute("select pg_current_xact_id()")  # type: ignore[attr-defined]
        held.set()
        await go.wait()
        return True

    go = asyncio.Event()
    body = record.prepare({**patient(), "id": "late"})
    late = asyncio.create_task(record.load(robot, [body], within=within))
    await held.wait()
    await record.create(robot, patient())
    assert (await record.feed(robot, start)).entries == ()
    assert await record.feed_lag(robot) > 0
    go.set()
    await late
    found = await drained(record, robot, start)
    assert await record.feed_lag(robot) == 0
    assert {e.id for e in found} >= {"late"} and len(found) == 2


async def test_concurrent_writers_and_a_reader_that_follows(record: Record) -> None:
    async def write(n: int) -> str:
        made = (await record.create(ROBOT(), patient(multipleBirthInteger=n))).version
        await record.update(ROBOT(), {**patient(active=True), "id": made.id})
        return made.id

    writing = asyncio.gather(*(write(n) for n in range(60)))
    seen: list[FeedEntry] = []
    cursor = None
    while not writing.done():
        page = await record.feed(ROBOT("Following"), cursor, 7)
        seen += page.entries
        cursor = page.cursor
    ids = await writing
    seen += await drained(record, ROBOT(), cursor)
    assert sorted((e.id, e.version) for e in seen) == sorted((i, v) for i in ids for v in (1, 2))


async def test_a_raised_epoch_makes_consumers_rebuild(record: Record, robot: Scope) -> None:
    await record.create(robot, patient())
    await feed_ready(record)
    cursor = (await record.feed(robot)).cursor
    assert await record.raise_epoch(robot, "restored") == cursor.epoch + 1
    with pytest.raises(Rebuild):
        await record.feed(robot, cursor)
    await feed_ready(record)
    assert (await record.feed(robot)).entries[0].cursor.epoch == cursor.epoch + 1


async def test_the_feed_obeys_the_scope(record: Record, robot: Scope, asked: Asked) -> None:
    mine = (await record.create(robot, patient())).version.id
    await record.update(robot, {**patient(active=True), "id": mine})
    await record.create(robot, patient())
    await feed_ready(record)
    assert (await record.feed(limited("org-1"))).entries == ()
    await asked.relate("org-1", mine)
    found = (await record.feed(limited("org-1"))).entries
    assert [(e.id, e.version) for e in found] == [(mine, 1), (mine, 2)]
    blind = limited("org-1", reads=frozenset({"Observation"}))
    assert (await record.feed(blind)).entries == ()
    only = await record.feed(robot, types=["Observation"])
    assert only.entries == ()


async def test_who_reads_the_feed_is_audited(record: Record, robot: Scope, asked: Asked) -> None:
    mine = (await record.create(robot, patient())).version.id
    await asked.relate("org-1", mine)
    await feed_ready(record)
    await record.feed(robot)
    await record.feed(limited("org-1"))
    rows = [row for row in await asked.audit() if row["action"] == "f"]
    assert [(row["patient"], row["entries"]) for row in rows] == [
        (None, 1),
        (compartment(mine), 1),
    ]


async def test_writing_wakes_those_who_wait(record: Record, robot: Scope) -> None:
    async with record.wakeups(robot) as woken:
        await record.create(robot, patient())
        assert await asyncio.wait_for(woken.wait(), 10)
        woken.clear()
        await record.load(robot, [record.prepare({**patient(), "id": "x"})])
        assert await asyncio.wait_for(woken.wait(), 10)


async def test_the_watermark_is_the_end(record: Record, robot: Scope) -> None:
    await record.create(robot, patient())
    await feed_ready(record)
    mark = await record.watermark(robot)
    assert (await record.feed(robot, mark)).entries == ()
    await record.create(robot, patient())
    await feed_ready(record)
    assert len((await record.feed(robot, mark)).entries) == 1


def test_cursors_as_text() -> None:
    cursor = Cursor(2, 34, 56)
    assert Cursor.read(str(cursor)) == cursor
    for text in ("", "1.2", "a.b.c", "1.2.3.4", "1.-2.3", "²2.3.4"):
        with pytest.raises(Invalid):
            Cursor.read(text)
