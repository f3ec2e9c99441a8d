from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.fhir.search.separators import BadEscape, split, unescape


def escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\,$|" else c for c in text)


def test_cuts_at_the_separator() -> None:
    assert split("a,b,,c", ",") == ["a", "b", "", "c"]


def test_an_escaped_separator_is_no_cut_and_stays_escaped() -> None:
    assert split(r"a\,b,c", ",") == [r"a\,b", "c"]


def test_an_escaped_backslash_leaves_the_separator_its_meaning() -> None:
    assert split(r"a\\,b", ",") == [r"a\\", "b"]


def test_a_limit_bounds_the_cuts() -> None:
    assert split("a|b|c", "|", 1) == ["a", "b|c"]
    assert split(r"a\|x|b|c", "|", 1) == [r"a\|x", "b|c"]


@pytest.mark.parametrize("text", ["a\\", r"\n", r"a\b", r"\\\x"])
def test_a_backslash_before_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadEscape):
        unescape(text)


@given(st.lists(st.text(), min_size=1))
def test_what_was_escaped_and_joined_comes_back(parts: list[str]) -> None:
    joined = ",".join(map(escaped, parts))
    assert [unescape(part) for part in split(joined, ",")] == parts


@given(st.text())
def test_nested_separators_come_back(text: str) -> None:
    inner = "|".join((escaped(text), "x"))
    (only,) = split(inner, ",") if "," not in text else [inner]
    assert [unescape(part) for part in split(only, "|")] == [text, "x"]
