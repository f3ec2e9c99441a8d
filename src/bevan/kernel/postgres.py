"""An embedded PostgreSQL in the installation's own data folder.

    cluster = Cluster(Path(".bevan"))
    dsn = cluster.start()
    ...
    cluster.stop()

The first to start it becomes its first user; whoever comes later attaches to the same server;
when the last user has gone, by whatever road, a keeper process (`bevan.kernel.keeper`) stops it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Self
from urllib.parse import quote

from bevan.kernel import archive, binaries, demotion
from bevan.kernel.binaries import Origin, Programs
from bevan.kernel.errors import ConfigurationError, Unavailable
from bevan.kernel.keeper import Plan, tenants
from bevan.kernel.tuning import server_settings

NAME = "bevan"

# sun_path holds 107 bytes; the socket's own name takes `/.s.PGSQL.5432`.
_LONGEST_FOLDER = 107 - len("/.s.PGSQL.5432")
_LARGEST_LOG = 10_000_000


class Cluster:
    """One embedded PostgreSQL server and our use of it."""

    def __init__(
        self,
        data: Path,
        *,
        prefer: Origin = "wheel",
        fsync: bool = True,
        options: Mapping[str, str] | None = None,
        patience: float = 3600.0,
    ) -> None:
        """Name the data folder; nothing happens before `start`.

        `options` are server settings beyond our own. `patience` is how many seconds to wait for
        crash recovery.
        """
        self.data = data.absolute()
        self.home = self.data / "pg"
        self._prefer = prefer
        self._options = {**server_settings(fsync=fsync), **(options or {})}
        self._patience = patience
        self._users: int | None = None
        self._programs: Programs | None = None

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave it."""
        self.stop()

    @property
    def programs(self) -> Programs:
        """The PostgreSQL programs that this cluster runs with."""
        if self._programs is None:
            self._programs = binaries.find(self.data, self._prefer)
        return self._programs

    @property
    def folder(self) -> Path:
        """Where PostgreSQL keeps its files."""
        return cluster_folder(self.data, self.programs.major)

    @property
    def socket(self) -> Path:
        """The folder of the Unix socket, short enough for the kernel and closed to others."""
        near = self.home / "run"
        if len(os.fsencode(near)) <= _LONGEST_FOLDER:
            return near
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return Path(f"/tmp/bevan-{os.geteuid()}-{digest}")  # noqa: S108 (made 0700, owner checked)

    @property
    def dsn(self) -> str:
        """How to connect to the installation's database."""
        return self.dsn_of(NAME)

    def dsn_of(self, database: str) -> str:
        """How to connect to another database of the same server."""
        return f"postgresql://{NAME}@/{quote(database)}?host={quote(str(self.socket), safe='')}"

    def start(self) -> str:
        """Run the server, or attach to the one that runs; returns the DSN once it answers.

        May be called again at any time: after the server or its keeper was killed, it comes back.
        Raises `ConfigurationError` or `Unavailable` with the reason.
        """
        self._make_home()
        self._become_user()
        with _locked(self.home / "start", self._patience):
            if not self._kept():
                self._refuse_newer_or_older()
                self._initialise()
                self._launch()
            self._await_ready()
        return self.dsn

    def stop(self) -> None:
        """Stop using the server; if nobody else does, return when it has stopped."""
        if self._users is None:
            return
        os.close(self._users)
        self._users = None
        until = time.monotonic() + 90.0
        while time.monotonic() < until and self._kept() and not self._others():
            time.sleep(0.01)

    def running(self) -> bool:
        """Whether the server answers now."""
        return self._kept() and self._ready()

    def processes(self) -> list[int]:
        """The numbers of the server's processes, its first process first."""
        first = self._postmaster()
        return sorted(tenants(self.folder), key=lambda pid: (pid != first, pid))

    def _make_home(self) -> None:
        for folder in (self.data, self.home):
            folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        if not os.access(self.home, os.W_OK):
            raise ConfigurationError(f"The data folder {self.data} belongs to somebody else.")

    def _become_user(self) -> None:
        if self._users is not None:
            return
        users = os.open(self.home / "users", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            # Refused only while a keeper is stopping the server.
            _lock(users, fcntl.LOCK_SH, 120.0, "The database server didn't stop in time.")
        except BaseException:
            os.close(users)
            raise
        self._users = users

    def _others(self) -> bool:
        """Whether somebody besides us uses the server (and the keeper isn't stopping it)."""
        users = os.open(self.home / "users", os.O_RDWR)
        try:
            fcntl.flock(users, fcntl.LOCK_SH | fcntl.LOCK_NB)
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _try_shared(users)
        finally:
            os.close(users)
        return False

    def _kept(self) -> bool:
        """Whether a keeper owns the server."""
        lock = os.open(self.home / "owner", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False

    def _refuse_newer_or_older(self) -> None:
        present = majors(self.data)
        if present and self.programs.major not in present:
            raise ConfigurationError(
                f"The data folder holds a PostgreSQL {max(present)} database and this version of "
                f"Bevan runs {self.programs.major}: run `bevan upgrade`."
            )

    def _initialise(self) -> None:
        if not (self.folder / "PG_VERSION").exists():
            initialise(self.programs, self.folder)

    def _launch(self) -> None:
        owner = demotion.owner_of(self.folder)
        self._make_socket_folder(owner)
        through = owner.demoted and not demotion.reachable(self.folder, owner)
        plan = Plan(
            command=self._command(),
            cluster=str(self.folder),
            users=str(self.home / "users"),
            lock=str(self.home / "owner"),
            log=str(self._log()),
            uid=owner.uid,
            gid=owner.gid,
            demoted=owner.demoted,
            pass_through=through,
            environment={"LC_ALL": "C", "TZ": "UTC"},
        )
        keeper = subprocess.run(
            [sys.executable, "-m", "bevan.kernel.keeper"],
            input=json.dumps(asdict(plan)).encode(),
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
        )
        if keeper.returncode != 0:
            raise Unavailable("The process that looks after PostgreSQL couldn't start.")

    def _command(self) -> list[str]:
        given = {
            "archive_mode": "on",
            "archive_command": archive.command(self.folder),
            **self._options,
            "unix_socket_directories": str(self.socket),
        }
        settings = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        return [str(self.programs.program("postgres")), "-D", str(self.folder), *settings]

    def _log(self) -> Path:
        log = self.home / "server.log"
        if log.exists() and log.stat().st_size > _LARGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        return log

    def _make_socket_folder(self, owner: demotion.Owner) -> None:
        folder = self.socket
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        status = folder.lstat()
        if folder.is_symlink() or status.st_uid not in {os.geteuid(), owner.uid}:
            raise ConfigurationError(f"The socket folder {folder} belongs to somebody else.")
        folder.chmod(0o700)
        owner.give(folder)

    def _await_ready(self) -> None:
        until = time.monotonic() + self._patience
        while not self._ready():
            if not self._kept():
                raise Unavailable(
                    f"PostgreSQL doesn't start; its log is {self.home / 'server.log'}."
                )
            if time.monotonic() > until:
                raise Unavailable("PostgreSQL is still recovering; try again later.")
            time.sleep(0.01)

    def _ready(self) -> bool:
        """Whether the server says so itself, in the last line of `postmaster.pid`."""
        first = self._postmaster()
        if first is None:
            return False
        with suppress(OSError, IndexError):
            lines = (self.folder / "postmaster.pid").read_text("ascii").splitlines()
            return lines[7].strip() == "ready" and int(lines[0]) == first
        return False

    def _postmaster(self) -> int | None:
        """The number of the server's first process; None while it doesn't run."""
        with suppress(OSError, ValueError, IndexError):
            pid = int((self.folder / "postmaster.pid").read_text("ascii").splitlines()[0])
            os.kill(pid, 0)
            if not tenants(self.folder) or pid in tenants(self.folder):
                return pid
        return None


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


def initialise(programs: Programs, folder: Path) -> None:
    """Make an empty cluster with one database in `folder`; all or nothing."""
    fresh = folder.with_name("cluster.new")
    subprocess.run(["rm", "-rf", str(fresh)], check=True)  # noqa: S603, S607
    fresh.mkdir(parents=True, mode=0o700)
    owner = demotion.owner_of(folder)
    maker = demotion.initialiser(owner)
    maker.give(fresh)
    _run(maker, fresh, [str(programs.program("initdb")), "-D", str(fresh), *_choices(programs)])
    single = [str(programs.program("postgres")), "--single", "-D", str(fresh), "postgres"]
    _run(maker, fresh, single, f"CREATE DATABASE {NAME};\n")
    owner.give(fresh)
    fresh.rename(folder)


def _choices(programs: Programs) -> list[str]:
    choices = ["-U", NAME, "--auth=trust", "--encoding=UTF8", "--data-checksums", "--no-sync"]
    if programs.major >= 17:
        return [*choices, "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [*choices, "--locale=C.UTF-8"]


def _run(owner: demotion.Owner, folder: Path, command: list[str], text: str = "") -> None:
    through = owner.demoted and not demotion.reachable(folder, owner)
    done = subprocess.run(  # noqa: S603 (PostgreSQL's own programs)
        command,
        input=text,
        capture_output=True,
        text=True,
        cwd="/",
        env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
        preexec_fn=demotion.preparation(owner, pass_through=through, die_with=None),
        check=False,
    )
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Unavailable(f"PostgreSQL can't be set up: {reason}")


class _locked:  # noqa: N801 (reads as a statement)
    """Hold a file's lock for the length of a block."""

    def __init__(self, path: Path, patience: float) -> None:
        self._path = path
        self._patience = patience
        self._file = -1

    def __enter__(self) -> None:
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        _lock(self._file, fcntl.LOCK_EX, self._patience, "Another process is still starting.")

    def __exit__(self, *_: object) -> None:
        os.close(self._file)


def _lock(file: int, kind: int, patience: float, sentence: str) -> None:
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise Unavailable(sentence) from None
            time.sleep(0.01)
        else:
            return


def _try_shared(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
