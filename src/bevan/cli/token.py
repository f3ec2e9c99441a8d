"""`bevan token`: a bearer token for a system."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import click

from bevan.cli import options
from bevan.cli.installation import Installation, operator
from bevan.cli.output import answer, answer_json, say
from bevan.cli.ports import Ports


@click.command()
@options.data
@options.as_json
@click.option("--client", required=True, help="Name of the system, as the audit will show it.")
@click.option("--scope", required=True, help="SMART scopes, such as 'system/*.cruds'.")
@click.option("--purpose", required=True, help="What for, in a sentence for the audit.")
@click.option("--hours", type=click.FloatRange(0, min_open=True), default=1.0, show_default=True)
@click.pass_obj
def token(
    ports: Ports,
    data: Path | None,
    as_json: bool,
    client: str,
    scope: str,
    purpose: str,
    hours: float,
) -> None:
    """Print a bearer token that ends after some hours; it is shown only once."""
    found = Installation.of(data)
    found.require()
    with found.migrated(ports.packages) as dsn:
        issued = asyncio.run(_issue(dsn, client, scope, purpose, timedelta(hours=hours)))
    if as_json:
        answer_json({"token": issued, "client": client, "scope": scope, "hours": hours})
        return
    say(f"For {client}, ends in {hours:g} {'hour' if hours == 1 else 'hours'}. Keep it secret:")
    answer(issued)


async def _issue(dsn: str, client: str, scope: str, purpose: str, lasts: timedelta) -> str:
    from bevan.fhir import definitions
    from bevan.identity import Identity
    from bevan.kernel.clock import SystemClock
    from bevan.kernel.database import Database

    database = await Database.open(dsn, size=2)
    try:
        identity = Identity(database, SystemClock(), definitions.load().resource_types, demo=False)
        return await identity.issue(
            client=client, scope=scope, purpose=purpose, lasts=lasts, issued_by=operator()
        )
    finally:
        await database.close()
