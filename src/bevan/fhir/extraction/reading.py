"""One parameter's typed values out of a resource, composites included."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from bevan.fhir.definitions import Definitions
from bevan.fhir.extraction.conditions import condition, systems_of
from bevan.fhir.extraction.plan import Branch, Field, Unplanned, branches
from bevan.fhir.extraction.typed import READERS, Reader, reference
from bevan.fhir.extraction.values import CompositeValue, TokenValue, Value
from bevan.fhir.extraction.weaver import Handler, Trie, weave
from bevan.fhir.parameters import Kind, Parameter, alternatives
from bevan.fhir.path.engine import Engine
from bevan.fhir.path.nodes import Node
from bevan.fhir.path.parser import parse

Read = Callable[[Any, Any], list[Value]]
"""(value, the whole resource) to typed values."""


class Reading:
    """Makes the readers of parameters; holds what they share."""

    def __init__(
        self, definitions: Definitions, engine: Engine, bases: tuple[str, ...] = ()
    ) -> None:
        self.definitions = definitions
        self.engine = engine
        self.bases = bases

    def of(self, parameter: Parameter) -> Read:
        """The reader of a parameter, for resources of its type."""
        if parameter.type == "composite":
            return self.composite(parameter)
        return self.read(parameter.type, parameter.paths, parameter.resource, "")

    def read(self, kind: Kind, paths: tuple[Node, ...], resource: str, base: str) -> Read:
        """The reader of some paths that start at a value of type `base` (the resource if empty)."""
        trie, above, computed = Trie(), Trie(), []
        for path in paths:
            try:
                walks = self.walks(kind, path, resource, base)
            except Unplanned:
                computed.append(self.computed(kind, path, base or resource))
                continue
            for walk in walks:
                (above if walk.rooted else trie).add(walk, _collect(self.reader(kind, walk)))
        return _joined(self.woven(trie), self.woven(above), computed)

    def walks(self, kind: Kind, path: Node, resource: str, base: str = "") -> list[Branch]:
        """The walks of a path that end at a type which the kind can be read from.

        An expression that ends at an extension means the extension's value.
        """
        found: list[Branch] = []
        for walk in branches(self.definitions, path, resource, base):
            if walk.type in READERS[kind]:
                found.append(walk)
            elif walk.type == "Extension":
                found += _values_of_extension(self.definitions, walk, kind)
        return found

    def reader(self, kind: Kind, walk: Branch) -> Reader:
        """The reader of what a walk ends at."""
        if walk.type == "Reference":
            return partial(reference, bases=self.bases)
        if kind == "token" and walk.binding:
            systems = systems_of(self.definitions, walk.binding)
            if walk.type == "code" and systems:
                return lambda value: (TokenValue(systems.get(value), value),)
        return READERS[kind][walk.type]

    def woven(self, trie: Trie) -> Handler:
        """One function for all walks of a trie."""
        keyed, whole = weave(trie, lambda where: condition(where, self.engine, self.bases))
        items = tuple(keyed.items())

        def run(value: Any, found: Any) -> None:
            for key, handler in items:
                inner = value.get(key)
                if inner is not None:
                    handler(inner, found)
            for handler in whole:
                handler(value, found)

        return run

    def computed(self, kind: Kind, path: Node, type: str) -> Callable[[Any], list[Value]]:
        """The reader of an expression that only the engine can work out."""
        run = self.engine.typed_items(path, type)

        def read(value: Any) -> list[Value]:
            found: list[Value] = []
            for name, item in run(value):
                reader = READERS[kind].get(name)
                if reader is not None:
                    found += reader(item)
            return found

        return read

    def composite(self, parameter: Parameter) -> Read:
        """The reader of a composite: for each element, the values of every component."""
        trie = Trie()
        for walk in self.bases_of(parameter):
            parts = tuple(
                self.read(c.type, tuple(alternatives(parse(c.expression))), parameter.resource,
                          walk.type)
                for c in parameter.components
            )  # fmt: skip
            trie.add(walk, _combine(parts))
        run = self.woven(trie)

        def read(value: Any, root: Any) -> list[Value]:
            elements: list[tuple[Any, tuple[Read, ...]]] = []
            run(value, elements)
            return [
                value for element, parts in elements for value in _composed(element, parts, root)
            ]

        return read

    def keys(self, parameter: Parameter) -> set[str]:
        """Keys of the resource of which at least one is there when a composite has a value."""
        found: set[str] = set()
        for walk in self.bases_of(parameter):
            paths = alternatives(parse(parameter.components[-1].expression))
            kind = parameter.components[-1].type
            inner = [w for path in paths for w in self.walks(kind, path, parameter.resource)]
            reached = (walk,) if walk.steps else inner
            found |= {w.steps[0].key for w in reached if isinstance(w.steps[0], Field)}
        return found

    def bases_of(self, parameter: Parameter) -> Iterator[Branch]:
        """The elements that a composite's components are read from."""
        for path in parameter.paths:
            yield from branches(self.definitions, path, parameter.resource)


def _values_of_extension(definitions: Definitions, walk: Branch, kind: Kind) -> Iterator[Branch]:
    value = definitions.types["Extension"].elements["value"]
    for key, type in value.json_names():
        if type in READERS[kind]:
            yield walk._replace(steps=(*walk.steps, Field(key, False)), type=type)


def _collect(reader: Reader) -> Handler:
    def collect(value: Any, found: list[Value]) -> None:
        found += reader(value)

    return collect


def _joined(run: Handler, above: Handler, computed: list[Callable[[Any], list[Value]]]) -> Read:
    def read(value: Any, root: Any) -> list[Value]:
        found: list[Value] = []
        run(value, found)
        above(root, found)
        for compute in computed:
            found += compute(value)
        return found

    return read


def _combine(parts: tuple[Read, ...]) -> Handler:
    def combine(value: Any, found: list[tuple[Any, tuple[Read, ...]]]) -> None:
        found.append((value, parts))

    return combine


def _composed(
    element: Mapping[str, Any], parts: tuple[Read, ...], root: Any
) -> Iterator[CompositeValue]:
    values = tuple(tuple(read(element, root)) for read in parts)
    if all(values):
        yield CompositeValue(values)
