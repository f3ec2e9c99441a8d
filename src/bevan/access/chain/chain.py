"""The chain of one installation: its keys, its second place and its SIEM, opened when needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bevan.access.chain.closing import Closer, Month, MonthStays
from bevan.access.chain.handover import Handover
from bevan.access.chain.ledger import Ledger
from bevan.access.chain.place import open_place
from bevan.access.chain.returning import acknowledge
from bevan.access.chain.sealing import Sealer
from bevan.access.chain.shelf import Shelf
from bevan.access.chain.siem import Siem
from bevan.access.chain.signing import keyring
from bevan.access.chain.speaking import Answer, Speaker
from bevan.access.chain.statement import Attested, Closing
from bevan.access.chain.verification import Verdict, Verification, Window
from bevan.access.gathering import Gathering
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.settings import Settings


@dataclass(frozen=True, slots=True)
class State:
    """How far the chain is. ``lag``: seconds since the oldest entry that isn't sealed was written,
    or since the oldest link that wasn't handed over was sealed."""

    links: int
    sealed: datetime | None
    handed: int
    waits: datetime | None
    unsealed: int
    oldest: datetime | None


class Chain:
    """Seals, hands over and verifies. ``clock`` is the machine's, never a demonstration's."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        """Nothing is opened or made yet: keys come into being with the first link."""
        self._database = database
        self._settings = settings
        self._clock = clock

    async def seal(self) -> int:
        """Seal what is settled; how many links were made."""
        sealer = Sealer(self._database, keyring(self._settings.data), self._clock)
        return len(await sealer.seal())

    async def hand_over(self) -> int:
        """Hand over what waits; how many links reached the second place. Raises ``Unavailable``,
        ``StandsAlready`` and ``ConfigurationError``."""
        named = self._settings.audit_siem
        return await Handover(
            self._database,
            keyring(self._settings.data),
            open_place(self._settings),
            Siem(named) if named else None,
        ).hand_over()

    async def verify(self, window: Window | None = None) -> Verdict:
        """Check the database against the second place."""
        return await Verification(
            self._database,
            open_place(self._settings),
            keyring(self._settings.data).public,
            now=self._clock.now(),
            window=window,
        ).run()

    async def acknowledge(self, answer: Answer) -> Attested:
        """Answer for what a restore lost, and hand that over. Raises ``NothingLost``, ``SayWhy``.

        The new epoch's first link is made before, so that nothing is taken for lost twice.
        """
        await self.seal()
        made = await acknowledge(self._database, self.speaker(), await self.verify(), answer)
        await self.hand_over()
        return made

    async def close_month(self, month: Month, folder: Path, answer: Answer) -> Closing:
        """Hand a month over in a file and drop it; needs the tables' owner. Raises ``MonthStays``.

        May be run again after it was cut short.
        """
        closer = Closer(self._database, self.speaker(), self._clock.now())
        await closer.check(month)
        closing = await self._closed(month)
        if closing is None:
            if not (await self.verify(Window(month.opens, month.closes))).unbroken:
                raise MonthStays("The chain isn't whole there: run `bevan audit verify` first.")
            said = (await closer.close(month, folder, answer)).statement.body
            assert isinstance(said, Closing)
            closing = said
            sealer = Sealer(self._database, keyring(self._settings.data), self._clock)
            await sealer.dispose(month.closes)
        await self.hand_over()
        await Gathering(self._database).forget(month.closes)
        await closer.drop(month)
        return closing

    async def _closed(self, month: Month) -> Closing | None:
        async with self._database.connection() as connection:
            kept = await Shelf(connection).every()
        bodies = [one.attested.statement.body for one in kept if one.attested]
        return next(
            (one for one in bodies if isinstance(one, Closing) and one.month == str(month)), None
        )

    def speaker(self) -> Speaker:
        """Makes statements, signed with the newest key."""
        return Speaker(self._database, keyring(self._settings.data), self._clock)

    async def state(self) -> State:
        """How far the chain is."""
        async with self._database.connection() as connection:
            ledger = Ledger(connection)
            found = await ledger.state(open_place(self._settings).name)
            unsealed, oldest = await ledger.unsealed()
        return State(
            found["links"] or 0,
            found["sealed"],
            found["handed"] or 0,
            found["waits"],
            unsealed,
            oldest,
        )
