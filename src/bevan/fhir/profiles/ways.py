"""From a definition to those that a discriminator's path leads to, through types and profiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bevan.fhir.conformance import BadProfile, Snapshots
from bevan.fhir.conformance.node import Node

Step = tuple[str, str]


class Ways:
    """Follows paths through the trees of a library."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots

    def definitions(self, node: Node, way: list[Step]) -> list[Node]:
        """What is defined at the end of the path."""
        nodes = [node]
        for name, argument in way:
            nodes = [found for each in nodes for found in self._step(each, name, argument)]
        return nodes

    def tree(self, canonical: str) -> Node | None:
        """The tree of a profile; None when it isn't loaded, or is malformed."""
        try:
            return self._snapshots.find(canonical)
        except (BadProfile, TypeError, AttributeError, KeyError):
            return None

    def _step(self, node: Node, name: str, argument: str) -> Iterator[Node]:
        if name == "resolve()":
            yield from self._targets(node)
        elif name == "ofType()":
            yield from self._of_type(node, argument)
        elif name == "extension()":
            for child in self._named(node, "extension"):
                yield from (each for each in child.slices.values() if self._url(each) == argument)
        else:
            yield from self._named(node, name)

    def _targets(self, node: Node) -> Iterator[Node]:
        for type in node.types:
            for profile in type.get("targetProfile") or ():
                found = self.tree(profile)
                if found is not None:
                    yield _standing(found, profile)

    def _of_type(self, node: Node, wanted: str) -> Iterator[Node]:
        inner = [each for each in node.slices.values() if _codes(each) == {wanted}]
        yield from inner or [node]

    def _named(self, node: Node, name: str) -> Iterator[Node]:
        """The children of this name, of the definition itself or else of its types."""
        found = node.children.get(name) or node.children.get(name + "[x]")
        holders = [node] if found is not None else self._types(node)
        for holder in holders:
            child = holder.children.get(name) or holder.children.get(name + "[x]")
            if child is not None:
                yield child
                yield from child.slices.values()

    def _types(self, node: Node) -> list[Node]:
        found: list[Node] = []
        for type in node.types:
            for canonical in type.get("profile") or (str(type.get("code")),):
                tree = self.tree(canonical)
                if tree is not None:
                    found.append(tree)
        return found

    def _url(self, slice: Node) -> str:
        for type in slice.types:
            for profile in type.get("profile") or ():
                return str(profile).partition("|")[0]
        return ""


def _codes(node: Node) -> set[str]:
    return {str(type.get("code")) for type in node.types}


def _standing(tree: Node, profile: str) -> Node:
    """A target's tree as a definition of its own: of the profile's type, to be conformed to."""
    definition: Mapping[str, Any] = {
        **tree.definition,
        "type": [{"code": tree.path, "profile": [profile]}],
    }
    made = Node(tree.path, definition)
    made.children, made.slices = tree.children, tree.slices
    return made
