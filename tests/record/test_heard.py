"""A source is heard by every kind of write that its resources come in by."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bevan.record.errors import MultipleMatches, NotFound
from bevan.record.record import Record
from bevan.record.scope import Scope
from bevan.record.version import Written
from tests.record.conftest import Tables
from tests.record.people import patient
from tests.support.moving_clock import MovingClock

URI = "https://surgery.example/emis"
NHS = "https://fhir.nhs.uk/Id/nhs-number"
KNOWN, NEW = f"identifier={NHS}|9990000018", f"identifier={NHS}|9990000026"
START = datetime(2026, 11, 24, 9, tzinfo=UTC)

Write = Callable[[Record, Scope], Awaitable[Written]]


def sent(number: str = "9990000018", **more: Any) -> dict[str, Any]:
    return patient(identifier=[{"system": NHS, "value": number}], meta={"source": URI}, **more)


WRITES: dict[str, Write] = {
    "create": lambda record, scope: record.create(scope, sent("9990000026"), if_none_exist=NEW),
    "update": lambda record, scope: record.update_where(scope, "Patient", KNOWN, sent(active=True)),
    "update that creates": lambda record, scope: record.update_where(
        scope, "Patient", NEW, sent("9990000026")
    ),
    "patch": lambda record, scope: record.patch_where(
        scope, "Patient", KNOWN, [{"op": "add", "path": "/active", "value": True}]
    ),
    "delete": lambda record, scope: record.delete_where(scope, "Patient", KNOWN),
}


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(START)


@pytest.fixture
async def ward(
    database: str, tables: Tables, clock: MovingClock, robot: Scope
) -> AsyncIterator[Record]:
    """A record in which the source was heard once, with the one person whom it knows."""
    record = await tables.open(database, clock=clock)
    await record.introduce(robot, URI, "org-1", "EMIS at Harrowmere Surgery")
    await record.create(robot, sent(), if_none_exist=KNOWN)
    clock.go_on(hours=1)
    yield record
    await record.close()


async def last(record: Record, scope: Scope) -> datetime | None:
    (found,) = await record.sources(scope)
    return found.heard


@pytest.mark.parametrize("name", WRITES)
async def test_a_conditional_write_is_heard(
    ward: Record, robot: Scope, clock: MovingClock, name: str
) -> None:
    assert await last(ward, robot) == START
    assert (await WRITES[name](ward, robot)).changed
    assert await last(ward, robot) == clock.now()


async def test_what_writes_nothing_is_not_heard(ward: Record, robot: Scope) -> None:
    found = await ward.create(robot, sent(), if_none_exist=KNOWN)
    assert not found.created
    assert not (await ward.update_where(robot, "Patient", KNOWN, sent())).changed
    with pytest.raises(NotFound):
        await ward.delete_where(robot, "Patient", NEW)
    await ward.create(robot, patient(identifier=[{"system": NHS, "value": "9990000018"}]))
    with pytest.raises(MultipleMatches):
        await ward.update_where(robot, "Patient", KNOWN, sent(active=True))
    assert await last(ward, robot) == START
