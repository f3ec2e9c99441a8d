"""Every primitive type: what R4 lets it be, and what not."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.fhir.definitions import Definitions
from bevan.fhir.json import decode
from bevan.fhir.primitive import CHECKS, FORMATS, LARGEST, TEXT, period

GOOD: dict[str, list[Any]] = {
    "boolean": [True, False],
    "string": ["x", " ", "a\nb\tc\r", "\u00e9", "x" * TEXT],
    "markdown": ["# x\n\ny"],
    "code": ["final", "a b", "\u00e9", "10*9/L", "<="],
    "id": ["a", "A-1.b", "x" * 64, "0"],
    "uri": ["http://example.org/a?b=c#d", "urn:oid:1.2.3", "relative", "\u00e9"],
    "url": ["mailto:a@example.org"],
    "canonical": ["http://example.org/a|1.0", "#x"],
    "oid": ["urn:oid:1.2.3", "urn:oid:2.16.840.1.113883.2.1.3.2.4.18.23", "urn:oid:0.0"],
    "uuid": ["urn:uuid:c757873d-ec9a-4326-a141-556f43239520"],
    "integer": [0, -1, LARGEST, -LARGEST - 1, decode("-0")],
    "unsignedInt": [0, LARGEST],
    "positiveInt": [1, LARGEST],
    "decimal": [0, -1, 10**30, Decimal("72.50"), decode("1e2"), 0.5],
    "date": ["2020", "2020-02", "2020-02-29", "0001-01-01", "9999-12-31", "2000-02-29"],
    "dateTime": [
        "2020",
        "2020-02-29",
        "2020-02-29T00:00:00Z",
        "2020-12-31T23:59:60Z",
        "2015-02-07T13:28:17.239+02:00",
        "2015-02-07T13:28:17.23912345678-14:00",
    ],
    "instant": ["2015-02-07T13:28:17.239+02:00", "2016-12-31T23:59:60Z"],
    "time": ["00:00:00", "23:59:59.999", "12:00:60"],
    "base64Binary": ["AAAA", "AA==", "AAA=", "AAAA\nAAAA", " AAAA "],
}

BAD: dict[str, list[Any]] = {
    "boolean": ["true", 1, 0, None, [], {}],
    "string": ["", 1, None, ["x"], {}, "a\0b", "x" * (TEXT + 1), True],
    "markdown": ["", 1],
    "code": ["", " a", "a ", "a  b", "a\0", "\n", 1, "a \tb"],
    "id": ["", "a b", "a_b", "x" * 65, "\u00e9", "a\n", 1, "a/b"],
    "uri": ["", "a b", "a\tb", "a\u00a0b", "a\n", 1, "\0"],
    "url": ["", "a b"],
    "canonical": ["", "a b", 1],
    "oid": ["1.2.3", "urn:oid:3.1", "urn:oid:1", "urn:oid:1.02", "urn:oid:1.2.", "urn:oid:1.2\n"],
    "uuid": [
        "c757873d-ec9a-4326-a141-556f43239520",
        "urn:uuid:C757873D-EC9A-4326-A141-556F43239520",
        "urn:uuid:c757873d",
        "urn:uuid:c757873d-ec9a-4326-a141-556f43239520\n",
    ],
    "integer": [LARGEST + 1, -LARGEST - 2, True, "1", Decimal("1.0"), decode("1e2"), 1.0, None],
    "unsignedInt": [-1, LARGEST + 1, True, "0", decode("-0")],
    "positiveInt": [0, -1, LARGEST + 1, True, Decimal(1)],
    "decimal": ["1", True, None, [], float("nan"), float("inf"), float("-inf")],
    "date": [
        "2021-02-29",
        "1900-02-29",
        "2020-02-30",
        "2020-04-31",
        "2020-13",
        "2020-00",
        "2020-01-00",
        "0000",
        "0000-01-01",
        "20",
        "2020-1-1",
        "20200101",
        "2020-W01-1",
        "2020-01-01T00:00:00Z",
        " 2020-01-01",
        "2020-01-01\n",
        "\u0662020-01-01",
        "2020\n",
        "",
        2020,
        None,
    ],
    "dateTime": [
        "2021-02-29T10:00:00Z",
        "2020-01-01T10:00:00",
        "2020-01-01T10:00Z",
        "2020-01-01T24:00:00Z",
        "2020-01-01T10:60:00Z",
        "2020-01-01T10:00:61Z",
        "2020-01-01T10:00:00.Z",
        "2020-01-01T10:00:00+15:00",
        "2020-01-01T10:00:00+14:30",
        "2020-01-01T10:00:00+0100",
        "2020-01-01 10:00:00Z",
        "2020-01-01T10:00:00Z\n",
        "2020-01-01T",
        "2020-01T10:00:00Z",
        "",
        None,
    ],
    "instant": ["2020", "2020-01-01", "2020-01-01T10:00:00", "2020-02-30T10:00:00Z", "", 1],
    "time": ["24:00:00", "10:00", "10:00:00Z", "1:00:00", "10:60:00", "", None, "10:00:00\n"],
    "base64Binary": ["", "A", "AAAAA", "AA=A", "====", "A-_A", "AAA\u00e9", 1, None],
}


@pytest.mark.parametrize(("kind", "value"), [(k, v) for k, many in GOOD.items() for v in many])
def test_what_r4_allows(kind: str, value: Any) -> None:
    assert CHECKS[kind](value)


@pytest.mark.parametrize(("kind", "value"), [(k, v) for k, many in BAD.items() for v in many])
def test_what_r4_does_not_allow(kind: str, value: Any) -> None:
    assert not CHECKS[kind](value)


def test_every_primitive_type_has_a_check_and_a_sentence(definitions: Definitions) -> None:
    kinds = {name for name, kind in definitions.types.items() if kind.kind == "primitive"}
    assert set(CHECKS) == kinds - {"xhtml"} == set(GOOD) == set(BAD)
    assert set(FORMATS) == kinds


@pytest.mark.parametrize(
    "kind", ["id", "oid", "uuid", "date", "dateTime", "instant", "time", "code"]
)
@given(data=st.data())
def test_nothing_passes_that_hl7s_own_pattern_refuses(
    definitions: Definitions, kind: str, data: st.DataObject
) -> None:
    pattern = re.compile(definitions.types[kind].regex)
    value = data.draw(st.from_regex(pattern, fullmatch=True) | st.text(max_size=25))
    if CHECKS[kind](value):
        assert pattern.fullmatch(value)


@given(st.dates())
def test_every_day_that_exists_is_a_date(day: date) -> None:
    text = day.isoformat()
    assert CHECKS["date"](text)
    assert CHECKS["dateTime"](text)
    assert CHECKS["instant"](text + "T12:00:00Z")


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()))
def test_a_check_never_fails(value: Any) -> None:
    for check in CHECKS.values():
        assert check(value) in (True, False)


def test_a_moment_lasts_as_long_as_its_precision() -> None:
    start = datetime(2020, 2, 29, 10, 0, tzinfo=UTC)
    assert period("2020-02-29T10:00:00Z") == (start, start + timedelta(seconds=1))
    assert period("2020-02-29T12:00:00+02:00") == (start, start + timedelta(seconds=1))
    assert period("2020-02-29T10:00:00.5Z") == (
        start + timedelta(milliseconds=500),
        start + timedelta(milliseconds=600),
    )
    found = period("2016-12-31T23:59:60Z")
    assert found is not None and found[0] == datetime(2017, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "days"), [("2020", 366), ("2021", 365), ("2021-02", 28), ("2021-02-01", 1)]
)
def test_a_date_lasts_as_long_as_anywhere_on_earth(text: str, days: int) -> None:
    found = period(text)
    assert found is not None
    assert found[1] - found[0] == timedelta(days=days, hours=26)


@pytest.mark.parametrize("text", ["", "x", "2021-02-30", "2020-01-01Tx", "0000"])
def test_what_is_no_date_has_no_period(text: str) -> None:
    assert period(text) is None
