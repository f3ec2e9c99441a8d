"""Parts of a resource on request: `_summary` and `_elements` on a read (FHIR R4 3.1.0.1.7).

A search does this in the record; a read of one resource does it here, on what the scope let out.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from bevan.api.errors import bad_request
from bevan.api.request import Request
from bevan.fhir import json
from bevan.fhir.definitions import TypeDefinition

_ALWAYS = frozenset({"resourceType", "id", "meta"})
_SUBSETTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
}


def shaped(content: bytes, request: Request) -> bytes:
    """The resource, cut as the query asks; untouched bytes when it asks for nothing.

    Raises Refused 400 for other parameters, which a read doesn't have, and for values unknown.
    """
    if not request.query:
        return content
    wanted = dict(parse_qsl(request.query, keep_blank_values=True))
    unknown = sorted(set(wanted) - {"_summary", "_elements"})
    if unknown and request.prefer.handling != "lenient":
        raise bad_request(f"A read doesn't know the parameter {unknown[0]}.", code="not-supported")
    if "_elements" in wanted:
        return _cut(content, request, _elements(wanted["_elements"], request))
    return _summarised(content, request, wanted.get("_summary", "false"))


def _summarised(content: bytes, request: Request, summary: str) -> bytes:
    if summary == "false":
        return content
    elements = _definition(request).elements.values()
    if summary == "true":
        return _cut(content, request, {e.name for e in elements if e.summary})
    if summary == "text":
        return _cut(content, request, {e.name for e in elements if e.min} | {"text"})
    if summary == "data":
        return _cut(content, request, {e.name for e in elements} - {"text"})
    raise bad_request("_summary must be true, text, data or false.", expression="_summary")


def _elements(names: str, request: Request) -> set[str]:
    definition = _definition(request)
    known = definition.elements
    kept = {name.strip().removeprefix(f"{definition.name}.") for name in names.split(",")}
    for name in sorted(kept - set(known)):
        raise bad_request(f"{definition.name} has no element {name}.", expression="_elements")
    return kept | {e.name for e in known.values() if e.min}


def _cut(content: bytes, request: Request, kept: set[str]) -> bytes:
    definition = _definition(request)
    result: dict[str, Any] = {}
    for key, value in json.decode(content).items():
        found = definition.find(key.removeprefix("_"))
        if key in _ALWAYS or (found is not None and found[0].name in kept):
            result[key] = value
    return json.encode(_tagged(result))


def _definition(request: Request) -> TypeDefinition:
    assert request.type is not None
    return request.backing.definitions.types[request.type]


def _tagged(resource: dict[str, Any]) -> dict[str, Any]:
    # A part must say that it is one, or somebody stores it over the whole (3.2.1.5.9).
    meta = dict(resource.get("meta") or {})
    meta["tag"] = [*meta.get("tag", ()), _SUBSETTED]
    return {
        key: meta if key == "meta" else value
        for key, value in ({"resourceType": "", "id": "", "meta": {}} | resource).items()
    }
