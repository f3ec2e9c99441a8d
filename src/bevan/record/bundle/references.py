"""References inside a transaction: to its own entries, and conditional ones (FHIR R4 3.1.0.11.2).

Replaced are references (``reference``), elements of the types uri, url, oid, uuid and canonical,
and ``href`` and ``src`` in the narrative. A string that merely looks like an address stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bevan.fhir.definitions import Definitions

_ADDRESSES = frozenset({"uri", "url", "oid", "uuid", "canonical"})
_CONDITIONAL = re.compile(r"([A-Z][A-Za-z]+)\?(.+)", re.ASCII | re.DOTALL)
_LINK = re.compile(r"""((?:href|src)\s*=\s*)(["'])([^"']*)\2""")
_RESTFUL = re.compile(r"(.*/)[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}", re.ASCII)

Replace = Callable[[str], str | None]


def address_keys(definitions: Definitions) -> frozenset[str]:
    """The JSON names that stand for an address in every type that has them."""
    yes: set[str] = set()
    no: set[str] = set()
    for type in definitions.types.values():
        for element in type.elements.values():
            for name, kind in element.json_names():
                (yes if kind in _ADDRESSES else no).add(name)
    return frozenset(yes - no)


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

    def __init__(self, keys: frozenset[str], targets: Mapping[str, str]) -> None:
        """``keys``: see :func:`address_keys`; ``targets``: full URL or condition → ``Type/id``."""
        self._keys = keys
        self._targets = targets

    def rewritten(self, resource: dict[str, Any], full_url: str) -> dict[str, Any]:
        """A copy that points to where things are now; ``full_url`` is that of its entry.

        A relative reference is read against the entry's own server (FHIR R4 2.36.4.1).
        """
        match = _RESTFUL.fullmatch(full_url)
        base = match[1] if match else ""

        def replace(text: str) -> str | None:
            return self._targets.get(text) or (self._targets.get(base + text) if base else None)

        made: dict[str, Any] = self._copy(resource, replace)
        return made

    def _copy(self, node: Any, replace: Replace) -> Any:
        if type(node) is dict:
            return {key: self._value(key, value, replace) for key, value in node.items()}
        if type(node) is list:
            return [self._copy(item, replace) for item in node]
        return node

    def _value(self, key: str, value: Any, replace: Replace) -> Any:
        if type(value) is not str:
            if type(value) is list and key in self._keys:
                return [self._value(key, item, replace) for item in value]
            return self._copy(value, replace)
        if key == "reference":
            return self._reference(value, replace)
        if key == "div":
            return _LINK.sub(lambda link: _linked(link, replace), value)
        if key in self._keys:
            return replace(value) or value
        return value

    def _reference(self, text: str, replace: Replace) -> str:
        target = replace(text)
        if target is None and "/_history/" in text:
            # A version that was sent has another number here: only the resource is the same.
            target = replace(text.partition("/_history/")[0])
        return target or text


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
