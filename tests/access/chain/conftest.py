"""A chain over a real database: entries by real reads, keys and second place in a folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bevan.access.chain.chain import Chain
from bevan.access.chain.finding import Finding
from bevan.access.chain.verification import Verdict, Window
from bevan.kernel.clock import SystemClock
from bevan.kernel.database import Database
from bevan.kernel.settings import Settings
from bevan.record.record import Record
from bevan.record.scope import Actor, system
from tests.record.conftest import Tables, tables
from tests.record.people import feed_ready, patient

__all__ = ["tables"]
READER = Actor("system", "reader", "A reader")


@dataclass
class Trail:
    """The chain under test, and ways to add to the audit or to harm it."""

    record: Record
    database: Database
    chain: Chain
    settings: Settings

    async def reads(self, *ids: str) -> None:
        """Read people, each an entry of the audit in a transaction of its own."""
        for id in ids:
            await self.record.read(system("a test reads", READER), "Patient", id)

    async def link(self, *ids: str) -> int:
        """Read people, seal and hand over; the number of the newest link."""
        await self.reads(*ids)
        await self.seal()
        await self.chain.hand_over()
        found: int = await self.database.fetchval("SELECT max(number) FROM audit_link")
        return found

    async def seal(self) -> None:
        """Seal once everything is settled: any transaction of the cluster holds it back."""
        await feed_ready(self.record)
        await self.chain.seal()

    async def harm(self, statement: str, *arguments: Any) -> None:
        """What the database's owner might do."""
        await self.database.execute(statement, *arguments)

    async def verify(self, window: Window | None = None) -> Verdict:
        return await self.chain.verify(window)

    async def findings(self) -> list[Finding]:
        return (await self.verify()).findings


@pytest.fixture
async def trail(database: str, tables: Tables, tmp_path: Path) -> AsyncIterator[Trail]:
    settings = Settings(data=tmp_path, database_url=database)
    record = await tables.open(database)
    opened = await Database.open(database, size=3)
    made = Trail(record, opened, Chain(opened, settings, SystemClock()), settings)
    for id in "abc":
        await record.update(system("a test writes", READER), patient(id=id))
    yield made
    await opened.close()
    await record.close()
