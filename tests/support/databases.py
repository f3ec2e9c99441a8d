"""Throw-away databases on the test cluster."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from bevan.kernel.database import Connection, connect
from bevan.kernel.migrations import migrate
from bevan.kernel.postgres import Cluster
from bevan.site.schema import PACKAGES

_TEMPLATE = "bevan_template"


class Databases:
    """Makes and drops databases, cloning a migrated template."""

    def __init__(self, cluster: Cluster) -> None:
        """Use `cluster`; the template is built at the first request."""
        self._cluster = cluster
        self._numbers = count(1)
        self._template = False

    def dsn(self, name: str) -> str:
        """How to connect to the database called `name`."""
        return self._cluster.dsn_of(name)

    async def migrated(self) -> str:
        """The name of a new database with every package's migrations applied."""
        if not self._template:
            await self._build_template()
        return await self._create(f"TEMPLATE {_TEMPLATE} STRATEGY file_copy")

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[str]:
        """How to connect to a migrated database that lasts as long as the block."""
        name = await self.migrated()
        try:
            yield self.dsn(name)
        finally:
            await self.drop(name)

    async def empty(self) -> str:
        """The name of a new, empty database."""
        return await self._create("")

    async def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        await self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def _create(self, how: str) -> str:
        name = f"test_{next(self._numbers)}"
        await self._run(f'CREATE DATABASE "{name}" {how}')
        return name

    async def _build_template(self) -> None:
        await self._run(f"DROP DATABASE IF EXISTS {_TEMPLATE}")
        await self._run(f"CREATE DATABASE {_TEMPLATE}")
        connection = await connect(self.dsn(_TEMPLATE))
        try:
            await migrate(connection, PACKAGES)
        finally:
            await connection.close()
        self._template = True

    async def _run(self, statement: str) -> None:
        connection: Connection = await connect(self.dsn("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
