"""Following the feed: relationships come, change, end and go; any interruption is harmless."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bevan.access import rules
from bevan.access.projection import Projection
from bevan.record.feed import Cursor
from bevan.record.scope import Actor, Scope, compartment, system
from tests.support.sites import Serving, serving

SCOPE: Scope = system("a test's own writes", Actor("system", "tests", "tests"))
P, Q, GP, TRUST = "person-p", "person-q", "practice", "trust"


@pytest.fixture
async def served(database: str) -> AsyncIterator[Serving]:
    async with serving(database) as found:
        yield found


async def write(served: Serving, **resource: Any) -> None:
    await served.made.record.update(SCOPE, resource)


async def patient(served: Serving, id: str = P, **more: Any) -> None:
    await write(served, resourceType="Patient", id=id, **more)


async def encounter(served: Serving, id: str = "e", **more: Any) -> None:
    start = {
        "resourceType": "Encounter",
        "id": id,
        "status": "in-progress",
        "class": {"code": "IMP"},
        "subject": {"reference": f"Patient/{P}"},
        "serviceProvider": {"reference": f"Organization/{TRUST}"},
        "period": {"start": "2026-11-01T10:00:00Z"},
    }
    await write(served, **(start | more))


async def held(served: Serving) -> set[tuple[str, str, str]]:
    """(holder, person, kind) of every relationship, in the words of these tests."""
    names = {compartment(name): name for name in (P, Q, GP, TRUST, "other")}
    rows = await served.made.database.fetch("SELECT holder, patient, kind FROM relationship")
    return {(names[row["holder"]], names[row["patient"]], row["kind"]) for row in rows}


async def until(served: Serving) -> list[datetime | None]:
    rows = await served.made.database.fetch(
        "SELECT until FROM relationship ORDER BY until NULLS LAST"
    )
    return [row["until"] for row in rows]


def registered(*holders: str) -> list[dict[str, str]]:
    return [{"reference": f"Organization/{holder}"} for holder in holders]


async def test_registration_comes_and_moves(served: Serving) -> None:
    await patient(served, generalPractitioner=registered(GP))
    assert await served.made.projection.catch_up() == 1
    assert await held(served) == {(GP, P, "registration")}
    await patient(served, generalPractitioner=registered("other"))
    await served.made.projection.catch_up()
    assert await held(served) == {("other", P, "registration")}
    await patient(served, generalPractitioner=registered("other"), active=False)
    await served.made.projection.catch_up()
    assert await held(served) == set()


async def test_two_encounters_at_one_trust_are_one_relationship(served: Serving) -> None:
    await patient(served)
    await encounter(served, "e1")
    await encounter(served, "e2", period={"start": "2026-10-01T10:00:00Z"})
    await served.made.projection.catch_up()
    assert await held(served) == {(TRUST, P, "encounter")}
    since = await served.made.database.fetchval("SELECT since FROM relationship")
    assert since == datetime(2026, 10, 1, 10, tzinfo=UTC)
    assert await until(served) == [None]

    ended = {"status": "finished"}
    await encounter(
        served,
        "e1",
        period={"start": "2026-11-01T10:00:00Z", "end": "2026-11-03T10:00:00Z"},
        **ended,
    )
    await served.made.projection.catch_up()
    assert await until(served) == [None], "the other one is still open"
    await encounter(
        served,
        "e2",
        period={"start": "2026-10-01T10:00:00Z", "end": "2026-10-02T10:00:00Z"},
        **ended,
    )
    await served.made.projection.catch_up()
    assert await until(served) == [datetime(2027, 2, 1, 10, tzinfo=UTC)], "90 days after the last"


async def test_what_was_an_error_gives_nobody_anything(served: Serving) -> None:
    await patient(served)
    await encounter(served)
    await served.made.projection.catch_up()
    await encounter(served, status="entered-in-error")
    await served.made.projection.catch_up()
    assert await held(served) == set()


async def test_a_deletion_takes_the_relationship_away(served: Serving) -> None:
    await patient(served)
    await encounter(served)
    await served.made.projection.catch_up()
    await served.made.record.delete(SCOPE, "Encounter", "e")
    await served.made.projection.catch_up()
    assert await held(served) == set()


async def test_an_encounter_moved_to_another_person(served: Serving) -> None:
    await patient(served)
    await patient(served, Q)
    await encounter(served)
    await served.made.projection.catch_up()
    await encounter(served, subject={"reference": f"Patient/{Q}"})
    await served.made.projection.catch_up()
    assert await held(served) == {(TRUST, Q, "encounter")}


async def test_several_versions_in_one_stretch_count_as_the_last(served: Serving) -> None:
    for holder in (GP, "other", TRUST):
        await patient(served, generalPractitioner=registered(holder))
    await served.made.projection.catch_up()
    assert await held(served) == {(TRUST, P, "registration")}


async def test_following_again_changes_nothing(served: Serving) -> None:
    await patient(served, generalPractitioner=registered(GP))
    await served.made.projection.catch_up()
    before = await served.made.database.fetch("SELECT *, xmin FROM relationship")
    assert await served.made.projection.catch_up() == 0
    await patient(served, generalPractitioner=registered(GP), gender="female")
    await served.made.projection.catch_up()
    assert await served.made.database.fetch("SELECT *, xmin FROM relationship") == before


async def test_other_types_are_passed_over_for_good(served: Serving) -> None:
    await patient(served)
    await served.made.projection.catch_up()
    for number in range(5):
        await write(
            served,
            resourceType="Observation",
            id=f"o{number}",
            status="final",
            code={"text": "x"},
            subject={"reference": f"Patient/{P}"},
        )
    await served.made.projection.catch_up()
    kept = await served.made.database.fetchval("SELECT cursor FROM access_cursor")
    last = await served.made.database.fetchval("SELECT max(txid)::text::bigint FROM resource")
    assert Cursor.read(kept).txid >= last


async def test_two_followers_take_turns(served: Serving) -> None:
    made = served.made
    other = Projection(made.record, made.database, rules.load(), made.clock)
    await patient(served, generalPractitioner=registered(GP))
    assert await made.projection.step() == (False, 1)
    assert await other.catch_up() == 0
    await patient(served, Q, generalPractitioner=registered(GP))
    assert await other.catch_up() == 1
    assert await made.projection.catch_up() == 0
    assert await held(served) == {(GP, P, "registration"), (GP, Q, "registration")}


async def test_a_stretch_is_taken_whole_or_not_at_all(
    served: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    await patient(served, generalPractitioner=registered(GP))
    projection = served.made.projection

    async def broken(*_: object) -> None:
        raise OSError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr(Projection, "_apply", broken)
        with pytest.raises(OSError, match="power"):
            await projection.catch_up()
    assert await served.made.database.fetchval("SELECT count(*) FROM access_cursor") == 0
    await projection.catch_up()
    assert await held(served) == {(GP, P, "registration")}


async def test_a_new_epoch_is_read_from_the_beginning(served: Serving) -> None:
    await patient(served, generalPractitioner=registered(GP))
    await served.made.projection.catch_up()
    stray = compartment("other")
    await served.made.database.execute(
        "INSERT INTO relationship (holder, patient, kind, since) VALUES ($1, $1, 'x', now())", stray
    )
    await served.made.record.raise_epoch(SCOPE, "restored from a backup")
    await served.made.projection.catch_up()
    assert await held(served) == {(GP, P, "registration")}


async def test_restricted_people_are_known_at_once_and_no_longer_than_true(
    served: Serving,
) -> None:
    secret = {
        "security": [
            {
                "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
                "code": "R",
            }
        ]
    }
    await patient(served, meta=secret)
    await patient(served, Q)
    await served.made.projection.catch_up()
    assert served.made.restricted.people() == {compartment(P)}
    await patient(served, gender="female")
    await served.made.projection.catch_up()
    assert served.made.restricted.people() == frozenset()
