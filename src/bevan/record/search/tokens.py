"""The token hashes that content must hold to match: the record's texts, from the asker's side."""

from __future__ import annotations

from collections.abc import Iterator

from bevan.fhir.extraction import Extractor
from bevan.fhir.parameters import Parameter
from bevan.fhir.search.query import Match
from bevan.fhir.search.values import (
    Composite,
    Reference,
    Token,
    TypedIdentifier,
    Uri,
    Value,
)


def hashed(extractor: Extractor, match: Match) -> list[int] | None:
    """Hashes of which a match holds at least one; None when some value has none of its own."""
    found: list[int] = []
    for value in match.values:
        texts = list(_texts(extractor, match.parameter, match.modifier, value))
        if not texts:
            return None
        found += [
            extractor.token(f"{name}{_suffix(match.modifier)}", text)
            for name in match.parameter.index
            for text in texts
        ]
    return list(dict.fromkeys(found))


def narrowing(extractor: Extractor, match: Match) -> list[int]:
    """Hashes all of which a match of a composite's one value holds, by its token parts."""
    value = match.values[0]
    if len(match.values) > 1 or not isinstance(value, Composite):
        return []
    found: list[int] = []
    for component, part in zip(match.parameter.components, value.parts, strict=True):
        if isinstance(part, Token):
            parameter = extractor.registry.find(match.parameter.resource, component.code)
            if parameter is not None and parameter.index == (parameter.code,):
                texts = _token(part)
                found += [extractor.token(parameter.code, text) for text in texts]
    return found


def _suffix(modifier: str) -> str:
    return f":{modifier}" if modifier in ("identifier", "of-type") else ""


def _texts(
    extractor: Extractor, parameter: Parameter, modifier: str, value: Value
) -> Iterator[str]:
    match value:
        case Token():
            yield from _token(value)
        case TypedIdentifier(system, code, number):
            yield f"{system}|{code}|{number}"
        case Reference("", "", url):
            yield url
        case Reference("", id, ""):
            types = parameter.targets or extractor.registry.definitions.resource_types
            yield from (f"{type}/{id}" for type in types)
        case Reference(type, id, _):
            yield f"{type}/{id}"
        case Uri(uri):
            yield from _above(uri) if modifier == "above" else (uri,)
        case Composite(parts):
            texts = [list(_token(part)) if isinstance(part, Token) else [] for part in parts]
            if len(texts) == 2:
                yield from (f"{left}${right}" for left in texts[0] for right in texts[1])


def _token(value: Token) -> Iterator[str]:
    if value.code is not None:
        yield value.code if value.system is None else f"{value.system}|{value.code}"


def _above(uri: str) -> Iterator[str]:
    """The URI itself and every place above it, with and without the slash at its end."""
    yield uri
    for at, character in enumerate(uri):
        if character == "/":
            yield uri[:at]
            yield uri[: at + 1]
