"""Four different choices, each its own flag; an objection to sharing takes the links away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bevan.access.choices import CHOICE, Choice, choice, stated
from bevan.record.scope import Actor, compartment, system
from tests.support.sites import Serving, serving

KINDS = ("national", "type-1", "summary", "sharing")
FEED = system("a test's own writes", Actor("system", "tests", "tests"))
GP, P = "practice", "person-p"


def consent(kind: str = "sharing", *, refused: bool = True, **more: Any) -> dict[str, Any]:
    return {**stated(P, kind, refused=refused, at="2026-11-24"), "id": "c", **more}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("refused", [True, False])
def test_each_choice_is_its_own(kind: str, refused: bool) -> None:
    found = choice(consent(kind, refused=refused), KINDS)
    assert found == Choice(compartment(P), kind, refused, "c")


@pytest.mark.parametrize(
    "more",
    [
        {"status": "inactive"},
        {"status": "entered-in-error"},
        {"resourceType": "Contract"},
        {"category": []},
        {"category": [{"coding": [{"system": "other", "code": "sharing"}]}]},
        {"category": [{"coding": [{"system": CHOICE, "code": code} for code in KINDS[:2]]}]},
        {"patient": {"reference": "Group/g"}},
        {"patient": {}},
    ],
)
def test_what_says_nothing_clear_is_no_choice(more: dict[str, Any]) -> None:
    assert choice(consent(**more), KINDS) is None


@pytest.fixture
async def served(database: str) -> AsyncIterator[Serving]:
    async with serving(database) as found:
        await found.made.record.update(
            FEED,
            {
                "resourceType": "Patient",
                "id": P,
                "generalPractitioner": [{"reference": f"Organization/{GP}"}],
            },
        )
        yield found


async def state(served: Serving) -> tuple[int, set[str]]:
    """How many links stand, and which refusals."""
    await served.made.projection.catch_up()
    links = await served.made.database.fetchval("SELECT count(*) FROM relationship")
    kinds = await served.made.database.fetch("SELECT kind FROM refusal")
    return links, {row["kind"] for row in kinds}


async def test_an_objection_takes_every_link_away_until_it_is_withdrawn(served: Serving) -> None:
    assert await state(served) == (1, set())
    await served.made.record.update(FEED, consent())
    assert await state(served) == (0, {"sharing"})
    encounter = {
        "resourceType": "Encounter",
        "id": "e",
        "status": "in-progress",
        "class": {"code": "IMP"},
        "subject": {"reference": f"Patient/{P}"},
        "serviceProvider": {"reference": "Organization/trust"},
    }
    await served.made.record.update(FEED, encounter)
    assert await state(served) == (0, {"sharing"}), "a new stay gives no link either"
    await served.made.record.update(FEED, consent(status="inactive"))
    assert await state(served) == (2, set())


@pytest.mark.parametrize("kind", KINDS[:3])
async def test_the_other_choices_take_no_link_away(served: Serving, kind: str) -> None:
    await served.made.record.update(FEED, consent(kind))
    assert await state(served) == (1, {kind})
    await served.made.record.update(FEED, consent(kind, refused=False))
    assert await state(served) == (1, set())
    await served.made.record.update(FEED, consent(kind))
    await served.made.record.delete(FEED, "Consent", "c")
    assert await state(served) == (1, set())


async def test_two_who_say_no_are_both_asked_before_it_is_over(served: Serving) -> None:
    await served.made.record.update(FEED, consent())
    await served.made.record.update(FEED, {**consent(), "id": "d"})
    assert await state(served) == (0, {"sharing"})
    await served.made.record.delete(FEED, "Consent", "c")
    assert await state(served) == (0, {"sharing"})
    await served.made.record.delete(FEED, "Consent", "d")
    assert await state(served) == (1, set())


async def test_a_consent_that_moves_to_another_person_leaves_the_first(served: Serving) -> None:
    await served.made.record.update(FEED, consent())
    await state(served)
    await served.made.record.update(FEED, consent(patient={"reference": "Patient/other"}))
    await served.made.projection.catch_up()
    rows = await served.made.database.fetch("SELECT patient FROM refusal")
    assert [row["patient"] for row in rows] == [compartment("other")]
    assert (await state(served))[0] == 1


async def test_while_the_feed_is_read_anew_an_objection_stands(served: Serving) -> None:
    await served.made.record.update(FEED, consent())
    await state(served)
    await served.made.record.raise_epoch(FEED, "a test")
    assert await state(served) == (0, {"sharing"})
    await served.made.database.execute(
        "INSERT INTO choice VALUES (1, $1, 'national', true, 'lost', now())", compartment(P)
    )
    await served.made.database.execute(
        "INSERT INTO refusal VALUES ($1, 'national')", compartment(P)
    )
    await served.made.record.raise_epoch(FEED, "another")
    assert await state(served) == (0, {"sharing"}), "what the feed doesn't say is over at its end"
