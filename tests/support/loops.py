"""Which event loop tests run in."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio


def share_loop(items: list[pytest.Item], folder: Path) -> None:
    """Let the tests below `folder` run in their module's loop, where a shared application lives."""
    for item in items:
        if item.path.is_relative_to(folder) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)
