"""References inside a Bundle: full URLs and conditions replaced by where things are.

Most Bundles use `urn:uuid:` full URLs, and references are all they change: these take a short way.
Whatever else points (a uri element, a link in a narrative, a versioned or relative reference) goes
the long way, which knows the type of every element.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bevan.fhir.definitions import Definitions
from bevan.record.bundle.references import References, kinds_of

Condition = tuple[str, str]

_POINTING = frozenset({"reference", "div"})
_CONDITIONAL = re.compile(rb'"reference"\s*:\s*"([A-Z][A-Za-z]+)\?([^"\\]+)"')


def conditions(text: bytes) -> set[Condition]:
    """(type, query) of every conditional reference in JSON text.

    Quotes inside strings are escaped, so this can only be a key with its value.
    """
    if b"?" not in text:
        return set()
    return {(m[1].decode(), m[2].decode()) for m in _CONDITIONAL.finditer(text)}


class Addressing:
    """Rewrites resources; knows the types of all elements."""

    def __init__(self, definitions: Definitions) -> None:
        self._kinds = kinds_of(definitions)

    def rewritten(
        self, resources: Iterable[tuple[str, dict[str, Any]]], targets: Mapping[str, str]
    ) -> list[dict[str, Any]]:
        """The resources, each given with its full URL, with what `targets` (full URL or condition
        → `Type/id`) replaces. The resources given may be changed themselves.
        """
        pairs = list(resources)
        short = all(not url or url.startswith("urn:") for url, _ in pairs)
        long = References(self._kinds, targets)
        return [
            resource if short and _replaced(resource, targets) else long.rewritten(resource, url)
            for url, resource in pairs
        ]


def _replaced(resource: dict[str, Any], targets: Mapping[str, str]) -> bool:
    """Replace references in place; false where something else may have to be replaced too."""
    stack: list[Any] = [resource]
    while stack:
        node = stack.pop()
        if type(node) is list:
            for value in node:
                if type(value) is str:
                    if value in targets:
                        return False
                elif type(value) is dict or type(value) is list:
                    stack.append(value)
            continue
        for key, value in node.items():
            kind = type(value)
            if kind is dict or kind is list:
                stack.append(value)
            elif kind is str and (value in targets or key in _POINTING):
                if key != "reference" and (key != "div" or _linked(value)):
                    return False
                if "/_history/" in value and key == "reference":
                    return False
                node[key] = targets.get(value, value)
    return True


def _linked(narrative: str) -> bool:
    return "href" in narrative or "src" in narrative
