"""`bevan doctor`: what is well, what isn't, and what to do about it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bevan.cli import checks, options
from bevan.cli.installation import Installation
from bevan.cli.output import answer, answer_json
from bevan.cli.ports import Ports

_MARKS = {True: "ok  ", False: "BAD "}


@click.command()
@options.data
@options.as_json
@click.pass_obj
def doctor(ports: Ports, data: Path | None, as_json: bool) -> int:
    """Check the installation; leaves with 1 when something is wrong."""
    found = Installation.of(data)
    results = checks.of_machine(found.settings)
    if found.embedded and not (found.settings.data / "pg").is_dir():
        results.append(
            checks.Check("installation", True, "There is none here yet: `bevan up` makes one.")
        )
    else:
        with found.database() as dsn:
            results += asyncio.run(checks.of_database(dsn, ports.packages))
            if all(result.well for result in results if result.name in ("database", "schema")):
                results.append(asyncio.run(checks.of_audit(dsn, found.settings)))
    if as_json:
        answer_json([result._asdict() for result in results])
    else:
        for result in results:
            answer(f"{_MARKS[result.well]} {result.name}: {result.sentence}")
    return 0 if all(result.well for result in results) else 1
