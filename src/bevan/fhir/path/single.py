"""Reading one value of a wanted kind from a collection (FHIRPath 2.0.0 §4.5)."""

from __future__ import annotations

from decimal import Decimal

from bevan.fhir.path.element import Element, Item, Items, system
from bevan.fhir.path.errors import PathFailed


def one(items: Items, what: str) -> Item | None:
    """The bare value of the only item; None when there is none; raises PathFailed for several."""
    if not items:
        return None
    if len(items) > 1:
        raise PathFailed(f"{what} needs one value but was given {len(items)}")
    return system(items[0])


def text(items: Items, what: str) -> str | None:
    """The only item, a string."""
    value = one(items, what)
    if value is None or isinstance(value, str):
        return value
    raise PathFailed(f"{what} needs a string")


def whole(items: Items, what: str) -> int | None:
    """The only item, an integer."""
    value = one(items, what)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise PathFailed(f"{what} needs an integer")


def number(items: Items, what: str) -> int | Decimal | None:
    """The only item, an integer or decimal."""
    value = one(items, what)
    if value is None or (isinstance(value, int | Decimal) and not isinstance(value, bool)):
        return value
    raise PathFailed(f"{what} needs a number")


def truth(items: Items, what: str) -> bool | None:
    """The only item as a boolean; one item that is no boolean counts as true."""
    value = one(items, what)
    if value is None or isinstance(value, bool):
        return value
    # A primitive with extensions only has no value to be true.
    return not (isinstance(value, Element) and value.value is None)


def strict(items: Items, what: str) -> bool | None:
    """The only item, which must be a boolean."""
    value = one(items, what)
    if value is None or isinstance(value, bool):
        return value
    raise PathFailed(f"{what} needs a boolean")
