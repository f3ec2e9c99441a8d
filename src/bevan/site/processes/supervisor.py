"""`bevan up`: PostgreSQL, migrations, web workers, the worker and the demo's loader.

Any process may be killed at any time. The supervisor starts it again; if the supervisor itself is
killed, its children end with it and PostgreSQL stops by itself.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from socket import socket

from bevan.kernel import roles
from bevan.kernel import settings as settings_of
from bevan.kernel.clock import SystemClock
from bevan.kernel.database import connect
from bevan.kernel.errors import BevanError, Unavailable
from bevan.kernel.logs import logger
from bevan.kernel.metrics import FILES
from bevan.kernel.migrations import migrate
from bevan.kernel.postgres import Cluster
from bevan.kernel.settings import Settings
from bevan.site.processes import marker, readiness, tls
from bevan.site.processes.announcement import Announcer
from bevan.site.processes.child import Child, Part
from bevan.site.processes.sockets import listen
from bevan.site.schema import PACKAGES

_DRAIN = 15.0
_WATCH = 1.0
_PAUSE = 0.05
_MOST_FAILURES = 5


class Supervisor:
    """Runs one installation until SIGTERM or SIGINT."""

    def __init__(self, settings: Settings, announcer: Announcer) -> None:
        """Nothing starts before `run`."""
        self._settings = settings
        self._announcer = announcer
        self._cluster: Cluster | None = None
        self._stop = asyncio.Event()
        self._fault: BevanError | None = None

    async def run(self) -> None:
        """Start everything, say so, and keep it running.

        Raises `BevanError` where it can't start.
        """
        self._catch_signals()
        tls.context(self._settings)
        demo = self._mark_demo()
        listening = listen(self._settings.host, self._settings.port)
        try:
            port = listening.getsockname()[1]
            self._settings = self._settings.model_copy(update={"port": port, **_region(demo)})
            self._announcer.say("Starting PostgreSQL")
            dsn = await self._database()
            self._announcer.say("Bringing the database up to date")
            serving = await _prepare(self._settings, dsn, demo)
            await self._serve(listening, serving, demo)
        finally:
            listening.close()
            if self._cluster is not None:
                await asyncio.to_thread(self._cluster.stop)

    def _catch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for request in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(request, self._stop.set)

    def _mark_demo(self) -> marker.Demo | None:
        """The demonstration to serve: asked for now, or the one that made the folder."""
        asked = self._settings
        if not asked.demo:
            return marker.marked(asked.data)
        began = SystemClock().now().isoformat()
        return marker.mark(asked.data, marker.Demo(asked.people, asked.seed, began))

    async def _database(self) -> str:
        chosen = self._settings
        chosen.data.mkdir(mode=0o711, parents=True, exist_ok=True)
        if chosen.database_url is not None:
            return chosen.database_url
        self._cluster = Cluster(chosen.data, prefer=chosen.postgres, fsync=chosen.fsync)
        return await asyncio.to_thread(self._cluster.start)

    async def _serve(self, listening: socket, dsn: str, demo: marker.Demo | None) -> None:
        children = self._children(listening, dsn, demo)
        tasks = [asyncio.create_task(child.keep()) for child in children]
        tasks.append(asyncio.create_task(self._watch_database()))
        tasks.append(asyncio.create_task(self._announce(children[0], demo)))
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await stopping
            if self._fault is not None:
                raise self._fault
            self._announcer.say("Stopping")
        finally:
            await asyncio.gather(*(child.stop(_DRAIN) for child in children))
            await _cancel(tasks)

    def _children(self, listening: socket, dsn: str, demo: marker.Demo | None) -> list[Child]:
        environment = self._environment(dsn)
        file = listening.fileno()
        web = Part("web", "bevan.site.processes.web", (str(file),), (file,))
        parts = [web] * self._settings.workers
        parts.append(Part("worker", "bevan.site.processes.worker"))
        if demo is not None:
            parts.append(Part("demo", "bevan.site.processes.demo", ends=True))
        return [
            Child(
                part,
                environment,
                errors=self._announcer.errors,
                heard=self._announcer.heard if part.name == "demo" else None,
                restarted=_forget_metrics,
            )
            for part in parts
        ]

    def _environment(self, dsn: str) -> Mapping[str, str]:
        folder = self._settings.data / "run" / "metrics"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        os.environ[FILES] = str(folder.absolute())
        chosen = self._settings.model_copy(update={"database_url": dsn, "database_app_url": None})
        return {**settings_of.environment(chosen), FILES: str(folder.absolute())}

    async def _watch_database(self) -> None:
        """Bring the embedded server back when it and its keeper were killed."""
        while self._cluster is not None:
            await asyncio.sleep(_WATCH)
            try:
                if not await asyncio.to_thread(self._cluster.running):
                    logger().warning("PostgreSQL is away")
                    await asyncio.to_thread(self._cluster.start)
                    logger().info("PostgreSQL is back")
            except BevanError as fault:
                logger().error("PostgreSQL can't be started", exc_info=fault)

    async def _announce(self, web: Child, demo: marker.Demo | None) -> None:
        """Say that it is ready, or give up when the first web worker never gets so far."""
        chosen = self._settings
        secure = chosen.tls_certificate is not None
        while not await readiness.ready(chosen.host, chosen.port, tls=secure):
            if web.ends >= _MOST_FAILURES:
                self._fault = Unavailable("The web worker can't start; the log says why.")
                self._stop.set()
                return
            await asyncio.sleep(_PAUSE)
        self._announcer.ready(self._settings, demo)


def _region(demo: marker.Demo | None) -> dict[str, object]:
    if demo is None:
        return {"demo": False}
    return {"demo": True, "people": demo.people, "seed": demo.seed}


async def _prepare(settings: Settings, dsn: str, demo: marker.Demo | None) -> str:
    """Migrate, and mark a demonstration's database as such; the DSN for those who serve."""
    connection = await connect(dsn, patience=60.0)
    try:
        if demo is not None:
            await marker.refuse_foreign(connection)
        for migration in await migrate(connection, PACKAGES):
            logger().info("migrated", package=migration.package, migration=migration.label)
        if demo is not None:
            await marker.claim(connection, demo)
        embedded = settings.database_url is None
        return await roles.serving(connection, dsn, settings, embedded=embedded)
    finally:
        await connection.close()


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task


def _forget_metrics(name: str, pid: int) -> None:
    """Take a dead process's gauges out of the published sums, and count its end."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(pid)  # type: ignore[no-untyped-call]
    logger().debug("gauges forgotten", child=name, child_pid=pid)


def up(settings: Settings, *, quiet: bool = False) -> int:
    """Serve until told to stop; what the `bevan up` command runs.

    Log lines go to the standard error, or, when that is somebody's terminal, to a
    file in the data folder.
    """
    from bevan.kernel import logs

    errors: Path | None = None
    if sys.stderr.isatty():
        settings.data.mkdir(mode=0o711, parents=True, exist_ok=True)
        errors = settings.data.absolute() / marker.LOG
    announcer = Announcer(errors, quiet=quiet)
    stream = errors.open("a", encoding="utf-8") if errors else None
    logs.configure("supervisor", level=settings.log_level, pid=os.getpid(), stream=stream)
    try:
        asyncio.run(Supervisor(settings, announcer).run())
    finally:
        announcer.close()
        if stream is not None:
            stream.close()
    return 0
