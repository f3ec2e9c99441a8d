"""One application for all tests of a module, a citizen with a passkey, and clients that ask."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from tests.openid.estate import Estate, open_estate
from tests.support.databases import Databases
from tests.support.loops import share_loop


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The application lives in the module's event loop, so its tests run there too."""
    share_loop(items, Path(__file__).parent)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def estate(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Estate]:
    """The site with two people of the record and three clients."""
    data: Path = tmp_path_factory.mktemp("data")
    async with (
        databases.lent() as dsn,
        open_estate(dsn, data, born=date(1948, 3, 14)) as made,
    ):
        yield made
