"""FHIRPath over FHIR R4: expressions to functions on resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bevan.fhir.definitions import Definitions
from bevan.fhir.path.compiler import Compiler
from bevan.fhir.path.element import Element, Items, plain, system
from bevan.fhir.path.errors import PathFailed
from bevan.fhir.path.navigation import Navigation
from bevan.fhir.path.nodes import Node
from bevan.fhir.path.parser import parse
from bevan.fhir.path.types import system_name
from bevan.fhir.path.world import Run, Scope, World

Evaluate = Callable[..., list[Any]]


class Engine:
    """Compiles and evaluates. Stateless but for what it has learnt of the definitions."""

    def __init__(self, definitions: Definitions, world: World | None = None) -> None:
        self.world = world or World()
        self._navigation = Navigation(definitions)
        self._compiler = Compiler(self._navigation)

    def compile(self, expression: str, type: str | None = None) -> Evaluate:
        """A function `(resource, variables=None) -> list` of JSON values.

        `resource` may also be any value of `type`; with a type, names that it can't have are
        refused here. `variables` are JSON values by name, for `%name`; `%resource`,
        `%rootResource` and `%context` are the resource unless given. Dates, times and quantities
        that were computed come as their text. Raises PathSyntax and, here or when called,
        PathFailed.
        """
        run = self._runner(parse(expression), type)
        return lambda value, variables=None: [plain(item) for item in run(value, variables)]

    def evaluate(
        self,
        expression: str,
        value: Any,
        variables: Mapping[str, Any] | None = None,
        type: str | None = None,
    ) -> list[Any]:
        """`compile` and call at once, for an expression that is used once."""
        return self.compile(expression, type)(value, variables)

    def items(self, expression: str, type: str | None = None) -> Callable[..., Items]:
        """Like `compile`, but giving items with their types (see `element`)."""
        return self._runner(parse(expression), type)

    def typed(self, node: Node, type: str) -> Callable[[Any], list[Any]]:
        """A function from a value of `type` to the bare values of a parsed expression."""
        run = self._runner(node, type)
        return lambda value: [system(item) for item in run(value)]

    def typed_items(self, node: Node, type: str) -> Callable[[Any], list[tuple[str, Any]]]:
        """A function from a value of `type` to (FHIR type, JSON) pairs; a computed boolean is a
        `boolean` and so on.
        """
        run = self._runner(node, type)
        return lambda value: [_pair(item) for item in run(value)]

    def _runner(self, node: Node, type: str | None) -> Callable[..., Items]:
        types = None if type is None else frozenset({type})
        evaluate = self._compiler.compile(node, types).run
        navigation, world = self._navigation, self.world

        def run(value: Any, variables: Mapping[str, Any] | None = None) -> Items:
            root = navigation.root(value, type)
            given = {"resource": [root], "rootResource": [root], "context": [root]}
            for name, item in (variables or {}).items():
                given[name] = [_variable(navigation, inner) for inner in _several(item)]
            try:
                return evaluate(Scope(Run(world, given), [root]))
            except RecursionError as error:
                raise PathFailed("the expression goes too deep for this input") from error

        return run


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _variable(navigation: Navigation, value: Any) -> Any:
    return navigation.root(value) if isinstance(value, dict) else value


def _pair(item: Any) -> tuple[str, Any]:
    if isinstance(item, Element):
        return item.type, item.value
    name = system_name(item)
    return name[0].lower() + name[1:], plain(item)
