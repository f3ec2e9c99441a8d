"""Every search expression of R4, on every example of R4, against another implementation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import fhirpathpy
import pytest
from fhirpathpy.models import models

from bevan.fhir.definitions import Definitions
from bevan.fhir.extraction.plan import Unplanned, branches
from bevan.fhir.extraction.weaver import Trie, weave
from bevan.fhir.json import decode
from bevan.fhir.parameters import Registry
from bevan.fhir.path import Engine, parse

# The oracle fails on `hasExtension`, which the standard's own expression uses; both are covered
# by tests of their own. It has no resolve() either.
BEYOND = ("resolve()", "hasExtension(")


@cache
def oracle(expression: str) -> Callable[[Any], list[Any]]:
    """The other implementation. It knows no `Resource.` and takes `as` for one value only."""
    compiled: Callable[[Any], list[Any]] = fhirpathpy.compile(expression, models["r4"])
    return compiled


def put(expression: str, type: str) -> str:
    named = re.sub(r"^(Domain)?Resource\b", type, expression)
    return re.sub(r"^\((.*) as (\w+)\)", r"\1.ofType(\2)", named)


def expressions(registry: Registry, type: str) -> Iterator[str]:
    for parameter in registry.of(type).values():
        for part in parameter.expression.split("|"):
            head = part.strip().lstrip("(").split(".")[0]
            if head in (type, "Resource", "DomainResource") and not any(w in part for w in BEYOND):
                yield part.strip()


def walker(definitions: Definitions, expression: str, type: str) -> Callable[[Any], list[Any]]:
    """What extraction makes of the expression."""
    trie = Trie()
    for branch in branches(definitions, parse(expression), type):
        trie.add(branch, lambda value, found: found.append(value))
    keyed, whole = weave(trie, lambda where: _equality(str(where.test)))

    def run(resource: Any) -> list[Any]:
        found: list[Any] = []
        for key, handler in keyed.items():
            if key in resource:
                handler(resource[key], found)
        for handler in whole:
            handler(resource, found)
        return found

    return run


def _equality(text: str) -> Callable[[Any], bool]:
    name, value = re.findall(r"(?:name|value)='([^']*)'", text)
    return lambda item: item.get(name) == value


def plain(value: Any) -> Any:
    """Numbers as the oracle has them."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return float(value) if isinstance(value, Decimal) else value


@pytest.mark.untraced
@pytest.mark.shared
def test_all_agree(definitions: Definitions, engine: Engine, shared: Path) -> None:
    registry = Registry(definitions)
    mine: dict[tuple[str, str], tuple[Callable[..., list[Any]], Callable[..., list[Any]]]] = {}
    compared = 0
    for path in sorted((shared / "data" / "fhir-r4-examples").glob("*.json")):
        resource = decode(path.read_bytes())
        type = resource.get("resourceType")
        floats = plain(resource)
        for text in expressions(registry, type):
            if (type, text) not in mine:
                compiled = engine.compile(text, type)
                try:
                    walk = walker(definitions, text, type)
                except Unplanned:
                    walk = compiled
                mine[type, text] = (compiled, walk)
            expected = plain(oracle(put(text, type))(floats))
            evaluate, walk = mine[type, text]
            assert plain(evaluate(resource)) == expected, (path.name, text)
            assert plain(walk(resource)) == expected, (path.name, text)
            compared += 1
    assert compared > 10_000
