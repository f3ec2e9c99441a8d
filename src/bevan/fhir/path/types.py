"""The types of FHIRPath and FHIR as `is`, `as` and `ofType` see them (FHIRPath 2.0.0 §6.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bevan.fhir.definitions import Definitions
from bevan.fhir.path.element import QUANTITIES, Element, Item
from bevan.fhir.path.errors import PathFailed
from bevan.fhir.path.moments import Date, DateTime, Time
from bevan.fhir.path.quantity import Quantity

_SYSTEM = ("Boolean", "String", "Integer", "Decimal", "Date", "DateTime", "Time", "Quantity")
_PYTHON = (
    (bool, "Boolean"),
    (int, "Integer"),
    (Decimal, "Decimal"),
    (str, "String"),
    (DateTime, "DateTime"),
    (Date, "Date"),
    (Time, "Time"),
    (Quantity, "Quantity"),
)


@dataclass(frozen=True, slots=True)
class TypeName:
    """A type of the System model, of FHIR, or (for `Quantity`) of both."""

    name: str
    fhir: bool
    system: bool


def named(text: str, definitions: Definitions) -> TypeName:
    """The type that a specifier names; raises PathFailed when there is none."""
    space, _, name = text.rpartition(".")
    fhir = name in definitions.types or name in QUANTITIES
    system = name in _SYSTEM
    if space == "FHIR":
        system = False
    elif space == "System":
        fhir = False
    elif space and text not in definitions.types:
        fhir = system = False
    if not fhir and not system:
        raise PathFailed(f"{text} is not a type")
    return TypeName(text if text in definitions.types else name, fhir, system)


def system_name(item: Item) -> str:
    """The System type of a bare value."""
    return next(name for kind, name in _PYTHON if isinstance(item, kind))


def lineage(type: str, definitions: Definitions) -> Iterator[str]:
    """A type and those that it is a special case of."""
    while type:
        yield type
        found = definitions.types.get(type)
        if found is None:
            return
        type = found.base


def is_a(item: Item, type: TypeName, definitions: Definitions) -> bool:
    """`item is type`."""
    if isinstance(item, Element):
        return type.fhir and type.name in lineage(item.type, definitions)
    return type.system and system_name(item) == type.name


def exactly(item: Item, type: TypeName, definitions: Definitions) -> bool:
    """What `as` and `ofType` keep: of primitives only the very type, so no code as a string."""
    if isinstance(item, Element) and not isinstance(item.value, dict):
        return type.fhir and item.type == type.name
    return is_a(item, type, definitions)
