"""One site on a port of its own for all clients by others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bevan.kernel.clock import SystemClock
from tests.browser.smart_app import free_port
from tests.clients.running import Running
from tests.support.databases import Databases


@pytest.fixture(scope="session")
def running(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The site goes by the machine's clock, as its clients do."""
    data = tmp_path_factory.mktemp("data")
    made = Running(databases, SystemClock(), port=free_port(), data=data, name="localhost")
    made.start()
    try:
        yield made
    finally:
        made.stop()
