"""`bevan import`: take files of resources into the record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bevan.cli import options
from bevan.cli.installation import Installation, operator
from bevan.cli.output import answer, answer_json, say, table
from bevan.cli.ports import Ports
from bevan.cli.progress import Bar

if TYPE_CHECKING:
    from bevan.feeds.bulk.outcome import Summary


@click.command("import")
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    metavar="PATH...",
    type=click.Path(path_type=Path, exists=True),
)
@options.data
@options.as_json
@click.option("--jobs", type=click.IntRange(1, 64), help="Processes to work with (one a core).")
@click.option(
    "--rejects",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for what is refused, with its reason and path; without it, they are only counted.",
)
@click.option("--split", is_flag=True, help="Take the entries of a transaction one by one.")
@click.pass_obj
def import_(
    ports: Ports,
    paths: tuple[Path, ...],
    data: Path | None,
    as_json: bool,
    jobs: int | None,
    rejects: Path | None,
    split: bool,
) -> int:
    """Import Bundles, NDJSON, single resources, folders of them; .gz, .bz2 and .zst too.

    What was imported before is not imported again, so an interrupted import may simply be
    repeated. Leaves with 1 when something was refused.
    """
    found = Installation.of(data)
    from bevan.feeds.bulk import importer

    with found.migrated(ports.packages) as dsn, Bar("Importing") as bar:
        done = importer.run(
            paths,
            settings=found.settings,
            dsn=dsn,
            jobs=jobs,
            rejects=rejects,
            split=split,
            operator=operator(),
            progress=bar.update,
        )
    if as_json:
        answer_json(_plain(done))
    else:
        _show(done, rejects)
    return 1 if done.rejected else 0


def _plain(done: Summary) -> dict[str, object]:
    return {
        "resources": dict(sorted(done.by_type.items())),
        "unchanged": done.unchanged,
        "rejected": done.rejected,
        "skipped": done.skipped,
        "seconds": round(done.seconds, 1),
    }


def _show(done: Summary, rejects: Path | None) -> None:
    table(("Type", "Resources"), sorted(done.by_type.items()))
    total = sum(done.by_type.values())
    rate = total / done.seconds if done.seconds > 0 else 0.0
    answer(f"{total:,} resources in {done.seconds:,.1f} s ({rate:,.0f}/s).")
    answer(f"{done.unchanged:,} were there already; {done.rejected:,} were refused.")
    if done.skipped:
        say(f"{done.skipped:,} files hold no data and were skipped.")
    if done.rejected:
        say(f"The reasons are in {rejects}." if rejects else "Give --rejects FILE to see why.")
