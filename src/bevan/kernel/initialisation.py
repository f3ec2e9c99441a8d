"""Making an empty PostgreSQL cluster."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from bevan.kernel import demotion
from bevan.kernel.binaries import Programs
from bevan.kernel.errors import Unavailable

NAME: Final = "bevan"


def cluster_folder(data: Path, major: int) -> Path:
    """Where the installation in `data` keeps the files of PostgreSQL `major`."""
    return data / "pg" / str(major) / "cluster"


def majors(data: Path) -> list[int]:
    """The major versions whose databases `data` holds, oldest first."""
    return sorted(
        int(mark.parent.parent.name)
        for mark in (data / "pg").glob("*/cluster/PG_VERSION")
        if mark.parent.parent.name.isdigit()
    )


def initialise(programs: Programs, folder: Path, *, database: bool = True) -> None:
    """Make an empty cluster in `folder`, with our database in it or without; all or nothing.

    Raises `Unavailable` with initdb's own last words.
    """
    fresh = folder.with_name("cluster.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    owner = demotion.owner_of(folder)
    maker = demotion.initialiser(owner)
    maker.give(fresh)
    run(maker, fresh, [str(programs.program("initdb")), "-D", str(fresh), *_choices(programs)])
    if database:
        single = [str(programs.program("postgres")), "--single", "-D", str(fresh), "postgres"]
        run(maker, fresh, single, f"CREATE DATABASE {NAME};\n")
    owner.give(fresh)
    fresh.rename(folder)


def _choices(programs: Programs) -> list[str]:
    choices = ["-U", NAME, "--auth=trust", "--encoding=UTF8", "--data-checksums", "--no-sync"]
    if programs.major >= 17:
        return [*choices, "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [*choices, "--locale=C.UTF-8"]


def run(owner: demotion.Owner, folder: Path, command: list[str], text: str = "") -> None:
    """Run one of PostgreSQL's programs as `owner`, with `text` as its standard input.

    It starts in `folder`. Raises `Unavailable` with its last words where it fails.
    """
    through = owner.demoted and not demotion.reachable(folder, owner)
    done = subprocess.run(  # noqa: S603 (PostgreSQL's own programs)
        command,
        input=text,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
        preexec_fn=demotion.preparation(owner, pass_through=through, die_with=None),
        check=False,
    )
    if done.returncode != 0:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise Unavailable(f"{Path(command[0]).name} failed: {' '.join(said[-3:])}")
