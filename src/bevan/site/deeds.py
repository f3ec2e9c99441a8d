"""Keeps in the audit what was done at the machine itself, where no page or endpoint notes it."""

from __future__ import annotations

import asyncio

from bevan.cli.ports import Deed
from bevan.kernel.settings import Settings
from bevan.record.scope import Actor
from bevan.site.composition import compose


def tell(settings: Settings, dsn: str, deed: Deed) -> None:
    """Write the entry; the operator is its actor, by the name they have at the machine."""
    asyncio.run(_tell(settings, dsn, deed))


async def _tell(settings: Settings, dsn: str, deed: Deed) -> None:
    who = Actor("system", f"operator {deed.by}", f"{deed.by} at the command line")
    async with compose(settings, dsn) as made:
        await made.journal.tell(who, deed.event, type=deed.type, id=deed.client)
