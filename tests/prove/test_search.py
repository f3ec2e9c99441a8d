"""A slice of the random searches, and that the proof can fail: `make prove NAME=search`."""

from __future__ import annotations

import asyncio

import pytest
from prove.search.oracle import Oracle
from prove.search.proof import RENAMED, Tally, ask, others, trial
from prove.search.small_world import SmallWorld
from prove.search.world import NOW, World

from bevan.fhir.definitions import load
from bevan.fhir.parameters import Registry
from tests.support.databases import Databases


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry(load())


def database(databases: Databases) -> str:
    return databases.dsn(asyncio.run(databases.migrated()))


@pytest.mark.prove
def test_a_slice_agrees_while_others_write(databases: Databases, registry: Registry) -> None:
    tally = trial(database(databases), registry, 1, 80)
    assert sum(tally.found.values()) >= 80
    assert tally.found["some"] > 10
    assert tally.found["none"] > 10
    assert tally.writes > 0


@pytest.mark.prove
def test_a_difference_is_found(databases: Databases, registry: Registry) -> None:
    world = World(database(databases), registry)
    try:
        world.put(*SmallWorld(1).resources)
        lacking = Oracle([one for one in world.resources if one["id"] != "patient-3"], NOW)
        with pytest.raises(AssertionError):
            ask(world, lacking, ("", "Patient", "_count=50"), Tally())
    finally:
        world.close()


def test_others_are_nobody_of_the_world() -> None:
    made = others(5)
    assert {one["resourceType"] for one in made} == set(RENAMED)
    assert all(one["id"].startswith("other-") for one in made)
    links = [one["subject"]["reference"] for one in made if "subject" in one]
    assert links
    assert all(link.startswith("Patient/other-") for link in links)
