"""Seals belong to the team that set them, labels are guarded, and refusals take people out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bevan.kernel.clock import SystemClock
from bevan.record.errors import Invalid, NotFound
from bevan.record.record import Record
from bevan.record.scope import (
    HANDLING,
    HELD,
    NOT_FOR_PATIENT,
    SEAL,
    SEALED,
    SEALED_AND_LOCKED,
    SEALED_BY,
    Scope,
    compartment,
    labels,
    sealer,
)
from tests.record.people import ROBOT, Asked, limited, observation, only, patient

HIDDEN = SEALED | SEALED_AND_LOCKED
MINE, THEIRS = "org-mine", "org-theirs"


def seal(code: str, team: str | None) -> dict[str, Any]:
    reference = {"url": SEALED_BY, "valueReference": {"reference": f"Organization/{team}"}}
    extra = {"extension": [reference]} if team else {}
    return {"security": [{"system": SEAL, "code": code, **extra}]}


def label(system: str, code: str) -> dict[str, Any]:
    return {"security": [{"system": system, "code": code}]}


async def shown(record: Record, scope: Scope, id: str, who: str) -> bool:
    """Whether an entry is shown; every door has to say the same."""
    read = await record.read(scope, "Observation", id) is not None
    vread = await record.vread(scope, "Observation", id, 1) is not None
    bound = await record.search(scope, "Observation", f"patient={who}&_id={id}")
    free = await record.search(scope, "Observation", f"_id={id}")
    assert len({read, vread, bound.count > 0, free.count > 0}) == 1
    return read


async def written(record: Record, who: str, meta: dict[str, Any]) -> str:
    done = await record.create(ROBOT(), observation(who, meta=meta))
    return done.version.id


@pytest.fixture
async def dot(record: Record, asked: Asked) -> str:
    id = (await record.create(ROBOT(), patient())).version.id
    for holder in (MINE, THEIRS):
        await asked.relate(holder, id)
    return id


@pytest.mark.parametrize("code", ["sealed", "sealed-and-locked"])
async def test_only_the_team_that_set_a_seal_sees_through_it(
    record: Record, dot: str, code: str
) -> None:
    id = await written(record, dot, seal(code, MINE))
    assert await shown(record, limited(MINE, hidden=HIDDEN), id, dot)
    assert not await shown(record, limited(THEIRS, hidden=HIDDEN), id, dot)
    assert not await shown(record, only(dot, hidden=SEALED_AND_LOCKED | SEALED), id, dot)


async def test_a_seal_that_names_nobody_is_open_to_no_team(record: Record, dot: str) -> None:
    id = await written(record, dot, seal("sealed", None))
    assert not await shown(record, limited(MINE, hidden=HIDDEN), id, dot)


@pytest.mark.parametrize(("code", "opens"), [("sealed", True), ("sealed-and-locked", False)])
async def test_an_emergency_opens_seals_and_never_locks(
    record: Record, asked: Asked, dot: str, code: str, opens: bool
) -> None:
    id = await written(record, dot, seal(code, MINE))
    scope = limited("seat", hidden=HIDDEN)
    assert not await shown(record, scope, id, dot)
    now = SystemClock().now()
    await asked.rows(
        "insert into relationship values ($1, $2, 'emergency', $3, $4) returning kind",
        compartment("seat"),
        compartment(dot),
        now - timedelta(minutes=1),
        now + timedelta(hours=8),
    )
    assert await shown(record, limited("seat", hidden=HIDDEN), id, dot) is opens


async def test_an_emergency_that_is_over_opens_nothing(
    record: Record, asked: Asked, dot: str
) -> None:
    id = await written(record, dot, seal("sealed", MINE))
    now = SystemClock().now()
    await asked.rows(
        "insert into relationship values ($1, $2, 'emergency', $3, $4) returning kind",
        compartment(THEIRS),
        compartment(dot),
        now - timedelta(hours=9),
        now - timedelta(hours=1),
    )
    assert not await shown(record, limited(THEIRS, hidden=HIDDEN), id, dot)


async def test_who_sees_through_a_seal_is_not_told_that_something_is_withheld(
    record: Record, dot: str
) -> None:
    await written(record, dot, seal("sealed", MINE))
    asked = f"patient={dot}"
    mine = await record.search(limited(MINE, hidden=HIDDEN), "Observation", asked)
    theirs = await record.search(limited(THEIRS, hidden=HIDDEN), "Observation", asked)
    assert b"REDACTED" not in mine.bundle and b"REDACTED" in theirs.bundle


async def test_another_label_hides_what_the_team_sealed_as_well(record: Record, dot: str) -> None:
    meta = seal("sealed", MINE)
    meta["security"] += label("http://terminology.hl7.org/CodeSystem/v3-ActCode", "NOPAT")[
        "security"
    ]
    id = await written(record, dot, meta)
    assert not await shown(record, limited(MINE, hidden=HIDDEN | NOT_FOR_PATIENT), id, dot)


async def test_an_old_version_keeps_its_own_seal(record: Record, dot: str) -> None:
    id = await written(record, dot, seal("sealed", MINE))
    await record.update(ROBOT(), observation(dot, id=id))
    theirs = limited(THEIRS, hidden=HIDDEN)
    assert await record.read(theirs, "Observation", id) is not None
    assert await record.vread(theirs, "Observation", id, 1) is None
    assert await record.vread(limited(MINE, hidden=HIDDEN), "Observation", id, 1) is not None


async def test_labels_are_changed_by_who_may(record: Record, dot: str) -> None:
    scope = limited(MINE, hidden=HIDDEN)
    act = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    with pytest.raises(Invalid):
        await record.create(scope, observation(dot, meta=label(act, "NOPAT")))
    may = limited(MINE, hidden=HIDDEN, marks=NOT_FOR_PATIENT | HIDDEN)
    made = await record.create(may, observation(dot, meta=label(act, "NOPAT")))
    with pytest.raises(Invalid):
        await record.update(scope, observation(dot, id=made.version.id))
    secret = label("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "R")
    with pytest.raises(Invalid):
        await record.create(may, observation(dot, meta=secret))
    await record.update(may, observation(dot, id=made.version.id))


async def test_a_seal_is_set_and_lifted_by_its_own_team(
    record: Record, asked: Asked, dot: str
) -> None:
    mine = limited(MINE, hidden=HIDDEN, marks=HIDDEN)
    for team in (THEIRS, None):
        with pytest.raises(Invalid):
            await record.create(mine, observation(dot, meta=seal("sealed", team)))
    made = await record.create(mine, observation(dot, meta=seal("sealed", MINE)))
    id = made.version.id
    now = SystemClock().now()
    await asked.rows(
        "insert into relationship values ($1, $2, 'emergency', $3, null) returning kind",
        compartment(THEIRS),
        compartment(dot),
        now - timedelta(hours=1),
    )
    opened = limited(THEIRS, hidden=HIDDEN, marks=HIDDEN)
    assert await record.read(opened, "Observation", id) is not None
    with pytest.raises(Invalid):
        await record.update(opened, observation(dot, id=id))
    with pytest.raises(Invalid):
        await record.update(opened, observation(dot, id=id, meta=seal("sealed", THEIRS)))
    await record.update(mine, observation(dot, id=id))


async def test_who_refused_a_use_is_not_there_for_it(record: Record, asked: Asked) -> None:
    yes, no = [(await record.create(ROBOT(), patient())).version.id for _ in range(2)]
    for who in (yes, no):
        await record.create(ROBOT(), observation(who))
    await asked.rows("insert into refusal values ($1, 'national') returning kind", compartment(no))
    scope = only(yes, no, refusals=frozenset({"national", "type-1"}))
    found = await record.search(scope, "Observation", "_total=accurate")
    assert found.total == 1 and found.count == 1
    assert await record.read(scope, "Patient", yes) is not None
    assert await record.read(scope, "Patient", no) is None
    assert await record.vread(scope, "Patient", no, 1) is None
    other = only(yes, no, refusals=frozenset({"type-1"}))
    assert await record.read(other, "Patient", no) is not None
    with pytest.raises(NotFound):
        await record.create(scope, observation(yes))


def test_who_sealed() -> None:
    assert sealer({"meta": seal("sealed", "a")}) == compartment("a")
    assert sealer({"meta": seal("sealed", None)}) is None and sealer({}) is None
    two = seal("sealed", "a")["security"] + seal("sealed-and-locked", "b")["security"]
    assert sealer({"meta": {"security": two}}) is None


@pytest.mark.parametrize(
    ("type", "status", "category", "held"),
    [
        ("DiagnosticReport", "preliminary", None, True),
        ("DiagnosticReport", "final", None, False),
        ("Observation", "registered", "laboratory", True),
        ("Observation", "preliminary", "vital-signs", False),
        ("Observation", "final", "laboratory", False),
    ],
)
def test_a_result_is_held_until_it_is_finished(
    type: str, status: str, category: str | None, held: bool
) -> None:
    resource: dict[str, Any] = {"resourceType": type, "status": status}
    if category:
        resource["category"] = [{"coding": [{"code": category}]}]
    assert bool(labels(resource) & HELD) is held
    assert labels({**resource, "meta": label(HANDLING, "held")}) & HELD
