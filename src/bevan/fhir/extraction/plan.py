"""A search expression as the places in JSON that it reads.

`branches` turns a FHIRPath tree into straight walks over the JSON of one resource type: keys,
array items, tests on the way. Choice elements become their JSON names, and `as`/`ofType` choose
among them, so nothing is left to decide about types when a resource arrives. What isn't such a
walk (`Patient.deceased.exists() and …`) raises `Unplanned` and goes to the FHIRPath engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bevan.fhir.definitions import Definitions, Element
from bevan.fhir.path.nodes import (
    Binary,
    Call,
    Indexer,
    Literal,
    Member,
    Node,
    Special,
    TypeTest,
    Variable,
)


class Unplanned(Exception):
    """The expression is more than a walk."""


class Field(NamedTuple):
    """Go to the value of a key; `many` when it is an array of which every item is meant."""

    key: str
    many: bool


class Where(NamedTuple):
    """Go on only where `test` is true of the value, which has FHIR type `type`."""

    test: Node
    type: str


class Item(NamedTuple):
    """Go to one item of the array that the last Field named."""

    at: int


Step = Field | Where | Item


class Branch(NamedTuple):
    """One walk. `type` is the FHIR type that it ends at, `binding` the value set of its codes.

    `rooted` says that it starts at the resource even within a composite (`%resource`).
    """

    steps: tuple[Step, ...]
    type: str
    binding: str = ""
    rooted: bool = False


def branches(definitions: Definitions, node: Node, resource: str, base: str = "") -> list[Branch]:
    """All walks of `node` for a resource type; `base` is the type of the value that it starts at,
    the resource itself unless given. Raises Unplanned.
    """
    return list(dict.fromkeys(_Planner(definitions, resource, base or resource).walk(node)))


class _Planner:
    def __init__(self, definitions: Definitions, resource: str, base: str) -> None:
        self.types = definitions.types
        self.resource = resource
        self.base = base

    def walk(self, node: Node) -> Iterator[Branch]:
        match node:
            case Member(None, name):
                yield from self.first(name)
            case Member(base, name) if base is not None:
                for branch in self.walk(base):
                    yield from self.field(branch, name)
            case Binary("|", left, right):
                yield from self.walk(left)
                yield from self.walk(right)
            case TypeTest("as", operand, type):
                yield from self.narrowed(self.walk(operand), type)
            case Indexer(base, Literal(int() as index)):
                yield from self.item(base, index)
            case Special("this"):
                yield Branch((), self.base)
            case Variable("resource"):
                yield Branch((), self.resource, rooted=True)
            case Call(base, name, arguments):
                yield from self.call(base, name, arguments)
            case _:
                raise Unplanned

    def first(self, name: str) -> Iterator[Branch]:
        if name in self.lineage(self.base):
            yield Branch((), self.base)
        elif not name[:1].isupper():
            yield from self.field(Branch((), self.base), name)

    def lineage(self, type: str) -> Iterator[str]:
        while type:
            yield type
            type = self.types[type].base if type in self.types else ""

    def field(self, branch: Branch, name: str) -> Iterator[Branch]:
        found = self.types[branch.type].elements.get(name) if branch.type in self.types else None
        if found is None:
            return
        for key, type in found.json_names():
            yield self.reached(branch, found, key, type)

    def reached(self, branch: Branch, element: Element, key: str, type: str) -> Branch:
        steps = (*branch.steps, Field(key, element.many))
        return Branch(steps, type, element.binding, branch.rooted)

    def narrowed(self, walks: Iterator[Branch], type: str) -> Iterator[Branch]:
        wanted = type.rpartition(".")[2]
        # HL7 writes both `as dateTime` and `as DateTime`.
        lower = wanted[:1].lower() + wanted[1:]
        for branch in walks:
            if branch.type in (wanted, lower):
                yield branch

    def item(self, base: Node, index: int) -> Iterator[Branch]:
        for branch in self.walk(base):
            *before, last = branch.steps
            if not isinstance(last, Field) or any(isinstance(s, Field) and s.many for s in before):
                raise Unplanned
            if not last.many:
                raise Unplanned
            yield branch._replace(steps=(*before, Field(last.key, False), Item(index)))

    def call(self, base: Node | None, name: str, arguments: tuple[Node, ...]) -> Iterator[Branch]:
        start = self.walk(base) if base is not None else iter((Branch((), self.base),))
        match name, arguments:
            case (("as" | "ofType"), (Member() as type,)):
                yield from self.narrowed(start, _type_text(type))
            case "where", (test,):
                for branch in start:
                    yield self.filtered(branch, test)
            case "extension", (Literal(str() as url),):
                for branch in start:
                    for found in self.field(branch, "extension"):
                        yield self.filtered(found, Binary("=", Member(None, "url"), Literal(url)))
            case _:
                raise Unplanned

    def filtered(self, branch: Branch, test: Node) -> Branch:
        return branch._replace(steps=(*branch.steps, Where(test, branch.type)))


def _type_text(node: Member) -> str:
    if isinstance(node.base, Member):
        return f"{_type_text(node.base)}.{node.name}"
    return node.name
