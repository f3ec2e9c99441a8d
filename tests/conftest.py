"""Fixtures that every package's tests share."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from bevan.kernel.clock import FixedClock
from bevan.kernel.postgres import Cluster
from tests.support.databases import Databases
from tests.support.scratch import scratch
from tests.support.tracing import trace

# The demo's own day, so that ages and "last heard" come out the same whenever tests run.
TODAY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

# How long an example takes says more of the machine than of the code. In CI a verdict can be had
# again: it draws the same examples each time, where a developer's machine draws new ones.
settings.register_profile(
    "bevan",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("bevan")


# How long an example takes says how busy the machine is, and nothing about the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
if os.environ.get("CI") != "true":  # Hypothesis's own profile for CI is as patient
    settings.load_profile("patient")


def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Trace coverage only where it counts."""
    trace(item)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of third-party data; without it a test is skipped, or fails where CI=true."""
    folder = Path(os.environ.get("BEVAN_SHARED", Path(__file__).parents[2] / "shared"))
    if not folder.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs the third-party data: set BEVAN_SHARED")
        pytest.skip("third-party data isn't here (set BEVAN_SHARED)")
    return folder


@pytest.fixture(autouse=True)
def quiet_afterwards() -> Iterator[None]:
    """A test that sets up logging sends it to a stream that is closed when the test ends."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands still on the demo's day."""
    return FixedClock(TODAY)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One embedded PostgreSQL for this pytest worker; commits don't wait for the disk."""
    prefer = "system" if os.environ.get("BEVAN_POSTGRES") == "system" else "wheel"
    options = {"shared_buffers": "128MB", "max_connections": "120", "max_wal_size": "1GB"}
    with (
        scratch(tmp_path_factory.mktemp("cluster")) as folder,
        Cluster(folder, prefer=prefer, fsync=False, options=options) as running,
    ):
        yield running


@pytest.fixture(scope="session")
def databases(cluster: Cluster) -> Databases:
    """Makes databases; the migrated template is built once, at the first request."""
    return Databases(cluster)


@pytest.fixture
def database(databases: Databases) -> Iterator[str]:
    """The DSN of a fresh database with every package's migrations."""
    name = asyncio.run(databases.migrated())
    yield databases.dsn(name)
    asyncio.run(databases.drop(name))


@pytest.fixture
def dsn(database: str) -> str:
    """Another name for `database`."""
    return database


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[str]:
    """The DSN of a fresh database with nothing in it."""
    name = asyncio.run(databases.empty())
    yield databases.dsn(name)
    asyncio.run(databases.drop(name))
