"""One name and value of a query string as a condition: own value, chain or reverse chain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bevan.fhir.extraction.conditions import points_to
from bevan.fhir.parameters import Parameter, Registry
from bevan.fhir.path.nodes import Call, Member
from bevan.fhir.search import values
from bevan.fhir.search.near import near
from bevan.fhir.search.query import Chain, Condition, Has, Match, Modifier
from bevan.fhir.search.refusal import SearchRefused, refuse
from bevan.fhir.search.separators import BadEscape, split

MOST_HOPS = 8
MOST_VALUES = 1_000
# An untyped chain over a reference to anything would ask every type; the caller can name one.
MOST_BRANCHES = 12
# Any type will do to learn what all types have in common.
ANY_TYPE = "Basic"

MODIFIERS: Mapping[str, frozenset[Modifier]] = {
    "token": frozenset(("missing", "not", "text", "of-type", "in", "not-in", "above", "below")),
    "string": frozenset(("missing", "exact", "contains")),
    "reference": frozenset(("missing", "identifier")),
    "uri": frozenset(("missing", "above", "below")),
    "date": frozenset(("missing",)),
    "number": frozenset(("missing",)),
    "quantity": frozenset(("missing",)),
    "composite": frozenset(("missing",)),
    "special": frozenset(),
}
READERS: Mapping[Modifier, Callable[[str], values.Value]] = {
    "text": values.words,
    "of-type": values.typed_identifier,
    "identifier": values.token,
    "in": values.uri,
    "not-in": values.uri,
}
# Special parameters that have a meaning here, with what reads them.
SPECIAL: Mapping[str, Callable[[str], values.Value]] = {"near": near}
UNSUPPORTED = {
    "_text": "Narratives are not indexed here, so “_text” finds nothing.",
    "_content": "Contents are not indexed as words here, so “_content” finds nothing.",
    "_filter": "The search parameter “_filter” is not supported.",
    "_query": "The search parameter “_query” is not supported: no named query is defined.",
}


def condition(registry: Registry, type: str, key: str, text: str, hops: int = 0) -> Condition:
    """The condition that `key`=`text` puts on resources of `type`.

    Raises SearchRefused naming the parameter, modifier or value that isn't understood.
    """
    if hops > MOST_HOPS:
        raise refuse(key, f"A chain has at most {MOST_HOPS} links.", "too-costly")
    if key == "_list":
        return _list(registry, type, text)
    if key.startswith("_has:"):
        return _has(registry, type, key, text, hops)
    head, dot, rest = key.partition(".")
    if dot:
        return _chain(registry, type, head, rest, text, hops)
    name, _, modifier = key.partition(":")
    parameter = known(registry, type, name)
    if modifier == "missing":
        return Match(parameter, "missing", (), _boolean(key, text))
    return _match(registry, parameter, key, modifier, text)


def known(registry: Registry, type: str, name: str) -> Parameter:
    """The parameter `name` of `type` (empty: of all types).

    Raises SearchRefused when there's none, or one that isn't supported.
    """
    if name in UNSUPPORTED:
        raise refuse(name, UNSUPPORTED[name], "not-supported")
    parameter = registry.find(type, name) if type else _common(registry, name)
    if parameter is None:
        whose = type or "A search on all types"
        raise refuse(name, f"{whose} has no search parameter “{name}”.", "not-supported")
    if parameter.type not in MODIFIERS or (parameter.type == "special" and name not in SPECIAL):
        raise refuse(name, f"The search parameter “{name}” is not supported.", "not-supported")
    if not parameter.ready:
        text = f"“{name}” is not wholly indexed yet: a search by it would miss resources."
        raise refuse(name, text, "transient")
    return parameter


def _common(registry: Registry, name: str) -> Parameter | None:
    """A parameter that every type has. Its bit differs from type to type, so it has none here."""
    found = registry.find(ANY_TYPE, name) if name.startswith("_") else None
    return found and replace(found, number=None)


def _match(registry: Registry, parameter: Parameter, key: str, modifier: str, text: str) -> Match:
    target = ""
    if modifier and parameter.type == "reference" and modifier[:1].isupper():
        target, modifier = _target(registry, parameter, key, modifier), ""
    elif parameter.type == "reference" and not modifier:
        target = _only(destinations(registry, parameter))
    allowed = _modifier(parameter, key, modifier)
    texts = split(text, ",")
    if len(texts) > MOST_VALUES:
        raise refuse(key, f"A parameter has at most {MOST_VALUES} values.", "too-costly")
    read = READERS.get(allowed) or values.READERS.get(parameter.type) or SPECIAL.get(parameter.code)
    found: list[values.Value] = []
    for place, each in enumerate(texts, 1):
        try:
            value = read(each) if read else _composite(parameter, each)
            found.append(_typed(target, value) if target else value)
        except (BadEscape, ValueError) as error:
            which = f"Value {place}" if len(texts) > 1 else "The value"
            raise refuse(key, f"{which} of “{key}” can't be used: {error}.", "value") from error
    return Match(parameter, allowed, tuple(found))


def _only(types: tuple[str, ...]) -> str:
    return types[0] if len(types) == 1 else ""


def _modifier(parameter: Parameter, key: str, modifier: str) -> Modifier:
    if not modifier:
        return ""
    for allowed in MODIFIERS[parameter.type]:
        if allowed == modifier:
            return allowed
    raise refuse(
        key,
        f"“{parameter.code}” is a {parameter.type} parameter and has no modifier “:{modifier}”.",
        "not-supported",
    )


def _target(registry: Registry, parameter: Parameter, key: str, type: str) -> str:
    if parameter.targets and type not in parameter.targets:
        raise refuse(key, f"“{parameter.code}” never refers to “{type}”.", "not-supported")
    if registry.find(type, "_id") is None:
        raise refuse(key, f"“{type}” is not a type of resource.", "not-supported")
    return type


def _typed(target: str, value: values.Value) -> values.Value:
    assert isinstance(value, values.Reference)
    if value.url or value.type == target:
        return value
    if value.type:
        raise ValueError(f"it names {value.type} where only {target} can be")
    return values.Reference(target, value.id, "")


def _composite(parameter: Parameter, text: str) -> values.Composite:
    texts = split(text, "$")
    if len(texts) != len(parameter.components):
        raise ValueError(f"it needs {len(parameter.components)} parts, with “$” between them")
    return values.Composite(
        tuple(
            values.READERS[component.type](part)
            for component, part in zip(parameter.components, texts, strict=True)
        )
    )


def _boolean(key: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise refuse(key, f"“{key}” is true or false.", "value")
    return text == "true"


def destinations(registry: Registry, parameter: Parameter) -> tuple[str, ...]:
    """The types that a reference parameter leads to.

    HL7 lists more than a type lets through: `patient` lists Group, yet reads
    `Observation.subject.where(resolve() is Patient)`, and AllergyIntolerance.patient can't be one.
    """
    tests = [
        points_to(path.arguments[0])
        for path in parameter.paths
        if isinstance(path, Call) and path.name == "where" and path.arguments
    ]
    if tests and len(tests) == len(parameter.paths) and all(tests):
        return tuple(dict.fromkeys(tests))
    allowed = _allowed(registry, parameter)
    return tuple(type for type in parameter.targets if not allowed or type in allowed)


def _allowed(registry: Registry, parameter: Parameter) -> frozenset[str]:
    """What the elements may refer to, if they all stand at the top of the resource and say so."""
    found: set[str] = set()
    elements = registry.definitions.types[parameter.resource].elements
    for path in parameter.paths:
        top = isinstance(path, Member) and path.base == Member(None, parameter.resource)
        element = elements.get(path.name) if top and isinstance(path, Member) else None
        if element is None or not element.targets:
            return frozenset()
        found |= set(element.targets)
    return frozenset(found)


def _chain(registry: Registry, type: str, head: str, rest: str, text: str, hops: int) -> Chain:
    name, _, target = head.partition(":")
    parameter = known(registry, type, name)
    if parameter.type != "reference":
        raise refuse(head, f"“{name}” is not a reference, so nothing can follow it.", "invalid")
    targets = (
        (_target(registry, parameter, head, target),)
        if target
        else destinations(registry, parameter)
    )
    branches: list[tuple[str, Condition]] = []
    refused: SearchRefused | None = None
    for each in targets:
        try:
            branches.append((each, condition(registry, each, rest, text, hops + 1)))
        except SearchRefused as error:
            # An unknown name at one target is no fault when another target knows it; prefer the
            # complaint about a value to the one about a name.
            if refused is None or error.issues[0].code == "value":
                refused = error
    if not branches:
        raise refused or refuse(head, f"Name the type that “{name}” leads to.", "not-supported")
    if len(branches) > MOST_BRANCHES:
        raise refuse(
            head,
            f"“{name}” leads to {len(branches)} types; name one, as in {name}:{branches[0][0]}.",
            "too-costly",
        )
    return Chain(parameter, tuple(branches))


def _list(registry: Registry, type: str, text: str) -> Has:
    """Members of a List: what its entries refer to (FHIR R4 3.1.1.4.15)."""
    if not type:
        raise refuse("_list", "“_list” needs a search on one type.", "not-supported")
    if text.startswith("$"):
        raise refuse("_list", "A functional list such as $current-problems is not supported here.",
                     "not-supported")  # fmt: skip
    item = known(registry, "List", "item")
    return Has("List", item, _match(registry, known(registry, "List", "_id"), "_list", "", text))


def _has(registry: Registry, type: str, key: str, text: str, hops: int) -> Has:
    parts = key.split(":", 3)
    if len(parts) != 4 or not all(parts):
        raise refuse(key, "A reverse chain is written _has:Type:reference:parameter.", "invalid")
    _, source, name, rest = parts
    parameter = known(registry, source, name)
    if parameter.type != "reference" or (parameter.targets and type not in parameter.targets):
        raise refuse(key, f"“{name}” of {source} never refers to {type}.", "invalid")
    return Has(source, parameter, condition(registry, source, rest, text, hops + 1))
