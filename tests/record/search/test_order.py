"""Sort keys, places in an order, and the words that carry them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import cmp_to_key
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.fhir.extraction.values import (
    DateValue,
    NumberValue,
    QuantityValue,
    ReferenceValue,
    StringValue,
    TokenValue,
    UriValue,
    Value,
)
from bevan.fhir.parameters import Registry
from bevan.fhir.search.grammar import parse
from bevan.fhir.search.refusal import SearchRefused
from bevan.record.search.arguments import Arguments
from bevan.record.search.columns import FIRST, LAST, at
from bevan.record.search.cursor import Cursor, Place, fingerprint, read
from bevan.record.search.order import SortKey, after, fits, ordering
from bevan.record.search.sorting import _compare, sort_key

DATE = SortKey("r.low", "timestamptz", True, True)
ID = SortKey("r.id", "text", False, False)


def test_every_order_ends_in_the_row_key() -> None:
    assert ordering(()) == "r.rkey"
    assert ordering((DATE, ID)) == "r.low desc nulls last, r.id, r.rkey"


def test_after_a_value_come_further_values_then_none() -> None:
    arguments = Arguments()
    sql = after((DATE,), Place((0,), 7), arguments.bind)
    assert sql == (
        "(r.low < $2::timestamptz or r.low is null"
        " or (r.low = $2::timestamptz and r.rkey > $1::bigint))"
    )
    assert arguments.values == [7, datetime(1970, 1, 1, tzinfo=UTC)]


def test_after_none_comes_only_none() -> None:
    sql = after((DATE,), Place((None,), 7), Arguments().bind)
    assert sql == "(r.low is null and r.rkey > $1::bigint)"


def test_a_key_that_is_never_missing_gives_an_index_its_start() -> None:
    sql = after((ID,), Place(("x",), 7), Arguments().bind)
    assert sql.startswith("(r.id >= $2::text and (r.id > $2::text or ")


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("timestamptz", datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)),
        ("timestamptz", FIRST),
        ("numeric", Decimal("72.50")),
        ("float8", 0.1),
        ("text", "Zoë"),
        ("text", None),
    ],
)
def test_keys_survive_the_journey(registry: Registry, type: str, value: object) -> None:
    key = SortKey("x", type, False, True)
    query = parse(registry, "Observation", "_sort=date")
    word = Cursor(fingerprint(query), (key.encoded(value),), 5).text()
    place = read(parse(registry, "Observation", f"_sort=date&_page={word}"))
    assert place is not None and place.rkey == 5
    assert key.decoded(place.keys[0]) == value


def test_the_beginning_of_time_comes_back_without_a_zone() -> None:
    assert DATE.decoded(DATE.encoded(datetime.min)) == FIRST


@pytest.mark.parametrize("value", ["x", [], {}])
def test_a_place_must_fit_its_keys(value: object) -> None:
    with pytest.raises(SearchRefused):
        fits(Place((value,), 1), (DATE,))  # type: ignore[arg-type]
    with pytest.raises(SearchRefused):
        fits(Place((), 1), (DATE,))


def test_the_ends_of_time_fit_into_a_row() -> None:
    assert at(10**18) == LAST and at(-(10**18)) == FIRST
    assert at(0) == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_fingerprint_ignores_what_does_not_move_a_place(registry: Registry) -> None:
    def mark(text: str) -> str:
        return fingerprint(parse(registry, "Observation", text))

    assert mark("code=a&_count=5") == mark("code=a&_total=accurate&_include=*")
    assert len({mark("code=a"), mark("code=b"), mark("code=a&_sort=date"), mark("")}) == 4


KEYS = st.tuples(st.one_of(st.none(), st.integers(0, 3)), st.one_of(st.none(), st.integers(0, 3)))
ROWS = st.lists(st.tuples(KEYS, st.integers(0, 99)), unique_by=lambda row: row[1])


@given(ROWS, st.tuples(st.booleans(), st.booleans()))
def test_the_order_is_total_with_nothing_last(
    rows: list[tuple[tuple[int | None, int | None], int]], down: tuple[bool, bool]
) -> None:
    def compare(
        left: tuple[tuple[int | None, int | None], int],
        right: tuple[tuple[int | None, int | None], int],
    ) -> int:
        return _compare(down, left, right)

    ordered = sorted(rows, key=cmp_to_key(compare))
    for left, right in pairwise(ordered):
        assert compare(left, right) < 0 < compare(right, left)
        first, second = left[0][0], right[0][0]
        assert second is None or first is not None
        if first is not None and second is not None:
            assert first >= second if down[0] else first <= second


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (TokenValue("s", "a"), "a"),
        (TokenValue("s", None, "words"), None),
        (ReferenceValue("Patient", "p", None), "Patient/p"),
        (ReferenceValue(None, None, "http://x"), "http://x"),
        (ReferenceValue(None, None, None), None),
        (DateValue(3, 9), 3),
        (StringValue("  Zoë  B"), "zoe b"),
        (UriValue("http://x"), "http://x"),
        (NumberValue(Decimal("5"), Decimal("4.5"), Decimal("5.5")), 5.0),
        (QuantityValue(None, Decimal(2), Decimal(8), None, None, None), 5.0),
        (QuantityValue(None, Decimal(2), Decimal("Infinity"), None, None, None), 2.0),
        (QuantityValue(None, Decimal("-Infinity"), Decimal(8), None, None, None), 8.0),
    ],
)
def test_what_a_value_is_sorted_by(value: Value, key: object) -> None:
    assert sort_key(value) == key


def test_arguments_keep_equal_scalars_once_and_fork() -> None:
    arguments = Arguments()
    assert arguments.bind(5, "int") == arguments.bind(5, "int") == "$1::int"
    assert arguments.bind(5, "bigint") == "$2::bigint"
    assert arguments.bind([1], "int[]") == "$3::int[]"
    assert arguments.bind([1], "int[]") == "$4::int[]"
    fork = arguments.fork()
    assert fork.bind(6, "int") == "$5::int" and fork.bind(5, "int") == "$1::int"
    assert arguments.values == [5, 5, [1], [1]]
