"""Lays a differential over the tree of the base, in the order in which it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from bevan.fhir.conformance.merging import merged, of_slice
from bevan.fhir.conformance.node import Definition, Node

if TYPE_CHECKING:
    from bevan.fhir.conformance.snapshots import Snapshots

_BY_TYPE = {"discriminator": [{"type": "type", "path": "$this"}], "rules": "open", "ordered": False}
_BY_URL = {
    "discriminator": [{"type": "value", "path": "url"}],
    "rules": "open",
    "ordered": False,
}


class BadProfile(ValueError):
    """A profile that makes no sense, or whose base isn't loaded; the text says which and why."""


class Differential:
    """One walk through a differential. ``complete`` ones are snapshots: they bring every element,
    nothing is copied in from types.
    """

    def __init__(
        self, snapshots: Snapshots, base: Node, name: str, *, complete: bool = False
    ) -> None:
        self._snapshots = snapshots
        self._base = base
        self._name = name
        self._complete = complete
        self._open: dict[str, Node] = {}
        self._short: dict[int, tuple[list[Definition], set[str]]] = {}

    def applied(self, root: Node, elements: Iterable[Definition]) -> Node:
        """The tree of the base, changed by the elements; raises BadProfile."""
        self._open = {root.path: root}
        for element in elements:
            path = str(element["path"])
            first, _, rest = path.partition(".")
            if first != root.path:  # a snapshot of a type that is named otherwise
                path = f"{root.path}.{rest}" if rest else root.path
            self._element(root, path, element)
        return root

    def _element(self, root: Node, path: str, element: Definition) -> None:
        if path == root.path:
            root.definition = merged(root.definition, element)
            return
        self._open = {
            open: node for open, node in self._open.items() if not open.startswith(path + ".")
        }
        parent_path, _, name = path.rpartition(".")
        parent = self._open.get(parent_path) or self._reach(parent_path)
        node, type = self._child(parent, name)
        wanted = str(element.get("sliceName") or "")
        if type and not wanted:
            wanted = name
            self._narrow(node, type)
        if wanted:
            node = self._slice(node, wanted, type)
        node.definition = merged(node.definition, element)
        self._open[path] = node

    def _narrow(self, node: Node, type: str) -> None:
        """A choice that is spoken of in short form only has the types that are spoken of."""
        types, kept = self._short.setdefault(id(node), (node.types, set()))
        kept.add(type)
        narrowed = [each for each in types if each.get("code") in kept]
        node.definition = {**node.definition, "type": narrowed}

    def _reach(self, path: str) -> Node:
        """The node of a path that the differential steps over."""
        if path in self._open:
            return self._open[path]
        above, _, name = path.rpartition(".")
        if not above:
            raise BadProfile(f"{self._name}: there is no element {path}")
        node, type = self._child(self._reach(above), name)
        if type:
            self._narrow(node, type)
            node = self._slice(node, name, type)
        self._open[path] = node
        return node

    def _child(self, parent: Node, name: str) -> tuple[Node, str]:
        """A child, and for the short form of a choice the type that it names."""
        if not parent.children and not self._complete:
            expand(self._snapshots, parent, self._base)
        found = parent.children.get(name) or parent.children.get(name + "[x]")
        if found is not None:
            return found, ""
        for full, child in parent.children.items():
            stem = full.removesuffix("[x]")
            if full != stem and name.startswith(stem):
                for type in self._short.get(id(child), (child.types, ()))[0]:
                    if name[len(stem) :].lower() == str(type.get("code", "")).lower():
                        return child, str(type["code"])
        if self._complete:
            made = parent.children[name] = Node(f"{parent.path}.{name}", {})
            return made, ""
        raise BadProfile(f"{self._name}: there is no element {parent.path}.{name}")

    def _slice(self, node: Node, name: str, type: str) -> Node:
        """The slice of a node, or of its slice for a name like ``one/two``; made when new."""
        above = next(_above(node, name), None)
        holder = node if above is None else above
        found = holder.slices.get(name)
        if found is not None:
            return found
        if node is holder and "slicing" not in node.definition:
            default = _BY_TYPE if node.name.endswith("[x]") else None
            default = _BY_URL if node.name in ("extension", "modifierExtension") else default
            if default is not None:
                node.definition = {**node.definition, "slicing": default}
        made = holder.copy(holder.path, slices=False)
        made.slice = name
        made.definition = of_slice(holder.definition)
        type = type or self._type_of(node, name)
        if type:
            made.definition["type"] = [each for each in node.types if each.get("code") == type]
            made.children = {}
        holder.slices[name] = made
        return made

    def _type_of(self, node: Node, name: str) -> str:
        """The type that a slice of a choice is for, by its name."""
        stem = node.name.removesuffix("[x]")
        if stem == node.name:
            return ""
        for type in node.types:
            if name.lower() == (stem + str(type.get("code", ""))).lower():
                return str(type["code"])
        return ""


def _above(node: Node, name: str) -> Iterator[Node]:
    """The slice that a re-slice is of."""
    for known, each in node.slices.items():
        if name.startswith(known + "/"):
            yield next(_above(each, name), each)


def expand(snapshots: Snapshots, node: Node, base: Node) -> None:
    """Give a node the children that its type, or the element it refers to, has."""
    source = _source(snapshots, node, base)
    if source is not None:
        copied = source.copy(node.path)
        node.children = copied.children


def _source(snapshots: Snapshots, node: Node, base: Node) -> Node | None:
    reference = node.definition.get("contentReference")
    if isinstance(reference, str):
        return _at(base, reference.rpartition("#")[2])
    types = node.types
    if len(types) > 1:
        return snapshots.find("Element")
    for type in types:
        profiles = type.get("profile") or ()
        for canonical in (*profiles[:1], _code(type)):
            found = snapshots.find(canonical)
            if found is not None:
                return found
    return None


def _code(type: Definition) -> str:
    code = str(type.get("code", "Element"))
    name = code.rpartition(".")[2]
    return name[:1].lower() + name[1:] if "fhirpath/System." in code else code


def _at(base: Node, path: str) -> Node | None:
    """The element of a content reference such as ``Questionnaire.item``."""
    node: Node | None = base
    for name in path.split(".")[1:]:
        node = node.children.get(name) if node is not None else None
    return node
