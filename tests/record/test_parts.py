"""The small parts: codec, lanes, keys, names, sources, partitions."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bevan.fhir.json import decode
from bevan.kernel.database import Database
from bevan.kernel.errors import Unavailable
from bevan.record.codec import Codec, UnknownDictionary, open_codec, shipped_dictionaries
from bevan.record.interning import Interns
from bevan.record.keys import Keys
from bevan.record.lane import Lane, Waiting
from bevan.record.record import Record
from bevan.record.rows import bucket, people
from bevan.record.scope import Actor, Scope, Ticket, compartment
from bevan.record.version import instant, moment, same, stamp
from tests.record.people import Asked, observation, patient

NOW = datetime(2026, 11, 24, 9, 30, 0, 123_456, tzinfo=UTC)


# Content


@given(some.binary(max_size=3_000))
def test_content_comes_back(content: bytes) -> None:
    for codec in (Codec({}), Codec({2: b"Observation status final" * 40}, 2)):
        assert codec.unpack(*codec.pack(content)) == content


def test_a_missing_dictionary_is_named() -> None:
    dictionary = b"Observation status final code subject reference" * 20
    enc, packed = Codec({7: dictionary}, 7).pack(b"Observation status final" * 9)
    assert enc == 7 and not Codec({}).knows(7)
    with pytest.raises(UnknownDictionary, match="7"):
        Codec({}).unpack(enc, packed)


async def test_dictionaries_live_in_the_database(database: str) -> None:
    pool = await Database.open(database, size=2)
    try:
        async with pool.connection() as connection:
            first = await open_codec(connection, {"1": b"one" * 99})
            later = await open_codec(connection, {"1": b"one" * 99, "2": b"two" * 99})
            again = await open_codec(connection, {"1": b"one" * 99, "2": b"two" * 99})
            enc, packed = later.pack(b"two" * 50)
            assert again.pack(b"two" * 50) == (enc, packed)
            assert not first.knows(enc)
            await first.learn(connection)
            assert first.unpack(enc, packed) == b"two" * 50
    finally:
        await pool.close()
    assert shipped_dictionaries(), "the wheel carries a dictionary"


# Lanes


async def test_a_busy_lane_gathers_the_next_batch() -> None:
    batches: list[list[int]] = []
    begun, go = asyncio.Event(), asyncio.Event()

    async def work(batch: list[Waiting[int, int]]) -> None:
        batches.append([waiting.item for waiting in batch])
        begun.set()
        await go.wait()
        for waiting in batch:
            waiting.settle(waiting.item * 2)

    lane: Lane[int, int] = Lane(work, most=3)
    first = asyncio.create_task(lane.put(1))
    await begun.wait()
    others = [asyncio.create_task(lane.put(n)) for n in (2, 3, 4, 5)]
    await asyncio.sleep(0)
    go.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6, 8, 10]
    assert batches == [[1], [2, 3, 4], [5]]


async def test_equal_keys_never_share_a_batch() -> None:
    batches: list[list[str]] = []

    async def work(batch: list[Waiting[str, None]]) -> None:
        batches.append([waiting.item for waiting in batch])
        for waiting in batch:
            waiting.settle()

    lane: Lane[str, None] = Lane(work)
    await asyncio.gather(*(lane.put(item, key=item[0]) for item in ("a1", "b1", "a2", "a3", "c1")))
    assert batches == [["a1", "b1", "c1"], ["a2"], ["a3"]]


async def test_a_lane_always_answers() -> None:
    async def broken(batch: list[Waiting[int, int]]) -> None:
        if batch[0].item:
            raise ValueError("broken")

    lane: Lane[int, int] = Lane(broken)
    with pytest.raises(ValueError, match="broken"):
        await lane.put(1)
    with pytest.raises(Unavailable):
        await lane.put(0)
    await lane.close()
    with pytest.raises(Unavailable):
        await lane.put(1)


# Keys and names


async def test_keys_are_never_given_twice(database: str) -> None:
    pools = [await Database.open(database, size=2) for _ in range(2)]
    try:
        stocks = [Keys(pool) for pool in pools]
        taken = await asyncio.gather(
            *(stock.take(count) for stock in stocks for count in (1, 700, 700, 1500, 1))
        )
        keys = [key for each in taken for key in each]
        assert len(keys) == len(set(keys)) == 2 * 2902
    finally:
        for pool in pools:
            await pool.close()


async def test_names_are_kept_once(database: str) -> None:
    pool = await Database.open(database, size=3)
    try:
        actor = Actor("practitioner", "n", "Nia", "Nurse")
        ticket = Ticket("r", "Care", actor, NOW)
        here, there = Interns(pool), Interns(pool)
        numbers = await asyncio.gather(*(one.ticket(ticket) for one in (here, there) * 5))
        assert len(set(numbers)) == 1
        assert (await there.actors([numbers[0][0]]))[numbers[0][0]] == actor
        assert (await Interns(pool).actors([numbers[0][0]]))[numbers[0][0]] == actor
        source = await here.source("urn:x")
        assert await Interns(pool).uris([source, None]) == {source: "urn:x"}
    finally:
        await pool.close()


# Versions


def test_a_stamp_overwrites_what_came() -> None:
    sent = {"id": "mine", "resourceType": "Patient", "meta": {"versionId": "9", "tag": []}, "a": 1}
    made = stamp(sent, "x", 3, NOW)
    assert list(made) == ["resourceType", "id", "meta", "a"]
    assert made["meta"] == {
        "versionId": "3",
        "tag": [],
        "lastUpdated": "2026-11-24T09:30:00.123Z",
    }
    assert sent["id"] == "mine"
    assert instant(moment(NOW)) == "2026-11-24T09:30:00.123Z"


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"meta": {"versionId": "1"}}, {}, True),
        ({"meta": {"source": "x"}}, {}, False),
        ({"a": Decimal("72.5")}, {"a": Decimal("72.50")}, False),
        ({"a": 1}, {"a": Decimal("1.0")}, False),
        ({"a": True}, {"a": 1}, False),
        ({"a": "1"}, {"a": 1}, False),
        ({"a": [1, 2]}, {"a": [2, 1]}, False),
        ({"a": [1]}, {"a": [1, 2]}, False),
        ({"a": {"b": None}}, {"a": {"b": None}}, True),
        ({"a": {}}, {"a": []}, False),
    ],
)
def test_sameness(left: dict[str, object], right: dict[str, object], equal: bool) -> None:
    assert same(left, right) is same(right, left) is equal


def test_columns_of_people() -> None:
    one, two = compartment("1"), compartment("2")
    assert people((one,), open=False) == (one, None)
    assert people((one, two), open=False) == (None, (one, two))
    assert people((), open=True) == (None, ())
    assert people((), open=False) == (None, None)
    assert 0 <= bucket(one, "x") == bucket(one, "y") < 4096
    assert 0 <= bucket(None, "x") < 4096


async def test_dates_at_the_ends_of_time(record: Record, robot: Scope) -> None:
    for date in ("0001-01-01", "9999-12-31", "9999"):
        body = observation("p", effectiveDateTime=date)
        made = await record.create(robot, body)
        found = await record.read(robot, "Observation", made.version.id)
        assert found and decode(found.content)["effectiveDateTime"] == date


# Sources and partitions


async def test_sources_are_heard_as_they_write(record: Record, robot: Scope) -> None:
    uri = "https://surgery.example/emis"
    await record.introduce(robot, uri, "org-1", "EMIS at Harrowmere Surgery")
    assert (await record.sources(robot))[0].heard is None
    made = await record.create(robot, patient(meta={"source": uri}))
    await record.create(robot, patient())  # its batch starts when all of the first is done
    (found,) = await record.sources(robot)
    assert (found.organisation, found.heard) == ("org-1", made.version.last_updated)
    await record.heard(robot, uri, failed="It doesn't answer.")
    (found,) = await record.sources(robot)
    assert found.failed == "It doesn't answer." and found.heard == made.version.last_updated
    later = made.version.last_updated + timedelta(hours=1)
    await record.heard(robot, uri, at=later)
    (found,) = await record.sources(robot)
    assert (found.failed, found.heard) == (None, later)
    version = await record.read(robot, "Patient", made.version.id)
    assert version is not None and version.source == uri


async def test_partitions_are_made_ahead(record: Record, robot: Scope, asked: Asked) -> None:
    await record.make_partitions(robot)
    assert await record.make_partitions(robot) == 0
    assert await record.make_partitions(robot, 6) == 6
    year = await asked.value("select to_char(now() + interval '6 months', '_YYYY_MM')")
    assert await asked.value("select to_regclass($1) is not null", f"audit{year}")


async def test_what_came_before_its_partition_moves_in(
    record: Record, robot: Scope, asked: Asked
) -> None:
    await record.make_partitions(robot)
    await record.create(robot, patient())
    month = await asked.value("select to_char(now() at time zone 'UTC', '_YYYY_MM')")
    await asked.value(f"alter table audit detach partition audit{month}")
    await asked.value(
        f"with gone as (delete from audit{month} returning *)"
        " insert into audit_default select * from gone"
    )
    await asked.value(f"drop table audit{month}")
    assert len(await asked.audit()) == 1
    assert await record.make_partitions(robot) == 1
    assert await asked.value("select count(*) from audit_default") == 0
    assert len(await asked.audit()) == 1
