"""The quick yes and the slow why are two readings of R4: they must never differ."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bevan.fhir.definitions import Definitions
from bevan.fhir.validation import Validator
from bevan.fhir.validation.explain import Explainer
from bevan.fhir.validation.fast import Compiler
from tests.fhir.validation.cases import KEPT_AND_BROKEN
from tests.fhir.validation.test_validator import BAD, GOOD

ODD: list[Any] = [
    None, True, 0, -1, 1.5, "", " ", "x", "2021-02-29", "Patient/x", "Nonsense/x", "#x", "\0",
    [], {}, [None], [[]], [{}], {"id": "x"}, {"extension": []}, {"reference": "#"},
    {"coding": [{"code": "x"}]}, {"value": "x"}, {"start": "2021", "end": "2020"}, {"start": []},
]  # fmt: skip
KEYS = ["id", "extension", "_id", "_status", "value", "valueString", "contained", "x", "reference",
        "resourceType", "status", "code", "type", "text", "entry", "item", "meta"]  # fmt: skip


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in a resource."""
    pairs = enumerate(value) if isinstance(value, list) else value.items()
    found = []
    for key, inner in pairs:
        found.append((value, key))
        if isinstance(inner, (dict, list)):
            found += places(inner)
    return found


def damage(resource: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A copy with one to three things changed."""
    result = deepcopy(resource)
    for _ in range(chance.randint(1, 3)):
        found = places(result)
        if not found:
            break
        container, key = chance.choice(found)
        what = chance.randrange(5)
        if what == 0:
            del container[key]
        elif what == 1 and isinstance(container, dict):
            container[chance.choice(KEYS)] = deepcopy(chance.choice(ODD))
        elif what == 2:
            container[key] = [container[key]]
        elif what == 3:
            other, name = chance.choice(found)
            container[key] = deepcopy(other[name]) if other is not container else None
        else:
            container[key] = deepcopy(chance.choice(ODD))
    return result


@pytest.fixture(scope="module")
def compiler(definitions: Definitions) -> Compiler:
    return Compiler(definitions, conditional=False)


@pytest.fixture(scope="module")
def names(examples: dict[str, Any]) -> list[str]:
    """The examples that aren't long."""
    return sorted(name for name, example in examples.items() if len(str(example)) < 20_000)


def agree(definitions: Definitions, compiler: Compiler, resource: Any) -> None:
    explainer = Explainer(definitions, conditional=False)
    explainer.resource(resource)
    if compiler.resource(resource):
        assert explainer.issues == []


@pytest.mark.untraced
@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 2**32))
@pytest.mark.shared
def test_what_the_quick_check_passes_has_no_fault(
    definitions: Definitions,
    compiler: Compiler,
    examples: dict[str, Any],
    names: list[str],
    seed: int,
) -> None:
    chance = random.Random(seed)
    agree(definitions, compiler, damage(examples[chance.choice(names)], chance))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_it_holds_for_small_resources_too(
    definitions: Definitions, compiler: Compiler, seed: int
) -> None:
    chance = random.Random(seed)
    known = [r for _, *both in KEPT_AND_BROKEN for r in both] + list(GOOD.values())
    agree(definitions, compiler, damage(chance.choice(known), chance))


def test_nothing_bad_passes_the_quick_check(compiler: Compiler) -> None:
    for resource, _ in BAD:
        assert not compiler.resource(resource)


@pytest.mark.untraced
@pytest.mark.shared
def test_the_quick_check_says_yes_to_nearly_all_that_is_good(
    compiler: Compiler, validator: Validator, examples: dict[str, Any]
) -> None:
    good = [r for r in examples.values() if not validator.issues(r)]
    quick = [r for r in good if compiler.resource(r)]
    assert len(quick) > 0.93 * len(good)


def test_any_json_is_answered(validator: Validator) -> None:
    for odd in ODD:
        assert not validator.valid(odd)
        assert validator.issues(odd)
