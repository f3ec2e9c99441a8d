"""The demo's loader: `python -m bevan.site.processes.demo`.

First come the organisations and the people with stories, so that the demonstration can begin;
then everybody else, slice by slice. How far it got is kept in the database: a killed loader goes
on where it stopped. It says how far it is in JSON lines on its standard output.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from bevan.fhir.json import decode
from bevan.kernel import logs, settings
from bevan.kernel.errors import BevanError
from bevan.kernel.logs import logger
from bevan.kernel.metrics import Metrics
from bevan.kernel.settings import Settings
from bevan.kernel.sql import statements
from bevan.people.duplicates import Duplicates
from bevan.record.loading import Loaded
from bevan.record.record import Record
from bevan.record.scope import Actor, Scope, system
from bevan.site.composition import Composition, compose
from bevan.site.processes.demo_accounts import accounts, act, sign_in_lines
from bevan.site.processes.parent import die_with_supervisor
from bevan.synthetic import region
from bevan.synthetic.region import Region

PURPOSE = "load the fictional region of a demonstration"
ACTOR = Actor("system", "demonstration", "Loader of the demonstration")
_BATCH = 500
_SLICE = 10
_TURN = 25
_PROGRESS = "demo-people"

Tell = Callable[[dict[str, object]], None]


async def load(chosen: Settings, dsn: str, tell: Tell) -> None:
    """Load what isn't there yet of the region that the settings name."""
    async with compose(chosen, dsn) as made:
        gc.freeze()
        gc.set_threshold(100_000, 50, 50)
        built = region.build(chosen.people, chosen.seed)
        done = await _progress(made)
        if done is None:
            await _begin(made, built)
            done = 0
        tell({"sign_in": sign_in_lines(built)})
        await _people(made, chosen, done, _counting(tell))
        await Duplicates(made.record, made.clock, made.reviews).look(ACTOR)


async def _begin(made: Composition, built: Region) -> None:
    """The directory, the sources, the people with stories, and who may sign in."""
    scope = _scope()
    for source in built.sources():
        await made.record.introduce(scope, source.uri, source.organisation, source.name)
    await write(made.record, scope, region.named(built.people, built.seed))
    await made.identity.seed(accounts(built))
    await act(made.proxies)
    await made.projection.catch_up()
    await _note(made, 0)
    logger().info("stories loaded")


async def _people(made: Composition, chosen: Settings, done: int, tell: Tell) -> None:
    tell({"people": done, "of": chosen.people})
    for start in range(done, chosen.people, _SLICE):
        stop = min(start + _SLICE, chosen.people)
        part = region.people_slice(start, stop, people=chosen.people, seed=chosen.seed)
        await write(made.record, _scope(), part)
        await _note(made, stop)
        tell({"people": stop, "of": chosen.people})
    logger().info("region loaded", people=chosen.people)


async def write(record: Record, scope: Scope, resources: Iterable[bytes]) -> int:
    """Write resources in commits of a few hundred; how many there were.

    The next batch is made ready while PostgreSQL writes the last one.
    """
    total = 0
    writing: asyncio.Task[Loaded] | None = None
    try:
        for batch in _batches(resources):
            prepared = []
            for number, one in enumerate(batch):
                prepared.append(record.prepare(decode(one)))
                if number % _TURN == 0:
                    await asyncio.sleep(0)
            if writing is not None:
                await writing
            writing = asyncio.create_task(record.load(scope, prepared))
            total += len(batch)
    finally:
        if writing is not None:
            await writing
    return total


def _batches(resources: Iterable[bytes]) -> Iterator[list[bytes]]:
    remaining = iter(resources)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


def _scope() -> Scope:
    return system(PURPOSE, ACTOR)


async def _progress(made: Composition) -> int | None:
    """How many of the other people are there; None before the stories are."""
    sql = statements("bevan.site.processes", "marker.sql")
    found = await made.database.fetchval(sql["read"], _PROGRESS)
    return None if found is None else int(found)


async def _note(made: Composition, people: int) -> None:
    sql = statements("bevan.site.processes", "marker.sql")
    await made.database.execute(sql["set"], _PROGRESS, str(people))


def _counting(tell: Tell) -> Tell:
    """Tell, and publish how many people there are."""
    metrics = Metrics()

    def counted(said: dict[str, object]) -> None:
        people = said.get("people")
        if isinstance(people, int):
            metrics.set("bevan_demo_people_loaded", people)
        tell(said)

    return counted


def _tell(said: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Load, giving way to those who use the demonstration already."""
    die_with_supervisor()
    os.nice(10)
    chosen = settings.load()
    logs.configure("demo", level=chosen.log_level, pid=os.getpid())
    if chosen.database_url is None:
        raise BevanError("The demo's loader is started by `bevan up --demo`.")
    asyncio.run(load(chosen, chosen.database_url, _tell))
    return 0


if __name__ == "__main__":
    sys.exit(main())
