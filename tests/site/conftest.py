from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.site.walk import Walk, walking
from tests.support.databases import Databases


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def walk(databases: Databases) -> AsyncIterator[Walk]:
    name = await databases.migrated()
    async with walking(databases.dsn(name)) as found:
        yield found
    await databases.drop(name)
