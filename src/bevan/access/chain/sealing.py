"""Seals: what every transaction before the oldest open one wrote becomes the next link.

An entry is written in the same statement as what it tells of, so no worker waits for the chain;
the link comes after, within half a minute, and takes all of them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bevan.access.chain import listing, merkle
from bevan.access.chain.entry import Named
from bevan.access.chain.ledger import Ledger
from bevan.access.chain.link import NOTHING_BEFORE, Link, Signed
from bevan.access.chain.signing import Keyring
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.errors import BevanError

MOST = 50_000
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)


class WentBack(BevanError):
    """Transaction ids are lower than those already sealed: this isn't the database of the chain."""


class Sealer:
    """Adds links to the chain of one database; each is signed with the newest key."""

    def __init__(
        self, database: Database, keyring: Keyring, clock: Clock, *, most: int = MOST
    ) -> None:
        """``clock`` is the machine's; ``most`` entries make one link, a transaction never split."""
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._most = most

    async def seal(self) -> list[Signed]:
        """Seal everything that is settled; the links that were made, none if nothing was new.

        Raises ``WentBack`` where the database was put in the place of another.
        """
        made = []
        while (one := await self._next()) is not None:
            made.append(one)
        return made

    async def dispose(self, kept_from: datetime) -> Signed:
        """Say in a link of its own that what is older than ``kept_from`` goes now."""
        made = await self._next(kept_from)
        assert made is not None
        return made

    async def _next(self, kept_from: datetime | None = None) -> Signed | None:
        async with self._database.transaction() as connection:
            ledger = Ledger(connection)
            await ledger.lock()
            last = await ledger.last()
            link = await self._link(ledger, last, kept_from)
            if link is None:
                return None
            signed = self._keyring.sign(link)
            await ledger.add(signed)
            return signed

    async def _link(
        self, ledger: Ledger, last: Signed | None, kept_from: datetime | None
    ) -> Link | None:
        mark, epoch = await ledger.mark()
        opens = last.link.closes if last else 0
        if mark < opens:
            raise WentBack(
                "Transaction ids went back behind what is sealed: was another database put in this "
                "one's place? Run `bevan audit verify`."
            )
        if mark == opens and kept_from is None:
            return None
        closes = await ledger.end(opens, mark, self._most)
        named = await ledger.entries(opens, closes)
        if not named and kept_from is None:
            return None
        return self._made(last, epoch, opens, closes, named, kept_from)

    def _made(
        self,
        last: Signed | None,
        epoch: int,
        opens: int,
        closes: int,
        named: list[Named],
        kept_from: datetime | None,
    ) -> Link:
        times = [one.entry.at for one in named]
        return Link(
            number=last.link.number + 1 if last else 1,
            epoch=epoch,
            opens=opens,
            closes=closes,
            entries=len(named),
            first=moment(min(times)) if times else None,
            last=moment(max(times)) if times else None,
            root=merkle.root([one.leaf for one in named]).hex(),
            listing=listing.digest(listing.packed(listing.lines(named))).hex(),
            previous=last.hash if last else NOTHING_BEFORE,
            kept_from=kept_from or (last.link.kept_from if last else None),
            sealed=self._clock.now(),
            key=self._keyring.newest,
        )


def moment(microseconds: int) -> datetime:
    """Microseconds since 1970 as a time in UTC."""
    return _ZERO + timedelta(microseconds=microseconds)
