"""The syntax tree of a FHIRPath expression (FHIRPath 2.0.0 §11, the normative grammar).

Every node is an immutable value, so an expression can be compared, cached and taken apart.
`position` is the offset in the source text and takes no part in equality.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from bevan.fhir.path.moments import Date, DateTime, Time
from bevan.fhir.path.quantity import Quantity

LiteralValue = bool | int | Decimal | str | Date | DateTime | Time | Quantity


@dataclass(frozen=True, slots=True)
class Node:
    """Any expression."""

    position: int = field(default=0, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A constant such as `'a'`, `1.50`, `@2015-02-04` or `4 days`."""

    value: LiteralValue


@dataclass(frozen=True, slots=True)
class Empty(Node):
    """The empty collection `{}`."""


@dataclass(frozen=True, slots=True)
class Special(Node):
    """`$this`, `$index` or `$total` (the name without the dollar)."""

    name: str


@dataclass(frozen=True, slots=True)
class Variable(Node):
    """An environment variable `%name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Member(Node):
    """`base.name`; without a base, a name at the start of a path (an element or the root type)."""

    base: Node | None
    name: str


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`base.name(arguments)`; without a base it works on the input of the expression."""

    base: Node | None
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Indexer(Node):
    """`base[index]`."""

    base: Node
    index: Node


@dataclass(frozen=True, slots=True)
class Polarity(Node):
    """`-operand` or `+operand`."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """Two operands and the operator between them."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class TypeTest(Node):
    """`operand is Type` or `operand as Type`; the type as written, e.g. `System.String`."""

    operator: str
    operand: Node
    type: str
