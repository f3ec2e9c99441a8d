"""Reads FHIR XML as the JSON that Bevan speaks (FHIR R4 2.6.1 and 2.6.2); for tests alone.

Decimals keep their digits. An element that R4 doesn't know is kept under its name, so that
validation can tell of it. What only XML can get wrong, such as the order of elements, is lost.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree  # test data that we chose

from bevan.fhir import json
from bevan.fhir.definitions import Definitions

FHIR = "{http://hl7.org/fhir}"
XHTML = "http://www.w3.org/1999/xhtml"
_BARE = frozenset({"boolean", "integer", "decimal", "unsignedInt", "positiveInt"})


class FhirXml:
    """A reader for one set of definitions."""

    def __init__(self, definitions: Definitions) -> None:
        self._types = definitions.types

    def read(self, text: bytes | str) -> dict[str, Any]:
        """The resource of a document; raises ParseError where it isn't well-formed."""
        ElementTree.register_namespace("", XHTML)
        root = ElementTree.fromstring(text)
        return self._resource(root)

    def _resource(self, node: ElementTree.Element) -> dict[str, Any]:
        kind = node.tag.removeprefix(FHIR)
        return {"resourceType": kind, **self._object(node, kind)}

    def _object(self, node: ElementTree.Element, kind: str) -> dict[str, Any]:
        found: dict[str, Any] = {key: value for key, value in node.attrib.items() if key != "value"}
        found = {key: value for key, value in found.items() if not key.startswith("{")}
        groups: dict[str, list[ElementTree.Element]] = {}
        for child in node:
            groups.setdefault(child.tag.removeprefix(FHIR), []).append(child)
        for name, children in groups.items():
            self._group(found, kind, name, children)
        return found

    def _group(
        self, found: dict[str, Any], kind: str, name: str, children: list[ElementTree.Element]
    ) -> None:
        if name.endswith("}div"):
            found["div"] = ElementTree.tostring(children[0], encoding="unicode").strip()
            return
        definition = self._types.get(kind)
        match = definition.find(name) if definition is not None else None
        of, many = (match[1], match[0].many) if match else ("Element", len(children) > 1)
        many = many or len(children) > 1
        pairs = [self._value(child, of) for child in children]
        values, extras = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        if any(value is not None for value in values):
            found[name] = values if many else values[0]
        if any(extra is not None for extra in extras):
            found["_" + name] = extras if many else extras[0]

    def _value(self, node: ElementTree.Element, of: str) -> tuple[Any, Any]:
        """The value, and what ``_name`` holds beside a primitive."""
        kind = self._types.get(of)
        if of in ("Resource", "DomainResource"):
            return (self._resource(node[0]) if len(node) else {}), None
        if kind is None or kind.kind != "primitive":
            inner = self._object(node, of)
            return (
                {**inner, "value": node.get("value")} if "value" in node.attrib else inner
            ), None
        extra = self._object(node, "Element") or None
        return _primitive(node.get("value"), of), extra


def _primitive(text: str | None, of: str) -> Any:
    if text is None or of not in _BARE:
        return text
    try:
        return json.decode(text.encode())
    except ValueError:
        return text
