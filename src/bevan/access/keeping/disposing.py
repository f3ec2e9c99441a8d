"""Carries out what was decided: first the record goes, later the traces, then the certificate.

A disposal moves from decided to told in the transaction that takes the record away, so nothing
partial is ever shown. Those who follow the feed have `GRACE` to take the person out of what they
keep. Then the tombstones go, the audit's entries are stripped under a certificate, and who it was
is forgotten here too. Each step may be cut short and is done again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from bevan.access.chain.chain import Chain
from bevan.access.chain.speaking import Answer
from bevan.access.chain.statement import Answerable
from bevan.access.chain.stripping import Gone, Stripper
from bevan.access.keeping.disposal import Disposal
from bevan.access.keeping.erasure import erase
from bevan.access.keeping.keeping import PURPOSE, Keeping
from bevan.kernel.clock import Clock
from bevan.kernel.database import Connection, Database
from bevan.kernel.sql import statements
from bevan.record.erasure import Erase
from bevan.record.record import Record
from bevan.record.scope import Actor, Scope, compartment, system

GRACE = timedelta(days=7)


class Disposing:
    """Carries out disposals; ``others`` delete what packages above keep of people."""

    def __init__(
        self,
        record: Record,
        database: Database,
        clock: Clock,
        keeping: Keeping,
        chain: Chain,
        others: Sequence[Erase],
    ) -> None:
        self._record = record
        self._database = database
        self._clock = clock
        self._keeping = keeping
        self._chain = chain
        self._others = (erase, *others)
        self._sql = statements("bevan.access.keeping", "keeping.sql")

    async def run(self, by: Actor) -> int:
        """Do what is decided and not held, and end what was told long enough; how many steps."""
        steps = 0
        for one in await self._keeping.disposals("decided"):
            if await self._keeping.is_free(one):
                await self._begin(by, one)
                steps += 1
        for one in await self._keeping.disposals("told"):
            if one.told is not None and self._clock.now() - one.told >= GRACE:
                await self._end(by, one)
                steps += 1
        return steps

    async def _begin(self, by: Actor, one: Disposal) -> None:
        async def finish(connection: Connection, counted: Counter[str]) -> None:
            await connection.execute(self._sql["forget_due"], list(one.erased.ids))
            await connection.execute(
                self._sql["told"], one.id, self._clock.now(), json.dumps(dict(counted))
            )

        await self._record.erasure.erase(self._scope(by), one.erased, self._others, finish)

    async def _end(self, by: Actor, one: Disposal) -> None:
        scope = self._scope(by)
        former, actor = await self._record.erasure.purge(scope, one.erased)
        removed = one.removed
        for id in one.erased.ids:
            gone = Gone(
                compartment(id), id, one.erased.words, tuple(former), one.erased.reference, actor
            )
            stripper = Stripper(self._database, self._chain.speaker())
            await stripper.strip(gone, _answer(one), one.schedule, removed)
            removed = {}
        await self._record.erasure.forget_actors(scope, former)
        await self._forget(one)
        await self._chain.hand_over()

    async def _forget(self, one: Disposal) -> None:
        ids, reference = list(one.erased.ids), str(one.erased.reference)
        async with self._database.transaction() as connection:
            await connection.execute(self._sql["forget_holds"], ids, reference)
            await connection.fetchval(
                self._sql["forget_requests"], list(one.erased.words), reference
            )
            await connection.execute(self._sql["done"], one.id, self._clock.now())

    def _scope(self, by: Actor) -> Scope:
        return system(PURPOSE, by, at=self._clock.now())


def _answer(one: Disposal) -> Answer:
    assert one.decided_by is not None
    asked, decided = (
        Answerable(id=id, name=name, role=role) for id, name, role in (one.asked_by, one.decided_by)
    )
    return Answer(decided, one.reason, asked)
