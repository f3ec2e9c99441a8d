"""Strips the entries of a person whose record was disposed of.

The person becomes a reference that stands for them and can't be traced back. What was searched for,
which resource it was and the salt go; the hash that was sealed stays. First a certificate is signed
that lists what will be left of each entry; then they are stripped, a thousand in a transaction. An
entry is always either whole or under a certificate, so a run that was cut short is begun again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import unquote_plus
from uuid import UUID

from bevan.access.chain import listing
from bevan.access.chain.entry import Entry, sealed
from bevan.access.chain.ledger import Ledger
from bevan.access.chain.speaking import Answer, Speaker
from bevan.access.chain.statement import Attested, Disposal
from bevan.kernel.database import Connection, Database
from bevan.kernel.sql import statements

MOST = 1_000


@dataclass(frozen=True, slots=True)
class Gone:
    """Who is disposed of, as their entries name them, and what stands for them from now on.

    ``words``: identifiers and addresses; a search that has one of them is stripped of its words,
    whoever it was about. ``actors`` are their numbers as somebody who signed in, ``actor`` is the
    number that takes their place.
    """

    person: UUID
    id: str
    words: tuple[str, ...]
    actors: tuple[int, ...]
    reference: UUID
    actor: int

    @property
    def pattern(self) -> re.Pattern[str]:
        """Finds one of the words, as a word of its own, in a search."""
        words = sorted({self.id, *filter(None, self.words)}, key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)


class Found(NamedTuple):
    """An entry and where it lies."""

    leaf: int
    place: tuple[int, int]
    entry: Entry


class Left(NamedTuple):
    """What becomes of an entry: where it lies, its hash, whether its resource goes, its line."""

    leaf: int
    place: tuple[int, int]
    hash: bytes
    bare: bool
    line: listing.Line


class Stripper:
    """Strips entries under certificates. ``speaker`` signs these."""

    def __init__(self, database: Database, speaker: Speaker) -> None:
        self._database = database
        self._speaker = speaker
        self._sql = statements("bevan.access.chain", "stripping.sql")

    async def strip(
        self, gone: Gone, answer: Answer, schedule: str, removed: Mapping[str, int]
    ) -> list[Attested]:
        """Strip every entry that names the person; the certificates, one even without an entry.

        A second certificate, for entries that came meanwhile, counts nothing as removed.
        """
        made: list[Attested] = []
        while True:
            left = await self._left(gone)
            if made and not left:
                return made
            body = _body(gone, schedule, {} if made else removed, left)
            made.append(await self._certify(answer, body, left))
            await self._apply(gone, made[-1].statement.id, left)

    async def _certify(self, answer: Answer, body: Disposal, left: Sequence[Left]) -> Attested:
        packed = listing.packed(one.line for one in left)
        async with self._database.transaction() as connection:
            return await self._speaker.say(connection, answer, body, packed)

    async def _apply(self, gone: Gone, certificate: UUID, left: Iterable[Left]) -> None:
        by_leaf: dict[int, list[Left]] = defaultdict(list)
        for one in left:
            by_leaf[one.leaf].append(one)
        for leaf, ones in by_leaf.items():
            for start in range(0, len(ones), MOST):
                some = ones[start : start + MOST]
                await self._database.fetchval(
                    self._sql["strip"], leaf, certificate, [one.place for one in some],
                    [one.hash for one in some], [one.bare for one in some], gone.person,
                    gone.reference, list(gone.actors), gone.actor,
                )  # fmt: skip

    async def _left(self, gone: Gone) -> list[Left]:
        async with self._database.transaction(
            isolation="repeatable_read", readonly=True
        ) as connection:
            found = await self._found(connection, gone)
            ledger = Ledger(connection)
            await ledger.learn([one.entry for one in found], gone.actor)
            return [_left(gone, one, ledger) for one in found]

    async def _found(self, connection: Connection, gone: Gone) -> list[Found]:
        rows = await connection.fetch(self._sql["about"], gone.person, gone.id, list(gone.actors))
        found = [_found(row) for row in rows]
        requests = {(one.entry.txid, one.entry.request) for one in found}
        known = {(one.leaf, one.place) for one in found}
        pattern = gone.pattern
        async for row in connection.cursor(self._sql["searches"], prefetch=MOST):
            one = _found(row)
            if (one.leaf, one.place) in known:
                continue
            words = unquote_plus(one.entry.query or "")
            if (one.entry.txid, one.entry.request) in requests or pattern.search(words):
                found.append(one)
        return found


def _found(row: Any) -> Found:
    return Found(row["leaf_table"], row["place"], Entry(*list(row.values())[2:]))


def _left(gone: Gone, found: Found, ledger: Ledger) -> Left:
    entry = found.entry
    hash = sealed(entry, ledger.actors, ledger.purposes)
    theirs = entry.patient == str(gone.person)
    by_them = entry.agent in gone.actors
    bare = theirs or by_them or entry.id == gone.id
    after = entry._replace(
        patient=str(gone.reference) if theirs else entry.patient,
        agent=gone.actor if by_them else entry.agent,
        id=None if bare else entry.id,
        query=None,
        salt=None,
        leaf=hash,
    )
    return Left(found.leaf, found.place, hash, bare, ledger.left(after))


def _body(gone: Gone, schedule: str, removed: Mapping[str, int], left: Sequence[Left]) -> Disposal:
    return Disposal(
        reference=gone.reference,
        schedule=schedule,
        removed=dict(removed),
        entries=len(left),
        listing=listing.digest(listing.packed(one.line for one in left)).hex(),
    )
