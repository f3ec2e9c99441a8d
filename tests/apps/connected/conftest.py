"""One application for a module; what apps hold is forgotten before each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.apps.connected.launching import Apps, apps
from tests.conftest import TODAY
from tests.support.databases import Databases
from tests.support.loops import share_loop


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They share an event loop with the application."""
    share_loop(items, Path(__file__).parent)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_apps(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Apps]:
    data: Path = tmp_path_factory.mktemp("data")
    async with databases.lent() as dsn, apps(dsn, data) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def smart(shared_apps: Apps) -> Apps:
    """Apps and their people, with nothing allowed yet."""
    database = shared_apps.served.made.database
    await database.execute("TRUNCATE app_grant, app_launch, used_once, session CASCADE")
    shared_apps.served.made.app_tokens.forget()
    shared_apps.clock.at = TODAY
    return shared_apps
