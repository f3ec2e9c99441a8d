"""Functions on elements of FHIR: children, extensions, references, codes (FHIR R4 2.9.1.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from bevan.fhir.path.element import Element, Item, Items, distinct, key, system
from bevan.fhir.path.errors import PathFailed
from bevan.fhir.path.input import Input
from bevan.fhir.path.single import text
from bevan.fhir.path.types import lineage, system_name

_PROFILE = "http://hl7.org/fhir/StructureDefinition/"
_TARGET = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[^/]+)?$")


def _children(given: Input) -> Items:
    return [child for item in given.items for child in _below(given, item)]


def _below(given: Input, item: Item) -> Items:
    return given.navigation.every(item) if isinstance(item, Element) else []


def _descendants(given: Input) -> Items:
    found: Items = []
    level = given.items
    while level:
        level = [child for item in level for child in _below(given, item)]
        found += level
    return found


def _extension(given: Input, url: Items) -> Items:
    wanted = text(url, "extension()")
    return [
        extension
        for item in given.items
        if isinstance(item, Element)
        for extension in given.navigation.children(item, "extension")
        if extension.value.get("url") == wanted
    ]


def _has_extension(given: Input, url: Items) -> Items:
    return [bool(_extension(given, url))]


def _has_value(given: Input) -> Items:
    return [len(given.items) == 1 and _primitive(given.items[0])]


def _primitive(item: Item) -> bool:
    if isinstance(item, Element):
        return item.value is not None and not isinstance(item.value, dict)
    return True


def _get_value(given: Input) -> Items:
    if len(given.items) != 1 or not _primitive(given.items[0]):
        return []
    return [system(given.items[0])]


def _resolve(given: Input) -> Items:
    found = (_resolved(given, item) for item in given.items)
    return [element for element in found if element is not None]


def _resolved(given: Input, item: Item) -> Element | None:
    said, type = _said(item)
    if said.startswith("#"):
        return next((e for e in _contained(given) if e.value.get("id") == said[1:]), None)
    port = given.run.world.resolve
    if port is not None:
        resource = port(said) if said else None
        return None if resource is None else given.navigation.root(resource)
    # Without a way to the resource its type and id are still known: enough for `resolve() is X`.
    match = _TARGET.search(said)
    if match is not None:
        return Element({"resourceType": match[1], "id": match[2]}, match[1])
    return Element({"resourceType": type}, type) if said and type else None


def _said(item: Item) -> tuple[str, str]:
    value = item.value if isinstance(item, Element) else item
    if isinstance(value, dict):
        return value.get("reference", ""), value.get("type", "")
    return (value, "") if isinstance(value, str) else ("", "")


def _contained(given: Input) -> Iterator[Element]:
    for root in given.run.variables.get("rootResource", []):
        yield from given.navigation.children(root, "contained")


def _member_of(given: Input, url: Items) -> Items:
    wanted = text(url, "memberOf()")
    port = given.run.world.member_of
    if not given.items or wanted is None:
        return []
    if port is None:
        raise PathFailed("memberOf() needs a terminology service, and there is none")
    item = given.items[0]
    value, type = (item.value, item.type) if isinstance(item, Element) else (item, "string")
    found = port(value, type, wanted) if len(given.items) == 1 else None
    return [] if found is None else [found]


def _conforms(given: Input, url: Items) -> Items:
    wanted = text(url, "conformsTo()")
    if not given.items or wanted is None:
        return []
    item = given.items[0]
    if len(given.items) > 1 or not isinstance(item, Element):
        raise PathFailed("conformsTo() needs one resource")
    port = given.run.world.conforms
    found = port(item.value, wanted) if port is not None else None
    if found is not None:
        return [found]
    name = wanted.removeprefix(_PROFILE)
    if name not in given.navigation.definitions.types:
        raise PathFailed(f"the profile {wanted} is not known here")
    return [name in lineage(item.type, given.navigation.definitions)]


def _type(given: Input) -> Items:
    return [_type_info(given, item) for item in given.items]


def _type_info(given: Input, item: Item) -> Element:
    if not isinstance(item, Element):
        return Element({"namespace": "System", "name": system_name(item)}, "TypeInfo")
    nested = given.navigation.definitions.types.get(item.type)
    name = nested.base if nested is not None and nested.kind == "backbone" else item.type
    return Element({"namespace": "FHIR", "name": name}, "TypeInfo")


def repeat(given: Input, project: Callable[[Item, int], Items]) -> Items:
    """`repeat()`: what the projection gives of the input, and of what it gives, each once."""
    seen: set[Any] = set()
    found: Items = []
    queue = list(given.items)
    while queue:
        fresh: Items = []
        for index, item in enumerate(queue):
            for made in distinct(project(item, index)):
                mark = key(made)
                if mark not in seen:
                    seen.add(mark)
                    fresh.append(made)
        found += fresh
        queue = fresh
    return found


FUNCTIONS: Mapping[str, tuple[Callable[..., Items], int, int, str]] = MappingProxyType(
    {
        "children": (_children, 0, 0, ""),
        "descendants": (_descendants, 0, 0, ""),
        "extension": (_extension, 1, 1, "Extension"),
        "hasExtension": (_has_extension, 1, 1, "Boolean"),
        "hasValue": (_has_value, 0, 0, "Boolean"),
        "getValue": (_get_value, 0, 0, ""),
        "resolve": (_resolve, 0, 0, ""),
        "memberOf": (_member_of, 1, 1, "Boolean"),
        "conformsTo": (_conforms, 1, 1, "Boolean"),
        "type": (_type, 0, 0, ""),
    }
)
