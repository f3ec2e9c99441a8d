"""A seeded slice of the access matrix, and that the oracle can disagree: `make prove NAME=matrix`
is the whole."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from prove.agreement import ALL, EVERY_WAY, Part, expected, judge, pairs, run
from prove.people import EVERYBODY, Person
from prove.questions import Seen
from prove.tally import Tally

from prove import matrix, oracle

PROVE = Path(matrix.__file__).parent


@pytest.mark.prove
async def test_a_slice_agrees(database: str, tmp_path: Path) -> None:
    tally = Tally()
    await run(database, tmp_path, tally, Part(share=0.03, seed=7))
    assert tally.faults[:5] == []
    counted = tally.counted()
    assert {answer for _, answer in counted} == {
        "shown",
        "masked",
        "withheld",
        "none recorded",
        "not there",
    }
    assert {how for how, _ in counted} == set(EVERY_WAY)


def test_the_whole_has_enough_different_combinations() -> None:
    first = [pair for pair, is_first in pairs().items() if is_first]
    assert len(first) * len(EVERYBODY) * len(oracle.LABELS) * len(ALL) >= matrix.LEAST


def test_the_second_opinion_comes_from_nobody_else() -> None:
    tree = ast.parse((PROVE / "oracle.py").read_text("utf-8"))
    named = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert named == {"__future__", "dataclasses", "typing"}


@pytest.mark.parametrize(
    "change",
    [
        lambda shown: Seen(shown | {"locked by Beta"}, len(shown), True),
        lambda shown: Seen(shown - {"none"}, len(shown), True),
        lambda shown: Seen(shown, len(shown) + 1, True),
        lambda shown: Seen(shown, len(shown), False),
        lambda shown: Seen(shown, len(shown), True, frozenset({"none"})),
    ],
)
def test_a_difference_is_seen(change: Callable[[frozenset[str]], Seen]) -> None:
    pair, person = ("clinician", "direct-care"), Person("registered", "plain")
    answers = expected(pair, person, "search")
    shown = frozenset(label for label, said in answers.items() if said == "shown")
    right, wrong = Tally(), Tally()
    judge(right, pair, person, "search", Seen(shown, len(shown), True, frozenset()))
    judge(wrong, pair, person, "search", change(shown))
    assert right.faults == [] and len(wrong.faults) == 1


@pytest.mark.parametrize(
    ("actor", "purpose", "link", "state", "label", "said"),
    [
        ("clinician", "direct-care", "nobody's", "plain", "none", "not there"),
        ("clinician", "direct-care", "registered", "plain", "none", "shown"),
        ("clinician", "direct-care", "registered", "protected", "none", "masked"),
        ("clinician", "direct-care", "registered", "plain", "sealed by Beta", "withheld"),
        ("clinician", "direct-care", "registered", "plain", "locked by Beta", "not there"),
        ("clinician", "direct-care", "registered", "plain", "locked by Alpha", "shown"),
        ("clinician", "direct-care", "opened in an emergency", "plain", "sealed by Beta", "shown"),
        ("clinician", "direct-care", "opened in an emergency", "objects to sharing", "none",
         "not there"),
        ("clinician", "own-record", "registered", "plain", "none", "not there"),
        ("carer", "direct-care", "lives here", "plain", "HIV", "withheld"),
        ("carer", "direct-care", "opened in an emergency", "plain", "none", "not there"),
        ("person themselves", "own-record", "nobody's", "objects to sharing", "none", "shown"),
        ("person themselves", "own-record", "nobody's", "plain", "held", "withheld"),
        ("person themselves", "direct-care", "nobody's", "plain", "none", "not there"),
        ("another person", "own-record", "registered", "plain", "none", "not there"),
        ("proxy", "acting-for", "acted for", "objects to sharing", "none", "shown"),
        ("analyst", "research", "registered", "opted out", "none", "not there"),
        ("analyst", "communicable-disease", "registered", "opted out", "none", "shown"),
        ("analyst", "covid-19", "registered", "plain", "none", "not there"),
        ("privacy officer", "direct-care", "registered", "plain", "none", "not there"),
        ("feed", "matrix feed", "nobody's", "objects to sharing", "locked by Beta", "shown"),
    ],
)  # fmt: skip
def test_what_the_rules_say_in_words(
    actor: str, purpose: str, link: str, state: str, label: str, said: str
) -> None:
    assert oracle.answer(actor, purpose, link, state, label) == said
