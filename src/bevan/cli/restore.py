"""`bevan restore`: a backup into an empty data folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bevan.cli import options, probes
from bevan.cli.installation import Installation
from bevan.cli.output import answer, answer_json, say
from bevan.kernel.database import Connection
from bevan.kernel.errors import ConfigurationError


@click.command()
@click.argument("source", metavar="DIR", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--key-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The secret key that opens an encrypted backup.",
)
@options.data
@options.as_json
def restore(source: Path, key_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Restore the backup in DIR into an empty data folder.

    Every file is checked against its digest before, and every count after. The change feed begins
    a new epoch, so that whoever follows it rebuilds instead of missing what was lost.
    """
    found = Installation.of(data)
    if not found.embedded:
        raise ConfigurationError("Only an embedded database can be restored: unset its URL.")
    from bevan.kernel.restoration import restore as put_back

    say("Checking and restoring")
    with _opened(source, key_file, found.settings.data) as folder:
        done = put_back(
            folder,
            found.settings.data,
            exact=probes.exact,
            least=probes.least,
            finish=_finish,
            prefer=found.settings.postgres,
        )
    if as_json:
        answer_json({"data": str(found.settings.data), "made": done.made, "counts": done.counts})
        return
    current = sum(n for name, n in done.counts.items() if name.startswith("current "))
    answer(f"{found.settings.data} holds {current:,} resources again, as they were at {done.made}.")
    answer("Every digest and count agrees. The change feed has a new epoch.")


@contextmanager
def _opened(source: Path, key_file: Path | None, data: Path) -> Iterator[Path]:
    """The backup's folder: the source itself, or what an encrypted file holds, for as long."""
    if source.is_dir():
        yield source
        return
    if key_file is None:
        raise ConfigurationError("That is an encrypted backup: name its key with --key-file.")
    from bevan.kernel.sealed import unseal

    folder = data.absolute().with_name(f".{data.name}.opened")
    shutil.rmtree(folder, ignore_errors=True)
    unseal(source, folder, key_file)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _finish(connection: Connection) -> None:
    await probes.begin_epoch(connection, "restored from a backup")
