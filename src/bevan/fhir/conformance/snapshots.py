"""Snapshots from differentials: a profile's tree is its base's with the differential laid over it.

FHIR R4 5.1 (profiling): elements beneath a data type are copied in from that type when a
differential speaks of them, a content reference from the element it names; ``valueQuantity`` is
short for a slice of ``value[x]`` by type.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bevan.fhir.conformance.differential import BadProfile, Differential
from bevan.fhir.conformance.library import Library
from bevan.fhir.conformance.node import Definition, Node, tree

STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
SYSTEM = "http://hl7.org/fhirpath/System."
_DEEP = 20

__all__ = ["BadProfile", "Snapshots"]


class Snapshots:
    """The trees of one library's structures, each made once.

    ``inherited`` are the rules and bindings of types, by identity: what a profile's tree has from
    there isn't its own.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self.inherited: set[int] = set()
        self._made: dict[int, tuple[Mapping[str, Any], Node]] = {}

    def find(self, canonical: str) -> Node | None:
        """The tree of a type or profile by canonical address (a bare name is one of R4's types).

        None when it isn't loaded. Raises BadProfile when no tree can be made of it.
        """
        if ":" not in canonical:
            canonical = STRUCTURE + canonical
        structure = self.library.find("StructureDefinition", canonical)
        return None if structure is None else self.of(structure)

    def draft(self, structure: Mapping[str, Any]) -> Node:
        """The tree of a structure that isn't in the library; not kept. Raises BadProfile."""
        return self._make(structure, 0)

    def of(self, structure: Mapping[str, Any], depth: int = 0) -> Node:
        """The tree of a structure of the library. Raises BadProfile."""
        key = id(structure)
        if key not in self._made:
            # The structure is kept, too: its identity may not become another's.
            self._made[key] = structure, self._make(structure, depth)
        return self._made[key][1]

    def elements(self, structure: Mapping[str, Any]) -> list[Definition]:
        """The snapshot as ElementDefinitions with their ids, in order."""
        return [
            {"id": name, "path": node.path}
            | ({"sliceName": node.slice} if node.slice else {})
            | {k: v for k, v in node.definition.items() if k not in ("id", "path", "sliceName")}
            for name, node in self.of(structure).walk()
        ]

    def _make(self, structure: Mapping[str, Any], depth: int) -> Node:
        name = str(structure.get("url", ""))
        if depth > _DEEP:
            raise BadProfile(f"{name} is derived from itself")
        own = _elements(structure, "snapshot")
        if structure.get("derivation") != "constraint" and own:
            self._inherit(own)
            return tree(own)
        base = self.library.find("StructureDefinition", str(structure.get("baseDefinition", "")))
        changes = _elements(structure, "differential")
        if base is not None and (changes or not own):
            root = self.of(base, depth + 1)
            return Differential(self, root, name).applied(root.copy(root.path), changes)
        if not own:
            raise BadProfile(f"The base of {name} is not loaded")
        blank = Node(own[0]["path"], own[0])
        return Differential(self, blank, name, complete=True).applied(blank, own)

    def _inherit(self, elements: list[Definition]) -> None:
        for element in elements:
            self.inherited.update(id(rule) for rule in element.get("constraint") or ())
            if "binding" in element:
                self.inherited.add(id(element["binding"]))


def _elements(structure: Mapping[str, Any], part: str) -> list[Definition]:
    found = structure.get(part)
    elements = found.get("element") if isinstance(found, dict) else None
    if not isinstance(elements, list):
        return []
    return [each for each in elements if isinstance(each, dict) and "path" in each]
