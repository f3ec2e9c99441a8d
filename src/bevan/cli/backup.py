"""`bevan backup`: a base, the archived log, keys and objects, with digests and counts."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def _place(target: Path, encrypt_to: str | None, data: Path) -> Iterator[Path]:
    """Where to back up to: the target itself, or a closed folder that is then sealed into it."""
    if encrypt_to is None:
        if target.is_file():
            raise ConfigurationError(f"{target} is a file: name a folder, or use --encrypt-to.")
        yield target
        return
    if target.exists():
        raise ConfigurationError(f"{target} is there already: an encrypted backup is a new file.")
    from bevan.kernel.sealed import seal, valid

    valid(encrypt_to)
    folder = Path(tempfile.mkdtemp(prefix=".backup-", dir=data))
    try:
        yield folder
        seal(folder, target, encrypt_to)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@click.command("backup-key")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup_key(file: Path) -> None:
    """Make a key for encrypted backups: its secret half into FILE, its public half to print."""
    from bevan.kernel.sealed import new_key

    say(f"The secret half is in {file}. Without it no backup can be opened: keep copies of it.")
    answer(new_key(file))


@click.command()
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--encrypt-to", metavar="KEY", help="Write one file that only KEY's holder can open.")
@options.data
@options.as_json
def backup(target: Path, encrypt_to: str | None, data: Path | None, as_json: bool) -> None:
    """Back the installation up into DIR, while it serves.

    The first backup into a folder copies everything; later ones add what has changed since. The
    folder holds the installation's keys: keep it as safe as the installation itself.

    With --encrypt-to, the target is one new file, always whole, encrypted for an age public key
    (`bevan backup-key` makes one). Keep the key's secret half somewhere else.
    """
    found = Installation.of(data)
    if not found.embedded:
        raise ConfigurationError(_THEIRS)
    found.require()
    from bevan.kernel.backup import take
    from bevan.kernel.postgres import Cluster

    chosen = found.settings
    say("Backing up")
    with (
        _place(target, encrypt_to, chosen.data) as folder,
        Cluster(chosen.data, prefer=chosen.postgres, fsync=chosen.fsync) as cluster,
    ):
        done = asyncio.run(
            take(cluster, folder, lock=probes.LOCK, exact=probes.exact, least=probes.least)
        )
    if as_json:
        answer_json({"folder": str(target), "point": done.point, "counts": done.counts})
        return
    current = sum(n for name, n in done.counts.items() if name.startswith("current "))
    answer(f"{target} can restore {current:,} resources, as they were at {done.made}.")
