"""What happens to the value at the end of a walk: hashed tokens, ranges and texts go to the sink.

Each maker binds one or more parameters that read the same value to a function `(value, sink)`.
These are the hot lines of every write, so they work on JSON directly and remember the hashes of
what repeats (codes, references, digits), up to a bound.
"""

from __future__ import annotations

from collections.abc import Mapping

from bevan.fhir.extraction import link_leaves, range_leaves, token_leaves
from bevan.fhir.extraction.slots import Leaf, Setting, Slot


def leaf(
    kind: str, type: str, slots: tuple[Slot, ...], setting: Setting, systems: Mapping[str, str]
) -> Leaf:
    """The function for values of a FHIR type under parameters of one kind.

    `systems` gives the system of each code where the element's binding implies it.
    """
    if kind == "token":
        return token_leaves.token(type, slots, setting, systems)
    if kind == "reference":
        return link_leaves.reference(type, slots, setting)
    if kind == "date":
        return range_leaves.date(type, slots, setting)
    if kind == "uri":
        return link_leaves.uri(type, slots, setting)
    if kind == "string":
        return range_leaves.string(type, slots, setting)
    return range_leaves.number(kind, type, slots, setting)
