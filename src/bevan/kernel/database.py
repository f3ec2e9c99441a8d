"""Connections to PostgreSQL and a pool of them that costs as little as it can.

The pool hands out the connection used last (its caches are warm and unused ones stay idle) and
sends nothing at release: a RESET at every release halves read throughput. So nobody may leave
session state behind: no SET without LOCAL, no session advisory lock, no temporary table.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import asyncpg

from bevan.kernel.errors import ConfigurationError, Unavailable

Setup = Callable[["Connection"], Awaitable[None]]

# What a server that is starting, stopping or recovering answers: worth another try.
_NOT_YET = (
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    ConnectionError,
    FileNotFoundError,
    TimeoutError,
    socket.gaierror,
)
# What no second try makes better: an address that can't be read, or that the server refuses.
_NEVER = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    ValueError,
)
_FIXED = {"jit": "off", "application_name": "bevan"}


if TYPE_CHECKING:
    _Base = asyncpg.Connection[asyncpg.Record]
else:
    _Base = asyncpg.Connection


class Connection(_Base):
    """A connection that is given back without a RESET."""

    def get_reset_query(self) -> str:
        """Nothing: see the module's own words."""
        return ""


async def connect(
    dsn: str,
    *,
    setup: Setup | None = None,
    settings: Mapping[str, str] | None = None,
    patience: float = 10.0,
) -> Connection:
    """One connection, after `setup` has run on it.

    `settings` are server settings for the session. A server that is starting or recovering is
    asked again for `patience` seconds. Raises `Unavailable` after that, and `ConfigurationError`
    for an address that can't be right.
    """
    until = asyncio.get_running_loop().time() + patience
    pause = 0.02
    while True:
        try:
            return await _connect(dsn, setup, {**_FIXED, **(settings or {})})
        except _NOT_YET as fault:
            if asyncio.get_running_loop().time() + pause > until:
                raise Unavailable(f"PostgreSQL doesn't answer ({type(fault).__name__}).") from None
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.5)


async def _connect(dsn: str, setup: Setup | None, settings: dict[str, str]) -> Connection:
    try:
        connection = await asyncpg.connect(
            dsn, connection_class=Connection, server_settings=settings, timeout=10
        )
    except _NEVER as fault:
        # Not the fault's own words: they hold the user's name, or part of a password.
        raise ConfigurationError(
            f"The address of PostgreSQL can't be used ({type(fault).__name__}): "
            "see BEVAN_DATABASE_URL."
        ) from None
    try:
        if setup is not None:
            await setup(connection)
    except BaseException:
        connection.terminate()
        raise
    return connection


class Database:
    """A pool of connections, last in first out. Make it with `Database.open`."""

    def __init__(
        self, dsn: str, size: int, settings: Mapping[str, str] | None, setup: Setup | None
    ) -> None:
        """Remember how to connect; nothing is opened yet."""
        self.dsn = dsn
        self.size = size
        self._settings = dict(settings or {})
        self._setup = setup
        self._idle: list[Connection] = []
        self._busy: set[Connection] = set()
        self._free = asyncio.Semaphore(size)
        self._quiet = asyncio.Event()
        self._closed = False

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        size: int = 8,
        settings: Mapping[str, str] | None = None,
        setup: Setup | None = None,
        patience: float = 10.0,
    ) -> Database:
        """A pool of at most `size` connections, with the first one already made.

        `settings` are server settings of every session (`plan_cache_mode` for population
        searches); `setup` runs on each new connection. Raises `Unavailable`.
        """
        database = cls(dsn, size, settings, setup)
        database._idle.append(await connect(dsn, setup=setup, settings=settings, patience=patience))
        return database

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection for the length of the block; waits while all are in use.

        Raises `Unavailable` where none can be had, or the server went away in the middle.
        """
        await self._free.acquire()
        try:
            connection = await self._take()
            try:
                yield connection
            except asyncpg.InternalClientError:
                # The server died in the middle of an answer: what comes next is nobody's guess.
                connection.terminate()
                raise Unavailable("PostgreSQL went away in the middle of an answer.") from None
            finally:
                self._give_back(connection)
        finally:
            self._free.release()

    @asynccontextmanager
    async def transaction(self, **options: Any) -> AsyncIterator[Connection]:
        """A connection inside a transaction, committed at the block's end.

        `options` are asyncpg's (`isolation`, `readonly`, `deferrable`).
        """
        async with self.connection() as connection, connection.transaction(**options):
            yield connection

    async def fetch(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        """All rows of one statement, on any connection."""
        async with self.connection() as connection:
            return await connection.fetch(query, *arguments)

    async def fetchrow(self, query: str, *arguments: object) -> asyncpg.Record | None:
        """The first row of one statement, on any connection."""
        async with self.connection() as connection:
            return await connection.fetchrow(query, *arguments)

    async def fetchval(self, query: str, *arguments: object) -> Any:
        """The first value of the first row of one statement, on any connection."""
        async with self.connection() as connection:
            return await connection.fetchval(query, *arguments)

    async def execute(self, query: str, *arguments: object) -> str:
        """Run one statement on any connection; returns PostgreSQL's command tag."""
        async with self.connection() as connection:
            return await connection.execute(query, *arguments)

    async def close(self, grace: float = 10.0) -> None:
        """Wait up to `grace` seconds for connections in use, then close all of them."""
        self._closed = True
        if self._busy:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._quiet.wait(), grace)
        for connection in self._busy:
            connection.terminate()
        idle, self._idle = self._idle, []
        for connection in idle:
            await _close(connection)

    async def _take(self) -> Connection:
        if self._closed:
            raise Unavailable("The database pool is closed.")
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                break
        else:
            connection = await connect(
                self.dsn, setup=self._setup, settings=self._settings, patience=5.0
            )
        self._busy.add(connection)
        return connection

    def _give_back(self, connection: Connection) -> None:
        self._busy.discard(connection)
        if self._closed and not self._busy:
            self._quiet.set()
        if connection.is_closed():
            return
        if self._closed or connection.is_in_transaction():
            connection.terminate()
            return
        self._idle.append(connection)


async def _close(connection: Connection) -> None:
    try:
        await connection.close(timeout=2)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
        connection.terminate()
