"""A database with a clock that moves, for everything about who is asking."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bevan.kernel.database import Database
from tests.conftest import TODAY
from tests.support.moving_clock import MovingClock


@pytest.fixture
def hands() -> MovingClock:
    return MovingClock(TODAY)


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Database]:
    opened = await Database.open(database, size=4)
    yield opened
    await opened.close()
