"""What FHIR R4 defines, as tables: types, elements, value sets, search parameters, compartments.

The tables lie beside this module in ``tables/`` and are generated from HL7's own package by
``scripts/generate_tables.py``. Nothing here is mutable: load once, pass it around.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

import msgspec

Kind = Literal["resource", "complex", "primitive", "backbone"]

_CHOICE, _SUMMARY, _MODIFIER, _SIMPLE = 1, 2, 4, 8


class Element(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One element of a type, named without ``[x]``. ``max`` 0 means any number.

    ``types`` are FHIR types, or paths such as ``Observation.component`` for nested elements and
    for those defined elsewhere (contentReference). ``targets`` are the types that a Reference may
    point to, none meaning any. ``binding`` is the URL of a *required* value set, or empty.
    """

    name: str
    min: int
    max: int
    types: tuple[str, ...]
    targets: tuple[str, ...] = ()
    binding: str = ""
    flags: int = 0

    @property
    def choice(self) -> bool:
        """True for ``value[x]``: the JSON name carries the type."""
        return bool(self.flags & _CHOICE)

    @property
    def summary(self) -> bool:
        """True when ``_summary=true`` keeps the element."""
        return bool(self.flags & _SUMMARY)

    @property
    def modifier(self) -> bool:
        """True when the element may change the meaning of its siblings."""
        return bool(self.flags & _MODIFIER)

    @property
    def simple(self) -> bool:
        """True when a Quantity here may have no comparator (SimpleQuantity)."""
        return bool(self.flags & _SIMPLE)

    @property
    def many(self) -> bool:
        """True when JSON shows an array."""
        return self.max != 1

    def json_names(self) -> Iterator[tuple[str, str]]:
        """Each name that the element may have in JSON, with its type then."""
        if not self.choice:
            yield self.name, self.types[0]
            return
        for kind in self.types:
            yield self.name + kind[0].upper() + kind[1:], kind


class TypeDefinition(msgspec.Struct, frozen=True):
    """A type with all its elements, inherited ones first.

    ``security`` is HL7's own grading of a resource type: patient, individual, business, anonymous
    or not-classified.
    """

    name: str
    kind: Kind
    base: str
    elements: Mapping[str, Element]
    abstract: bool = False
    security: str = ""
    regex: str = ""
    length: int = 0

    def find(self, json_name: str) -> tuple[Element, str] | None:
        """The element that a JSON name stands for, and its type; none when there is none."""
        plain = self.elements.get(json_name)
        if plain is not None:
            return None if plain.choice else (plain, plain.types[0])
        for element in self.elements.values():
            if element.choice and json_name.startswith(element.name):
                for name, kind in element.json_names():
                    if name == json_name:
                        return element, kind
        return None


class SearchParameter(msgspec.Struct, frozen=True, rename={"components": "component"}):
    """A search parameter as HL7 defines it. ``expression`` is FHIRPath, empty for special ones.

    ``components`` of a composite are pairs of another parameter's URL and an expression.
    """

    url: str
    code: str
    type: str
    base: tuple[str, ...] = ()
    expression: str = ""
    target: tuple[str, ...] = ()
    comparator: tuple[str, ...] = ()
    modifier: tuple[str, ...] = ()
    components: tuple[tuple[str, str], ...] = ()
    multiple_or: bool = msgspec.field(default=True, name="multipleOr")


class Definitions(msgspec.Struct, frozen=True):
    """All of it. ``value_sets`` maps a URL to codes by system, or to none where HL7 lists none."""

    types: Mapping[str, TypeDefinition]
    resource_types: tuple[str, ...]
    parameters: tuple[SearchParameter, ...]
    compartments: Mapping[str, Mapping[str, tuple[str, ...]]]
    value_sets: Mapping[str, Mapping[str, frozenset[str]] | None]


class _Row(msgspec.Struct, frozen=True):
    kind: Kind
    base: str
    elements: tuple[Element, ...]
    abstract: bool = False
    security: str = ""
    regex: str = ""
    length: int = 0


def load() -> Definitions:
    """Read the tables that ship with Bevan (some 20 ms: call once, at start-up)."""
    types = _types(_read("types", dict[str, _Row]))
    compartments = _read("compartments", dict[str, dict[str, tuple[str, ...]]])
    return Definitions(
        types=MappingProxyType(types),
        resource_types=tuple(
            name for name, kind in types.items() if kind.kind == "resource" and not kind.abstract
        ),
        parameters=_read("parameters", tuple[SearchParameter, ...]),
        compartments=MappingProxyType(compartments),
        value_sets=MappingProxyType(
            _read("value_sets", dict[str, dict[str, frozenset[str]] | None])
        ),
    )


def _read(name: str, shape: Any) -> Any:
    path = resources.files("bevan.fhir") / "tables" / f"{name}.json"
    return msgspec.json.decode(path.read_bytes(), type=shape)


def _types(rows: Mapping[str, _Row]) -> dict[str, TypeDefinition]:
    inherited: dict[str, dict[str, Element]] = {"": {}}

    def elements(name: str) -> dict[str, Element]:
        if name not in inherited:
            row = rows[name]
            own = {element.name: element for element in row.elements}
            inherited[name] = elements(row.base) | own
        return inherited[name]

    return {
        name: TypeDefinition(
            name=name,
            kind=row.kind,
            base=row.base,
            elements=MappingProxyType(elements(name)),
            abstract=row.abstract,
            security=row.security,
            regex=row.regex,
            length=row.length,
        )
        for name, row in rows.items()
    }
