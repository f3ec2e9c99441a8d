"""`bevan token`: a bearer token for a system, and the end of those it has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bevan.cli import options
from bevan.cli.installation import Installation, operator
from bevan.cli.output import answer, answer_json, say
from bevan.cli.ports import Deed, Ports

if TYPE_CHECKING:
    from bevan.identity import Identity


@click.command()
@options.data
@options.as_json
@click.option("--client", required=True, help="Name of the system, as the audit will show it.")
@click.option("--scope", default="", help="SMART scopes, such as 'system/*.cruds'.")
@click.option("--purpose", default="", help="What for, in a sentence for the audit.")
@click.option("--hours", type=click.FloatRange(0, min_open=True), default=1.0, show_default=True)
@click.option("--revoke", is_flag=True, help="Revoke every token that the system has instead.")
@click.pass_obj
def token(
    ports: Ports,
    data: Path | None,
    as_json: bool,
    client: str,
    scope: str,
    purpose: str,
    hours: float,
    revoke: bool,
) -> None:
    """Print a bearer token that ends after some hours; it is shown only once."""
    if not revoke and not (scope and purpose):
        raise click.UsageError("Say what it may do and what for: --scope and --purpose.")
    found = Installation.of(data)
    found.require()
    by = operator()
    with found.migrated(ports.packages) as dsn:
        if revoke:
            ended = asyncio.run(_revoke(dsn, client))
            ports.tell(found.settings, dsn, Deed(by, "token-revoked", client))
        else:
            issued = asyncio.run(_issue(dsn, client, scope, purpose, timedelta(hours=hours), by))
            # Nobody sees the token before the audit knows of it.
            ports.tell(found.settings, dsn, Deed(by, "token-issued", client))
    if revoke:
        _say_revoked(client, ended, as_json)
    elif as_json:
        answer_json({"token": issued, "client": client, "scope": scope, "hours": hours})
    else:
        say(f"For {client}, ends in {hours:g} {'hour' if hours == 1 else 'hours'}. Keep it secret:")
        answer(issued)


def _say_revoked(client: str, ended: int, as_json: bool) -> None:
    if as_json:
        answer_json({"client": client, "revoked": ended})
        return
    say(f"{client} had {ended} {'token' if ended == 1 else 'tokens'}, which end within seconds.")


async def _issue(dsn: str, client: str, scope: str, purpose: str, lasts: timedelta, by: str) -> str:
    async with _identity(dsn) as identity:
        return await identity.issue(
            client=client, scope=scope, purpose=purpose, lasts=lasts, issued_by=by
        )


async def _revoke(dsn: str, client: str) -> int:
    async with _identity(dsn) as identity:
        return await identity.revoke(client=client)


@asynccontextmanager
async def _identity(dsn: str) -> AsyncIterator[Identity]:
    from bevan.fhir import definitions
    from bevan.identity import Identity
    from bevan.kernel.clock import SystemClock
    from bevan.kernel.database import Database

    database = await Database.open(dsn, size=2)
    try:
        yield Identity(database, SystemClock(), definitions.load().resource_types, demo=False)
    finally:
        await database.close()
