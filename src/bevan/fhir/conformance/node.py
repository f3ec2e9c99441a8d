"""A snapshot as a tree: an element's definition with what is beneath it and how it is sliced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Definition = Mapping[str, Any]
"""An ElementDefinition (FHIR R4), as JSON."""


class Node:
    """One element of a snapshot.

    ``children`` are by name as in the definition, so ``value[x]``; ``slices`` by slice name. A
    slice is a node of its own with everything that it has in common with the element it slices.
    """

    __slots__ = ("children", "definition", "path", "slice", "slices")

    def __init__(self, path: str, definition: Definition, slice: str = "") -> None:
        self.path = path
        self.definition = definition
        self.slice = slice
        self.children: dict[str, Node] = {}
        self.slices: dict[str, Node] = {}

    @property
    def name(self) -> str:
        """The last step of the path."""
        return self.path.rpartition(".")[2]

    @property
    def types(self) -> list[Mapping[str, Any]]:
        """What values may be: ``code``, ``profile`` and ``targetProfile``."""
        return list(self.definition.get("type") or ())

    @property
    def min(self) -> int:
        """How many there must be."""
        found = self.definition.get("min", 0)
        return found if isinstance(found, int) else 0

    @property
    def max(self) -> int | None:
        """How many there may be, None for any number."""
        found = str(self.definition.get("max", "*"))
        return int(found) if found.isdecimal() else None

    def fixed(self) -> tuple[str, Any] | None:
        """The value of ``fixed[x]`` or ``pattern[x]`` with that word, if there is one."""
        for key, value in self.definition.items():
            if key.startswith(("fixed", "pattern")):
                return ("fixed" if key[0] == "f" else "pattern"), value
        return None

    def copy(self, path: str, *, slices: bool = True) -> Node:
        """This node and all beneath it, elsewhere."""
        made = Node(path, self.definition, self.slice)
        made.children = {
            name: child.copy(f"{path}.{name}") for name, child in self.children.items()
        }
        if slices:
            made.slices = {name: each.copy(path) for name, each in self.slices.items()}
        return made

    def walk(self, identifier: str = "") -> Iterator[tuple[str, Node]]:
        """This node and all beneath it with their ElementDefinition ids, in a snapshot's order."""
        here = identifier or self.path
        yield here, self
        for name, child in self.children.items():
            yield from child.walk(f"{here}.{name}")
        unsliced = here.removesuffix(f":{self.slice}")
        for name, each in self.slices.items():
            yield from each.walk(f"{unsliced}:{name}")


def tree(elements: list[Definition]) -> Node:
    """The tree of a snapshot that a StructureDefinition carries, without slices."""
    root = Node(elements[0]["path"], elements[0])
    places = {root.path: root}
    for element in elements[1:]:
        path = element["path"]
        parent, _, name = path.rpartition(".")
        node = places[path] = Node(path, element)
        places[parent].children[name] = node
    return root
