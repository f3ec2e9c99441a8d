"""Looks gathered step by step are the looks of the audit itself, whatever came when."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from bevan.access.gathering import Gathering
from bevan.access.look import PAUSE, Gathered, Key, entry, stored, together
from bevan.access.looks import PAGE, Looks
from bevan.kernel.database import Database
from bevan.record.scope import Actor, Scope, Ticket, compartment

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PERSON, OTHER = "0b7a7b1e-0000-4000-8000-00000000000a", "0b7a7b1e-0000-4000-8000-00000000000b"
_ADD = """
INSERT INTO audit (at, agent, purpose, patient, action, outcome, request, type)
VALUES ($1, $2, 1, $3, $4::text::"char", $5::text::"char", $6, $7)
"""
_AGENTS = """
INSERT INTO agent (kind, id, name, role, organisation, organisation_name)
SELECT CASE WHEN n = 4 THEN 'system' WHEN n = 5 THEN 'patient' ELSE 'practitioner' END,
  CASE WHEN n = 5 THEN $1 ELSE 'a' || n END, 'Name', 'Nurse', 'o' || n % 2, 'Ward' FROM
  generate_series(1, 5) n
"""
_ALL = """
SELECT patient, agent, purpose, at, action::text AS action, type FROM audit
WHERE outcome = '+' AND action <> 'n' AND patient IS NOT NULL
"""


class Silent:
    """Takes notes and keeps none, so that reading adds nothing to what is read."""

    async def note(self, scope: Scope, event: str, *, about: str | None = None) -> None:
        assert about == scope.ticket.actor.id

    def people(self) -> frozenset[UUID]:
        return frozenset()


@pytest.fixture
async def tables(database: str) -> AsyncIterator[Database]:
    opened = await Database.open(database, size=3)
    await opened.execute(_AGENTS, PERSON)
    await opened.execute("INSERT INTO purpose (purpose) VALUES ('direct-care')")
    yield opened
    await opened.close()


async def add(tables: Any, at: datetime, agent: int, **more: Any) -> None:
    given = {"patient": PERSON, "action": "r", "outcome": "+", "type": "Observation"} | more
    await tables.execute(
        _ADD, at, agent, UUID(given["patient"]), given["action"], given["outcome"], str(uuid4()),
        given["type"],
    )  # fmt: skip


async def gathered(tables: Database) -> list[Gathered]:
    return together(map(stored, await tables.fetch("SELECT * FROM look")))


async def straight(tables: Database) -> list[Gathered]:
    return together(map(entry, await tables.fetch(_ALL)))


def scope(person: str = PERSON) -> Scope:
    ticket = Ticket("request", "own-record", Actor("patient", person, "Somebody"), NOW)
    return Scope(ticket, holders=None, patients=frozenset({compartment(person)}))


async def told(tables: Database, person: str = PERSON, **asked: Any) -> Any:
    silent = Silent()
    window = {"since": NOW - timedelta(days=30), "until": NOW + timedelta(days=1)}
    return await Looks(tables, silent, silent).page(scope(person), **window | asked)


@pytest.mark.parametrize("seed", range(4))
async def test_steps_make_the_looks_of_the_whole(tables: Database, seed: int) -> None:
    draw = random.Random(seed)
    gathering = Gathering(tables, step=draw.choice((1, 7, 5_000)))
    for _ in range(6):
        for _ in range(draw.randrange(20)):
            at = NOW - timedelta(minutes=draw.randrange(400))
            await add(
                tables, at, draw.randrange(1, 6), patient=draw.choice((PERSON, OTHER)),
                action=draw.choice("rvshfcupdin"), outcome=draw.choice("+++-!"),
                type=draw.choice(("Patient", "Condition", None)),
            )  # fmt: skip
        await gathering.catch_up()
        # One that isn't gathered any more, and one that is gathered again, change nothing.
        assert await gathered(tables) == await straight(tables)
    kept = await tables.fetch("SELECT patient, agent, max(ended) FROM look GROUP BY 1, 2")
    assert {tuple(row) for row in kept} == {
        tuple(row) for row in await tables.fetch("SELECT patient, agent, last FROM looker")
    }


async def test_a_page_is_the_same_however_much_is_gathered(tables: Database) -> None:
    draw = random.Random(7)
    for n in range(60):
        await add(tables, NOW - timedelta(minutes=25 * n + draw.randrange(25)), 1 + n % 3)
    before = await told(tables)
    assert len(before.looks) == PAGE
    second = await told(tables, after=before.following)
    await Gathering(tables, step=20).catch_up()
    await add(tables, NOW + timedelta(minutes=10), 1, type="Condition")
    await add(tables, NOW - timedelta(minutes=25 * 30), 2, type="Condition")
    found = await told(tables)
    rest, again = found, list(found.looks)
    while rest.following:
        rest = await told(tables, after=rest.following)
        again += rest.looks
    whole = [one for one in await straight(tables) if one.key.agent < 4]
    assert [(one.began, one.ended) for one in again] == [(one.began, one.ended) for one in whole]
    assert len(before.looks + second.looks) <= len(again) + 1
    await Gathering(tables).catch_up()
    assert (await told(tables)).looks == found.looks
    assert (found.people, found.organisations, found.systems) == (3, 2, 0)


async def test_what_is_still_open_is_neither_lost_nor_told_twice(
    tables: Database, database: str
) -> None:
    gathering = Gathering(tables)
    other = await asyncpg.connect(database)
    open_one = other.transaction()
    await open_one.start()
    await add(other, NOW - timedelta(hours=5), 1)
    await add(tables, NOW - timedelta(hours=2), 1)
    await gathering.catch_up()
    assert [one.ended for one in (await told(tables)).looks] == [NOW - timedelta(hours=2)]
    assert await gathered(tables) == []  # both wait for the open one
    await open_one.commit()
    assert len((await told(tables)).looks) == 2
    await gathering.catch_up()
    assert len(await gathered(tables)) == len((await told(tables)).looks) == 2
    await other.close()


async def test_pages_stay_right_while_others_write_and_gather(tables: Database) -> None:
    async def write() -> None:
        for n in range(150):
            await add(tables, NOW - timedelta(hours=n), 1 + n % 3)

    async def gather() -> None:
        for _ in range(30):
            await Gathering(tables, step=5).catch_up()

    async def read() -> None:
        seen = 0
        for _ in range(60):
            page = await told(tables)
            assert len({(one.began, one.role) for one in page.looks}) == len(page.looks)
            assert len(page.looks) >= seen
            seen = len(page.looks)

    await asyncio.gather(write(), gather(), read())
    await Gathering(tables).catch_up()
    assert await gathered(tables) == await straight(tables)


async def test_another_database_in_its_place_is_gathered_anew(tables: Database) -> None:
    await add(tables, NOW, 1)
    await tables.execute("INSERT INTO look_cursor (txid) VALUES (4000000000)")
    await tables.execute(
        "INSERT INTO look VALUES ($1, 1, 1, false, $2, $2, '{}', '{}')", UUID(OTHER), NOW
    )
    await Gathering(tables).catch_up()
    assert await gathered(tables) == await straight(tables)


async def test_looks_of_entries_that_were_disposed_of_go_too(tables: Database) -> None:
    for days in (400, 1):
        await add(tables, NOW - timedelta(days=days), days % 3 + 1)
    gathering = Gathering(tables)
    await gathering.catch_up()
    await gathering.forget(NOW - timedelta(days=365))
    assert [one.ended for one in await gathered(tables)] == [NOW - timedelta(days=1)]
    assert len(await tables.fetch("SELECT FROM looker")) == 1


async def test_looks_follow_a_merge_and_go_back(tables: Database) -> None:
    await add(tables, NOW - timedelta(hours=1), 1)
    await add(tables, NOW - timedelta(hours=2), 2, patient=OTHER)
    await Gathering(tables).catch_up()
    await add(tables, NOW, 3, patient=OTHER)
    assert (await told(tables)).people == 1
    await tables.execute(
        "INSERT INTO person_merge VALUES ($1, $2, $3, 1, 1, 2, 2, $4, 'system', 'x', 'X', 'r', "
        "'merged')",
        uuid4(), PERSON, OTHER, NOW,
    )  # fmt: skip
    page = await told(tables)
    assert (page.people, len(page.looks)) == (3, 3)
    assert [one.ended.hour for one in page.looks] == [9, 8, 7]
    assert (await told(tables, OTHER)).people == 2
    await tables.execute("UPDATE person_merge SET state = 'undone'")
    assert (await told(tables)).people == 1


def test_looks_that_touch_are_one() -> None:
    key = Key(UUID(PERSON), 1, 1)
    at = [NOW + n * PAUSE for n in (0, 1, 2.01)]
    looks = [Gathered(key, one, one, frozenset("a"), frozenset()) for one in at]
    made = together(reversed(looks))
    assert [(one.began, one.ended) for one in made] == [(at[2], at[2]), (at[0], at[1])]
    assert together([*looks, *looks]) == made
