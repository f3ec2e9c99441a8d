"""Words for people and JSON for machines: results on standard output, progress on error."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table


def progress_console() -> Console:
    """Where progress is drawn: the standard error."""
    return Console(stderr=True, highlight=False)


def say(words: str) -> None:
    """A line of progress or advice, on the standard error."""
    click.echo(words, err=True)


def answer(words: str) -> None:
    """A line of the result, on the standard output."""
    click.echo(words)


def answer_json(value: Any) -> None:
    """The result as one JSON value, on the standard output."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table of the result, numbers to the right."""
    listed = [[_shown(cell) for cell in row] for row in rows]
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for name in head:
        drawn.add_column(name, overflow="fold")
    for row in listed:
        drawn.add_row(*row)
    Console(highlight=False).print(drawn)


def _shown(cell: object) -> str:
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)
