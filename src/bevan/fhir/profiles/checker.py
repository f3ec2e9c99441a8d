"""Walks a resource along the trees of definitions and asks each element what they ask."""

from __future__ import annotations

from typing import Any

from bevan.fhir.conformance import Snapshots
from bevan.fhir.conformance.membership import Membership
from bevan.fhir.conformance.node import Node
from bevan.fhir.definitions import Definitions
from bevan.fhir.path.element import Element
from bevan.fhir.path.types import lineage
from bevan.fhir.profiles import bindings, contents, extensions, slicing, targets, values
from bevan.fhir.profiles.around import Around
from bevan.fhir.profiles.options import Options
from bevan.fhir.profiles.report import Report
from bevan.fhir.profiles.rules import Rules
from bevan.fhir.profiles.spot import Reader, Spot
from bevan.fhir.profiles.ways import Ways
from bevan.fhir.validation.rules import RULES

_SYSTEM = "http://hl7.org/fhirpath/System."
_EXPLAINED = frozenset({"ele-1", "ext-1", "dom-2", "dom-3", "dom-4", "dom-5", "dom-6", "ref-1",
                        "txt-1", "txt-2", "res-1", "bdl-3", "bdl-4"})  # fmt: skip
_BY_HAND = _EXPLAINED | {rule.key for rules in RULES.values() for rule in rules}
"""Rules that ``bevan.fhir.validation`` has checked already."""


