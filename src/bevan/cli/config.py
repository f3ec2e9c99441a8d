"""`bevan config show`: the settings in force and where they can be set."""

from __future__ import annotations

from pathlib import Path

import click

from bevan.cli import options
from bevan.cli.installation import Installation
from bevan.cli.output import answer_json, table
from bevan.kernel.settings import PREFIX, SECRET, Settings


@click.group()
def config() -> None:
    """Look at the settings."""


@config.command()
@options.data
@options.as_json
def show(data: Path | None, as_json: bool) -> None:
    """Show every setting in force; secrets are not printed."""
    chosen = Installation.of(data).settings
    values = {name: shown(name, getattr(chosen, name)) for name in Settings.model_fields}
    if as_json:
        answer_json(values)
        return
    rows = [
        (
            f"{PREFIX}{name.upper()}",
            "" if values[name] is None else str(values[name]),
            field.description,
        )
        for name, field in Settings.model_fields.items()
    ]
    table(("Setting", "Value", "What for"), rows)


def shown(name: str, value: object) -> object:
    """A value as it may be printed: a secret only as set or not."""
    if name in SECRET and value is not None:
        return "(set)"
    return str(value) if isinstance(value, Path) else value
