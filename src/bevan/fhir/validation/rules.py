"""All invariants by type."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from bevan.fhir.definitions import TypeDefinition
from bevan.fhir.validation import bundles, invariants, questionnaires
from bevan.fhir.validation.invariants import Test


class Rule(NamedTuple):
    """An invariant: its R4 key, what it asks, and the test (true when kept)."""

    key: str
    text: str
    test: Test


def _by_type() -> Mapping[str, tuple[Rule, ...]]:
    found: dict[str, list[Rule]] = {}
    for kind, key, text, test in (*invariants.RULES, *bundles.RULES, *questionnaires.RULES):
        found.setdefault(kind, []).append(Rule(key, text, test))
    return MappingProxyType({kind: tuple(items) for kind, items in found.items()})


RULES: Mapping[str, tuple[Rule, ...]] = _by_type()
"""Every rule by the type that it is about."""


def rules_of(kind: TypeDefinition, types: Mapping[str, TypeDefinition]) -> tuple[Rule, ...]:
    """The rules of a type and of what it is derived from: an Age is a Quantity."""
    found = RULES.get(kind.name, ())
    base = types.get(kind.base)
    return found if base is None else rules_of(base, types) + found
