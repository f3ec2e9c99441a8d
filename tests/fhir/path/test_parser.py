"""Text to syntax tree: precedence, literals, escapes, and faults with their place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bevan.fhir.path import PathSyntax, parse
from bevan.fhir.path.lexer import tokens
from bevan.fhir.path.moments import Date, DateTime, Time
from bevan.fhir.path.nodes import (
    Binary,
    Call,
    Empty,
    Indexer,
    Literal,
    Member,
    Polarity,
    Special,
    TypeTest,
    Variable,
)
from bevan.fhir.path.quantity import Quantity


def name(text: str) -> Member:
    return Member(None, text)


def test_a_path_is_read_from_the_left() -> None:
    assert parse("Patient.name.given") == Member(Member(name("Patient"), "name"), "given")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * c", Binary("+", name("a"), Binary("*", name("b"), name("c")))),
        ("a * b + c", Binary("+", Binary("*", name("a"), name("b")), name("c"))),
        ("a - b - c", Binary("-", Binary("-", name("a"), name("b")), name("c"))),
        ("a or b and c", Binary("or", name("a"), Binary("and", name("b"), name("c")))),
        ("a implies b or c", Binary("implies", name("a"), Binary("or", name("b"), name("c")))),
        ("a | b = c", Binary("=", Binary("|", name("a"), name("b")), name("c"))),
        ("a > b is C", Binary(">", name("a"), TypeTest("is", name("b"), "C"))),
        ("(a > b) is C", TypeTest("is", Binary(">", name("a"), name("b")), "C")),
        ("-a.b", Polarity("-", Member(name("a"), "b"))),
        ("a in b", Binary("in", name("a"), name("b"))),
        ("a contains b", Binary("contains", name("a"), name("b"))),
        ("a div b mod c", Binary("mod", Binary("div", name("a"), name("b")), name("c"))),
        ("a[0].b", Member(Indexer(name("a"), Literal(0)), "b")),
        ("a as FHIR.string", TypeTest("as", name("a"), "FHIR.string")),
        ("a.all($this)", Call(name("a"), "all", (Special("this"),))),
        ("exists()", Call(None, "exists", ())),
        ("a.f(1, 2)", Call(name("a"), "f", (Literal(1), Literal(2)))),
        ("%resource", Variable("resource")),
        ("%`vs-name`", Variable("vs-name")),
        ("%'us-zip'", Variable("us-zip")),
        ("{}", Empty()),
        ("a.contains(b)", Call(name("a"), "contains", (name("b"),))),
        ("a.`div`", Member(name("a"), "div")),
        ("as.is.in", Member(Member(name("as"), "is"), "in")),
        ("a // comment\n + /* more */ b", Binary("+", name("a"), name("b"))),
    ],
)  # fmt: skip
def test_operators_bind_as_the_grammar_says(text: str, expected: object) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("42", 42),
        ("1.50", Decimal("1.50")),
        (r"'it\'s'", "it's"),
        (r"'a\n\té\\\/'", "a\n\té\\/"),
        ("4 days", Quantity(Decimal(4), "day", calendar=True)),
        ("4.5 'mg'", Quantity(Decimal("4.5"), "mg")),
        ("@2015", Date((2015,), None, "2015")),
        ("@2015-02-04", Date((2015, 2, 4), None, "2015-02-04")),
        ("@T14:30", Time((14, 30), None, "14:30")),
    ],
)
def test_literals(text: str, value: object) -> None:
    found = parse(text)
    assert isinstance(found, Literal)
    assert (type(found.value), found.value) == (type(value), value)


def test_a_date_time_keeps_its_zone_and_precision() -> None:
    found = parse("@2015-02-04T14:34:28.5+01:00")
    assert isinstance(found, Literal)
    assert isinstance(found.value, DateTime)
    assert (len(found.value.parts), found.value.zone) == (6, 60)
    assert parse("@2015T") == Literal(DateTime((2015,), None, "2015T"))


def test_a_decimal_keeps_its_digits() -> None:
    found = parse("72.50")
    assert isinstance(found, Literal)
    assert str(found.value) == "72.50"


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("a..b", 2),
        ("a.where(", 8),
        ("a b", 2),
        ("(a", 2),
        ("a[0", 3),
        ("a.$this", 2),
        ("'open", 0),
        ("a # b", 2),
        ("f(a b)", 4),
        ("%", 1),
        ("a as 'x'", 5),
        ("]", 0),
        ("a and", 5),
        ("a.div", 2),
        (r"'\q'", 0),
        ("@2015-02-30", 0),
        ("@2015-13", 0),
        ("@T25:00", 0),
        ("{a}", 1),
    ],
)
def test_faults_have_their_place(text: str, position: int) -> None:
    with pytest.raises(PathSyntax) as caught:
        parse(text)
    assert caught.value.position == position
    assert str(position + 1) in str(caught.value)
    assert caught.value.expression == text


def test_a_token_knows_where_it_stands() -> None:
    assert [(t.kind, t.position) for t in tokens("a + 'b'")] == [
        ("name", 0),
        ("symbol", 2),
        ("string", 4),
        ("end", 7),
    ]
