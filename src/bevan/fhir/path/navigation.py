"""From an element to its children, by the definitions of its type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from bevan.fhir.definitions import Definitions
from bevan.fhir.definitions import Element as Definition
from bevan.fhir.path.element import Element, Items

_ANY = frozenset({"Resource", "DomainResource", "Element", "BackboneElement"})


class Navigation:
    """Children of elements; keeps what each (type, name) stands for in JSON."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self._keys: dict[tuple[str, str], tuple[tuple[str, str, bool], ...]] = {}

    def root(self, value: Any, type: str | None = None) -> Element:
        """The element of a resource or of another value; what is an element already is itself."""
        if isinstance(value, Element):
            return value
        if isinstance(value, Mapping) and "resourceType" in value:
            return Element(value, value["resourceType"])
        return Element(value, type or "Element")

    def children(self, element: Element, name: str) -> Items:
        """The children called `name` (a choice element without its type)."""
        value = element.value
        if not isinstance(value, dict):
            return self._of_primitive(element, name)
        if element.type == "TypeInfo":
            return [value[name]] if name in value else []
        found: Items = []
        for key, type, many in self.keys(element.type, name):
            found += self._read(value, key, type, many)
        return found

    def every(self, element: Element) -> Items:
        """All children."""
        definition = self.definitions.types.get(element.type)
        if definition is None:
            return []
        return [child for name in definition.elements for child in self.children(element, name)]

    def keys(self, type: str, name: str) -> tuple[tuple[str, str, bool], ...]:
        """(JSON key, type, many) of each form that an element may have."""
        found = self._keys.get((type, name))
        if found is None:
            element = self.element(type, name)
            found = self._keys[type, name] = tuple(
                (key, kind, element.many) for key, kind in element.json_names()
            ) if element else ()  # fmt: skip
        return found

    def element(self, type: str, name: str) -> Definition | None:
        """The definition of a type's element."""
        definition = self.definitions.types.get(type)
        return definition.elements.get(name) if definition else None

    def unknown(self, types: frozenset[str] | None, name: str) -> bool:
        """True when none of these types (None: any) can have a child of this name."""
        if not types or not _ANY.isdisjoint(types):
            return False
        return all(t in self.definitions.types and not self.element(t, name) for t in types)

    def results(self, types: frozenset[str] | None, name: str) -> frozenset[str] | None:
        """The types that such a child may have; None when that can't be told."""
        if types is None or not _ANY.isdisjoint(types):
            return None
        return frozenset(kind for type in types for _, kind, _ in self.keys(type, name))

    def _of_primitive(self, element: Element, name: str) -> Items:
        if element.extra is None:
            return []
        found: Items = []
        for key, type, many in self.keys("Element", name):
            found += self._read(element.extra, key, type, many)
        return found

    def _read(self, value: Mapping[str, Any], key: str, type: str, many: bool) -> Iterator[Element]:
        inner, extra = value.get(key), value.get(f"_{key}")
        if inner is None and extra is None:
            return
        if not many:
            yield self._made(inner, type, extra)
            return
        values = inner or [None] * len(extra or ())
        extras = extra or [None] * len(values)
        for item, more in zip_longest(values, extras):
            if item is not None or more is not None:
                yield self._made(item, type, more)

    def _made(self, value: Any, type: str, extra: Any) -> Element:
        if isinstance(value, dict) and "resourceType" in value:
            return Element(value, value["resourceType"])
        return Element(value, type, extra)
