from __future__ import annotations

from decimal import Decimal

import pytest

from bevan.fhir.search import values
from bevan.fhir.search.values import Number, Quantity, Reference, Text, Token, Uri


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a", Token(None, "a")),
        ("s|a", Token("s", "a")),
        ("|a", Token("", "a")),
        ("s|", Token("s", None)),
        (r"s|a\|b\,c", Token("s", "a|b,c")),
        ("http://x.example/a|B c", Token("http://x.example/a", "B c")),
    ],
)
def test_tokens(text: str, found: Token) -> None:
    assert values.token(text) == found


@pytest.mark.parametrize("text", ["", "  ", "|", "a|b|c", "a\\"])
def test_bad_tokens(text: str) -> None:
    with pytest.raises(ValueError):
        values.token(text)


def test_an_identifier_with_its_type() -> None:
    found = values.typed_identifier("http://x.example/t|MR|12345")
    assert (found.system, found.code, found.value) == ("http://x.example/t", "MR", "12345")
    for bad in ("MR|12345", "a||b", "a|b|", "a|b|c|d"):
        with pytest.raises(ValueError):
            values.typed_identifier(bad)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("100", "99.5", "100.5"),
        ("100.00", "99.995", "100.005"),
        ("1e2", "95", "105"),
        ("-5.4", "-5.45", "-5.35"),
        ("0", "-0.5", "0.5"),
        ("1.5e-3", "0.00145", "0.00155"),
    ],
)
def test_the_precision_of_a_number(text: str, low: str, high: str) -> None:
    found = values.number(text)
    assert (found.low, found.high) == (Decimal(low), Decimal(high))


@pytest.mark.parametrize("prefix", ["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"])
def test_every_prefix(prefix: str) -> None:
    assert values.number(f"{prefix}5").prefix == prefix
    assert values.moment(f"{prefix}2026").prefix == prefix
    assert values.quantity(f"{prefix}5||kg").number.prefix == prefix


@pytest.mark.parametrize(
    "text", ["", "x", "gt", "1,5", "1.", ".5", "NaN", "Infinity", "z5", "1e9999"]
)
def test_bad_numbers(text: str) -> None:
    with pytest.raises(ValueError):
        values.number(text)


def test_quantities() -> None:
    five = Number("eq", Decimal(5), Decimal("4.5"), Decimal("5.5"))
    assert values.quantity("5") == Quantity(five, None, None)
    assert values.quantity("5||kg") == Quantity(five, None, "kg")
    assert values.quantity("5|http://u|kg") == Quantity(five, "http://u", "kg")
    for bad in ("5|kg", "5|a|b|c", "|a|b"):
        with pytest.raises(ValueError):
            values.quantity(bad)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Patient/a", Reference("Patient", "a", "")),
        ("a-1.b", Reference("", "a-1.b", "")),
        ("Patient/a/_history/3", Reference("Patient", "a", "")),
        ("http://x.example/fhir/Patient/a", Reference("", "", "http://x.example/fhir/Patient/a")),
        ("urn:uuid:1", Reference("", "", "urn:uuid:1")),
    ],
)
def test_references(text: str, found: Reference) -> None:
    assert values.reference(text) == found


@pytest.mark.parametrize("text", ["", "a b", "Patient/", "patient/a", "http://a b"])
def test_bad_references(text: str) -> None:
    with pytest.raises(ValueError):
        values.reference(text)


def test_words_and_uris() -> None:
    assert values.words(r"O\,Brien ") == Text("O,Brien ")
    assert values.uri("http://x.example/a|1") == Uri("http://x.example/a|1")
    for read, bad in ((values.words, " "), (values.uri, "a b"), (values.uri, "")):
        with pytest.raises(ValueError):
            read(bad)
