"""Options that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def data(command: F) -> F:
    """`--data DIR`: where the installation keeps its data."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Folder of the installation's data (.bevan here, or BEVAN_DATA).",
    )(command)


def as_json(command: F) -> F:
    """`--json`: one JSON value on the standard output instead of words."""
    return click.option("--json", "as_json", is_flag=True, help="Answer in JSON for machines.")(
        command
    )
