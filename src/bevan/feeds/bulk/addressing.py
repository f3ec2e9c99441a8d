"""References inside a Bundle: full URLs and conditions replaced by where things are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bevan.fhir.definitions import Definitions
from bevan.record.bundle.references import References, kinds_of

Condition = tuple[str, str]

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
        → `Type/id`) replaces.
        """
        references = References(self._kinds, targets)
        return [references.rewritten(resource, url) for url, resource in resources]
