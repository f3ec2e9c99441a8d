"""What touches no resource is in the audit: once for each caller and minute, and never a secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bevan.access import rules
from bevan.access.edition import Editions, named
from bevan.access.journal import MOST_CALLERS, NOBODY, PURPOSE, Journal
from bevan.kernel.database import Database
from bevan.record.scope import Actor, Scope
from tests.conftest import TODAY
from tests.support.moving_clock import MovingClock

NURSE = Actor("practitioner", "n", "A Nurse")


@dataclass
class Kept:
    """Keeps notes in a list: (who, event, more)."""

    notes: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    async def note(self, scope: Scope, event: str, **more: Any) -> None:
        assert scope.ticket.purpose == PURPOSE
        said = {
            name: value for name, value in more.items() if value is not None and value is not True
        }
        self.notes.append((scope.ticket.actor.id, event, said))


async def test_an_event_names_who_and_what_and_no_secret() -> None:
    kept = Kept()
    journal = Journal(kept, MovingClock(TODAY))
    await journal.tell(NURSE, "sign-in", about="p", type="account", id="a")
    await journal.tell(NURSE, "token-issued", type="client", id="two words <b>")
    assert kept.notes == [
        ("n", "sign-in", {"about": "p", "type": "account", "id": "a", "entries": 1}),
        ("n", "token-issued", {"type": "client", "entries": 1}),
    ]


async def test_refusals_that_repeat_are_counted_and_none_is_lost() -> None:
    kept, clock = Kept(), MovingClock(TODAY)
    journal = Journal(kept, clock)
    for _ in range(50):
        await journal.refused(NOBODY, "caller-unknown", type="Patient", id="read")
    await journal.refused(NURSE, "caller-not-allowed", id="create")
    assert [note[0] for note in kept.notes] == ["anonymous", "n"]
    clock.go_on(minutes=1)
    await journal.refused(NOBODY, "caller-unknown", type="Patient", id="read")
    counts = [note[2]["entries"] for note in kept.notes if note[1] == "caller-unknown"]
    assert counts == [1, 49, 1]
    await journal.refused(NOBODY, "caller-unknown", type="Patient", id="read")
    await journal.flush(all=True)
    assert sum(note[2]["entries"] for note in kept.notes) == 53


async def test_more_callers_than_anybody_has_share_an_entry() -> None:
    kept = Kept()
    journal = Journal(kept, MovingClock(TODAY))
    for n in range(MOST_CALLERS + 20):
        await journal.refused(Actor("system", f"s{n}", "S"), "caller-not-allowed")
    await journal.flush(all=True)
    assert len(kept.notes) == MOST_CALLERS + 2
    assert [note[1] for note in kept.notes[-2:]] == ["refused-many"] * 2
    assert sum(note[2]["entries"] for note in kept.notes) == MOST_CALLERS + 20


@pytest.fixture
def changed() -> rules.Rules:
    text = (Path(rules.__file__).parent / "rules.json").read_bytes()
    return rules.load(text.replace(b'"hours": 8', b'"hours": 4'))


async def test_another_rulebook_and_an_end_of_an_instrument_are_kept(
    database: str, changed: rules.Rules
) -> None:
    kept, clock = Kept(), MovingClock(TODAY)
    journal, tables = Journal(kept, clock), await Database.open(database, size=1)
    book = rules.load()
    try:
        for _ in range(2):
            await Editions(tables, journal, book, clock).look()
        first = {(event, more["id"]) for _, event, more in kept.notes}
        assert ("rules-changed", named(book)) in first
        assert ("instrument-in-force", "copi-regulation-3") in first
        assert ("instrument-not-in-force", "copi-notice-covid-19") in first
        assert len(kept.notes) == 1 + len(book.instruments)
        kept.notes.clear()
        await Editions(tables, journal, changed, MovingClock(TODAY - timedelta(days=2_000))).look()
        assert [(event, more["id"]) for _, event, more in kept.notes] == [
            ("rules-changed", named(changed)),
            ("instrument-in-force", "copi-notice-covid-19"),
        ]
    finally:
        await tables.close()
