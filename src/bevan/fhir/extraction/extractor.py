"""The index entries of a resource, by functions compiled from its type's search expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bevan.fhir.extraction.clinical import CODES, DATES
from bevan.fhir.extraction.conditions import condition, points_to, systems_of
from bevan.fhir.extraction.hashing import hasher
from bevan.fhir.extraction.leaves import leaf
from bevan.fhir.extraction.plan import Branch, Unplanned, Where
from bevan.fhir.extraction.reading import Read, Reading
from bevan.fhir.extraction.sink import Index, Sink
from bevan.fhir.extraction.slots import Leaf, Setting, Slot, bits
from bevan.fhir.extraction.token_leaves import coded
from bevan.fhir.extraction.values import CompositeValue, TokenValue, Value
from bevan.fhir.extraction.weaver import Handler, Trie, together, weave
from bevan.fhir.parameters import Parameter, Registry
from bevan.fhir.path.engine import Engine

_Place = tuple[Branch, str]
_Plan = tuple[Mapping[str, Handler], tuple[Handler, ...]]


class Extractor:
    """Extracts by all parameters of a registry.

    `bits` cuts the hashes (16 to 64; tests only); `bases` are this server's own addresses, whose
    absolute references count as relative. Resources must be valid: a value of a wrong shape raises
    whatever Python raises for it. One per process: it compiles each type on first use and
    remembers hashes; it may be shared by threads.
    """

    def __init__(self, registry: Registry, bits: int = 64, bases: tuple[str, ...] = ()) -> None:
        self.registry = registry
        self.hash = hasher(bits)
        self._setting = Setting(self.hash, bases)
        self._reading = Reading(registry.definitions, Engine(registry.definitions), bases)
        self._plans: dict[str, _Plan] = {}
        self._readers: dict[tuple[str, str], Read] = {}
        self._generation = registry.generation

    def extract(self, resource: Mapping[str, Any]) -> Index:
        """Everything that the record indexes of a resource; see `Index`."""
        if self._generation != self.registry.generation:
            self._forget()
        type = resource["resourceType"]
        keyed, whole = self._plans.get(type) or self._planned(type)
        sink = Sink(resource)
        find = keyed.get
        for key, value in resource.items():
            handler = find(key)
            if handler is not None:
                handler(value, sink)
        for handler in whole:
            handler(resource, sink)
        return sink.index()

    def values(self, resource: Mapping[str, Any], type: str, code: str) -> list[Value]:
        """The typed values of one parameter, in document order within each alternative.

        Raises KeyError when the type has no such parameter.
        """
        if self._generation != self.registry.generation:
            self._forget()
        reader = self._readers.get((type, code))
        if reader is None:
            parameter = self.registry.find(type, code)
            if parameter is None:
                raise KeyError(f"{type} has no search parameter {code}")
            reader = self._readers[type, code] = self._reading.of(parameter)
        return reader(resource, resource)

    def token(self, parameter: str, text: str) -> int:
        """The hash of `parameter=text`; the parameter with its `:identifier` or `:of-type`."""
        return self.hash(f"{parameter}={text}")

    def coded(self, system: str | None, code: str) -> int:
        """The hash that the `code` columns hold for a coding."""
        return self.hash(f"{system or ''}|{code}")

    def clinical_date(self, type: str) -> str | None:
        """The date parameter that `Index.low` and `high` hold."""
        return self._column(type, DATES.get(type, "date"), "date")

    def main_code(self, type: str) -> str | None:
        """The token parameter that `Index.code` and `codes` hold."""
        return self._column(type, CODES.get(type, "code"), "token")

    def _column(self, type: str, code: str, kind: str) -> str | None:
        found = self.registry.find(type, code)
        return code if found is not None and found.type == kind else None

    def _forget(self) -> None:
        """What was compiled for parameters that have changed since."""
        self._plans, self._readers = {}, {}
        self._generation = self.registry.generation

    # -- compiling --

    def fault(self, parameter: Parameter) -> str:
        """Why a parameter's values can't be indexed as it is written; empty where they can."""
        try:
            walks = [
                walk
                for path in parameter.paths
                for walk in self._reading.walks(parameter.type, path, parameter.resource)
            ]
        except Unplanned:
            return "its expression is more than a walk to elements, with tests of where()"
        if not walks:
            return f"its expression leads to nothing that a {parameter.type} is read from"
        return ""

    def _planned(self, type: str) -> _Plan:
        trie = Trie()
        whole: list[Handler] = []
        for (branch, kind), slots in self._places(type, whole).items():
            systems = systems_of(self.registry.definitions, branch.binding)
            made = leaf(kind, branch.type, tuple(slots), self._setting, systems)
            trie.add(branch, made)
        bases = self._setting.bases
        engine = self._reading.engine
        keyed, rest = weave(trie, lambda where: condition(where, engine, bases))
        both = dict(keyed)
        for key, made in self._composites(type):
            both[key] = together([both[key], made]) if key in both else made
        plan = self._plans[type] = (both, (*rest, *whole))
        return plan

    def _places(self, type: str, whole: list[Handler]) -> dict[_Place, list[Slot]]:
        """Which parameters are read where; what can't be walked to goes to `whole`."""
        places: dict[_Place, list[Slot]] = {}
        for parameter in self.registry.of(type).values():
            if not parameter.indexed:
                continue
            for path in parameter.paths:
                try:
                    walks = self._reading.walks(parameter.type, path, type)
                except Unplanned:
                    whole.append(self._computed(parameter))
                    continue
                for walk in walks:
                    place, slot = self._slot(parameter, walk)
                    places.setdefault(place, []).append(slot)
        return places

    def _slot(self, parameter: Parameter, walk: Branch) -> tuple[_Place, Slot]:
        """A test for the type of a reference's target is left to the leaf: it reads it anyway."""
        column = parameter.code in (
            self.main_code(parameter.resource), self.clinical_date(parameter.resource),
        )  # fmt: skip
        stored = parameter.index == (parameter.code,)
        wanted = ""
        last = walk.steps[-1] if walk.steps else None
        if walk.type == "Reference" and isinstance(last, Where) and points_to(last.test):
            wanted = points_to(last.test)
            walk = walk._replace(steps=walk.steps[:-1])
        slot = Slot(parameter.code, parameter.number, stored, column, wanted)
        return (walk, parameter.type), slot

    def _computed(self, parameter: Parameter) -> Handler:
        """A parameter that the engine works out: of those, only tokens are indexed."""
        read = self._reading.of(parameter)
        slot = Slot(parameter.code, parameter.number)
        mask, hash = bits((slot,)), self.hash

        def computed(value: Any, sink: Sink) -> None:
            for found in read(value, value):
                if isinstance(found, TokenValue):
                    sink.present |= mask
                    sink.tokens += [hash(text) for text in coded((slot,), found.system, found.code)]

        return computed

    def _composites(self, type: str) -> Iterator[tuple[str, Leaf]]:
        """(key, leaf) of composites of two tokens; what others hold is left to the content."""
        for parameter in self.registry.of(type).values():
            kinds = [component.type for component in parameter.components]
            if kinds == ["token", "token"] and parameter.index == (parameter.code,):
                made = self._composite(parameter)
                for key in self._reading.keys(parameter):
                    yield key, made

    def _composite(self, parameter: Parameter) -> Leaf:
        read = self._reading.of(parameter)
        hash, code = self.hash, parameter.code

        def composite(value: Any, sink: Sink) -> None:
            for found in read(sink.root, sink.root):
                assert isinstance(found, CompositeValue)
                sink.tokens += [hash(f"{code}={text}") for text in _pairs(found)]

        return composite


def _pairs(value: CompositeValue) -> Iterator[str]:
    first, second = value.parts
    for left in first:
        for right in second:
            for one in _forms(left):
                for other in _forms(right):
                    yield f"{one}${other}"


def _forms(value: Value) -> tuple[str, ...]:
    if not isinstance(value, TokenValue) or value.code is None:
        return ()
    return value.code, f"{value.system or ''}|{value.code}"
