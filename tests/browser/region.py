"""The real application on a real database with the people of the stories, in a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import uvicorn

from bevan.fhir.json import decode
from bevan.kernel.clock import Clock
from bevan.kernel.settings import Settings
from bevan.record.scope import Actor, Scope, system
from bevan.site.application import Site, build
from bevan.site.composition import Composition
from bevan.site.processes.demo import write
from bevan.site.processes.demo_accounts import accounts
from bevan.synthetic import region
from tests.support.databases import Databases
from tests.support.moving_clock import MovingClock

T = TypeVar("T")
MORNING = datetime(2026, 11, 24, 10, 42, tzinfo=UTC)
GP_SYSTEM = Actor("system", "mill-lane-feed", "Mill Lane Surgery's system")


class Announcing(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


class Region:
    """What a browser test needs to know and may do behind the pages."""

    def __init__(
        self,
        databases: Databases,
        clock: Clock,
        *,
        port: int = 0,
        data: Path | None = None,
        name: str = "127.0.0.1",
    ) -> None:
        """With a `port` the site knows its own address, as apps need; keys are kept in `data`."""
        self.clock = clock
        self._databases = databases
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._database = self.run(databases.migrated())
        dsn = databases.dsn(self._database)
        base = f"http://{name}:{port}" if port else None
        settings = Settings(data=data or Path(), demo=True, database_url=dsn, base_url=base)
        self.site: Site = build(settings, dsn, clock=clock)
        config = uvicorn.Config(self.site, host="127.0.0.1", port=port, log_config=None)
        self.server = Announcing(config)

    def start(self) -> None:
        """Listen, then load the stories and let their relationships take effect."""
        self._serving = asyncio.run_coroutine_threadsafe(self.server.serve(), self._loop)
        assert self.server.listening.wait(60)
        self.run(self._load())

    def stop(self) -> None:
        """Finish requests and close."""
        self.server.should_exit = True
        self._serving.result(30)
        self.run(self._databases.drop(self._database))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the server's own loop, where its connections live."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(120)

    @property
    def url(self) -> str:
        """Where pages are served."""
        port = self.server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    @property
    def made(self) -> Composition:
        """The opened parts."""
        assert self.site.composition is not None
        return self.site.composition

    @property
    def scope(self) -> Scope:
        """The sight of a system that sends messages."""
        return system("tests: a source sends", GP_SYSTEM, at=self.clock.now())

    async def _load(self) -> None:
        built = region.build(12, 1)
        for source in built.sources():
            await self.made.record.introduce(
                self.scope, source.uri, source.organisation, source.name
            )
        await write(self.made.record, self.scope, region.named(12, 1))
        await self.made.identity.seed(accounts(built))
        await self.made.projection.catch_up()

    def read(self, type: str, id: str) -> dict[str, Any]:
        """A resource as it stands."""
        found = self.run(self.made.record.read(self.scope, type, id))
        assert found is not None
        content: dict[str, Any] = decode(found.content)
        return content

    def send(self, resource: dict[str, Any]) -> None:
        """A source's own message: writes its version over whatever stands."""
        self.run(self.made.record.update(self.scope, resource))

    def search(self, type: str, query: str) -> list[dict[str, Any]]:
        """What the whole record holds."""
        page = self.run(self.made.record.search(self.scope, type, query))
        return [entry["resource"] for entry in decode(page.bundle).get("entry", [])]


@contextmanager
def serving_region(
    databases: Databases, *, port: int = 0, data: Path | None = None
) -> Iterator[Region]:
    """A region that serves as long as the block lasts."""
    made = Region(databases, MovingClock(MORNING), port=port, data=data)
    made.start()
    try:
        yield made
    finally:
        made.stop()
