"""The role that serves: it can't alter a table, nor change what the audit says.

Migrations run as the owner of the tables; web workers and jobs connect as a role of their own,
made here where we may make one. In the embedded PostgreSQL both come through the same socket, which
only the system user of the installation can open: the split holds against a fault or an injected
statement, not against somebody who already runs programs as that user.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from bevan.kernel import keys
from bevan.kernel.database import Connection, connect
from bevan.kernel.errors import BevanError
from bevan.kernel.logs import logger
from bevan.kernel.settings import Settings
from bevan.kernel.sql import statements

KEY = "database-app"


async def serving(owner: Connection, dsn: str, settings: Settings, *, embedded: bool) -> str:
    """The DSN that the server's processes shall use, its role entitled to what they need.

    `owner` is a connection of the tables' owner and `dsn` how it was made. Where no role can be
    made, the answer is `dsn` itself, and the log and `bevan doctor` say so.
    """
    if settings.database_app_url is not None:
        await entitle(owner, urlsplit(settings.database_app_url).username or "")
        return settings.database_app_url
    name = await owner.fetchval(_sql("name"))
    password = None if embedded else keys.secret(settings.data, KEY).hex()
    try:
        if not await owner.fetchval(_sql("there"), name):
            await owner.execute(await owner.fetchval(_sql("making"), name, password))
        await entitle(owner, name)
    except asyncpg.InsufficientPrivilegeError:
        logger().warning("no role with least rights", reason="the database's user can't make one")
        return dsn
    lesser = as_user(dsn, name, password)
    return lesser if await _works(lesser) else dsn


async def entitle(owner: Connection, name: str) -> None:
    """Give the role exactly its rights on what there is now; nothing where it doesn't exist."""
    if not await owner.fetchval(_sql("there"), name):
        return
    async with owner.transaction():
        await _attempt(owner, await owner.fetchval(_sql("close_schema")))
        for row in await owner.fetch(_sql("grants"), name):
            await owner.execute(row[0])


async def renewed(owner: Connection) -> None:
    """After a migration: entitle the database's own serving role, if it has been made."""
    await entitle(owner, await owner.fetchval(_sql("name")))


async def owns(connection: Connection) -> bool:
    """Whether the session's role could alter tables."""
    return bool(await connection.fetchval(_sql("owned")))


async def may_create(connection: Connection) -> bool:
    """Whether the session's role may make roles."""
    return bool(await connection.fetchval(_sql("may_create")))


def as_user(dsn: str, name: str, password: str | None) -> str:
    """The same address for another user."""
    parts = urlsplit(dsn)
    who = quote(name, safe="") + (f":{quote(password, safe='')}" if password else "")
    return urlunsplit(parts._replace(netloc=f"{who}@{parts.netloc.rpartition('@')[2]}"))


async def _works(dsn: str) -> bool:
    try:
        connection = await connect(dsn, patience=5.0)
    except (BevanError, asyncpg.PostgresError):
        logger().warning("no role with least rights", reason="its password is another's")
        return False
    await connection.close()
    return True


async def _attempt(owner: Connection, statement: str) -> None:
    """What only the schema's owner may do, in a savepoint of its own."""
    try:
        async with owner.transaction():
            await owner.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        logger().debug("the schema belongs to another role")


def _sql(name: str) -> str:
    return statements("bevan.kernel", "roles.sql")[name]
