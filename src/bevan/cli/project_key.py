"""`bevan project-key`: the keys under which a project's people get their pseudonyms."""

from __future__ import annotations

from pathlib import Path

import click

from bevan.cli import options
from bevan.cli.installation import Installation
from bevan.cli.output import answer, answer_json, table
from bevan.kernel.pseudonyms import Projects


@click.group("project-key")
def project_key() -> None:
    """Keys of projects that work with pseudonyms; one each, never shared."""


@project_key.command()
@click.argument("name")
@options.data
def create(name: str, data: Path | None) -> None:
    """Make the key of a new project."""
    made = _projects(data).create(name)
    answer(f"{made.name} has a key. Its people have pseudonyms of their own.")


@project_key.command("list")
@options.data
@options.as_json
def list_(data: Path | None, as_json: bool) -> None:
    """The projects, and when their keys were made and destroyed."""
    found = _projects(data).every()
    if as_json:
        answer_json([{"name": p.name, "made": p.made, "destroyed": p.destroyed} for p in found])
        return
    table(("project", "made", "destroyed"), [(p.name, p.made, p.destroyed or "") for p in found])


@project_key.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Don't ask.")
@options.data
def destroy(name: str, yes: bool, data: Path | None) -> None:
    """Destroy a project's key: nobody can tell any more whose its pseudonyms are."""
    if not yes:
        click.confirm(f"Destroy the key of {name} for good?", abort=True, err=True)
    _projects(data).destroy(name)
    answer(f"The key of {name} is destroyed. Backups made before today still hold it.")


def _projects(data: Path | None) -> Projects:
    return Projects(Installation.of(data).settings.data)
