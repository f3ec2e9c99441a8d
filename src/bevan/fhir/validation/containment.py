"""The rules about contained resources (R4 references; dom-2 to dom-5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bevan.fhir.outcome import Issue, error

Node = Mapping[str, Any]


def inside(resource: Node) -> dict[str, str]:
    """The type of each contained resource by its id."""
    return {str(item.get("id")): str(item.get("resourceType")) for _, item in _contained(resource)}


def issues(resource: Node, path: str) -> Iterator[Issue]:
    """Faults in how resources are contained."""
    if not isinstance(resource.get("contained"), list):
        return
    local, back = _local(resource)
    for position, item in _contained(resource):
        place = f"{path}.contained[{position}]"
        if "contained" in item:
            yield error("invariant", "Contained resources hold no others", place, "dom-2")
        if not _referred(item, local, back):
            yield error("invariant", "Nothing refers to the contained resource", place, "dom-3")
        meta = item.get("meta")
        if isinstance(meta, dict):
            yield from _meta(meta, place)


def simple(resource: Node) -> dict[str, str] | None:
    """What ``inside`` says, for the quick check: None where the whole needs a closer look."""
    types = inside(resource)
    items = resource["contained"]
    if not isinstance(items, list) or len(types) != len(items) or not types:
        return None
    for item in items:
        if "id" not in item or "meta" in item or "contained" in item:
            return None
    return types


def _meta(meta: Node, place: str) -> Iterator[Issue]:
    if "versionId" in meta or "lastUpdated" in meta:
        text = "A contained resource has no version and no time of change"
        yield error("invariant", text, f"{place}.meta", "dom-4")
    if "security" in meta:
        yield error("invariant", "A contained resource has no label", f"{place}.meta", "dom-5")


def _contained(resource: Node) -> Iterator[tuple[int, Node]]:
    items = resource.get("contained")
    if isinstance(items, list):
        yield from ((n, item) for n, item in enumerate(items) if isinstance(item, dict))


def _referred(item: Node, local: set[str], back: set[int]) -> bool:
    """HL7's dom-3: referred to from elsewhere in the resource, or refers to what holds it."""
    return "id" not in item or f"#{item['id']}" in local or id(item) in back


def _local(resource: Node) -> tuple[set[str], set[int]]:
    """Every text that begins with ``#``, and the contained resources that have a bare one."""
    texts: set[str] = set()
    back: set[int] = set()
    for key, value in resource.items():
        if key != "contained":
            texts.update(_texts(value))
    for _, item in _contained(resource):
        found = set(_texts(item))
        texts |= found
        if "#" in found:
            back.add(id(item))
    return texts, back


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value.startswith("#"):
            yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
