"""`bevan keys`: what the installation signs with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import click

from bevan.cli import options
from bevan.cli.installation import Installation
from bevan.cli.output import answer_json, say, table
from bevan.cli.ports import Ports

if TYPE_CHECKING:
    from bevan.identity.keys import Algorithm, Keys

T = TypeVar("T")


@click.group()
def keys() -> None:
    """What ID tokens are signed with."""


@keys.command("list")
@options.data
@options.as_json
@click.pass_obj
def list_(ports: Ports, data: Path | None, as_json: bool) -> None:
    """The keys that are published, with their times."""
    found = _with(ports, data, lambda keys: keys.every())
    rows = [
        (key.id, key.algorithm, _time(key.made), _time(key.signs), _time(key.ends)) for key in found
    ]
    head = ("id", "algorithm", "made", "signs", "ends")
    if as_json:
        answer_json([dict(zip(head, row, strict=True)) for row in rows])
        return
    table(head, rows)


@keys.command()
@options.data
@click.argument("algorithm", type=click.Choice(("RS256", "RS384", "RS512", "ES384")))
@click.option("--at-once", is_flag=True, help="The old key leaked: stop trusting it now.")
@click.pass_obj
def rotate(ports: Ports, data: Path | None, algorithm: str, at_once: bool) -> None:
    """Make a new key; it signs after an hour, and the old one is known for a day more."""
    chosen = cast("Algorithm", algorithm)
    made = _with(ports, data, lambda keys: keys.rotate(chosen, at_once=at_once))
    say(f"The new {algorithm} key {made.id} signs from {_time(made.signs)}.")


def _time(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%dT%H:%MZ}"


def _with(ports: Ports, data: Path | None, run: Callable[[Keys], Awaitable[T]]) -> T:
    found = Installation.of(data)
    found.require()
    with found.migrated(ports.packages) as dsn:
        return asyncio.run(_run(dsn, found.settings.data, run))


async def _run(dsn: str, data: Path, run: Callable[[Keys], Awaitable[T]]) -> T:
    from bevan.identity.keys import Keys
    from bevan.kernel.clock import SystemClock
    from bevan.kernel.database import Database

    database = await Database.open(dsn, size=2)
    try:
        return await run(Keys(database, SystemClock(), data))
    finally:
        await database.close()
