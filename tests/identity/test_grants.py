"""SMART scopes: what is understood, what is refused, what they allow."""

from __future__ import annotations

import pytest

from bevan.identity.errors import GrantRefused
from bevan.identity.grants import combine, parse

TYPES = frozenset({"Observation", "Patient", "Task"})


def test_a_scope_for_everything() -> None:
    grants = combine(parse("system/*.cruds", TYPES))
    assert all(grants.allow(letter, None) for letter in "cruds")
    assert grants.types("rs") is None and grants.types("cud") is None


def test_letters_hold_for_their_type_only() -> None:
    grants = combine(parse("system/Observation.rs system/Task.cu", TYPES))
    assert grants.allow("r", "Observation") and grants.allow("u", "Task")
    assert not grants.allow("c", "Observation")
    assert not grants.allow("r", "Task")
    assert not grants.allow("r", None)
    assert grants.types("rs") == {"Observation"}
    assert grants.types("cud") == {"Task"}


def test_two_scopes_of_one_type_add_up_and_a_star_adds_to_all() -> None:
    grants = combine(parse("system/Task.r system/Task.s system/*.r", TYPES))
    assert grants.allow("s", "Task") and grants.allow("r", "Patient")
    assert not grants.allow("s", "Patient")
    assert grants.types("r") is None


@pytest.mark.parametrize("text", ["system/*.cruds", "system/Patient.rs system/Task.c"])
def test_scopes_are_written_as_they_were_read(text: str) -> None:
    assert " ".join(map(str, parse(text, TYPES))) == text


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "No scope"),
        ("system/Observation", "form"),
        ("system/Observation.", "form"),
        ("system/Observation.sr", "order"),
        ("system/Observation.rr", "order"),
        ("system/Observation.x", "order"),
        ("system/Observation.read", "order"),
        ("patient/*.rs", "only system/"),
        ("user/*.rs", "only system/"),
        ("system/Nothing.r", "no resource type"),
        ("system/Observation.rs?category=vital-signs", "form"),
        ("system/*.*", "form"),
        ("openid", "form"),
    ],
)
def test_anything_else_is_refused(text: str, word: str) -> None:
    with pytest.raises(GrantRefused, match=word):
        parse(text, TYPES)
