"""`bevan migrate`: bring the database's schema up to date."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bevan.cli import options
from bevan.cli.installation import Installation
from bevan.cli.output import answer, answer_json
from bevan.cli.ports import Ports
from bevan.kernel.migrations import Migration, Phase


@click.command()
@options.data
@options.as_json
@click.option(
    "--phase",
    type=click.Choice(["pre", "post"]),
    help="Only those to run before (pre) or after (post) new code takes over.",
)
@click.option("--pending", "only_list", is_flag=True, help="Only list what would be applied.")
@click.pass_obj
def migrate(
    ports: Ports, data: Path | None, as_json: bool, phase: Phase | None, only_list: bool
) -> None:
    """Apply the migrations that haven't been applied yet.

    `bevan up` does this by itself; the command is for installations that update without a stop.
    """
    with Installation.of(data).database() as dsn:
        done = asyncio.run(_run(dsn, ports.packages, phase, only_list))
    labels = [migration.label for migration in done]
    if as_json:
        answer_json({"pending" if only_list else "applied": labels})
        return
    for label in labels:
        answer(label)
    if not labels:
        answer("The schema is up to date.")


async def _run(
    dsn: str, packages: tuple[str, ...], phase: Phase | None, only_list: bool
) -> list[Migration]:
    from bevan.kernel import migrations
    from bevan.kernel.database import connect

    connection = await connect(dsn, patience=60.0)
    try:
        if only_list:
            found = await migrations.pending(connection, packages)
            return [one for one in found if phase in {None, one.phase}]
        return await migrations.migrate(connection, packages, phase=phase)
    finally:
        await connection.close()
