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

from bevan.kernel import archive, binaries, demotion, locks
from bevan.kernel.binaries import Origin, Programs
from bevan.kernel.errors import ConfigurationError, Unavailable
from bevan.kernel.initialisation import NAME, cluster_folder, initialise, majors
from bevan.kernel.keeper import Plan, lives, tenants
from bevan.kernel.tuning import server_settings

# sun_path holds 107 bytes; the socket's own name takes `/.s.PGSQL.5432`.
_LONGEST_FOLDER = 107 - len("/.s.PGSQL.5432")
_STARTS = 2
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
        programs: Programs | None = None,
        patience: float = 3600.0,
    ) -> None:
        """Name the data folder; nothing happens before `start`.

        `options` are server settings beyond our own; `programs` are those to run, if not the
        newest there are. `patience` is how many seconds to wait for crash recovery.
        """
        self.data = data.absolute()
        self.home = self.data / "pg"
        self._prefer = prefer
        self._options = {**server_settings(fsync=fsync), **(options or {})}
        self._patience = patience
        self._users: int | None = None
        self._programs = programs

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
        newcomer = self._users is None
        self._become_user()
        try:
            self._bring_up()
        except BaseException:
            if newcomer:
                self._leave()
            raise
        return self.dsn

    def stop(self) -> None:
        """Stop using the server; if nobody else does, return when it has stopped."""
        if self._users is None:
            return
        self._leave()
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

    def _bring_up(self) -> None:
        with locks.held(self.home / "start", self._patience, "Another process is still starting."):
            # A keeper that is just dying still counts as one: once it is gone, a new one starts.
            for _ in range(_STARTS):
                if not self._kept():
                    self._refuse_newer_or_older()
                    self._initialise()
                    self._launch()
                if self._becomes_ready():
                    return
            raise Unavailable(f"PostgreSQL doesn't start; its log is {self.home / 'server.log'}.")

    def _leave(self) -> None:
        if self._users is not None:
            os.close(self._users)
            self._users = None

    def _make_home(self) -> None:
        for folder in (self.data, self.home):
            try:
                folder.mkdir(mode=0o711, parents=True, exist_ok=True)
            except OSError as fault:
                why = f"The folder {folder} can't be made: {fault.strerror}."
                raise ConfigurationError(why) from None
        if not os.access(self.home, os.W_OK):
            raise ConfigurationError(f"The data folder {self.data} belongs to somebody else.")

    def _become_user(self) -> None:
        if self._users is not None:
            return
        users = locks.opened(self.home / "users")
        try:
            # Refused only while a keeper is stopping the server.
            locks.wait(users, fcntl.LOCK_SH, 120.0, "The database server didn't stop in time.")
        except BaseException:
            os.close(users)
            raise
        self._users = users

    def _others(self) -> bool:
        """Whether somebody besides us uses the server (and the keeper isn't stopping it)."""
        users = locks.opened(self.home / "users")
        try:
            if not locks.attempt(users, fcntl.LOCK_SH):
                return False
            if locks.attempt(users, fcntl.LOCK_EX):
                return False
            # Trying for more gave up what we had: is the keeper in the way, or other users?
            return locks.attempt(users, fcntl.LOCK_SH)
        finally:
            os.close(users)

    def _kept(self) -> bool:
        """Whether a keeper owns the server."""
        return locks.taken(self.home / "owner")

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
            socket=str(self.socket),
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

    def _becomes_ready(self) -> bool:
        """Wait until the server answers; False when its keeper is gone instead."""
        until = time.monotonic() + self._patience
        while not self._ready():
            if not self._kept():
                return False
            if time.monotonic() > until:
                raise Unavailable("PostgreSQL is still recovering; try again later.")
            time.sleep(0.01)
        return True

    def _ready(self) -> bool:
        """Whether the server says so itself, in the last line of `postmaster.pid`."""
        first = self._postmaster()
        if first is None:
            return False
        with suppress(OSError, IndexError):
            lines = (self.folder / "postmaster.pid").read_text("utf-8", "replace").splitlines()
            return lines[7].strip() == "ready" and int(lines[0]) == first
        return False

    def _postmaster(self) -> int | None:
        """The number of the server's first process; None while it doesn't run."""
        with suppress(OSError, ValueError, IndexError):
            first = (self.folder / "postmaster.pid").read_text("utf-8", "replace").split("\n")[0]
            if lives(int(first), self.folder):
                return int(first)
        return None
