"""Acknowledges that a database went back to a backup: what was lost, who says so and why.

Only what is of an earlier epoch than the database's own is acknowledged, since a restore begins a
new one: a tail that was cut without a restore stays a finding.
"""

from __future__ import annotations

from bevan.access.chain.ledger import Ledger
from bevan.access.chain.speaking import Answer, Speaker
from bevan.access.chain.statement import Attested, Return, lost_of
from bevan.access.chain.verification import Verdict
from bevan.kernel.database import Database
from bevan.kernel.errors import BevanError


class NothingLost(BevanError):
    """The database lost nothing that was handed over."""


async def acknowledge(
    database: Database, speaker: Speaker, verdict: Verdict, answer: Answer
) -> Attested:
    """State what a restore lost, by a verdict over everything. Raises `NothingLost`, `SayWhy`."""
    if not verdict.lost and not verdict.forgotten:
        raise NothingLost("Nothing that was handed over is missing because of a restore.")
    numbers = {one.link.number for one in verdict.lost}
    times = [
        one.at
        for one in verdict.findings
        if one.kind == "removed entry" and one.link in numbers and one.at is not None
    ]
    async with database.transaction() as connection:
        _, epoch = await Ledger(connection).mark()
        body = Return(
            epoch=epoch,
            links=tuple(lost_of(one) for one in verdict.lost),
            statements=tuple(verdict.forgotten),
            entries=len(times),
            first=min(times, default=None),
            last=max(times, default=None),
        )
        return await speaker.say(connection, answer, body)
