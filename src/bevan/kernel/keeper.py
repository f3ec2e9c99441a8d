"""The process that owns an embedded PostgreSQL; run as `python -m bevan.kernel.keeper`.

Every process that uses the server holds a shared lock on `pg/users`; the operating system lets
go of it however the process ends. The keeper waits for the exclusive lock: when it gets it, the
last user is gone, and it stops the server. If the server dies it is started again. If the keeper
itself is killed, the server is told by the kernel and stops cleanly.

Only the standard library is imported, so that it costs little memory.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bevan.kernel.demotion import Owner, preparation

_STOP = signal.SIGUSR1
_PAUSE = 0.1
_SHORT_LIFE = 5.0
_MOST_FAILURES = 5
_PROCESSES = Path("/proc")


@dataclass(frozen=True)
class Plan:
    """What to run and whom to watch; handed over as JSON on the standard input."""

    command: list[str]
    cluster: str
    socket: str
    users: str
    lock: str
    log: str
    uid: int
    gid: int
    demoted: bool
    pass_through: bool
    environment: dict[str, str] = field(default_factory=dict)


def main() -> int:
    """Own the server until nobody uses it.

    Exit codes: 3 when another keeper owns it, 4 when it fails again and again.
    """
    plan = Plan(**json.load(sys.stdin))
    lock = os.open(plan.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return 3
    if os.fork() > 0:
        # The starter waits for this exit only; locks belong to the child from here on.
        os._exit(0)
    _leave_terminal()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, _STOP})
    threading.Thread(target=_await_last_user, args=(plan.users,), daemon=True).start()
    return _keep(plan)


def _leave_terminal() -> None:
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nothing, stream)
    os.close(nothing)


def _await_last_user(path: str) -> None:
    users = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(users, fcntl.LOCK_EX)
    # Held until this process ends, so that a new user waits until the server has stopped.
    os.kill(os.getpid(), _STOP)


def _keep(plan: Plan) -> int:
    launch = _launcher(plan)
    failures = 0
    while failures < _MOST_FAILURES:
        clear_away(Path(plan.cluster), Path(plan.socket))
        started = time.monotonic()
        server = launch()
        while server.poll() is None:
            received = signal.sigwait({signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, _STOP})
            if received != signal.SIGCHLD:
                return _stop(server)
        lived = time.monotonic() - started
        failures = failures + 1 if lived < _SHORT_LIFE else 0
        time.sleep(_PAUSE)
    return 4


def _launcher(plan: Plan) -> Callable[[], subprocess.Popen[bytes]]:
    owner = Owner(plan.uid, plan.gid, plan.demoted)
    prepare = preparation(owner, pass_through=plan.pass_through, die_with=signal.SIGINT)

    def launch() -> subprocess.Popen[bytes]:
        with Path(plan.log).open("ab") as log:
            return subprocess.Popen(  # noqa: S603 (the command is our own)
                plan.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={**os.environ, **plan.environment},
                preexec_fn=prepare,
                start_new_session=True,
            )

    return launch


def _stop(server: subprocess.Popen[bytes]) -> int:
    """Fast shutdown; after a minute, the kind that needs recovery at the next start."""
    for request, patience in ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0)):
        with suppress(ProcessLookupError):
            server.send_signal(request)
        with suppress(subprocess.TimeoutExpired):
            server.wait(patience)
            return 0
    server.kill()
    server.wait()
    return 1


def clear_away(cluster: Path, socket: Path) -> None:
    """End what a killed keeper left, and its marks beside the data and beside the socket.

    PostgreSQL itself wouldn't start beside a mark while the number in it is somebody's, be it of
    a dead process that nobody has asked about yet.
    """
    end_orphans(cluster)
    if _PROCESSES.is_dir():
        (cluster / "postmaster.pid").unlink(missing_ok=True)
        for mark in socket.glob(".s.PGSQL.*.lock"):
            mark.unlink(missing_ok=True)


def end_orphans(cluster: Path, patience: float = 60.0) -> None:
    """Wait for, then end, a server left over from a keeper that was killed.

    `postmaster.pid` may be stale: its number counts only while that process's working folder is
    the cluster itself. Backends that outlive a killed postmaster are waited for likewise.
    """
    until = time.monotonic() + patience
    told = False
    while running := tenants(cluster):
        if time.monotonic() > until:
            _tell(running, signal.SIGKILL)
        elif not told and time.monotonic() > until - patience + 1:
            told = True
            _tell(running, signal.SIGQUIT)
        time.sleep(0.05)


def _tell(processes: list[int], request: signal.Signals) -> None:
    for pid in processes:
        with suppress(ProcessLookupError):
            os.kill(pid, request)


def tenants(cluster: Path) -> list[int]:
    """The processes whose working folder is the cluster: PostgreSQL's, every one of them."""
    try:
        home = cluster.stat()
        entries = list(_PROCESSES.iterdir())
    except FileNotFoundError:
        return []
    return [int(e.name) for e in entries if e.name.isdigit() and _lives_in(e, home)]


def lives(pid: int, cluster: Path) -> bool:
    """Whether this process is one of the cluster's, and not one that got its number since."""
    if _PROCESSES.is_dir():
        return _lives_in(_PROCESSES / str(pid), cluster.stat())
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _lives_in(process: Path, home: os.stat_result) -> bool:
    try:
        place = (process / "cwd").stat()
    except OSError:
        return False
    return (place.st_dev, place.st_ino) == (home.st_dev, home.st_ino)


if __name__ == "__main__":
    sys.exit(main())
