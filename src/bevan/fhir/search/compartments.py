"""Searches in a compartment: `/Patient/1/Observation` and `/Patient/1/*` (FHIR R4 3.1.1.3).

Of every type the CompartmentDefinition says by which references a resource comes into the
compartment; one of them is enough.
"""

from __future__ import annotations

from dataclasses import replace

from bevan.fhir.parameters import Registry
from bevan.fhir.search.query import Either, Match, Query
from bevan.fhir.search.refusal import refuse
from bevan.fhir.search.values import Reference, Token


def confined(registry: Registry, query: Query, compartment: str, id: str) -> Query:
    """The query in the compartment of one resource.

    Raises SearchRefused where R4 has no such compartment, or the type is never in it.
    """
    by_type = registry.definitions.compartments.get(compartment)
    if by_type is None:
        raise refuse("query", f"{compartment} has no compartment.", "not-supported")
    types = (query.type,) if query.type else query.types or tuple(sorted({*by_type, compartment}))
    options = tuple(
        option for type in types for option in _options(registry, compartment, id, type)
    )
    if not options:
        what = query.type or "None of these types"
        raise refuse("query", f"{what} is never in a compartment of {compartment}.", "not-found")
    inside = tuple(dict.fromkeys(option.parameter.resource for option in options))
    return replace(
        query,
        conditions=(Either(options), *query.conditions),
        types=() if query.type else inside,
        within=(compartment, id),
    )


def _options(registry: Registry, compartment: str, id: str, type: str) -> list[Match]:
    names = registry.definitions.compartments[compartment].get(type, ())
    found = [registry.find(type, name) for name in names]
    link = Reference(compartment, id, "")
    options = [Match(parameter, "", (link,)) for parameter in found if parameter is not None]
    if type == compartment:
        itself = registry.find(type, "_id")
        assert itself is not None
        options.append(Match(itself, "", (Token(None, id),)))
    return options
