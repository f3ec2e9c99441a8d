"""The parts that reading and writing share in one process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.record.added import AddedParameters
from bevan.record.interning import Interns
from bevan.record.keys import Keys
from bevan.record.lookup import settled
from bevan.record.plan import Signature
from bevan.record.rows import People, Prepared, Preparer
from bevan.record.scope import Scope
from bevan.record.sources import Heard

LANE_SETTINGS = {
    # One sensible plan each, made once: by index, whatever the tables' size was at the time.
    "plan_cache_mode": "force_generic_plan",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
}


@dataclass(frozen=True, slots=True)
class Parts:
    """``lanes`` runs the fixed statements of single reads and writes, ``transactions`` the same
    statements inside longer transactions, ``general`` everything else."""

    lanes: Database
    transactions: Database
    general: Database
    preparer: Preparer
    interns: Interns
    keys: Keys
    heard: Heard
    clock: Clock
    added: AddedParameters

    async def sign(self, scope: Scope) -> Signature:
        """The scope with the numbers of its actor and purpose.

        Nothing is prepared for a write before, so none is by parameters of long ago.
        """
        await self.added.current()
        agent, purpose = await self.interns.ticket(scope.ticket)
        return Signature(scope, agent, purpose)

    async def source(self, prepared: Prepared) -> int | None:
        """The number of the resource's source."""
        return await self.interns.source(prepared.source) if prepared.source else None

    async def settle(
        self, prepared: Prepared, beside: Mapping[str, People] | None = None
    ) -> Prepared:
        """The resource with its people looked up where it only names another row, first among
        the rows that are written ``beside`` it."""
        return await settled(self.general, prepared, beside) if prepared.via else prepared
