"""References inside a transaction: to its own entries, and conditional ones (FHIR R4 3.1.0.11.2).

Replaced are references (``reference``), elements of the types uri, url, oid, uuid and canonical,
and ``href`` and ``src`` in the narrative. A string that merely looks like an address stays.

In most Bundles references are all that changes: these take a short way, which copies only what
leads to one. Whatever else may point goes the long way, which knows the type of every element.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from bevan.fhir.definitions import Definitions

_ADDRESSES = frozenset({"uri", "url", "oid", "uuid", "canonical"})
_UNKNOWN: Mapping[str, str] = MappingProxyType({})
_CONDITIONAL = re.compile(r"([A-Z][A-Za-z]+)\?(.+)", re.ASCII | re.DOTALL)
_POINTING = frozenset({"reference", "div"})
_LINK = re.compile(r"""((?:href|src)\s*=\s*)(["'])([^"']*)\2""")
_RESTFUL = re.compile(r"(.*/)[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}", re.ASCII)

Replace = Callable[[str], str | None]


Kinds = Mapping[str, Mapping[str, str]]
"""Type → JSON name → FHIR type of that element."""


def kinds_of(definitions: Definitions) -> Kinds:
    """The element types that a walk through a resource needs."""
    return {
        name: dict(pair for element in type.elements.values() for pair in element.json_names())
        for name, type in definitions.types.items()
    }


def conditional(resource: Any) -> Iterator[tuple[str, str]]:
    """(type, query) of every conditional reference, such as ``Practitioner?identifier=1``."""
    for node in _objects(resource):
        reference = node.get("reference")
        if isinstance(reference, str) and "?" in reference:
            match = _CONDITIONAL.fullmatch(reference)
            if match is not None:
                yield match[1], match[2]


class References:
    """What each address in a transaction stands for now."""

    def __init__(self, kinds: Kinds, targets: Mapping[str, str]) -> None:
        """``targets``: full URL or condition → ``Type/id``."""
        self._kinds = kinds
        self._targets = targets

    def rewritten(self, resource: dict[str, Any], full_url: str) -> dict[str, Any]:
        """The same, pointing to where things are now; ``full_url`` is that of its entry.

        A relative reference is read against the entry's own server (FHIR R4 2.36.4.1).
        """
        match = _RESTFUL.fullmatch(full_url)
        if match is None:
            try:
                return _pointed(resource, self._targets)
            except _TypesMatter:
                return self._long(resource, self._targets.get)
        base = match[1]
        return self._long(
            resource, lambda text: self._targets.get(text) or self._targets.get(base + text)
        )

    def _long(self, resource: dict[str, Any], replace: Replace) -> dict[str, Any]:
        return self._object(resource, resource["resourceType"], replace)

    def _object(self, node: dict[str, Any], type: str, replace: Replace) -> dict[str, Any]:
        if type == "Resource":
            type = str(node.get("resourceType"))
        kinds = self._kinds.get(type, _UNKNOWN)
        return {key: self._value(value, kinds.get(key, ""), replace) for key, value in node.items()}

    def _value(self, value: Any, kind: str, replace: Replace) -> Any:
        if isinstance(value, str):
            if kind in _ADDRESSES:
                return replace(value) or value
            if kind == "xhtml":
                return _LINK.sub(lambda link: _linked(link, replace), value)
            return value
        if isinstance(value, list):
            return [self._value(item, kind, replace) for item in value]
        if not isinstance(value, dict):
            return value
        made = self._object(value, kind, replace)
        if kind == "Reference" and isinstance(reference := made.get("reference"), str):
            made["reference"] = self._reference(reference, replace)
        return made

    def _reference(self, text: str, replace: Replace) -> str:
        target = replace(text)
        if target is None and "/_history/" in text:
            # A version that was sent has another number here: only the resource is the same.
            target = replace(text.partition("/_history/")[0])
        return target or text


class _TypesMatter(Exception):
    """What is replaced depends on the types of elements."""


def _pointed(node: dict[str, Any], targets: Mapping[str, str]) -> dict[str, Any]:
    """With references replaced, and themselves where nothing is. Raises ``_TypesMatter``."""
    made: dict[str, Any] | None = None
    for key, value in node.items():
        kind = type(value)
        if kind is dict:
            new: Any = _pointed(value, targets)
        elif kind is list:
            new = _pointed_all(value, targets)
        elif kind is str and (value in targets or key in _POINTING):
            if key == "div" and "href" not in value and "src" not in value:
                continue
            if key != "reference" or "/_history/" in value:
                raise _TypesMatter
            new = targets.get(value, value)
        else:
            continue
        if new is not value:
            made = dict(node) if made is None else made
            made[key] = new
    return node if made is None else made


def _pointed_all(items: list[Any], targets: Mapping[str, str]) -> list[Any]:
    made: list[Any] | None = None
    for place, value in enumerate(items):
        kind = type(value)
        if kind is dict:
            new: Any = _pointed(value, targets)
        elif kind is list:
            new = _pointed_all(value, targets)
        elif kind is str and value in targets:
            raise _TypesMatter
        else:
            continue
        if new is not value:
            made = list(items) if made is None else made
            made[place] = new
    return items if made is None else made


def _linked(link: re.Match[str], replace: Replace) -> str:
    return f"{link[1]}{link[2]}{replace(link[3]) or link[3]}{link[2]}"


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    stack = [node]
    while stack:
        item = stack.pop()
        if type(item) is dict:
            yield item
            stack.extend(item.values())
        elif type(item) is list:
            stack.extend(item)
