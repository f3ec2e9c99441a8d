"""Nothing that was sent is lost, and nothing ambiguous is let in."""

from __future__ import annotations

import copy
import json as standard
import pickle
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.fhir import json
from bevan.fhir.json import DEPTH, Exact, Malformed, decode, encode

NUMBERS = [
    "72.50",
    "0.0010",
    "1e2",
    "1E2",
    "1.0E+2",
    "-1.50e-10",
    "0.00000001",
    "0.0",
    "-0.0",
    "-0",
    "0",
    "18446744073709551616",
    "123456789012345678901234567890",
    "-123456789012345678901234567890.123456789012345678901234567890",
]


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_comes_back_as_it_was_spelt(text: str) -> None:
    assert encode(decode(text)) == text.encode()
    assert encode(decode(f'{{"value":{text}}}')) == f'{{"value":{text}}}'.encode()


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_is_still_a_number(text: str) -> None:
    assert decode(text) == Decimal(text)
    assert decode(text) * 0 == 0


@pytest.mark.parametrize("text", ["72.50", "0.0010", "12.0"])
def test_a_usual_number_is_a_plain_decimal(text: str) -> None:
    assert type(decode(text)) is Decimal


def test_an_integer_is_an_int_of_any_size() -> None:
    assert type(decode("7")) is int
    assert decode("9" * 30) == int("9" * 30)


def test_an_exact_number_survives_copying() -> None:
    number = decode("1e2")
    for other in (copy.copy(number), copy.deepcopy(number), pickle.loads(pickle.dumps(number))):
        assert type(other) is Exact
        assert encode(other) == b"1e2"
    assert str(number) == "1e2"


def test_keys_keep_their_order() -> None:
    text = b'{"z":1,"a":{"y":[],"b":null},"m":true}'
    assert encode(decode(text)) == text


def test_text_keeps_every_character() -> None:
    value = {"a": '\u00e9\u2019\U0001f600\n\t"\\/', "b": ""}
    assert decode(encode(value)) == value
    assert decode(standard.dumps(value)) == value
    assert decode('"\\u0022:"') == '":'


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2}',
        '{"a":1, "a" : 2}',
        '{\n "a": 1,\n "a"\n:\t2\n}',
        '{"a":1,"\\u0061":2}',
        '{"x":[{"b":{}, "c":{"d":1,"d":1}}]}',
        # text that looks like a key's end must not make up for the key that is missing
        '{"note":"\\u0022:", "a":1, "a":2}',
        '{"note":"\\u0022\\u0020:", "a":1, "a":2}',
        '{"note":"\\":", "a":1, "a":2}',
        '{"a":"\\":", "a":"\\":"}',
    ],
)
def test_the_same_key_twice_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="twice in one object"):
        decode(text)


@pytest.mark.parametrize(
    "text", ['{"a":{"b":1},"c":{"b":1}}', '[{"a":1},{"a":1}]', '{"a":"a", "b":"\\"a\\":"}']
)
def test_the_same_key_in_different_objects_is_fine(text: str) -> None:
    assert decode(text) == standard.loads(text)


def test_a_key_twice_is_shown_where_it_comes_again() -> None:
    with pytest.raises(Malformed) as refused:
        decode('{\n  "status": "final",\n  "status": "amended"\n}')
    assert (refused.value.line, refused.value.column) == (3, 3)
    assert "final" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{"a":1,}', 1, 8),
        ('{"a":\n tru}', 2, 6),
        ('{"a":1} x', 1, 9),
        ("[01]", 1, 3),
        ("[NaN]", 1, 2),
        ("[Infinity]", 1, 2),
        ("[-Infinity]", 1, 3),
        ('{"a":"\n"}', 1, 7),
        ("", 1, 1),
        ('{"a": "b', 1, 9),
        (".5", 1, 1),
        ("'a'", 1, 1),
    ],
)
def test_what_is_not_json_is_refused_with_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(Malformed) as refused:
        decode(text)
    assert (refused.value.line, refused.value.column) == (line, column)


def test_a_complaint_never_repeats_the_input() -> None:
    with pytest.raises(Malformed) as refused:
        decode('{"family": "Pemberton", "given": Dot}')
    assert "Pemberton" not in str(refused.value)
    assert "Dot" not in str(refused.value)


@pytest.mark.parametrize("data", [b'{"a":"\xff"}', b'{"a":"\xed\xa0\x80"}', "\ud800", '"\\ud800"'])
def test_text_that_is_not_unicode_is_refused(data: Any) -> None:
    with pytest.raises(Malformed):
        decode(data)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert decode(b'\xef\xbb\xbf{"a":1}') == {"a": 1}


