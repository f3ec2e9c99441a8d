"""Which top-level elements a search parameter reads: what to decode, and what a mask takes away."""

from __future__ import annotations

from collections.abc import Iterator

from bevan.fhir.definitions import Definitions
from bevan.fhir.extraction.plan import Branch, Field, Unplanned, branches
from bevan.fhir.parameters import Parameter
from bevan.fhir.path.parser import parse


def keys(definitions: Definitions, parameter: Parameter) -> frozenset[str] | None:
    """The JSON names of the top-level elements that the parameter's values come from.

    None when the expression is more than a walk: then it may be any of them.
    """
    try:
        return frozenset(_keys(definitions, parameter))
    except Unplanned:
        return None


def single(definitions: Definitions, parameter: Parameter) -> bool:
    """Whether a resource has at most one value of the parameter, so that a range around all its
    values is that value.
    """
    try:
        walks = list(_walks(definitions, parameter))
    except Unplanned:
        return False
    fields = [step for walk in walks for step in walk.steps if isinstance(step, Field)]
    if not fields or any(field.many for field in fields):
        return False
    elements = {_element(definitions, parameter.resource, walk) for walk in walks}
    return len(walks) == 1 or (len(elements) == 1 and all(len(w.steps) == 1 for w in walks))


def masked(element: str, key: str) -> bool:
    """Whether a mask on `element` takes `key`: `value` and `value[x]` also take `valueQuantity`."""
    element = element.removesuffix("[x]")
    return key == element or (key.startswith(element) and key[len(element) :][:1].isupper())


def _walks(definitions: Definitions, parameter: Parameter) -> Iterator[Branch]:
    for path in parameter.paths:
        yield from branches(definitions, path, parameter.resource)


def _keys(definitions: Definitions, parameter: Parameter) -> Iterator[str]:
    if any("%" in component.expression for component in parameter.components):
        # A part of the composite is read from the resource, not from the shared element.
        raise Unplanned
    for walk in _walks(definitions, parameter):
        key = _first(walk)
        if key is not None:
            yield key
        elif parameter.components:
            yield from _component_keys(definitions, parameter)
        else:
            raise Unplanned


def _component_keys(definitions: Definitions, parameter: Parameter) -> Iterator[str]:
    """The path is the resource itself: a composite's parts say which elements they take."""
    for component in parameter.components:
        for walk in branches(definitions, parse(component.expression), parameter.resource):
            key = _first(walk)
            if key is None:
                raise Unplanned
            yield key


def _first(walk: Branch) -> str | None:
    return next((step.key for step in walk.steps if isinstance(step, Field)), None)


def _element(definitions: Definitions, type: str, walk: Branch) -> str:
    key = _first(walk) or ""
    found = definitions.types[type].find(key)
    return found[0].name if found else key
