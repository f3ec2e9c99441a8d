"""Hands links over: first to the second place, then, where one is named, to a SIEM.

A link is noted as handed over only after it is there for good, so a hand-over that was cut short
is done again, and does no harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from bevan.access.chain import listing
from bevan.access.chain.entry import Named
from bevan.access.chain.ledger import Ledger
from bevan.access.chain.link import Link, Signed, encoded
from bevan.access.chain.place import Place
from bevan.access.chain.shelf import Shelf
from bevan.access.chain.siem import Siem
from bevan.access.chain.signing import Keyring
from bevan.kernel.database import Database
from bevan.kernel.logs import logger

_MOST = 100
_Hand = Callable[[Signed, list[Named], Ledger], Awaitable[None]]


def file_of(link: Link, suffix: str) -> str:
    """The name of a link's file (`link`) or list (`list`) in the second place.

    The epoch is part of it: after a restore the numbers go on from where the backup was.
    """
    return f"{link.number:09d}.{link.epoch}.{suffix}"


class Handover:
    """Takes what wasn't handed over yet to where it belongs."""

    def __init__(
        self, database: Database, keyring: Keyring, place: Place, siem: Siem | None = None
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._place = place
        self._siem = siem

    async def hand_over(self) -> int:
        """Hand over every link that waits; how many reached the second place.

        Raises ``Unavailable`` where a place doesn't answer, and ``StandsAlready`` where the second
        place holds something else: what was handed over before that stays so.
        """
        count = await self._every(self._place.name, self._to_place)
        async with self._database.connection() as connection:
            await Shelf(connection).hand_over(self._place)
        if self._siem is not None:
            await self._every("siem", self._siem.send)
        return count

    async def _every(self, place: str, hand: _Hand) -> int:
        count = 0
        async with self._database.connection() as connection:
            ledger = Ledger(connection)
            while waiting := await ledger.waiting(place, _MOST):
                for signed in waiting:
                    named = await ledger.entries(signed.link.opens, signed.link.closes)
                    await hand(signed, named, ledger)
                    await ledger.handed(place, signed.link.number)
                    count += 1
        return count

    async def _to_place(self, signed: Signed, named: list[Named], ledger: Ledger) -> None:
        content = listing.packed(listing.lines(named))
        whole = listing.digest(content).hex() == signed.link.listing
        if not whole:
            # Changed since it was sealed: the link goes all the same, and verification says so.
            logger().error("audit entries changed before the hand-over", count=signed.link.number)
        await asyncio.to_thread(self._put, signed, content if whole else None)

    def _put(self, signed: Signed, content: bytes | None) -> None:
        for voucher in self._keyring.vouchers():
            self._place.put(f"{voucher.key}.key", msgspec.json.encode(voucher) + b"\n")
        if content is not None:
            self._place.put(file_of(signed.link, "list"), content)
        self._place.put(file_of(signed.link, "link"), encoded(signed))
