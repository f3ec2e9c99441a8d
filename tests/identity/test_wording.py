"""The words of a scope: reading, narrowing, and what they come to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.identity.errors import ProtocolRefused
from bevan.identity.smart.wording import Wording, narrow, read, reading, starting

TYPES = frozenset({"Observation", "Patient", "Task"})


def comparable(type: str, search: str) -> bool:
    return "." not in search


def met(asked: str, allowed: str) -> str:
    return str(narrow(read(asked, TYPES), read(allowed, TYPES), comparable))


@pytest.mark.parametrize(
    ("asked", "allowed", "given"),
    [
        ("patient/*.rs", "patient/*.rs", "patient/*.rs"),
        ("patient/*.cruds", "patient/*.rs", "patient/*.rs"),
        ("patient/*.rs", "patient/Task.r patient/Patient.rs", "patient/Task.r patient/Patient.rs"),
        ("patient/Task.rs", "patient/*.r", "patient/Task.r"),
        ("user/Task.rs", "patient/*.rs", ""),
        ("patient/Task.c", "patient/*.rs", ""),
        ("openid launch", "openid", "openid"),
        ("patient/Task.rs?a=1", "patient/Task.rs", "patient/Task.rs?a=1"),
        ("patient/Task.rs", "patient/Task.rs?a=1", "patient/Task.rs?a=1"),
        ("patient/Task.cruds", "patient/Task.cruds?a=1", "patient/Task.rs?a=1"),
        ("patient/Task.rs?a=2", "patient/Task.rs?a=1", ""),
        ("patient/*.rs?a=1", "patient/*.rs", ""),
        ("patient/*.rs?a=1", "patient/Task.rs", "patient/Task.rs?a=1"),
        ("patient/Task.rs?a.b=1", "patient/*.rs", ""),
        ("patient/*.rs patient/Task.r", "patient/*.cruds", "patient/*.rs"),
        ("user/*.rs patient/Task.r", "patient/*.rs user/*.rs", "patient/Task.r"),
        ("system/*.rs user/Task.r", "system/*.rs user/*.rs", "user/Task.r"),
        ("patient/Task.read", "patient/*.*", "patient/Task.rs"),
        ("patient/Task.write", "patient/*.*", "patient/Task.cud"),
        ("something else", "patient/*.rs", ""),
    ],
)
def test_no_more_is_given_than_both_say(asked: str, allowed: str, given: str) -> None:
    assert met(asked, allowed) == given


@pytest.mark.parametrize(
    "text",
    [
        "patient/Observation.sr",
        "patient/Observation.rr",
        "patient/Observation.",
        "patient/Observation",
        "patient/Nothing.r",
        "patient/Observation.rs?",
        "user/*.x",
        "system/.r",
        "system/../x.r",
        'patient/Task.r?a="1"',
        " ".join(f"w{n}" for n in range(101)),
        "patient/Täsk.r",
    ],
)
def test_what_cant_be_understood_is_refused(text: str) -> None:
    with pytest.raises(ProtocolRefused) as refused:
        read(text, TYPES)
    assert refused.value.error == "invalid_scope"


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("patient/Task.rs?a=1", {"Task": {"a=1"}}),
        ("patient/Task.rs?a=1 patient/Task.rs?b=1", {"Task": {"a=1", "b=1"}}),
        ("patient/Task.rs?a=1 patient/Task.rs", {}),
        ("patient/Task.rs?a=1 patient/*.rs", {}),
        ("patient/Task.rs?a=1 patient/*.c", {"Task": {"a=1"}}),
        # Free to be read, but not to be searched: neither is free.
        ("patient/Task.s?a=1 patient/Task.r", {"Task": {"a=1"}}),
        ("patient/Task.rs", {}),
    ],
)
def test_a_type_is_filtered_unless_it_is_free(text: str, filters: dict[str, set[str]]) -> None:
    assert read(text, TYPES).filters() == filters


def test_what_a_person_may_let_an_app_start_with() -> None:
    asked = read("user/*.cruds user/Task.cruds user/Patient.cud system/*.rs", TYPES)
    assert str(starting(asked)) == "user/*.rs user/Task.cruds"
    own = read("patient/Task.cruds patient/Patient.cruds", TYPES)
    assert str(starting(own)) == "patient/Task.crs patient/Patient.rs"
    assert str(reading(asked)) == "user/*.rs user/Task.rs system/*.rs"


words = st.builds(
    "{}/{}.{}{}".format,
    st.sampled_from(["patient", "user", "system"]),
    st.sampled_from(["*", *sorted(TYPES)]),
    st.sampled_from(["r", "s", "rs", "c", "cruds", "cud", "read", "write"]),
    st.sampled_from(["", "", "?a=1", "?b=2"]),
)
scopes = st.lists(words, max_size=6).map(" ".join)


def _cells(wording: Wording) -> set[tuple[str, str, str]]:
    """What it allows without a search, letter by letter."""
    return {
        (word.context, type, letter)
        for word in wording.words
        if not word.search
        for type in (TYPES if word.type == "*" else {word.type})
        for letter in word.letters
    }


@given(scopes, scopes)
def test_narrowing_never_widens(asked: str, allowed: str) -> None:
    wants, limit = read(asked, TYPES), read(allowed, TYPES)
    got = narrow(wants, limit, comparable)
    assert _cells(got) <= _cells(wants) & _cells(limit)
    assert len({word.context for word in got.words}) <= 1
    again = narrow(got, got, comparable)
    assert _cells(again) == _cells(got)
    assert read(str(got), TYPES) == got


@given(scopes)
def test_what_is_filtered_is_never_free(asked: str) -> None:
    wording = narrow(read(asked, TYPES), read(asked, TYPES), comparable)
    free = {(t, x) for _, t, x in _cells(wording)}
    for type in wording.filters():
        assert not {(type, "r"), (type, "s")} <= free
