"""One application per test, over its own database, with a token for everything."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.sites import Serving, serving


@pytest.fixture
async def served(database: str) -> AsyncIterator[Serving]:
    """The FHIR interface in-process."""
    async with serving(database) as found:
        yield found
