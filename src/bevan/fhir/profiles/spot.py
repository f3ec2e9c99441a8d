"""A place in a resource: the element there, how to say where it is, and what it is within."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from bevan.fhir.definitions import Definitions
from bevan.fhir.path.element import Element


class Spot:
    """An element at its place. ``path`` is what an issue's expression says, ``name`` the element's
    name without a choice's type; ``parent`` is None for a resource that was given by itself.
    """

    __slots__ = ("element", "name", "parent", "path")

    def __init__(self, element: Element, path: str, name: str, parent: Spot | None) -> None:
        self.element = element
        self.path = path
        self.name = name
        self.parent = parent

    @property
    def value(self) -> Any:
        """The JSON here; None for a primitive that has extensions only."""
        return self.element.value

    @property
    def type(self) -> str:
        """The FHIR type, or a path such as ``Patient.contact``."""
        return self.element.type

    @property
    def resource(self) -> bool:
        """True when a resource is here."""
        return isinstance(self.value, dict) and "resourceType" in self.value

    def text(self, name: str) -> str:
        """A child's value if that is text, else nothing."""
        found = self.value.get(name) if isinstance(self.value, dict) else None
        return found if isinstance(found, str) else ""


class Reader:
    """From a spot to those beneath it, by the definitions of its type."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self._known: dict[tuple[str, str], tuple[str, str] | None] = {}

    def children(self, spot: Spot) -> dict[str, list[Spot]]:
        """What is beneath by the element's name; what R4 doesn't know is passed over."""
        value, type = spot.value, spot.type
        if not isinstance(value, dict):
            value, type = spot.element.extra, "Element"
            if not isinstance(value, dict):
                return {}
        found: dict[str, list[Spot]] = {}
        for key in value:
            plain = key.removeprefix("_")
            known = self.known(type, plain)
            if known is None or (key != plain and plain in value):
                continue
            name, of = known
            found.setdefault(name, []).extend(self._spots(spot, value, plain, name, of))
        return found

    def known(self, type: str, key: str) -> tuple[str, str] | None:
        """The element's name and type that a JSON key stands for."""
        if (type, key) not in self._known:
            definition = self.definitions.types.get(type)
            match = definition.find(key) if definition is not None else None
            self._known[type, key] = (match[0].name, match[1]) if match else None
        return self._known[type, key]

    def _spots(
        self, parent: Spot, holder: Mapping[str, Any], key: str, name: str, of: str
    ) -> list[Spot]:
        inner, extra = holder.get(key), holder.get("_" + key)
        path = f"{parent.path}.{key}"
        if not isinstance(inner, list) and not isinstance(extra, list):
            return [Spot(self._element(inner, of, extra), path, name, parent)]
        values = inner if isinstance(inner, list) else []
        extras = extra if isinstance(extra, list) else []
        return [
            Spot(self._element(one, of, more), f"{path}[{n}]", name, parent)
            for n, (one, more) in enumerate(zip_longest(values, extras))
            if one is not None or more is not None
        ]

    def _element(self, value: Any, of: str, extra: Any) -> Element:
        if isinstance(value, dict) and isinstance(value.get("resourceType"), str):
            return Element(value, value["resourceType"])
        return Element(value, of, extra)
