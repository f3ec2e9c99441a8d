"""The arguments of a statement while it is being composed."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any


class Arguments:
    """Keeps values and hands out their placeholders; an equal scalar is kept once.

    `types` are the SQL types of the values; `scalar`: whether none of them is an array.
    """

    __slots__ = ("_places", "scalar", "types", "values")

    def __init__(self) -> None:
        self.values: list[object] = []
        self.types: list[str] = []
        self.scalar = True
        self._places: dict[tuple[str, Hashable], str] = {}

    def bind(self, value: Any, type: str) -> str:
        """The placeholder of `value`, cast to the SQL `type`."""
        if isinstance(value, list):
            self.values.append(value)
            self.types.append(type)
            self.scalar = False
            return f"${len(self.values)}::{type}"
        place = self._places.get((type, value))
        if place is None:
            self.values.append(value)
            self.types.append(type)
            place = self._places[type, value] = f"${len(self.values)}::{type}"
        return place

    def fork(self) -> Arguments:
        """A copy that goes its own way, for a statement that needs more of them."""
        copy = Arguments()
        copy.values = self.values.copy()
        copy.types = self.types.copy()
        copy.scalar = self.scalar
        copy._places = self._places.copy()
        return copy
