"""A syntax tree to a Python function from a scope to a collection, with the types it may give.

Types are followed as far as they are known: a name that none of the possible types has is a fault
of the expression, found when it is compiled (FHIRPath 2.0.0 §10, type safety).
"""

from __future__ import annotations

from collections.abc import Callable

from bevan.fhir.path import arithmetic, logic
from bevan.fhir.path.comparison import equal, equivalent, order, same_item
from bevan.fhir.path.compiled import BOOLEAN, Compiled, Evaluate, Types
from bevan.fhir.path.element import Element, Items, distinct
from bevan.fhir.path.errors import PathFailed
from bevan.fhir.path.input import Input
from bevan.fhir.path.iterating import EACH, Calling
from bevan.fhir.path.library import FUNCTIONS
from bevan.fhir.path.navigation import Navigation
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
from bevan.fhir.path.single import truth, whole
from bevan.fhir.path.types import TypeName, exactly, is_a, lineage, named, system_name
from bevan.fhir.path.world import Scope

_VARIABLES = {
    "ucum": "http://unitsofmeasure.org",
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
}
_PREFIXES = {
    "vs-": "http://hl7.org/fhir/ValueSet/",
    "ext-": "http://hl7.org/fhir/StructureDefinition/",
}
_ORDERS: dict[str, Callable[[int], bool]] = {
    "<": lambda found: found < 0,
    "<=": lambda found: found <= 0,
    ">": lambda found: found > 0,
    ">=": lambda found: found >= 0,
}


class Compiler:
    """Compiles expressions over one set of definitions."""

    def __init__(self, navigation: Navigation) -> None:
        self.navigation = navigation
        self.definitions = navigation.definitions

    def compile(self, node: Node, this: Types) -> Compiled:
        """The function of `node`, where `$this` has one of the types `this`; raises PathFailed."""
        match node:
            case Literal(value):
                return Compiled(lambda scope: [value], frozenset({f"System.{system_name(value)}"}))
            case Empty():
                return Compiled(lambda scope: [], frozenset())
            case Special(name):
                return _special(name, this)
            case Variable(name):
                return Compiled(_variable(name), None)
            case Member(base, name):
                return self.member(base, name, this)
            case Indexer(base, index):
                return self.indexer(base, index, this)
            case Polarity(operator, operand):
                return self.polarity(operator, operand, this)
            case TypeTest(operator, operand, text):
                return self.type_test(operator, self.compile(operand, this), text, function=False)
            case Binary(operator, left, right):
                return self.binary(operator, left, right, this)
            case Call():
                return self.call(node, this)
        raise PathFailed(f"{type(node).__name__} can't be evaluated")

    # -- paths --

    def member(self, base: Node | None, name: str, this: Types) -> Compiled:
        if base is None and name[:1].isupper() and name in self.definitions.types:
            return self.start(name, this)
        source = Compiled(lambda scope: scope.this, this) if base is None else None
        run, types = source or self.compile(base or Empty(), this)
        if self.navigation.unknown(types, name):
            raise PathFailed(f"{' or '.join(sorted(types or ()))} has no element {name}")
        children = self.navigation.children

        def member(scope: Scope) -> Items:
            found: Items = []
            for item in run(scope):
                if isinstance(item, Element):
                    found += children(item, name)
            return found

        return Compiled(member, self.navigation.results(types, name))

    def start(self, name: str, this: Types) -> Compiled:
        """A type at the start of a path: the input, if it is one."""
        type = named(name, self.definitions)

        def start(scope: Scope) -> Items:
            return [item for item in scope.this if is_a(item, type, self.definitions)]

        return Compiled(start, self.started(name, this))

    def started(self, name: str, this: Types) -> Types:
        """What of the possible types is left when the input has to be a `name`."""
        if this is None:
            return frozenset({name})
        above = set(lineage(name, self.definitions))
        kept = {type for type in this if name in lineage(type, self.definitions)}
        return frozenset(kept | ({name} if above & this else set()))

    def indexer(self, base: Node, index: Node, this: Types) -> Compiled:
        run, types = self.compile(base, this)
        at = self.compile(index, this).run

        def indexer(scope: Scope) -> Items:
            number = whole(at(scope), "[]")
            items = run(scope)
            return items[number : number + 1] if number is not None and number >= 0 else []

        return Compiled(indexer, types)

    # -- operators --

    def polarity(self, operator: str, operand: Node, this: Types) -> Compiled:
        run, types = self.compile(operand, this)
        if operator == "+":
            return Compiled(run, types)
        return Compiled(lambda scope: arithmetic.negate(run(scope)), types)

    def type_test(self, operator: str, operand: Compiled, text: str, *, function: bool) -> Compiled:
        type = named(text, self.definitions)
        run = operand.run
        if operator == "is":
            return Compiled(lambda scope: _is(run(scope), type, self), BOOLEAN)
        kept = frozenset({type.name if type.fhir else f"System.{type.name}"})

        def narrow(scope: Scope) -> Items:
            items = run(scope)
            if function and operator == "as" and len(items) > 1:
                raise PathFailed(f"as() needs one value but was given {len(items)}")
            return [item for item in items if exactly(item, type, self.definitions)]

        return Compiled(narrow, None if type.fhir and type.system else kept)

    def binary(self, operator: str, left: Node, right: Node, this: Types) -> Compiled:
        a, b = self.compile(left, this), self.compile(right, this)
        one, other = a.run, b.run
        if operator == "|":
            both = None if a.types is None or b.types is None else a.types | b.types
            return Compiled(lambda scope: distinct(one(scope) + other(scope)), both)
        if operator in logic.OPERATORS:
            return Compiled(_logical(operator, one, other), BOOLEAN)
        if operator in _ORDERS:
            return Compiled(_ordered(operator, one, other), BOOLEAN)
        compare = _COMPARED.get(operator)
        if compare is not None:
            return Compiled(lambda scope: compare(one(scope), other(scope)), BOOLEAN)
        return Compiled(lambda scope: arithmetic.apply(operator, one(scope), other(scope)), None)

    # -- functions --

    def call(self, node: Call, this: Types) -> Compiled:
        if node.base is None:
            source = Compiled(lambda scope: scope.this, this)
        else:
            source = self.compile(node.base, this)
        if node.name in ("is", "as", "ofType") and len(node.arguments) == 1:
            text = type_text(node.arguments[0])
            return self.type_test(node.name, source, text, function=True)
        each = EACH.get(node.name)
        if each is not None:
            return each(Calling(self.compile, self.navigation, source, node, this))
        return self.function(node, source, this)

    def function(self, node: Call, source: Compiled, this: Types) -> Compiled:
        """A function of the library: its arguments are worked out once, outside."""
        found = FUNCTIONS.get(node.name)
        if found is None:
            raise PathFailed(f"there is no function {node.name}()")
        if not found.least <= len(node.arguments) <= found.most:
            raise PathFailed(f"{node.name}() can't take {len(node.arguments)} arguments")
        arguments = [self.compile(argument, this).run for argument in node.arguments]
        run, navigation, work = source.run, self.navigation, found.run

        def function(scope: Scope) -> Items:
            given = Input(run(scope), scope.run, navigation)
            return work(given, *[argument(scope) for argument in arguments])

        return Compiled(function, _given(found.gives, source.types))


