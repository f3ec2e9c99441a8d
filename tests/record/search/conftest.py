from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

import pytest
from prove.search.small_world import SmallWorld
from prove.search.world import CLINICIAN, HOLDER, NOW, WRITER, World, included, matches

from bevan.fhir.definitions import Definitions, load
from bevan.fhir.parameters import Registry
from tests.support.databases import Databases

__all__ = ["CLINICIAN", "HOLDER", "NOW", "WRITER", "World", "flat", "included", "matches"]


@pytest.fixture(scope="session")
def definitions() -> Definitions:
    return load()


@pytest.fixture(scope="session")
def registry(definitions: Definitions) -> Registry:
    return Registry(definitions)


@pytest.fixture(scope="package")
def one_world(databases: Databases, registry: Registry) -> Iterator[World]:
    made = World(databases.dsn(asyncio.run(databases.migrated())), registry)
    yield made
    made.close()


@pytest.fixture
def world(one_world: World) -> World:
    """An empty record: emptying one is many times faster than making one."""
    tables = "resource, resource_history, idx_num, idx_str, idx_code, relationship, audit"
    for table in tables.split(", "):
        one_world.sql(f"delete from {table}")
    one_world.resources.clear()
    return one_world


@pytest.fixture(scope="package")
def worlds(databases: Databases, registry: Registry) -> Iterator[dict[int, World]]:
    """The small world twice, with whole hashes and with hashes cut to 16 bits."""
    made: dict[int, World] = {}
    try:
        for bits in (64, 16):
            dsn = databases.dsn(asyncio.run(databases.migrated()))
            made[bits] = World(dsn, registry, bits)
            made[bits].put(*SmallWorld(1).resources)
        yield made
    finally:
        for each in made.values():
            each.close()


def flat(pages: Sequence[Sequence[str]]) -> list[str]:
    return [id for page in pages for id in page]
