"""`bevan package`: FHIR packages whose profiles, extensions and value sets validation goes by."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from bevan.cli import options
from bevan.cli.installation import Installation, operator
from bevan.cli.output import answer_json, say, table
from bevan.cli.ports import Deed, Ports
from bevan.kernel.errors import BevanError

if TYPE_CHECKING:
    from bevan.record.conformance import Packages

T = TypeVar("T")


@click.group()
def package() -> None:
    """FHIR packages that validation goes by."""


@package.command()
@options.data
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def add(ports: Ports, data: Path | None, file: Path) -> None:
    """Load a package (.tgz); the same name and version again replaces it.

    Servers know it within seconds for $validate, and for writes from their next start.
    """
    from bevan.fhir.conformance.package import BadPackage

    content = file.read_bytes()
    try:
        found = _with(ports, data, lambda packages: packages.add(content, by=operator()))
    except BadPackage as fault:
        raise BevanError(f"{file.name} can't be loaded. {fault}") from None
    name = f"{found.name}|{found.version}"
    _tell(ports, data, "package-added", name)
    say(f"{name} is loaded, with {len(found.resources)} definitions.")


@package.command("list")
@options.data
@options.as_json
@click.pass_obj
def list_(ports: Ports, data: Path | None, as_json: bool) -> None:
    """Every package that is loaded, beside R4 and UK Core, which ship."""
    found = _with(ports, data, lambda packages: packages.every())
    rows = [(each.name, each.version, each.added.isoformat(), each.by) for each in found]
    head = ("name", "version", "added", "by")
    if as_json:
        answer_json([dict(zip(head, row, strict=True)) for row in rows])
        return
    table(head, rows)


@package.command()
@options.data
@click.argument("name")
@click.argument("version")
@click.pass_obj
def remove(ports: Ports, data: Path | None, name: str, version: str) -> None:
    """Take a package away."""
    if not _with(ports, data, lambda packages: packages.remove(name, version)):
        raise BevanError(f"No package {name} {version} is loaded.")
    _tell(ports, data, "package-removed", f"{name}|{version}")
    say(f"{name} {version} is no longer loaded.")


def _with(ports: Ports, data: Path | None, run: Callable[[Packages], Awaitable[T]]) -> T:
    found = Installation.of(data)
    found.require()
    with found.migrated(ports.packages) as dsn:
        return asyncio.run(_run(dsn, run))


async def _run(dsn: str, run: Callable[[Packages], Awaitable[T]]) -> T:
    from bevan.kernel.database import Database
    from bevan.record.conformance import Packages

    database = await Database.open(dsn, size=1)
    try:
        return await run(Packages(database))
    finally:
        await database.close()


def _tell(ports: Ports, data: Path | None, event: str, name: str) -> None:
    found = Installation.of(data)
    with found.database() as dsn:
        ports.tell(found.settings, dsn, Deed(operator(), event, name, "package"))
