"""The tests inside search expressions (`where(system='phone')`) as Python functions on JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bevan.fhir.definitions import Definitions
from bevan.fhir.extraction.plan import Where
from bevan.fhir.extraction.typed import located
from bevan.fhir.path.engine import Engine
from bevan.fhir.path.nodes import Binary, Call, Literal, Member, Node, TypeTest

Test = Callable[[Any], bool]


def condition(where: Where, engine: Engine, bases: tuple[str, ...]) -> Test:
    """The function for a `where()`: the forms HL7 uses directly, any other by the engine."""
    match where.test:
        case Binary("=", Member(None, name), Literal(str() as text)):
            return _equal(name, text)
        case TypeTest("is", Call(None, "resolve", ()), type) if where.type == "Reference":
            return _points_to(type.rpartition(".")[2], bases)
        case Call(None, "hasExtension", (Literal(str() as url),)):
            return _extended(url)
    return _judged(where, engine)


def points_to(node: Node) -> str:
    """X of `resolve() is X`, or empty for any other test."""
    match node:
        case TypeTest("is", Call(None, "resolve", ()), type):
            return type.rpartition(".")[2]
    return ""


def _equal(name: str, text: str) -> Test:
    return lambda value: value.get(name) == text


def _points_to(type: str, bases: tuple[str, ...]) -> Test:
    """By the text of the reference: extraction looks at one resource and nothing else."""

    def test(value: Mapping[str, Any]) -> bool:
        found = located(value.get("reference", ""), bases)[0] or value.get("type")
        return found == type

    return test


def _extended(url: str) -> Test:
    return lambda value: any(item.get("url") == url for item in value.get("extension", ()))


def _judged(where: Where, engine: Engine) -> Test:
    run = engine.typed(where.test, where.type)
    return lambda value: run(value) == [True]


def systems_of(definitions: Definitions, binding: str) -> Mapping[str, str]:
    """code → system for a required value set, so that `gender=SYSTEM|male` finds a plain code."""
    found = definitions.value_sets.get(binding) if binding else None
    if not found:
        return {}
    return {code: system for system, codes in found.items() for code in codes}
