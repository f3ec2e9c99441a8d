"""Whom the rows of one transaction are about, worked out for those that another row names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bevan.record.rows import People


class Beside(Mapping[str, People]):
    """``Type/id`` → the columns patient and patients of what is written at it.

    Few rows have their people from another one, so nothing is worked out before it is asked for.
    """

    def __init__(
        self,
        resources: Mapping[str, Mapping[str, Any]],
        place: Callable[[Mapping[str, Any]], People],
    ) -> None:
        """``resources`` by row; ``place`` says whom one is about."""
        self._resources = resources
        self._place = place
        self._known: dict[str, People] = {}

    def __getitem__(self, row: str) -> People:
        if row not in self._known:
            self._known[row] = self._place(self._resources[row])
        return self._known[row]

    def __contains__(self, row: object) -> bool:
        return row in self._resources

    def __iter__(self) -> Iterator[str]:
        return iter(self._resources)

    def __len__(self) -> int:
        return len(self._resources)
