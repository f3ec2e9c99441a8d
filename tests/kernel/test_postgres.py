"""The embedded PostgreSQL starts, is shared, and comes back whatever was killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from bevan.kernel import demotion
from bevan.kernel.database import connect
from bevan.kernel.errors import ConfigurationError, Unavailable
from bevan.kernel.initialisation import majors
from bevan.kernel.keeper import tenants
from bevan.kernel.postgres import Cluster

USER = """
import signal, sys
from pathlib import Path
from bevan.kernel.postgres import Cluster
cluster = Cluster(Path(sys.argv[1]), fsync=False)
print(cluster.start(), flush=True)
signal.sigwait({signal.SIGTERM})
cluster.stop()
"""


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder; whatever still runs in it is waited for at the end."""
    folder = tmp_path / "data"
    yield folder
    for major in majors(folder):
        until(lambda major=major: not tenants(folder / "pg" / str(major) / "cluster"))  # type: ignore[misc]


def until(condition: Callable[[], bool], patience: float = 60.0) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


@contextmanager
def user(data: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that uses the server until it is told to stop."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(data)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("postgresql://")
        yield process
    finally:
        process.terminate()
        process.wait(60)
        assert process.stdout is not None
        process.stdout.close()


def ask(dsn: str, query: str) -> object:
    async def run() -> object:
        connection = await connect(dsn, patience=60.0)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    return asyncio.run(run())


def test_starts_answers_and_stops(data: Path) -> None:
    cluster = Cluster(data, fsync=False)
    dsn = cluster.start()
    assert ask(dsn, "SELECT current_database()") == "bevan"
    assert ask(dsn, "SHOW listen_addresses") == "", "nobody reaches it by network"
    assert ask(dsn, "SHOW data_checksums") == "on"
    assert ask(dsn, "SELECT lower('ÉA')") == "éa"
    assert cluster.folder.stat().st_mode & 0o777 == 0o700
    assert cluster.socket.stat().st_mode & 0o777 == 0o700
    cluster.stop()
    assert not cluster.running()
    assert cluster.processes() == []
    cluster.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another user")
def test_runs_without_privileges(data: Path) -> None:
    with Cluster(data, fsync=False) as cluster:
        status = Path(f"/proc/{cluster.processes()[0]}/status").read_text()
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        assert set(fields["Uid"].split()) == {str(demotion.UNUSED_ID)}
        # pytest's folders are closed to others: one capability, to pass through, and no more.
        assert int(fields["CapEff"], 16) in {0, 1 << 1, 1 << 2}
        assert fields["CapEff"] == fields["CapPrm"]


def test_late_comers_attach_and_the_last_stops_it(data: Path) -> None:
    with user(data) as other:
        cluster = Cluster(data, fsync=False)
        dsn = cluster.start()
        first = cluster.processes()[0]
        other.terminate()
        other.wait(60)
        assert ask(dsn, "SELECT 1") == 1
        assert cluster.processes()[0] == first, "it is the same server"
        cluster.stop()
        assert cluster.processes() == []


def test_stops_when_its_only_user_is_killed(data: Path) -> None:
    with user(data) as other:
        other.kill()
        other.wait(60)
    cluster = Cluster(data, fsync=False)
    until(lambda: not cluster.running() and cluster.processes() == [])
    assert not (cluster.folder / "postmaster.pid").exists(), "it stopped in order"


def test_comes_back_when_it_was_killed(data: Path) -> None:
    with Cluster(data, fsync=False) as cluster:
        ask(cluster.dsn, "SELECT 1")
        first = cluster.processes()[0]
        os.kill(first, signal.SIGKILL)
        until(lambda: cluster.running() and first not in cluster.processes())
        assert ask(cluster.dsn, "SELECT 2") == 2


def test_comes_back_when_server_and_keeper_were_killed(data: Path) -> None:
    with Cluster(data) as cluster:
        ask(cluster.dsn, "CREATE TABLE kept AS SELECT 5 AS n")
        first = cluster.processes()[0]
        status = Path(f"/proc/{first}/status").read_text()
        keeper = int(
            next(line for line in status.splitlines() if line.startswith("PPid")).split()[1]
        )
        for pid in (keeper, first):
            os.kill(pid, signal.SIGKILL)
        until(lambda: not cluster.running())
        assert cluster.start() == cluster.dsn
        assert ask(cluster.dsn, "SELECT n FROM kept") == 5


def test_a_stale_mark_of_a_server_is_no_hindrance(data: Path) -> None:
    with Cluster(data, fsync=False) as cluster:
        lines = (cluster.folder / "postmaster.pid").read_text().splitlines()
    # The number of a process that lives: ours.
    lines[0] = str(os.getpid())
    owner = demotion.owner_of(cluster.folder)
    for mark in (cluster.folder / "postmaster.pid", cluster.socket / ".s.PGSQL.5432.lock"):
        mark.write_text("\n".join(lines) + "\n")
        owner.give(mark)
    assert not cluster.running()
    with Cluster(data, fsync=False) as again:
        assert ask(again.dsn, "SELECT 1") == 1


def test_a_server_that_cannot_start_is_said_in_a_sentence(data: Path) -> None:
    cluster = Cluster(data, fsync=False, options={"shared_buffers": "nonsense"})
    with pytest.raises(Unavailable, match="its log is"):
        cluster.start()
    # The failure holds on to nothing: the same folder starts with good settings.
    with Cluster(data, fsync=False) as good:
        assert good.running()


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / ("long" * 30), fsync=False)
    assert len(os.fsencode(cluster.socket / ".s.PGSQL.5432")) <= 107
    with cluster:
        assert ask(cluster.dsn, "SELECT 1") == 1


def test_odd_characters_in_the_path_are_no_hindrance(tmp_path: Path) -> None:
    with Cluster(tmp_path / "Dot's café 100%", fsync=False) as cluster:
        assert ask(cluster.dsn, "SELECT 1") == 1
        assert ask(cluster.dsn, "SELECT pg_switch_wal() IS NOT NULL") is True


def test_options_reach_the_server(data: Path) -> None:
    with Cluster(data, fsync=False, options={"work_mem": "7MB"}) as cluster:
        assert ask(cluster.dsn, "SHOW work_mem") == "7MB"


def test_runs_the_systems_postgresql_too(data: Path) -> None:
    from bevan.kernel import binaries

    if binaries.from_system(data) is None:
        pytest.skip("the system has no PostgreSQL of its own")
    with Cluster(data, prefer="system", fsync=False) as cluster:
        assert ask(cluster.dsn, "SELECT lower('ÉA')") == "éa"


def test_data_of_another_version_wants_an_upgrade(data: Path) -> None:
    mark = data / "pg" / "14" / "cluster" / "PG_VERSION"
    mark.parent.mkdir(parents=True)
    mark.write_text("14")
    with pytest.raises(ConfigurationError, match=r"PostgreSQL 14 database.*`bevan upgrade`"):
        Cluster(data, fsync=False).start()


def test_no_values_reach_the_servers_log(data: Path) -> None:
    with Cluster(data, fsync=False) as cluster:
        ask(cluster.dsn, "CREATE TABLE t (n text PRIMARY KEY)")
        with pytest.raises(asyncpg.UniqueViolationError, match="Pemberton"):
            ask(cluster.dsn, "INSERT INTO t SELECT 'Pemberton' FROM generate_series(1, 2)")
    log = (cluster.home / "server.log").read_text()
    assert "Pemberton" not in log
    assert "duplicate" not in log
    assert "database system is ready" in log
