"""What happens at the door is in the audit: coming in, going, and being turned away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bevan.apps.home import app as home
from bevan.identity.accounts import Account
from tests.support.sites import BASE, Serving, serving

_NOTES = """
SELECT g.id AS who, a.query AS event, a.outcome::text AS outcome, a.type, a.id, a.entries
FROM audit a JOIN agent g ON g.n = a.agent WHERE a.action = 'n' ORDER BY a.txid, a.at
"""
DOT = Account("dot", "patient", "p-dot", "Dot", "", (), demo=True)


async def notes(served: Serving) -> list[Any]:
    return list(await served.made.database.fetch(_NOTES))


@pytest.fixture
async def entrance(database: str) -> AsyncIterator[Serving]:
    async with serving(database, apps=(home,), authorised=False) as found:
        await found.made.identity.seed([DOT])
        yield found


async def test_signing_in_and_out_and_failing_to(entrance: Serving) -> None:
    headers = {"sec-fetch-site": "same-origin", "origin": BASE}
    for person in ("nobody-such", "dot"):
        await entrance.client.post("/sign-in", data={"person": person}, headers=headers)
    await entrance.client.post("/sign-out", headers=headers)
    found = [tuple(row)[:5] for row in await notes(entrance)]
    assert found == [
        ("anonymous", "sign-in", "!", "account", None),
        ("p-dot", "sign-in", "+", "account", "dot"),
        ("p-dot", "sign-out", "+", "account", "dot"),
    ]


async def test_what_is_counted_is_written_when_the_process_ends(database: str) -> None:
    async with serving(database, authorised=False) as found:
        for _ in range(3):
            await found.send("GET", "/Patient/1")
    async with serving(database, authorised=False) as found:
        assert [row["entries"] for row in await notes(found)] == [1, 2]
