"""The worker: `python -m bevan.site.processes.worker` runs the periodic jobs."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from bevan.kernel import logs, settings
from bevan.kernel.errors import BevanError
from bevan.kernel.settings import Settings
from bevan.site.processes.parent import die_with_supervisor


async def work(chosen: Settings, dsn: str) -> None:
    """Run every job of the installation until SIGTERM or SIGINT."""
    from bevan.kernel.clock import SystemClock
    from bevan.kernel.database import Database
    from bevan.kernel.jobs import Jobs
    from bevan.kernel.metrics import Metrics
    from bevan.site.jobs import jobs

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for request in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(request, stop.set)
    clock, metrics = SystemClock(), Metrics()
    database = await Database.open(dsn, size=4)
    try:
        async with jobs(chosen, dsn, database, clock=clock, metrics=metrics) as found:
            await Jobs(database, found, clock=clock, metrics=metrics).run(stop)
    finally:
        await database.close()


def main() -> int:
    """Work until told to stop."""
    die_with_supervisor()
    chosen = settings.load()
    logs.configure("worker", level=chosen.log_level, pid=os.getpid())
    if chosen.database_url is None:
        raise BevanError("The worker is started by `bevan up`, which tells it its database.")
    asyncio.run(work(chosen, chosen.database_url))
    return 0


if __name__ == "__main__":
    sys.exit(main())
