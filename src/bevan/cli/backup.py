"""`bevan backup`: a base, the archived log, keys and objects, with digests and counts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bevan.cli import options, probes
from bevan.cli.installation import Installation
from bevan.cli.output import answer, answer_json, say
from bevan.kernel.errors import ConfigurationError

_THEIRS = (
    "The database isn't ours (BEVAN_DATABASE_URL is set): back it up with its own tools, and "
    "restore it with a new epoch (`bevan restore --help`)."
)


@click.command()
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@options.data
@options.as_json
def backup(target: Path, data: Path | None, as_json: bool) -> None:
    """Back the installation up into DIR, while it serves.

    The first backup into a folder copies everything; later ones add what has changed since. The
    folder holds the installation's keys: keep it as safe as the installation itself.
    """
    found = Installation.of(data)
    if not found.embedded:
        raise ConfigurationError(_THEIRS)
    found.require()
    from bevan.kernel.backup import take
    from bevan.kernel.postgres import Cluster

    chosen = found.settings
    say("Backing up")
    with Cluster(chosen.data, prefer=chosen.postgres, fsync=chosen.fsync) as cluster:
        done = asyncio.run(
            take(cluster, target, lock=probes.LOCK, exact=probes.exact, least=probes.least)
        )
    if as_json:
        answer_json({"folder": str(target), "point": done.point, "counts": done.counts})
        return
    current = sum(n for name, n in done.counts.items() if name.startswith("current "))
    answer(f"{target} can restore {current:,} resources, as they were at {done.made}.")
