"""`bevan upgrade`: take the data over from an earlier major version of PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import click

from bevan.cli import options, probes
from bevan.cli.installation import Installation
from bevan.cli.output import answer, answer_json, say
from bevan.cli.ports import Ports
from bevan.kernel.database import Connection
from bevan.kernel.errors import ConfigurationError


@click.command()
@options.data
@options.as_json
@click.pass_obj
def upgrade(ports: Ports, data: Path | None, as_json: bool) -> None:
    """Move the data to the PostgreSQL of this version, then apply its migrations.

    The server must be stopped. The old data stays in `pg/<major>` of the data folder until you
    remove it; the change feed begins a new epoch.
    """
    found = Installation.of(data)
    if not found.embedded:
        raise ConfigurationError("The database isn't ours: upgrade it with its own tools.")
    found.require()
    from bevan.kernel import upgrading

    say("Looking at the data folder")
    moved = upgrading.upgrade(
        found.settings.data, finish=_finish, count=probes.exact, prefer=found.settings.postgres
    )
    with found.migrated(ports.packages):
        pass
    if as_json:
        answer_json({"from": moved[0] if moved else None, "to": moved[1] if moved else None})
    elif moved is None:
        answer("The data is already that of this version's PostgreSQL; migrations are applied.")
    else:
        answer(f"The data moved from PostgreSQL {moved[0]} to {moved[1]}; nothing was lost.")


async def _finish(connection: Connection) -> None:
    await probes.begin_epoch(connection, "upgraded to another PostgreSQL")
