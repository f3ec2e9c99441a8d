"""What goes wrong in the database stays with whom it concerns, and tells nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from bevan.fhir.json import decode
from bevan.kernel.errors import Unavailable
from bevan.record import writer
from bevan.record.errors import Conflict, Gone, Invalid, NotFound, RecordError
from bevan.record.faults import collided, told
from bevan.record.record import Record
from bevan.record.scope import Scope
from bevan.record.version import Written
from tests.record.conftest import Tables
from tests.record.people import ROBOT, Asked, patient


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (asyncpg.DataError("Pemberton"), Invalid),
        (asyncpg.CharacterNotInRepertoireError("Pemberton"), Invalid),
        (asyncpg.ProgramLimitExceededError("Pemberton"), Invalid),
        (asyncpg.UniqueViolationError("Pemberton"), Conflict),
        (asyncpg.DeadlockDetectedError("Pemberton"), Conflict),
        (asyncpg.SerializationError("Pemberton"), Conflict),
        (asyncpg.InterfaceError("Pemberton"), Unavailable),
        (asyncpg.DiskFullError("Pemberton"), Unavailable),
        (asyncpg.AdminShutdownError("Pemberton"), Unavailable),
        (ConnectionResetError("Pemberton"), Unavailable),
        (asyncpg.UndefinedTableError("Pemberton"), RecordError),
    ],
)
def test_nothing_of_the_database_is_told(error: Exception, answer: type[Exception]) -> None:
    made = told(error)
    assert type(made) is answer
    assert "Pemberton" not in str(made) and str(made).endswith(".")
    assert collided(error) is (answer is Conflict)


def test_errors_as_issues() -> None:
    (issue,) = Gone("It was deleted.").issues_found()
    assert (issue.code, issue.text) == ("deleted", "It was deleted.")
    assert Invalid([issue], 400).issues_found() == (issue,)
    assert str(Invalid([])) == "The resource is invalid."


async def test_a_neighbour_who_collides(
    record: Record, robot: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = (await record.create(robot, patient())).version.id
    fresh = iter([f"fresh-{n}" if n % 3 else taken for n in range(1, 31)])
    monkeypatch.setattr(writer, "uuid7", lambda: next(fresh))
    results = await asyncio.gather(
        *(record.create(ROBOT(), patient()) for _ in range(30)), return_exceptions=True
    )
    refused = [n for n, result in enumerate(results, 1) if isinstance(result, Conflict)]
    assert refused == [n for n in range(1, 31) if n % 3 == 0]
    assert all(isinstance(results[n - 1], Written) for n in range(1, 31) if n % 3)


async def test_two_processes_put_the_same(
    record: Record, database: str, tables: Tables, asked: Asked
) -> None:
    other = await tables.open(database)
    try:
        results = await asyncio.gather(
            *(
                one.update(ROBOT(), {**patient(multipleBirthInteger=n), "id": f"p{n % 4}"})
                for n in range(40)
                for one in (record, other)
            )
        )
    finally:
        await other.close()
    assert sum(result.created for result in results) == 4
    versions = await asked.value("select sum(version) from resource")
    assert versions == sum(result.changed for result in results)
    old = await asked.value("select count(*) from resource_history")
    assert old == versions - 4


async def test_a_cut_connection(record: Record, robot: Scope, asked: Asked) -> None:
    made = (await record.create(robot, patient())).version
    await asked.value(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )

    async def attempt(call: Any) -> bool:
        try:
            await call
        except Unavailable:
            return False
        return True

    body = {**decode(made.content), "active": True}
    await attempt(record.create(ROBOT(), patient()))
    await attempt(record.read(ROBOT(), "Patient", made.id))
    await attempt(record.update(ROBOT(), body))
    # Whatever became of those, the record is there again, and nothing is half done.
    assert await record.read(robot, "Patient", made.id)
    assert (await record.create(robot, patient())).created
    now = await record.update(robot, body)
    assert now.version.version == 2
    assert (
        await asked.value(
            "select count(*) from resource r where r.version <> 1 + (select count(*)"
            " from resource_history h where h.type = r.type and h.id = r.id)"
        )
        == 0
    )


async def test_an_address_that_cannot_be(record: Record, robot: Scope) -> None:
    made = (await record.create(robot, patient())).version.id
    reads = await asyncio.gather(
        record.read(robot, "Patient", made), record.read(robot, "Patient", "a\0b")
    )
    assert reads[0] is not None and reads[1] is None
    assert await record.vread(robot, "Patient", "a\0b", 1) is None
    with pytest.raises((NotFound, Invalid)):
        await record.delete(robot, "Patient", "a\0b")
