"""A reindex whose process is killed again and again ends with exact counts."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from prove.search.world import World

from bevan.fhir.definitions import Definitions, load
from bevan.fhir.parameters import Registry
from bevan.record import reindex as work
from bevan.record.reindex import Reindex
from tests.record.search.test_added_parameters import parameter, patient
from tests.support.databases import Databases

ROOT = Path(__file__).parents[3]
PEOPLE, KILLS = 120, 2


def made(world: World) -> Reindex:
    parts = world.record._parts
    return Reindex(parts.general, parts.preparer, world.extractor, world.clock, 0)


@pytest.fixture
def world(databases: Databases, definitions: Definitions) -> Iterator[World]:
    found = World(databases.dsn(asyncio.run(databases.migrated())), Registry(definitions))
    yield found
    found.close()


@pytest.mark.prove
def test_kill_9_loses_and_repeats_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.put(*(patient(f"p{n}", "blue" if n % 3 else "") for n in range(PEOPLE)))
    world.put(parameter())
    world.run(made(world).take_up())
    seen = [0]
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, __file__, world.dsn], stdout=subprocess.PIPE, cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert process.stdout is not None
        for _ in range(5):
            assert process.stdout.readline() == b"step\n"
        time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        (status,) = world.run(made(world).status())
        assert status.looked > seen[-1]
        seen.append(status.looked)
    assert 10 <= seen[-1] < PEOPLE
    monkeypatch.setattr(work, "STEP", 50)
    while world.run(made(world).step()):
        pass
    (status,) = world.run(made(world).status())
    assert (status.state, status.rows, status.looked) == ("ready", PEOPLE, PEOPLE)
    assert status.found == PEOPLE - PEOPLE // 3
    world.run(world.record._parts.added.renew())
    assert len(world.ids("Patient", "eye=blue&_count=500")) == status.found


def main(dsn: str) -> None:
    """Reindex one row after the other, and say so, until somebody ends it."""
    work.STEP = 1
    other = World(dsn, Registry(load()))
    while other.run(made(other).step()):
        sys.stdout.write("step\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
