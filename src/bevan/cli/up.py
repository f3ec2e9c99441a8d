"""`bevan up`: serve everything."""

from __future__ import annotations

from pathlib import Path

import click

from bevan.cli import options
from bevan.cli.installation import Installation
from bevan.cli.ports import Ports


@click.command()
@options.data
@click.option("--host", help="Address to listen on (127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (8000).")
@click.option("--workers", type=click.IntRange(1, 256), help="Web worker processes (1).")
@click.option("--demo", is_flag=True, help="Serve a fictional region; marks every page.")
@click.option("--people", type=click.IntRange(12), help="People of the fictional region (1000).")
@click.option("--seed", type=click.IntRange(0), help="Seed of the fictional region (1).")
@click.pass_obj
def up(
    ports: Ports,
    data: Path | None,
    host: str | None,
    port: int | None,
    workers: int | None,
    demo: bool,
    people: int | None,
    seed: int | None,
) -> int:
    """Serve everything until Ctrl-C or SIGTERM.

    An embedded PostgreSQL runs in the data folder unless BEVAN_DATABASE_URL is set.
    """
    found = Installation.of(
        data,
        host=host,
        port=port,
        workers=workers,
        demo=demo or None,
        people=people,
        seed=seed,
    )
    return ports.up(found.settings)
