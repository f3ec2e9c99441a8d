"""A compiled expression: a function, and the types of what it gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from bevan.fhir.path.element import Items
from bevan.fhir.path.world import Scope

Types = frozenset[str] | None
"""FHIR types, System types as `System.Boolean`; None when they can't be told."""
Evaluate = Callable[[Scope], Items]

BOOLEAN: Types = frozenset({"System.Boolean"})


class Compiled(NamedTuple):
    """A function from a scope to a collection and the types that its items may have."""

    run: Evaluate
    types: Types
