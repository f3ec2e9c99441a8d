"""FHIRPath tokens to a syntax tree (FHIRPath 2.0.0 §11.1): a precedence climber."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bevan.fhir.path.errors import PathSyntax
from bevan.fhir.path.lexer import Token, tokens
from bevan.fhir.path.moments import Date, DateTime, Time
from bevan.fhir.path.nodes import (
    Binary,
    Call,
    Empty,
    Indexer,
    Literal,
    Member,
    Node,
    Polarity,
    Special,
    TypeTest,
    Variable,
)
from bevan.fhir.path.quantity import CALENDAR_WORDS, Quantity

_PRECEDENCE = {
    "implies": 1,
    "or": 2,
    "xor": 2,
    "and": 3,
    "in": 4,
    "contains": 4,
    "=": 5,
    "~": 5,
    "!=": 5,
    "!~": 5,
    "<": 6,
    "<=": 6,
    ">": 6,
    ">=": 6,
    "|": 7,
    "is": 8,
    "as": 8,
    "+": 9,
    "-": 9,
    "&": 9,
    "*": 10,
    "/": 10,
    "div": 10,
    "mod": 10,
}
_WORD_OPERATORS = frozenset(word for word in _PRECEDENCE if word.isalpha())
_ALSO_NAMES = frozenset({"as", "is", "in", "contains"})
_RESERVED = (_WORD_OPERATORS - _ALSO_NAMES) | {"true", "false"}
_MOMENTS: Mapping[str, type[Date] | type[DateTime] | type[Time]] = {
    "date": Date,
    "datetime": DateTime,
    "time": Time,
}


def parse(expression: str) -> Node:
    """The syntax tree of `expression`; raises PathSyntax with the position of the fault."""
    return _Parser(expression).whole()


class _Parser:
    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.tokens = tokens(expression)
        self.at = 0

    def whole(self) -> Node:
        node = self.operation(0)
        if self.peek.kind != "end":
            raise self.fault(f"Unexpected {self.peek.text!r}")
        return node

    @property
    def peek(self) -> Token:
        return self.tokens[self.at]

    def fault(self, text: str, token: Token | None = None) -> PathSyntax:
        where = token or self.peek
        said = "The expression ends too early" if where.kind == "end" else text
        return PathSyntax(said, self.expression, where.position)

    def take(self) -> Token:
        token = self.peek
        self.at += 1
        return token

    def took(self, text: str) -> bool:
        if self.peek.text == text and self.peek.kind in ("symbol", "name"):
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.took(text):
            raise self.fault(f"Expected {text!r} but found {self.peek.text!r}")

    # -- operators --

    def operation(self, least: int) -> Node:
        left = self.polarity()
        while (rank := self.rank()) > least:
            operator = self.take()
            if operator.text in ("is", "as"):
                left = TypeTest(operator.text, left, self.type_name(), position=operator.position)
            else:
                right = self.operation(rank)
                left = Binary(operator.text, left, right, position=operator.position)
        return left

    def rank(self) -> int:
        token = self.peek
        if token.kind == "symbol" or (token.kind == "name" and token.text in _WORD_OPERATORS):
            return _PRECEDENCE.get(token.text, 0)
        return 0

    def polarity(self) -> Node:
        token = self.peek
        if token.kind == "symbol" and token.text in "+-":
            self.take()
            return Polarity(token.text, self.polarity(), position=token.position)
        return self.path()

    def type_name(self) -> str:
        name = self.name()
        while self.took("."):
            name = f"{name}.{self.name()}"
        return name

    def name(self) -> str:
        token = self.peek
        if token.kind == "delimited" or (token.kind == "name" and token.text not in _RESERVED):
            return self.take().text
        raise self.fault(f"Expected a name but found {token.text!r}")

    # -- paths --

    def path(self) -> Node:
        node = self.term()
        while True:
            position = self.peek.position
            if self.took("."):
                node = self.invocation(node)
            elif self.took("["):
                index = self.operation(0)
                self.expect("]")
                node = Indexer(node, index, position=position)
            else:
                return node

    def invocation(self, base: Node | None) -> Node:
        token = self.peek
        if token.kind == "special":
            raise self.fault(f"{token.text} can't follow a dot")
        name = self.name()
        if token.kind == "name" and self.took("("):
            return Call(base, name, self.arguments(), position=token.position)
        return Member(base, name, position=token.position)

    def arguments(self) -> tuple[Node, ...]:
        found: list[Node] = []
        if self.took(")"):
            return ()
        while True:
            found.append(self.operation(0))
            if self.took(")"):
                return tuple(found)
            self.expect(",")

    def term(self) -> Node:
        token = self.peek
        if token.kind == "symbol":
            return self.bracketed(token)
        if token.kind == "special":
            return Special(self.take().text[1:], position=token.position)
        if token.kind == "delimited" or (
            token.kind == "name" and token.text not in ("true", "false")
        ):
            return self.invocation(None)
        return self.literal()

    def bracketed(self, token: Token) -> Node:
        if self.took("("):
            node = self.operation(0)
            self.expect(")")
            return node
        if self.took("{"):
            self.expect("}")
            return Empty(position=token.position)
        if self.took("%"):
            if self.peek.kind not in ("name", "delimited", "string"):
                raise self.fault("Expected the name of a variable")
            return Variable(self.take().text, position=token.position)
        raise self.fault(f"Unexpected {token.text!r}")

    # -- literals --

    def literal(self) -> Node:
        token = self.take()
        if token.kind == "number":
            return self.number(token)
        if token.kind == "string":
            return Literal(token.text, position=token.position)
        if token.kind == "name":
            return Literal(token.text == "true", position=token.position)
        if token.kind in _MOMENTS:
            return self.moment(token)
        raise self.fault(f"Unexpected {token.text!r}", token)

    def number(self, token: Token) -> Node:
        follower = self.peek
        value = Decimal(token.text) if "." in token.text else int(token.text)
        if follower.kind == "string":
            unit = self.take().text
            return Literal(Quantity(Decimal(value), unit), position=token.position)
        if follower.kind == "name" and follower.text in CALENDAR_WORDS:
            unit = CALENDAR_WORDS[self.take().text]
            return Literal(Quantity(Decimal(value), unit, calendar=True), position=token.position)
        return Literal(value, position=token.position)

    def moment(self, token: Token) -> Node:
        text = token.text[1:]
        if token.kind == "time":
            text = text[1:]
        value: Date | DateTime | Time | None = _MOMENTS[token.kind].parse(text)
        if value is None:
            raise self.fault(f"{token.text} is not a real {token.kind}", token)
        return Literal(value, position=token.position)
