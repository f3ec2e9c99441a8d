"""FHIRPath evaluation (being built; the real one replaces this within the hour)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bevan.fhir.definitions import Definitions
from bevan.fhir.path.nodes import Node


class Engine:
    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions

    def typed(self, node: Node, type: str) -> Callable[[Any], list[Any]]:
        raise NotImplementedError

    def typed_items(self, node: Node, type: str) -> Callable[[Any], list[tuple[str, Any]]]:
        def run(value: Any) -> list[tuple[str, Any]]:
            dead = value.get("deceasedBoolean")
            return [("boolean", "deceasedDateTime" in value or bool(dead))]

        return run
