"""The commonest content check, codes, without making typed values first.

Says exactly what `matching` says, some ten times faster: a page of results is checked in the time
that one typed reading takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bevan.fhir.definitions import Definitions
from bevan.fhir.extraction.plan import Field, Unplanned, branches
from bevan.fhir.parameters import Parameter
from bevan.fhir.search.query import Match
from bevan.fhir.search.values import Token

Test = Callable[[Any], bool]
Wanted = list[tuple[str | None, str]]


@dataclass(frozen=True, slots=True)
class Place:
    """An element at the top of a resource that a token parameter reads, and its FHIR type."""

    field: Field
    type: str


def places(definitions: Definitions, parameter: Parameter) -> tuple[Place, ...]:
    """Where a token parameter's values lie; empty where reading them takes more than a look.

    Worth keeping: it takes longer than a page's checks.
    """
    try:
        walks = [
            walk
            for path in parameter.paths
            for walk in branches(definitions, path, parameter.resource)
        ]
    except Unplanned:
        return ()
    found = [
        Place(walk.steps[0], walk.type)
        for walk in walks
        if walk.type in _READS and len(walk.steps) == 1 and isinstance(walk.steps[0], Field)
    ]
    return tuple(found) if len(found) == len(walks) else ()


def shortcut(match: Match, places: tuple[Place, ...]) -> Test | None:
    """A quick check of `match` at its parameter's places, or None where there is none.

    For plain token searches: no modifier, and every value has a code.
    """
    wanted = [
        (value.system, value.code)
        for value in match.values
        if isinstance(value, Token) and value.code
    ]
    if match.modifier or not places or len(wanted) != len(match.values):
        return None
    tests = [_at(place.field, _READS[place.type](wanted)) for place in places]
    if len(tests) == 1:
        return tests[0]
    return lambda resource: any(test(resource) for test in tests)


def _at(field: Field, test: Test) -> Test:
    key = field.key
    if field.many:
        return lambda resource: any(map(test, resource.get(key, ())))
    return lambda resource: key in resource and test(resource[key])


def _coded(name: str) -> Callable[[Wanted], Test]:
    """A test of objects that hold a system and, under `name`, a code."""

    def made(wanted: Wanted) -> Test:
        def test(value: Mapping[str, Any]) -> bool:
            code = value.get(name)
            for system, each in wanted:
                if code == each and (system is None or (value.get("system") or "") == system):
                    return True
            return False

        return test

    return made


def _concept(wanted: Wanted) -> Test:
    coding = _coded("code")(wanted)
    return lambda value: any(map(coding, value.get("coding", ())))


_READS: Mapping[str, Callable[[Wanted], Test]] = {
    "CodeableConcept": _concept,
    "Coding": _coded("code"),
    "Identifier": _coded("value"),
}