@pytest.mark.parametrize("opening,closing", [("[", "]"), ('{"a":', "}")])
def test_nesting_has_a_limit(opening: str, closing: str) -> None:
    def nested(depth: int) -> str:
        return opening * depth + "1" + closing * depth

    assert decode(nested(DEPTH)) is not None
    for depth in (DEPTH + 1, 900, 100_000):
        with pytest.raises(Malformed, match="nested deeper"):
            decode(nested(depth))


@pytest.mark.parametrize("extra", [0, 1])
def test_the_limit_holds_beside_much_that_is_shallow(extra: int) -> None:
    deep = '{"a":' * (DEPTH - 2 + extra) + "[]" + "}" * (DEPTH - 2 + extra)
    text = '{"entry":[' + '{"resource":{"b":[1,{"c":2}]}},' * 50 + deep[5:-1] + "]}"
    if extra:
        with pytest.raises(Malformed, match="nested deeper"):
            decode(text)
    else:
        assert encode(decode(text)) == text.encode()


@pytest.mark.parametrize("space", ["", " ", "\n", "\r\n\t", "  "])
@pytest.mark.parametrize("place", ["before", "after", "both"])
def test_a_key_given_twice_is_refused_however_it_is_spaced(space: str, place: str) -> None:
    before, after = (space if place in (side, "both") else "" for side in ("before", "after"))
    colon = f"{before}:{after}"
    text = f'{{"name"{colon}"x : y\\" : z",{space}"b"{colon}[1,{space}2]}}'
    assert decode(text) == {"name": 'x : y" : z', "b": [1, 2]}
    with pytest.raises(Malformed, match="twice"):
        decode(text.replace('"b"', '"name"'))


@pytest.mark.parametrize("text", ["1e500", "1e-500", "1e99999999999999999999", "1." + "1" * 2000])
def test_a_number_too_large_to_work_with_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="too large"):
        decode(f'{{"value":{text}}}')


def test_an_integer_too_large_to_work_with_is_refused() -> None:
    with pytest.raises(Malformed):
        decode("[" + "1" * 5000 + "]")


def test_bytes_come_in_any_form() -> None:
    for data in (b"[1]", bytearray(b"[1]"), memoryview(b"[1]"), "[1]"):
        assert decode(data) == [1]


def test_what_json_has_not_is_not_written() -> None:
    with pytest.raises(TypeError):
        encode({"a": object()})


def test_the_examples_come_back_the_same(shared: Path) -> None:
    """Every number of HL7's 445 examples as it is spelt in the file."""
    files = sorted((shared / "data/fhir-r4-examples").glob("*.json"))
    assert len(files) == 445
    for path in files:
        raw = path.read_bytes()
        again = encode(decode(raw))
        assert _numbers(again) == _numbers(raw), path.name
        assert standard.loads(again) == standard.loads(raw), path.name


def _numbers(raw: bytes) -> Any:
    return standard.loads(raw, parse_float=lambda text: ["number", text])


_numbers_text = st.from_regex(
    r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,2})?", fullmatch=True
)


@given(_numbers_text)
def test_any_number_round_trips_byte_for_byte(text: str) -> None:
    assert encode(decode(text)) == text.encode()
    assert encode(decode(f" [ {text} ] ")) == f"[{text}]".encode()


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text('ab":\\ \u00e9', max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(_values, st.sampled_from([None, 1]), st.booleans())
def test_any_value_round_trips_however_it_is_written(
    value: Any, indent: int | None, ascii_only: bool
) -> None:
    text = standard.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert decode(text) == value
    assert decode(encode(value)) == value


@given(
    st.lists(st.tuples(st.text('ab":\\ ', max_size=2), st.text('ab":\\ ', max_size=3)), max_size=5),
    st.booleans(),
)
def test_a_key_twice_is_always_found(pairs: list[tuple[str, str]], escaped: bool) -> None:
    def quote(text: str) -> str:
        if escaped:
            return '"' + "".join(f"\\u{ord(c):04x}" for c in text) + '"'
        return standard.dumps(text)

    text = "{" + ", ".join(f"{quote(key)} :{quote(value)}" for key, value in pairs) + "}"
    if len({key for key, _ in pairs}) == len(pairs):
        assert decode(text) == dict(pairs)
    else:
        with pytest.raises(Malformed):
            decode(text)


@given(st.binary(max_size=30))
def test_no_bytes_do_worse_than_being_refused(data: bytes) -> None:
    try:
        value = decode(data)
    except Malformed:
        return
    assert decode(encode(value)) == value
    assert msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf")) == msgspec.json.decode(
        json.encode(value)
    )
