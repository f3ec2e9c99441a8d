"""One application for all tests of a module, a citizen with a passkey, and clients that ask."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from tests.openid.estate import Estate, open_estate
from tests.support.databases import Databases


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The application lives in the module's event loop, so its tests run there too."""
    for item in items:
        if "/tests/openid/" in str(item.path) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def estate(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Estate]:
    """The site with two people of the record and three clients."""
    name = await databases.migrated()
    data: Path = tmp_path_factory.mktemp("data")
    async with open_estate(databases.dsn(name), data, born=date(1948, 3, 14)) as made:
        yield made
    await databases.drop(name)
