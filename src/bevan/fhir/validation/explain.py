"""The slow why: every fault of a resource, with its path.

Walks the definition tables instead of compiled closures, so that it is a second opinion as well as
an explanation: what ``bevan.fhir.validation.fast`` says yes to, this finds no fault in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from bevan.fhir import narrative, primitive
from bevan.fhir.definitions import Definitions, Element, TypeDefinition
from bevan.fhir.outcome import Issue, error
from bevan.fhir.validation import containment, references
from bevan.fhir.validation.rules import rules_of

Node = Mapping[str, Any]

JSON = "R4 json"
_ABSENT = object()


class Explainer:
    """One walk through one resource. Read ``issues`` afterwards."""

    def __init__(self, definitions: Definitions, *, conditional: bool) -> None:
        self._definitions = definitions
        self._types = definitions.types
        self._resource_types = frozenset(definitions.resource_types)
        self._conditional = conditional
        self._inside: Mapping[str, str] = {}
        self.issues: list[Issue] = []

    def resource(self, value: Any, path: str = "", *, inside: bool = False) -> None:
        """Look at a resource: the one submitted, an entry of a Bundle, or a contained one."""
        if not isinstance(value, dict):
            self._add("structure", "A resource is a JSON object", path or "Resource", JSON)
            return
        kind = value.get("resourceType")
        if not isinstance(kind, str) or kind not in self._resource_types:
            text = "resourceType is missing or names no resource type of R4"
            self._add("structure", text, path or "Resource", JSON)
            return
        outer, conditional = self._inside, self._conditional
        path = path or kind
        if not inside:
            self._inside = containment.inside(value)
            self.issues.extend(containment.issues(value, path))
        if kind == "Bundle" and value.get("type") in ("transaction", "batch"):
            self._conditional = True
        self._object(self._types[kind], value, path)
        self._inside, self._conditional = outer, conditional

    def _add(self, code: str, text: str, path: str, rule: str = "") -> None:
        self.issues.append(error(code, text, path, rule))

    def _object(self, kind: TypeDefinition, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            self._add("structure", f"{_name(kind)} is a JSON object", path, JSON)
            return
        if not value:
            self._add("structure", "An object may not be empty", path, JSON)
            return
        found = self._sorted(kind, value, path)
        for element in kind.elements.values():
            self._present(_Slot(kind, element), found.get(element.name, {}), value, path)
        if kind.kind != "resource" and value.keys() == {"id"}:
            self._add("invariant", "An element has a value or children", path, "ele-1")
        for rule in rules_of(kind, self._types):
            if not rule.test(value):
                self._add("invariant", rule.text, path, rule.key)

    def _sorted(self, kind: TypeDefinition, value: Node, path: str) -> dict[str, dict[str, str]]:
        """The names in use by element, with the type each implies; strange ones reported."""
        found: dict[str, dict[str, str]] = {}
        for key in value:
            if key == "resourceType" and kind.kind == "resource":
                continue
            name = key.removeprefix("_")
            match = kind.find(name)
            if match is None or (key != name and not self._primitive(match[1])):
                text = "There is no such element in R4"
                self._add("structure", text, f"{path}.{_safe(key)}", f"R4 {kind.name}")
                continue
            found.setdefault(match[0].name, {})[name] = match[1]
        return found

    def _present(self, slot: _Slot, names: Mapping[str, str], value: Node, path: str) -> None:
        name = slot.element.name
        if not names:
            if slot.element.min:
                text = "The element is required"
                self._add("required", text, f"{path}.{name}", slot.cardinality)
            return
        if len(names) > 1:
            text = f"{name}[x] has more than one type"
            self._add("structure", text, f"{path}.{name}", slot.cardinality)
        for json_name, of in names.items():
            place = f"{path}.{json_name}"
            if self._primitive(of):
                self._primitives(slot, of, value, json_name, place)
            elif slot.element.many:
                self._list(slot, of, value[json_name], place)
            else:
                self._single(slot, of, value[json_name], place)

    def _primitive(self, of: str) -> bool:
        return self._types[of].kind == "primitive"

    def _list(self, slot: _Slot, of: str, items: Any, path: str) -> None:
        if self._is_array(slot, items, path):
            for position, item in enumerate(items):
                self._single(slot, of, item, f"{path}[{position}]")

    def _is_array(self, slot: _Slot, items: Any, path: str) -> bool:
        if not isinstance(items, list):
            text = "The element repeats: a JSON array is needed"
            self._add("structure", text, path, slot.cardinality)
            return False
        if not items:
            self._add("structure", "An array may not be empty", path, JSON)
        return bool(items)

    def _single(self, slot: _Slot, of: str, value: Any, path: str) -> None:
        if isinstance(value, list):
            text = "The element doesn't repeat: no JSON array here"
            self._add("structure", text, path, slot.cardinality)
        elif of == "Resource":
            self.resource(value, path, inside=slot.element.name == "contained")
        else:
            self._object(self._types[of], value, path)
            if isinstance(value, dict):
                self._bound(slot, of, value, path)

    def _bound(self, slot: _Slot, of: str, value: Node, path: str) -> None:
        element = slot.element
        if of == "Reference":
            self._reference(slot, value, path)
        elif of == "Quantity" and element.simple and "comparator" in value:
            self._add("invariant", "No comparator is allowed here", path, "sqty-1")
        elif of == "CodeableConcept" and element.binding:
            codes = self._definitions.value_sets.get(element.binding)
            if codes is not None and not _coded(value, codes):
                text = f"No coding is from the required value set {element.binding}"
                self._add("code-invalid", text, path, f"R4 {slot.path} binding")

    # Primitives

    def _primitives(self, slot: _Slot, of: str, value: Node, name: str, path: str) -> None:
        plain, extra = value.get(name, _ABSENT), value.get("_" + name, _ABSENT)
        if not slot.element.many:
            self._both(slot, of, plain, extra, path)
            return
        lists = [items for items in (plain, extra) if items is not _ABSENT]
        arrays = [self._is_array(slot, items, path) for items in lists]
        if not all(arrays):
            return
        if len({len(items) for items in lists}) > 1:
            text = "The arrays of values and of extensions differ in length"
            self._add("structure", text, path, JSON)
            return
        for position in range(len(lists[0])):
            one, other = (_at(items, position) for items in (plain, extra))
            self._both(slot, of, one, other, f"{path}[{position}]")

    def _both(self, slot: _Slot, of: str, plain: Any, extra: Any, path: str) -> None:
        if plain is _ABSENT and extra is _ABSENT:
            self._add("structure", "null stands for nothing here", path, JSON)
        if extra is not _ABSENT:
            bare = plain is not _ABSENT and isinstance(extra, dict) and extra.keys() == {"id"}
            if not bare:  # an id alone is enough beside a value
                self._object(self._types["Element"], extra, path)
            elif not primitive.string(extra["id"]):
                self._add("value", "Not a string", f"{path}.id", "R4 datatypes, string")
        if plain is not _ABSENT:
            self._plain(slot, of, plain, path)

    def _plain(self, slot: _Slot, of: str, value: Any, path: str) -> None:
        if of == "xhtml":
            fault = narrative.fault(value)
            if fault:
                self._add("invalid", fault, path, "R4 narrative")
        elif not primitive.CHECKS[of](value):
            text = f"Not a {of}: {primitive.FORMATS[of]}"
            self._add("value", text, path, f"R4 datatypes, {of}")
        elif slot.element.binding and of == "code":
            codes = self._definitions.value_sets.get(slot.element.binding)
            if codes is not None and not any(value in listed for listed in codes.values()):
                text = f"Not in the required value set {slot.element.binding}"
                self._add("code-invalid", text, path, f"R4 {slot.path} binding")

    # References

    def _reference(self, slot: _Slot, value: Node, path: str) -> None:
        place = f"{path}.reference"
        named = references.ANY
        text = value.get("reference")
        if isinstance(text, str) and primitive.string(text):
            kind = references.type_of(text, self._resource_types, conditional=self._conditional)
            if kind is None:
                self._add("value", "Not a reference that R4 allows here", place, "R4 references")
            named = kind or (self._local(text, place) if text[0] == "#" else references.ANY)
        targets = slot.element.targets
        if named and targets and named not in targets:
            text = f"A {named} can't be referred to here"
            rule = f"R4 {slot.path} Reference({', '.join(targets)})"
            self._add("value", text, place, rule)
        claimed = value.get("type")
        known = isinstance(claimed, str) and claimed in self._resource_types
        if named and known and claimed != named:
            text = "The type isn't that of the reference"
            self._add("value", text, f"{path}.type", "R4 Reference.type")

    def _local(self, text: str, place: str) -> str:
        if text == "#":
            return references.ANY
        if text[1:] not in self._inside:
            text = "There is no such contained resource"
            self._add("not-found", text, place, "ref-1")
            return references.ANY
        return self._inside[text[1:]]


class _Slot(NamedTuple):
    """An element where it is defined."""

    kind: TypeDefinition
    element: Element

    @property
    def path(self) -> str:
        return f"{self.kind.name}.{self.element.name}{'[x]' if self.element.choice else ''}"

    @property
    def cardinality(self) -> str:
        return f"R4 {self.path} {self.element.min}..{self.element.max or '*'}"


def _at(items: Any, position: int) -> Any:
    """The item, absent where there is no array and where it holds null."""
    item = items[position] if isinstance(items, list) else None
    return _ABSENT if item is None else item


def _coded(concept: Node, codes: Mapping[str, frozenset[str]]) -> bool:
    return any(
        coding.get("code") in codes.get(str(coding.get("system")), ())
        for coding in _dicts(concept.get("coding"))
        if isinstance(coding.get("code"), str)
    )


def _dicts(items: Any) -> Iterator[Node]:
    if isinstance(items, list):
        yield from (item for item in items if isinstance(item, dict))


def _name(kind: TypeDefinition) -> str:
    return "An element" if kind.kind == "backbone" else f"A value of type {kind.name}"


def _safe(key: str) -> str:
    """A key as part of a path; a strange one isn't repeated, it may be anything."""
    return key if key.isidentifier() and len(key) <= 64 else "?"
