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


def flattened(resource: Node) -> list[dict[str, Any]] | None:
    """The resource and those inside it, each by itself, ``#x`` become ``Type/x``.

    For the quick check only: None where a look at the whole is needed (an unused or nameless
    contained resource, one with meta, nesting).
    """
    types = inside(resource)
    items = resource.get("contained")
    if not isinstance(items, list) or len(types) != len(items) or not types:
        return None
    if any("id" not in item or "meta" in item or "contained" in item for item in items):
        return None
    used: set[str] = set()
    rest = {key: value for key, value in resource.items() if key != "contained"}
    whole = [_rewritten(item, types, used) for item in (rest, *items)]
    return whole if used >= types.keys() else None


def _rewritten(value: Any, types: Mapping[str, str], used: set[str]) -> Any:
    if type(value) is dict:
        return {
            key: (
                _typed(item, types, used)
                if key == "reference" and type(item) is str
                else item
                if type(item) is str
                else _rewritten(item, types, used)
            )
            for key, item in value.items()
        }
    if type(value) is list:
        return [_rewritten(item, types, used) for item in value]
    return value


def _typed(text: str, types: Mapping[str, str], used: set[str]) -> str:
    kind = types.get(text[1:]) if text[:1] == "#" else None
    if kind is None:
        return text
    used.add(text[1:])
    return f"{kind}/{text[1:]}"


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
