"""The slow why: every fault of a resource, with its path.

Walks the definition tables instead of compiled closures, so that it is a second opinion as well as
an explanation: what ``bevan.fhir.validation.fast`` says yes to, this finds no fault in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bevan.fhir import narrative, primitive
from bevan.fhir.definitions import Definitions, Element, TypeDefinition
from bevan.fhir.outcome import Issue, error
from bevan.fhir.validation import containment, references
from bevan.fhir.validation.rules import rules_of

Node = Mapping[str, Any]
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
            self._add("structure", "A resource is a JSON object", path or "Resource")
            return
        kind = value.get("resourceType")
        if not isinstance(kind, str) or kind not in self._resource_types:
            text = "resourceType is missing or names no resource type of R4"
            self._add("structure", text, path or "Resource")
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
            self._add("structure", f"{_name(kind)} is a JSON object", path)
            return
        if not value:
            self._add("structure", "An object may not be empty", path, "ele-1")
            return
        found = self._sorted(kind, value, path)
        for element in kind.elements.values():
            self._present(element, found.get(element.name, {}), value, path)
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
                self._add("structure", "There is no such element in R4", f"{path}.{_safe(key)}")
                continue
            found.setdefault(match[0].name, {})[name] = match[1]
        return found

    def _present(self, element: Element, names: Mapping[str, str], value: Node, path: str) -> None:
        if not names:
            if element.min:
                self._add("required", "The element is required", f"{path}.{element.name}")
            return
        if len(names) > 1:
            text = f"{element.name}[x] has more than one type"
            self._add("structure", text, f"{path}.{element.name}")
        for name, of in names.items():
            place = f"{path}.{name}"
            if self._primitive(of):
                self._primitives(element, of, value, name, place)
            elif element.many:
                self._list(element, of, value[name], place)
            else:
                self._single(element, of, value[name], place)

    def _primitive(self, of: str) -> bool:
        return self._types[of].kind == "primitive"

    def _list(self, element: Element, of: str, items: Any, path: str) -> None:
        if not self._is_array(element, items, path):
            return
        for position, item in enumerate(items):
            self._single(element, of, item, f"{path}[{position}]")

    def _is_array(self, element: Element, items: Any, path: str) -> bool:
        if not isinstance(items, list):
            self._add("structure", "The element repeats: a JSON array is needed", path)
            return False
        if not items:
            self._add("structure", "An array may not be empty", path)
        if 0 < element.max < len(items):
            self._add("structure", f"At most {element.max} are allowed", path)
        return bool(items)

    def _single(self, element: Element, of: str, value: Any, path: str) -> None:
        if isinstance(value, list):
            self._add("structure", "The element doesn't repeat: no JSON array here", path)
        elif of == "Resource":
            self.resource(value, path, inside=element.name == "contained")
        else:
            self._object(self._types[of], value, path)
            if isinstance(value, dict):
                self._bound(element, of, value, path)

    def _bound(self, element: Element, of: str, value: Node, path: str) -> None:
        if of == "Reference":
            self._reference(element, value, path)
        elif of == "Quantity" and element.simple and "comparator" in value:
            self._add("invariant", "No comparator is allowed here", path, "sqty-1")
        elif of == "CodeableConcept" and element.binding:
            codes = self._definitions.value_sets.get(element.binding)
            if codes is not None and not _coded(value, codes):
                text = f"No coding is from the required value set {element.binding}"
                self._add("code-invalid", text, path)

    # Primitives

    def _primitives(self, element: Element, of: str, value: Node, name: str, path: str) -> None:
        plain, extra = value.get(name, _ABSENT), value.get("_" + name, _ABSENT)
        if not element.many:
            self._both(element, of, plain, extra, path)
            return
        lists = [items for items in (plain, extra) if items is not _ABSENT]
        arrays = [self._is_array(element, items, path) for items in lists]
        if not all(arrays):
            return
        if len({len(items) for items in lists}) > 1:
            text = "The arrays of values and of extensions differ in length"
            self._add("structure", text, path)
            return
        for position in range(len(lists[0])):
            one = plain[position] if isinstance(plain, list) else None
            other = extra[position] if isinstance(extra, list) else None
            self._both(
                element,
                of,
                _ABSENT if one is None else one,
                _ABSENT if other is None else other,
                f"{path}[{position}]",
            )

    def _both(self, element: Element, of: str, plain: Any, extra: Any, path: str) -> None:
        if plain is _ABSENT and extra is _ABSENT:
            self._add("structure", "null stands for nothing here", path, "ele-1")
        if extra is not _ABSENT:
            self._object(self._types["Element"], extra, path)
            if plain is _ABSENT and isinstance(extra, dict) and "extension" not in extra:
                self._add("invariant", "An element has a value or extensions", path, "ele-1")
        if plain is not _ABSENT:
            self._plain(element, of, plain, path)

    def _plain(self, element: Element, of: str, value: Any, path: str) -> None:
        if of == "xhtml":
            fault = narrative.fault(value)
            if fault:
                self._add("invalid", fault, path, "R4 2.4.0.1")
        elif not primitive.CHECKS[of](value):
            self._add("value", f"Not a {of}: {primitive.FORMATS[of]}", path)
        elif element.binding and of == "code":
            codes = self._definitions.value_sets.get(element.binding)
            if codes is not None and not any(value in listed for listed in codes.values()):
                text = f"Not in the required value set {element.binding}"
                self._add("code-invalid", text, path)

    # References

    def _reference(self, element: Element, value: Node, path: str) -> None:
        text = value.get("reference")
        claimed = value.get("type")
        allowed = element.targets
        named = references.ANY
        if "reference" in value:
            kind = references.type_of(text, self._resource_types, conditional=self._conditional)
            if kind is None:
                self._add("value", "Not a reference that R4 allows here", f"{path}.reference")
            named = kind or (self._local(str(text), path) if str(text).startswith("#") else "")
        if named and allowed and named not in allowed:
            self._add("value", f"A {named} can't be referred to here", f"{path}.reference")
        if isinstance(claimed, str):
            self._claim(claimed, named, path)

    def _local(self, text: str, path: str) -> str:
        if text == "#":
            return references.ANY
        if text[1:] not in self._inside:
            text = "There is no such contained resource"
            self._add("not-found", text, f"{path}.reference", "ref-1")
            return references.ANY
        return self._inside[text[1:]]

    def _claim(self, claimed: str, named: str, path: str) -> None:
        if claimed in self._types and named and claimed != named:
            self._add("value", "The type isn't that of the reference", f"{path}.type")


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