class Checker:
    """One checker for all resources; what it makes of definitions it keeps.

    ``element`` is the walk along a profile; the walk along the base types, which looks at
    extensions, bindings and rules of R4 itself, is ``base``.
    """

    def __init__(
        self,
        definitions: Definitions,
        snapshots: Snapshots,
        membership: Membership,
        options: Options,
    ) -> None:
        self.snapshots = snapshots
        self.membership = membership
        self.options = options
        self.reader = Reader(definitions)
        self.ways = Ways(snapshots)
        self.rules = Rules(definitions, membership, self._conforms)
        self._going: set[tuple[int, str]] = set()
        self._inherited = snapshots.inherited
        self._lineages: dict[str, frozenset[str]] = {}

    # -- R4 itself --

    def base(self, spot: Spot, node: Node | None, around: Around, report: Report) -> None:
        """Rules, bindings and extensions of an element and all beneath it, by its type in R4."""
        tree = node if node is not None and node.children else self._tree(spot.type)
        for holder in (node, tree):
            if holder is not None:
                self._own(spot, holder, around, report)
        if node is not None and "binding" in node.definition:
            bindings.check(spot, node.definition["binding"], self.membership, report)
        if spot.type == "Extension":
            extensions.check(self, spot, around, report)
        elif spot.type in ("Coding", "Quantity"):
            bindings.known(spot, self.membership, report)
        contents.check(self, spot, report)
        for name, found in self.reader.children(spot).items():
            child = self._named(tree, name)
            for each in found:
                if not each.resource:
                    self.base(each, child, around, report)

    def _own(self, spot: Spot, node: Node, around: Around, report: Report) -> None:
        for rule in node.definition.get("constraint") or ():
            if rule.get("key") not in _BY_HAND:
                self.rules.check(spot, rule, around, report)

    def _tree(self, type: str) -> Node | None:
        first, _, rest = type.partition(".")
        node = self.ways.tree(first)
        for name in rest.split(".") if rest else ():
            node = node.children.get(name) if node is not None else None
        return node

    def _named(self, tree: Node | None, name: str) -> Node | None:
        if tree is None:
            return None
        return tree.children.get(name) or tree.children.get(name + "[x]")

    # -- profiles --

    def element(self, spot: Spot, node: Node, around: Around, report: Report) -> None:
        """What a profile asks of an element and of all beneath it."""
        if node.types and not self._right_type(spot, node):
            text = f"It has to be {' or '.join(self.code(type) for type in node.types)}"
            report.error("structure", text, spot.path, f"{node.path} type")
            return
        values.check(spot, node, report)
        self.profiled(spot, node, around, report)
        if spot.type == "Reference":
            targets.check(self, spot, node, around, report)
        binding = node.definition.get("binding")
        if binding is not None and id(binding) not in self._inherited:
            bindings.check(spot, binding, self.membership, report)
        inner = around.within(spot) if spot.resource and spot.parent is not None else around
        for rule in node.definition.get("constraint") or ():
            if id(rule) not in self._inherited and rule.get("key") not in _EXPLAINED:
                self.rules.check(spot, rule, around, report)
        if node.children:
            self._children(spot, node, inner, report)

    def _children(self, spot: Spot, node: Node, around: Around, report: Report) -> None:
        found = self.reader.children(spot)
        for name, child in node.children.items():
            spots = found.get(name.removesuffix("[x]"), [])
            self._counted(spot, child, len(spots), report)
            if child.slices:
                slicing.check(self, child, spots, spot, around, report)
            for each in spots:
                self.element(each, child, around, report)

    def _counted(self, parent: Spot, node: Node, count: int, report: Report) -> None:
        path = f"{parent.path}.{node.name.removesuffix('[x]')}"
        if isinstance(parent.value, dict) and count < node.min:
            text = f"At least {node.min} needed, {count} found"
            report.error("required", text, path, f"{node.path} {node.min}..")
        if node.max is not None and count > node.max:
            text = f"At most {node.max} allowed, {count} found"
            report.error("structure", text, path, f"{node.path} ..{node.max}")

    def profiled(self, spot: Spot, node: Node, around: Around, report: Report) -> None:
        """The element conforms to one of the profiles that its type may have here."""
        wanted: list[str] = []
        for type in node.types:
            if self.is_a(spot.type, self.code(type)):
                if not type.get("profile"):
                    return
                wanted += type["profile"]
        if not wanted or (spot.type == "Extension" and spot.text("url") in wanted):
            return
        inner = around.within(spot) if spot.resource and spot.parent is not None else around
        attempts: list[Report] = []
        for profile in wanted:
            tree = self.ways.tree(profile)
            attempt = Report()
            if tree is None:
                attempt.warning("not-found", f"Not checked: {profile} is not loaded", spot.path)
            else:
                self.once(spot, tree, profile, inner, attempt)
            attempts.append(attempt)
        chosen = next((each for each in attempts if not each.failed), attempts[0])
        report.take(chosen)

    def once(self, spot: Spot, tree: Node, profile: str, around: Around, report: Report) -> None:
        """Along a profile, unless the same element is being checked for it: circles end here."""
        key = (id(spot.value), profile)
        if key in self._going:
            return
        self._going.add(key)
        try:
            self.element(Spot(spot.element, spot.path, spot.name, None), tree, around, report)
        except (TypeError, AttributeError, KeyError, ValueError):
            text = f"Not checked: {profile} is malformed, or this is too malformed for it"
            report.warning("exception", text, spot.path)
        finally:
            self._going.discard(key)

    # -- types --

    def _right_type(self, spot: Spot, node: Node) -> bool:
        return "." in spot.type or any(
            type.get("code", "").startswith(_SYSTEM) or self.is_a(spot.type, self.code(type))
            for type in node.types
        )

    def is_a(self, type: str, wanted: str) -> bool:
        """True when a type is the wanted one, or a special case of it."""
        if type == wanted:
            return True
        above = self._lineages.get(type)
        if above is None:
            above = self._lineages[type] = frozenset(lineage(type, self.reader.definitions))
        return wanted in above

    def code(self, type: Any) -> str:
        """The FHIR type of an ElementDefinition.type; FHIRPath's own types by FHIR's name."""
        code = str(type.get("code", ""))
        if code.startswith(_SYSTEM):
            name = code.removeprefix(_SYSTEM)
            return name[:1].lower() + name[1:]
        return code.removeprefix(targets.BASE)

    def type_of(self, profile: str) -> str:
        """The type that a profile constrains; nothing when it isn't loaded."""
        found = self.snapshots.library.find("StructureDefinition", profile)
        return str(found.get("type", "")) if found is not None else ""

    def extension_url(self, slice: Node) -> str | None:
        """The url of the extensions in a slice: fixed in it, or that of the slice's profile."""
        url = slice.children.get("url")
        fixed = url.fixed() if url is not None else None
        if fixed is not None:
            return str(fixed[1])
        for type in slice.types:
            for profile in type.get("profile") or ():
                return str(profile).partition("|")[0]
        return None

    def narrow(self, node: Node) -> bool:
        """True when a binding is the profile's own, so that it may tell slices apart."""
        return id(node.definition.get("binding")) not in self._inherited

    def _conforms(self, resource: Any, profile: str, around: Around) -> bool | None:
        tree = self.ways.tree(profile)
        if tree is None:
            return None
        report = Report()
        spot = next(
            (each for each in (around.resource, around.root) if each.value is resource),
            None,
        )
        if spot is None:
            spot = Spot(Element(resource, str(resource.get("resourceType"))), "", "", None)
        self.once(spot, tree, profile, around, report)
        return not report.failed
