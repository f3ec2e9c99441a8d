"""The second backbone: forms, courses, and a ledger that nothing escapes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bevan.fhir import json
from bevan.kernel.clock import FixedClock
from bevan.kernel.database import Database
from bevan.kernel.errors import ConfigurationError
from bevan.record.scope import Actor
from bevan.registers import Course, Form, Registers, Stale, Step
from bevan.registers.form import load
from tests.conftest import TODAY

GRACE = Actor("practitioner", "grace", "Grace Lindon", "Privacy officer", "org-1", "Harrowmere")
OTHER = replace(GRACE, id="other", organisation="org-2")
ITEMS: list[dict[str, Any]] = [
    {"linkId": "name", "text": "What is it called?", "type": "string", "required": True},
    {"linkId": "why", "text": "Why?", "type": "text",
     "item": [{"linkId": "why-hint", "type": "display", "text": "In a sentence."}]},
    {"linkId": "risk", "text": "How large is the risk?", "type": "choice",
     "answerOption": [{"valueString": "low"}, {"valueString": "high"}]},
    {"linkId": "day", "text": "Which day?", "type": "date"},
    {"linkId": "moment", "text": "When?", "type": "dateTime"},
]  # fmt: skip


def form(version: str = "1", **more: Any) -> Form:
    made = {"resourceType": "Questionnaire", "url": "https://bevan.example/q", "version": version,
            "title": "Things", "item": ITEMS} | more  # fmt: skip
    return load(json.encode(made))


@pytest.fixture
async def registers(database: str) -> AsyncIterator[Registers]:
    pool = await Database.open(database, size=4)
    yield Registers(pool, FixedClock(TODAY))
    await pool.close()


def test_a_form_is_read_with_its_hints_and_options() -> None:
    found = form()
    assert found.heading == "name"
    assert [q.kind for q in found.questions] == ["string", "text", "choice", "date", "dateTime"]
    assert found.questions[1].hint == "In a sentence."
    assert found.questions[2].options == ("low", "high")


@pytest.mark.parametrize(
    "harm",
    [
        {"resourceType": "Basic"},
        {"item": []},
        {"item": [ITEMS[0], ITEMS[0]]},
        {"item": [ITEMS[0] | {"type": "attachment"}]},
        {"item": [ITEMS[0] | {"type": "choice"}]},
        {"item": [ITEMS[2] | {"type": "string"}]},
    ],
)
def test_a_form_that_cannot_be_asked(harm: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        form(**harm)


def test_answers_are_checked() -> None:
    good = {"name": " Board ", "risk": "low", "day": "2026-11-24", "moment": "2026-07-01 10:30",
            "unasked": "x"}  # fmt: skip
    answers, faults = form().checked(good)
    assert faults == {}
    assert answers["name"] == "Board" and "unasked" not in answers
    assert answers["moment"] == "2026-07-01T10:30:00+01:00", "London's time keeps its zone"
    bad = {"name": " ", "risk": "huge", "day": "24/11/2026", "moment": "soon", "why": "x" * 10_001}
    assert set(form().checked(bad)[1]) == {"name", "risk", "day", "moment", "why"}


COURSE = Course(
    "draft",
    {"draft": "Draft", "approved": "Approved"},
    {"draft": (Step("approve", "Approve", "approved", frozenset({"SIRO"}), other=True),)},
    writers=frozenset({"Privacy officer"}),
    open_states=frozenset({"draft"}),
)


def test_who_may_decide() -> None:
    assert [s.name for s in COURSE.possible("draft", "SIRO", author=False)] == ["approve"]
    assert COURSE.possible("draft", "SIRO", author=True) == ()
    assert COURSE.possible("draft", "Privacy officer", author=False) == ()
    assert COURSE.possible("approved", "SIRO", author=False) == ()
    assert COURSE.may_write("draft", "Privacy officer")
    assert not COURSE.may_write("approved", "Privacy officer")
    assert not COURSE.may_write("draft", "SIRO")


async def opened(registers: Registers, **more: Any) -> str:
    answers, faults = form().checked({"name": "Board"})
    assert not faults
    return await registers.add(GRACE, "dpia", form(), answers, state="draft", **more)


async def test_there_and_back_with_its_ledger(registers: Registers) -> None:
    due = datetime(2026, 12, 24, tzinfo=UTC)
    id = await opened(registers, due=due, review=date(2027, 1, 1))
    entry = await registers.one("org-1", id)
    assert entry is not None
    assert (entry.title, entry.state, entry.due, entry.version) == ("Board", "draft", due, 1)
    changed = replace(entry, state="approved", answers={**entry.answers, "why": "because"})
    kept = await registers.change(GRACE, changed, "approved", note="good")
    assert kept.version == 2
    assert await registers.one("org-1", id) == kept
    lines = await registers.ledger(kept)
    assert [(line.what, line.state, line.note) for line in lines] == [
        ("opened", "draft", ""), ("approved", "approved", "good")
    ]  # fmt: skip
    assert lines[0].answers["why"] == "" and lines[1].answers["why"] == "because"
    assert lines[1].role == "Privacy officer"


async def test_another_organisation_finds_nothing(registers: Registers) -> None:
    id = await opened(registers)
    assert await registers.one("org-2", id) is None
    assert await registers.every("org-2", "dpia") == []
    assert await registers.counted("org-2", date(2026, 11, 24)) == []
    for odd in ("", "x", "%00", "0" * 32):
        assert await registers.one("org-1", odd) is None


async def test_two_who_decide_at_once(registers: Registers) -> None:
    entry = await registers.one("org-1", await opened(registers))
    assert entry is not None
    tries = [registers.change(GRACE, replace(entry, title=str(n)), "changed") for n in range(8)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(result, Stale) for result in done) == 7
    assert len(await registers.ledger(entry)) == 2


async def test_what_is_late_comes_first_and_is_counted(registers: Registers) -> None:
    await opened(registers)
    soon = await opened(registers, due=TODAY + timedelta(hours=1))
    late = await opened(registers, due=TODAY - timedelta(hours=1), review=date(2026, 1, 1))
    ids = [entry.id for entry in await registers.every("org-1", "dpia")]
    assert ids[:2] == [late, soon]
    assert await registers.counted("org-1", date(2026, 11, 24)) == [("dpia", "draft", 3, 1, 1)]


async def test_the_public_sees_only_public_states(registers: Registers) -> None:
    entry = await registers.one("org-1", await opened(registers))
    assert entry is not None
    assert await registers.public("dpia", {"approved"}) == []
    await registers.change(GRACE, replace(entry, state="approved"), "approved")
    assert [found.id for found in await registers.public("dpia", {"approved"})] == [entry.id]


async def test_evidence_is_in_the_ledger_too(registers: Registers) -> None:
    entry = await registers.one("org-1", await opened(registers))
    assert entry is not None
    await registers.attach(GRACE, entry, "Penetration test", "SharePoint 12", date(2027, 1, 1))
    (found,) = await registers.evidence(entry)
    assert (found.name, found.place, found.added_by) == (
        "Penetration test", "SharePoint 12", "Grace Lindon"
    )  # fmt: skip
    assert [line.note for line in await registers.ledger(entry)] == ["", "Penetration test"]
    with pytest.raises(Stale):
        await registers.attach(GRACE, entry, "Again", "x", None)
    assert len(await registers.evidence(entry)) == 1
