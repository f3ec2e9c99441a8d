"""Which interaction a method and an address mean (FHIR R4 3.1.0), without regular expressions.

The shape of an address is what is left when type, id and version are taken out of it; each
shape has a table of methods. A type that R4 doesn't know and a path that leads nowhere are 404,
a known shape with another method is 405 with `Allow`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bevan.api.errors import not_allowed, not_found

# FHIR R4 defines compartments of these (CompartmentDefinition).
COMPARTMENTS = frozenset({"Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"})
_SHAPES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "": {"GET": "search-system", "POST": "bundle"},
        "metadata": {"GET": "capabilities"},
        "_search": {"POST": "search-system"},
        "_history": {"GET": "history-system"},
        "type": {
            "GET": "search-type",
            "POST": "create",
            "PUT": "update",
            "PATCH": "patch",
            "DELETE": "delete",
        },
        "type/_search": {"POST": "search-type"},
        "type/_history": {"GET": "history-type"},
        "type/id": {"GET": "read", "PUT": "update", "PATCH": "patch", "DELETE": "delete"},
        "type/id/_history": {"GET": "history-instance"},
        "type/id/_history/version": {"GET": "vread"},
        "compartment/id/type": {"GET": "search-compartment"},
        "compartment/id/type/_search": {"POST": "search-compartment"},
    }
)


@dataclass(frozen=True, slots=True)
class Route:
    """An interaction with what the address says about it; `version` is text as it was given.

    `within` is the type and id of the resource in whose compartment an address searches; then
    `type` is what it searches for, None where that is everything.
    """

    interaction: str
    type: str | None = None
    id: str | None = None
    version: str | None = None
    within: tuple[str, str] | None = None


def find(method: str, path: str, types: Collection[str]) -> Route:
    """The interaction meant by a method and a path below the base, such as `/Patient/1`.

    Raises Refused: 404 for an address that doesn't exist, 405 for a method it doesn't have.
    """
    parts = path.strip("/").split("/") if path.strip("/") else []
    if method == "GET" and len(parts) == 2 and parts[0] in types and parts[1][:1] not in "_$":
        return Route("read", parts[0], parts[1])
    shape, route = _shape(parts, types)
    methods = _SHAPES[shape]
    interaction = methods.get("GET" if method == "HEAD" else method)
    if interaction is None:
        raise not_allowed(_allow(methods))
    return Route(interaction, route.type, route.id, route.version, route.within)


def operation(path: str, types: Collection[str]) -> tuple[str, Route]:
    """The name of the operation that an address ends in, without its dollar sign, and where.

    `/$name`, `/Type/$name` or `/Type/id/$name` (FHIR R4 3.2). Raises Refused 404 for others.
    """
    *parts, last = path.strip("/").split("/")
    name = last.removeprefix("$")
    odd = any(not part or part[0] in "_$" for part in parts) or len(parts) > 2
    if name == last or not name or odd or (parts and parts[0] not in types):
        raise not_found()
    type, id = (*parts, None, None)[:2]
    return name, Route("operation", type, id)


def methods(shape: str) -> Mapping[str, str]:
    """The methods of a shape with their interactions."""
    return _SHAPES[shape]


def shapes() -> tuple[str, ...]:
    """Every shape of address, for walking the whole interface in tests."""
    return tuple(_SHAPES)


def _shape(parts: list[str], types: Collection[str]) -> tuple[str, Route]:
    if not parts or parts[0] in ("metadata", "_search", "_history"):
        if len(parts) > 1:
            raise not_found()
        return (parts[0] if parts else ""), Route("")
    if parts[0] not in types:
        raise not_found()
    type, rest = parts[0], parts[1:]
    if not rest:
        return "type", Route("", type)
    if rest in (["_search"], ["_history"]):
        return f"type/{rest[0]}", Route("", type)
    if rest[0].startswith(("_", "$")) or "" in rest:
        raise not_found()
    if len(rest) > 1 and (rest[1] == "*" or rest[1] in types):
        return _compartment_shape(type, rest)
    return _instance_shape(type, rest)


def _instance_shape(type: str, rest: list[str]) -> tuple[str, Route]:
    if len(rest) == 1:
        return "type/id", Route("", type, rest[0])
    if rest[1] != "_history" or len(rest) > 3:
        raise not_found()
    if len(rest) == 2:
        return "type/id/_history", Route("", type, rest[0])
    return "type/id/_history/version", Route("", type, rest[0], rest[2])


def _compartment_shape(type: str, rest: list[str]) -> tuple[str, Route]:
    id, sought, *more = rest
    if type not in COMPARTMENTS or more not in ([], ["_search"]):
        raise not_found()
    shape = "/".join(("compartment/id/type", *more))
    return shape, Route("", None if sought == "*" else sought, within=(type, id))


def _allow(methods: Mapping[str, str]) -> str:
    names = sorted(methods)
    if "GET" in methods:
        names.insert(names.index("GET") + 1, "HEAD")
    return ", ".join(names)
