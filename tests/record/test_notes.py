"""Notes: events without a resource leave an entry too, and hold no free text."""

from __future__ import annotations

import pytest

from bevan.record.record import Record
from bevan.record.scope import compartment
from tests.record.people import ROBOT, Asked


async def test_a_note_names_event_outcome_and_person(record: Record, asked: Asked) -> None:
    await record.note(ROBOT(), "sign-in", type="session", id="s-1", about="dot")
    await record.note(ROBOT(), "sign-in", done=False, entries=3)
    first, second = await asked.audit()
    assert (first["action"], first["outcome"], first["query"]) == ("n", "+", "sign-in")
    assert (first["type"], first["id"], first["patient"]) == ("session", "s-1", compartment("dot"))
    assert (second["outcome"], second["entries"], second["patient"]) == ("!", 3, None)


@pytest.mark.parametrize("event", ["", "Sign in", "999 000 0018", "x" * 60, "a;b"])
async def test_an_event_is_no_free_text(record: Record, event: str) -> None:
    with pytest.raises(ValueError, match="one word"):
        await record.note(ROBOT(), event)
