"""The clocks and the courses of the registers."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bevan.apps.governance.forms import form
from bevan.apps.governance.rules import (
    DPO,
    OFFICER,
    REGISTERS,
    SIRO,
    forbidden,
    incident_due,
    months_later,
    request_due,
)
from bevan.registers import Step


@pytest.mark.parametrize(
    ("received", "months", "last"),
    [
        ("2026-11-24", 1, "2026-12-24"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-03-31", 3, "2026-06-30"),
        ("2026-10-15", 3, "2027-01-15"),
    ],
)
def test_calendar_months(received: str, months: int, last: str) -> None:
    assert months_later(date.fromisoformat(received), months).isoformat() == last


def test_a_request_is_due_at_the_end_of_its_last_day_in_london() -> None:
    due = request_due({"received": "2026-11-24"}, False)
    assert due is not None and due.astimezone(UTC) == datetime(2026, 12, 25, tzinfo=UTC)
    summer = request_due({"received": "2026-05-10"}, False)
    assert summer is not None and summer.astimezone(UTC) == datetime(2026, 6, 10, 23, tzinfo=UTC)
    longer = request_due({"received": "2026-11-24"}, True)
    assert longer is not None and longer.astimezone(UTC) == datetime(2027, 2, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    ("aware", "due"),
    [
        ("2021-12-10T18:00:00+00:00", datetime(2021, 12, 13, 18, tzinfo=UTC)),
        # Over a clock change the hours that pass count, and the clock on the wall moves.
        ("2021-10-30T12:00:00+01:00", datetime(2021, 11, 2, 11, tzinfo=UTC)),
        ("2026-03-28T12:00:00+00:00", datetime(2026, 3, 31, 12, tzinfo=UTC)),
    ],
)
def test_72_hours_from_awareness(aware: str, due: datetime) -> None:
    assert incident_due({"aware": aware}, False) == due


def test_a_high_risk_is_not_approved_without_the_ico() -> None:
    approve = Step("approve", "Approve", "approved", frozenset({SIRO}))
    assert "ICO" in forbidden("assessments", approve, {"residual": "high"})
    assert forbidden("assessments", approve, {"residual": "medium"}) == ""


@pytest.mark.parametrize("name", sorted(REGISTERS))
def test_every_course_holds_together(name: str) -> None:
    register = REGISTERS[name]
    course = register.course
    assert form(register.form).heading == "name"
    assert course.first in course.open_states
    named = {*course.steps, *(s.to for steps in course.steps.values() for s in steps)}
    assert named <= set(course.states)
    reached, to_see = {course.first}, [course.first]
    while to_see:
        for step in course.steps.get(to_see.pop(), ()):
            if step.to not in reached:
                reached.add(step.to)
                to_see.append(step.to)
    assert reached == set(course.states), "every state can be reached"
    for state in course.public_states:
        assert state not in course.open_states, "what is published isn't a draft"


def test_nobody_approves_alone() -> None:
    """The roles are separate people: the officer never approves, nor the author."""
    for name in ("processing", "assessments", "agreements"):
        course = REGISTERS[name].course
        for state, steps in course.steps.items():
            for step in steps:
                if step.to == "approved":
                    assert OFFICER not in step.roles and step.other, (name, state)
    assert DPO not in {
        role
        for step in REGISTERS["assessments"].course.steps["dpo-review"]
        if step.to == "approved"
        for role in step.roles
    }


@pytest.mark.parametrize("name", ["processing", "assessments", "agreements"])
def test_both_laws_are_asked_for(name: str) -> None:
    """A UK GDPR basis never stands for the duty of confidentiality, nor the other way round."""
    required = {q.id for q in form(REGISTERS[name].form).questions if q.required}
    assert {"article6", "confidentiality"} <= required
