"""Verifies: the database's entries and links against what lies in the second place.

Everything that was handed over is found out, whoever changed it, the database's owner included: an
entry that was changed, removed or added, a cut tail, another order, a chain made anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bevan.access.chain import matching
from bevan.access.chain.finding import Finding, of_link, unvouched
from bevan.access.chain.handover import file_of
from bevan.access.chain.ledger import Ledger
from bevan.access.chain.link import NOTHING_BEFORE, Link, Signed, decoded
from bevan.access.chain.place import Place
from bevan.access.chain.shelf import Shelf, there
from bevan.access.chain.signing import genuine
from bevan.access.chain.statement import lost_of
from bevan.access.chain.vouching import Vouched, vouched
from bevan.kernel.database import Database

_LATE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Window:
    """Which entries to check, by their time; None for no limit. Links are always all checked."""

    since: datetime | None = None
    until: datetime | None = None

    def covers(self, link: Link) -> bool:
        """Whether the link has entries of that time."""
        if link.first is None or link.last is None:
            return link.entries == 0
        return (self.since is None or link.last >= self.since) and (
            self.until is None or link.first < self.until
        )


@dataclass(slots=True)
class Verdict:
    """What was checked, what is wrong, what no link seals yet, and what somebody answers for.

    ``lost`` and ``forgotten`` are links and statements that a restore took and nobody acknowledged.
    """

    links: int = 0
    entries: int = 0
    handed: int = 0
    unsealed: int = 0
    findings: list[Finding] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    lost: list[Signed] = field(default_factory=list)
    forgotten: list[UUID] = field(default_factory=list)

    @property
    def unbroken(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


class Verification:
    """One run over a database, a second place and the keys that may have signed."""

    def __init__(
        self,
        database: Database,
        place: Place,
        public: Mapping[str, Ed25519PublicKey],
        *,
        now: datetime,
        window: Window | None = None,
    ) -> None:
        self._database = database
        self._place = place
        self._public = public
        self._now = now
        self._window = window or Window()
        self._verdict = Verdict()
        self._vouched = Vouched()

    async def run(self) -> Verdict:
        """Check everything in the window."""
        elsewhere = self._handed()
        async with self._database.transaction(isolation="repeatable_read") as connection:
            ledger = Ledger(connection)
            await self._vouch(Shelf(connection))
            here = [signed async for signed in ledger.links()]
            self._verdict.links = len(here)
            self._chain(here, "in the database")
            _, epoch = await ledger.mark()
            self._compare(here, elsewhere, epoch)
            kept_from = self._vouched.kept_from
            for signed in _both(here, elsewhere):
                if self._window.covers(signed.link) and lost_of(signed) not in self._vouched.lost:
                    await self._entries(ledger, signed.link, kept_from)
            self._verdict.unsealed, _ = await ledger.unsealed()
        return self._verdict

    async def _vouch(self, shelf: Shelf) -> None:
        """Which stripped entries and lost links somebody answers for."""
        here, elsewhere = await shelf.every(), there(self._place)
        self._vouched = vouched(here, elsewhere, self._public, self._now)
        self._find(*self._vouched.findings)
        self._verdict.events += self._vouched.events
        self._verdict.forgotten += self._vouched.missing

    def _find(self, *found: Finding) -> None:
        self._verdict.findings += found

    def _handed(self) -> dict[tuple[int, int], Signed]:
        """The links in the second place, by (number, epoch); each checked for its signature."""
        found: dict[tuple[int, int], Signed] = {}
        for name in self._place.names(".link"):
            signed = decoded(self._place.get(name) or b"")
            if signed is None or file_of(signed.link, "link") != name:
                text = f"The second place's {name} isn't the link that its name says."
                self._find(Finding("broken seal", text))
                continue
            self._signature(signed, "in the second place")
            found[signed.link.number, signed.link.epoch] = signed
        self._verdict.handed = len(found)
        return found

    def _signature(self, signed: Signed, where: str) -> None:
        if not genuine(signed, self._public):
            text = f"its signature {where} isn't by a key of this installation."
            self._find(of_link("false signature", signed.link, text))

    def _chain(self, links: list[Signed], where: str) -> None:
        """Numbers, windows and hashes follow one another, each link signed."""
        before: Signed | None = None
        for signed in links:
            self._signature(signed, where)
            self._follows(before, signed, where)
            before = signed

    def _follows(self, before: Signed | None, signed: Signed, where: str) -> None:
        link = signed.link
        wanted = before.link.number + 1 if before else 1
        if link.number != wanted:
            gap = f"{wanted}" if link.number == wanted + 1 else f"{wanted} to {link.number - 1}"
            self._find(of_link("missing link", link, f"{where} link {gap} before it is missing."))
        elif link.previous != (before.hash if before else NOTHING_BEFORE):
            self._find(of_link("out of order", link, f"{where} it doesn't follow the one before."))
        elif link.opens != (before.link.closes if before else 0):
            text = f"{where} it leaves out transactions after the link before."
            self._find(of_link("out of order", link, text))

    def _compare(
        self, here: list[Signed], elsewhere: Mapping[tuple[int, int], Signed], now: int
    ) -> None:
        """What the database, in its epoch `now`, says against what was handed over."""
        mine = {one.link.number: one for one in here}
        for (number, epoch), theirs in elsewhere.items():
            own = mine.get(number)
            if lost_of(theirs) in self._vouched.lost:
                continue
            if epoch < (now if own is None else own.link.epoch):
                self._verdict.lost.append(theirs)
                at = now if own is None else own.link.epoch
                text = f"the database went back to before it, at epoch {at}."
                self._find(of_link("went back", theirs.link, text))
            elif own is None:
                text = "it was handed over and is no longer in the database: the tail was cut."
                later = number < max(mine, default=0)
                text = text.removesuffix(": the tail was cut.") + "." if later else text
                self._find(of_link("missing link", theirs.link, text))
            elif own != theirs:
                text = "the database has another link than was handed over: it was made anew."
                self._find(of_link("different link", theirs.link, text))
        for signed in here:
            link = signed.link
            old = link.sealed < self._now - _LATE
            if (link.number, link.epoch) not in elsewhere and old:
                text = "it isn't in the second place: run `bevan audit hand-over`."
                self._find(of_link("not handed over", link, text))

    async def _entries(self, ledger: Ledger, link: Link, kept_from: datetime | None) -> None:
        """The entries that the link seals are there, and no others."""
        named = await ledger.entries(link.opens, link.closes)
        self._verdict.entries += len(named)
        content = self._place.get(file_of(link, "list"))
        self._find(*matching.compared(link, named, content, kept_from))
        for one in named:
            entry = one.entry
            if entry.leaf is None and entry.disposal is None:
                continue
            if entry.leaf is None or not self._vouched.covers(entry.disposal, ledger.left(entry)):
                self._find(unvouched(link, one))


def _both(here: list[Signed], elsewhere: Mapping[tuple[int, int], Signed]) -> list[Signed]:
    """Each link once, as it was handed over where it was; the database's own word counts least."""
    mine = {(one.link.number, one.link.epoch): one for one in here}
    return [one for _, one in sorted({**mine, **elsewhere}.items(), key=lambda item: item[0])]
