"""Functions whose argument is an expression for each item (FHIRPath 2.0.0 §5.1 and §5.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from bevan.fhir.path.compiled import BOOLEAN, Compiled, Evaluate, Types
from bevan.fhir.path.element import Items
from bevan.fhir.path.elements import repeat
from bevan.fhir.path.errors import PathFailed
from bevan.fhir.path.input import Input
from bevan.fhir.path.navigation import Navigation
from bevan.fhir.path.nodes import Call, Node
from bevan.fhir.path.single import strict, truth
from bevan.fhir.path.world import Scope


class Calling(NamedTuple):
    """A call to compile: how to compile its parts, what it is called on, and `$this` around it."""

    compile: Callable[[Node, Types], Compiled]
    navigation: Navigation
    source: Compiled
    node: Call
    this: Types

    def arity(self, least: int, most: int) -> None:
        """Raises PathFailed unless the call has so many arguments."""
        if not least <= len(self.node.arguments) <= most:
            raise PathFailed(f"{self.node.name}() can't take {len(self.node.arguments)} arguments")

    def argument(self, at: int) -> Evaluate:
        """The argument as a function of one item of what the call is on."""
        return self.compile(self.node.arguments[at], self.source.types).run

    @property
    def many(self) -> bool:
        """True with more than one argument."""
        return len(self.node.arguments) > 1


def _where(call: Calling) -> Compiled:
    call.arity(1, 1)
    run, test = call.source.run, call.argument(0)

    def where(scope: Scope) -> Items:
        return [
            item for i, item in enumerate(run(scope)) if truth(test(scope.at(item, i)), "where()")
        ]

    return Compiled(where, call.source.types)


def _select(call: Calling) -> Compiled:
    call.arity(1, 1)
    inner = call.compile(call.node.arguments[0], call.source.types)
    run, project = call.source.run, inner.run

    def select(scope: Scope) -> Items:
        return [made for i, item in enumerate(run(scope)) for made in project(scope.at(item, i))]

    return Compiled(select, inner.types)


def _exists(call: Calling) -> Compiled:
    call.arity(0, 1)
    run = (_where(call) if call.node.arguments else call.source).run
    return Compiled(lambda scope: [bool(run(scope))], BOOLEAN)


def _all(call: Calling) -> Compiled:
    call.arity(1, 1)
    run, test = call.source.run, call.argument(0)

    def every(scope: Scope) -> Items:
        return [all(truth(test(scope.at(item, i)), "all()") for i, item in enumerate(run(scope)))]

    return Compiled(every, BOOLEAN)


def _repeat(call: Calling) -> Compiled:
    call.arity(1, 1)
    # What comes out goes in again, so its types can't be told before.
    run = call.source.run
    project = call.compile(call.node.arguments[0], None).run

    def repeated(scope: Scope) -> Items:
        given = Input(run(scope), scope.run, call.navigation)
        return repeat(given, lambda item, index: project(scope.at(item, index)))

    return Compiled(repeated, None)


def _aggregate(call: Calling) -> Compiled:
    call.arity(1, 2)
    run, step = call.source.run, call.argument(0)
    start = call.compile(call.node.arguments[1], call.this).run if call.many else None

    def aggregate(scope: Scope) -> Items:
        total = start(scope) if start is not None else []
        for index, item in enumerate(run(scope)):
            total = step(scope.at(item, index, total))
        return total

    return Compiled(aggregate, None)


def _iif(call: Calling) -> Compiled:
    call.arity(2, 3)
    branches = [call.argument(at) for at in range(len(call.node.arguments))]
    run, (test, then), otherwise = call.source.run, branches[:2], branches[2:]

    def iif(scope: Scope) -> Items:
        items = run(scope)
        if len(items) > 1:
            raise PathFailed(f"iif() needs one value but was given {len(items)}")
        inner = Scope(scope.run, items, scope.index, scope.total)
        if strict(test(inner), "iif()"):
            return then(inner)
        return otherwise[0](inner) if otherwise else []

    return Compiled(iif, None)


EACH: Mapping[str, Callable[[Calling], Compiled]] = MappingProxyType(
    {
        "where": _where,
        "select": _select,
        "exists": _exists,
        "all": _all,
        "repeat": _repeat,
        "aggregate": _aggregate,
        "iif": _iif,
    }
)
