"""The commonest content check, codes, without making typed values first.

Says exactly what `matching` says, some ten times faster: a page of results is checked in the time
that one typed reading takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bevan.fhir.definitions import Definitions
from bevan.fhir.extraction.plan import Branch, Field, Unplanned, branches
from bevan.fhir.search.query import Match
from bevan.fhir.search.values import Token

Test = Callable[[Any], bool]


def shortcut(definitions: Definitions, match: Match) -> Callable[[Mapping[str, Any]], bool] | None:
    """A quick check of `match`, or None where there is no shorter way than reading its values.

    For plain token searches (no modifier, code given) on CodeableConcepts, Codings and
    Identifiers at the top of the resource.
    """
    wanted = [value for value in match.values if isinstance(value, Token) and value.code]
    if match.modifier or len(wanted) != len(match.values):
        return None
    try:
        walks = [
            walk
            for path in match.parameter.paths
            for walk in branches(definitions, path, match.parameter.resource)
        ]
    except Unplanned:
        return None
    tests = list(_tests(walks, [(token.system, token.code or "") for token in wanted]))
    if not tests or len(tests) != len(walks):
        return None
    if len(tests) == 1:
        return tests[0]
    return lambda resource: any(test(resource) for test in tests)


def _tests(walks: list[Branch], wanted: list[tuple[str | None, str]]) -> Iterator[Test]:
    for walk in walks:
        reads = _READS.get(walk.type)
        if reads is None or len(walk.steps) != 1 or not isinstance(walk.steps[0], Field):
            continue
        yield _at(walk.steps[0], reads(wanted))


def _at(field: Field, test: Test) -> Test:
    key = field.key
    if field.many:
        return lambda resource: any(map(test, resource.get(key, ())))
    return lambda resource: key in resource and test(resource[key])


def _coded(name: str) -> Callable[[list[tuple[str | None, str]]], Test]:
    """A test of objects that hold a system and, under `name`, a code."""

    def made(wanted: list[tuple[str | None, str]]) -> Test:
        def test(value: Mapping[str, Any]) -> bool:
            code = value.get(name)
            for system, each in wanted:
                if code == each and (system is None or (value.get("system") or "") == system):
                    return True
            return False

        return test

    return made


def _concept(wanted: list[tuple[str | None, str]]) -> Test:
    coding = _coded("code")(wanted)
    return lambda value: any(map(coding, value.get("coding", ())))


_READS: Mapping[str, Callable[[list[tuple[str | None, str]]], Test]] = {
    "CodeableConcept": _concept,
    "Coding": _coded("code"),
    "Identifier": _coded("value"),
}