def type_text(node: Node) -> str:
    """The type that an argument of `is()`, `as()` or `ofType()` names."""
    if isinstance(node, Member):
        return node.name if node.base is None else f"{type_text(node.base)}.{node.name}"
    if isinstance(node, Literal) and isinstance(node.value, str):
        return node.value
    raise PathFailed("a type must be named here")


def _given(gives: str, types: Types) -> Types:
    if gives == "=":
        return types
    if not gives:
        return None
    return frozenset({gives if gives == "Extension" else f"System.{gives}"})


def _special(name: str, this: Types) -> Compiled:
    if name == "this":
        return Compiled(lambda scope: scope.this, this)
    if name == "total":
        return Compiled(lambda scope: scope.total or [], None)
    return Compiled(
        lambda scope: [] if scope.index is None else [scope.index], frozenset({"System.Integer"})
    )


def _variable(name: str) -> Evaluate:
    fixed = _VARIABLES.get(name)
    for prefix, url in _PREFIXES.items():
        if name.startswith(prefix):
            fixed = url + name[len(prefix) :]

    def variable(scope: Scope) -> Items:
        found = scope.run.variables.get(name)
        if found is not None:
            return found
        if fixed is None:
            raise PathFailed(f"there is no variable %{name}")
        return [fixed]

    return variable


def _is(items: Items, type: TypeName, compiler: Compiler) -> Items:
    if len(items) > 1:
        raise PathFailed(f"is needs one value but was given {len(items)}")
    return [is_a(item, type, compiler.definitions) for item in items]


def _logical(operator: str, left: Evaluate, right: Evaluate) -> Evaluate:
    work = logic.OPERATORS[operator]

    def logical(scope: Scope) -> Items:
        found = work(truth(left(scope), operator), truth(right(scope), operator))
        return [] if found is None else [found]

    return logical


def _ordered(operator: str, left: Evaluate, right: Evaluate) -> Evaluate:
    decide = _ORDERS[operator]

    def ordered(scope: Scope) -> Items:
        a, b = left(scope), right(scope)
        if len(a) > 1 or len(b) > 1:
            raise PathFailed(f"{operator} needs one value on each side")
        found = order(a[0], b[0]) if a and b else None
        return [] if found is None else [decide(found)]

    return ordered


def _equals(left: Items, right: Items) -> Items:
    found = equal(left, right)
    return [] if found is None else [found]


def _differs(left: Items, right: Items) -> Items:
    found = equal(left, right)
    return [] if found is None else [not found]


def _within(item: Items, items: Items) -> Items:
    if len(item) > 1:
        raise PathFailed("in and contains look for one value")
    return [any(same_item(item[0], other) for other in items)] if item else []


_COMPARED: dict[str, Callable[[Items, Items], Items]] = {
    "=": _equals,
    "!=": _differs,
    "~": lambda left, right: [equivalent(left, right)],
    "!~": lambda left, right: [not equivalent(left, right)],
    "in": _within,
    "contains": lambda items, item: _within(item, items),
}
