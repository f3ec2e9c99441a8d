"""Three-valued logic (FHIRPath 2.0.0 §6.5); None is empty."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

Truth = bool | None


def both(a: Truth, b: Truth) -> Truth:
    """`and`."""
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def either(a: Truth, b: Truth) -> Truth:
    """`or`."""
    if a or b:
        return True
    return None if a is None or b is None else False


def one_of(a: Truth, b: Truth) -> Truth:
    """`xor`."""
    return None if a is None or b is None else a != b


def implies(a: Truth, b: Truth) -> Truth:
    """`implies`."""
    if a is False or b:
        return True
    return None if a is None or b is None else False


OPERATORS: Mapping[str, Callable[[Truth, Truth], Truth]] = MappingProxyType(
    {"and": both, "or": either, "xor": one_of, "implies": implies}
)
