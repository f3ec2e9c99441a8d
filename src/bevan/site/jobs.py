"""The periodic work of an installation, for the process that leads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bevan.access.edition import Editions
from bevan.kernel.clock import Clock, SystemClock
from bevan.kernel.database import Database
from bevan.kernel.jobs import Job
from bevan.kernel.metrics import Metrics
from bevan.kernel.settings import Settings
from bevan.people.duplicates import Duplicates
from bevan.record.scope import Actor, system
from bevan.site.composition import Composition, compose

FEED = "bevan_feed"
# Steps of reindexing at a time: other work comes between.
_STEPS = 100
WORKER = Actor("system", "bevan-worker", "Bevan's own jobs")


@asynccontextmanager
async def jobs(
    settings: Settings, dsn: str, database: Database, *, clock: Clock, metrics: Metrics
) -> AsyncIterator[list[Job]]:
    """Every job, with what it needs open for as long as the block lasts."""
    async with compose(settings, dsn, clock=clock) as made:
        yield _jobs(made, metrics)


def _jobs(made: Composition, metrics: Metrics) -> list[Job]:
    async def relationships() -> None:
        await made.projection.catch_up()

    async def partitions() -> None:
        await made.record.make_partitions(system("Making the coming months' partitions", WORKER))

    async def waiting() -> None:
        await made.record.settle(system("Looking for whom waiting entries are about", WORKER))

    async def merged() -> None:
        await made.following.follow(WORKER)

    async def parameters() -> None:
        await made.record.reindex.take_up()
        for _ in range(_STEPS):
            if not await made.record.reindex.step():
                break

    async def duplicates() -> None:
        await Duplicates(made.record, made.clock, made.reviews).look(WORKER)

    async def measures() -> None:
        scope = system("Measuring how far the feed is behind", WORKER)
        metrics.set("bevan_feed_lag_seconds", await made.record.feed_lag(scope))
        metrics.set("bevan_feed_epoch", (await made.record.watermark(scope)).epoch)

    async def audit() -> None:
        await made.chain.seal()
        await made.chain.hand_over()

    async def rulebook() -> None:
        await Editions(made.database, made.journal, made.rules, made.clock).look()

    async def watch() -> None:
        await made.watch.catch_up()

    async def looks() -> None:
        await made.gathering.catch_up()

    async def due() -> None:
        await made.keeping.look(WORKER)

    async def disposals() -> None:
        await made.disposing.run(WORKER)

    async def chained() -> None:
        state = await made.chain.state()
        now = SystemClock().now()
        metrics.set("bevan_audit_unsealed_entries", state.unsealed)
        metrics.set("bevan_audit_links", state.links)
        metrics.set("bevan_audit_links_handed", state.handed)
        lag = 0.0 if state.waits is None else (now - state.waits).total_seconds()
        metrics.set("bevan_audit_handover_lag_seconds", max(0.0, lag))

    return [
        Job("audit seal", timedelta(seconds=20), audit),
        Job("rulebook", timedelta(minutes=10), rulebook),
        Job("watch", timedelta(seconds=30), watch),
        Job("looks", timedelta(seconds=10), looks),
        Job("audit measures", timedelta(seconds=30), chained),
        Job("measures", timedelta(seconds=5), measures),
        Job("records due", timedelta(hours=24), due),
        Job("disposals", timedelta(minutes=5), disposals),
        Job("partitions", timedelta(hours=12), partitions),
        Job("waiting entries", timedelta(minutes=1), waiting),
        Job("relationships", timedelta(seconds=5), relationships, wake=FEED),
        Job("merged records", timedelta(minutes=1), merged, wake=FEED),
        Job("search parameters", timedelta(seconds=2), parameters),
        Job("duplicates", timedelta(hours=24), duplicates),
        Job("sessions", timedelta(minutes=10), made.identity.sweep),
        Job("signing keys", timedelta(hours=1), made.keys.renew),
        Job("app permissions", timedelta(hours=1), made.app_grants.sweep),
        Job("sign-ins", timedelta(minutes=10), made.front.sweep),
        Job("used once", timedelta(minutes=10), made.once.sweep),
    ]
