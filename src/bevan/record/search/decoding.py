"""Only as much of a resource's JSON as a question needs: a fifth of the time of all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, TypedDict, cast

import msgspec

Decode = Callable[[bytes], dict[str, Any]]
ROOM = 1_000


class Decoders:
    """Decoders by the top-level elements that they keep."""

    def __init__(self) -> None:
        self._kept: dict[frozenset[str] | None, Decode] = {}

    def of(self, keys: Iterable[frozenset[str] | None]) -> Decode:
        """A decoder that keeps at least these sets of elements; None among them: everything.

        It is for looking, not for storing: numbers are Decimal, their spelling may change.
        """
        wanted: frozenset[str] | None = frozenset(("resourceType", "id"))
        for each in keys:
            wanted = None if wanted is None or each is None else wanted | each
        found = self._kept.get(wanted)
        if found is None:
            if len(self._kept) >= ROOM:
                self._kept.clear()
            found = self._kept[wanted] = _decoder(wanted)
        return found


def _decoder(keys: frozenset[str] | None) -> Decode:
    if keys is None:
        return msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode
    part = TypedDict("part", dict.fromkeys(sorted(keys), Any), total=False)  # type: ignore[misc]
    return cast(Decode, msgspec.json.Decoder(part, float_hook=Decimal).decode)
