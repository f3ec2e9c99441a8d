"""Bulk writing: up to 1,000 prepared resources in one commit.

The same content again makes no version, so a load may be repeated after a crash. A caller that
keeps a ledger writes it in the same transaction (``within``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bevan.fhir.json import decode
from bevan.kernel.database import Connection
from bevan.kernel.sql import statements
from bevan.record import audit
from bevan.record.attempt import Overtaken
from bevan.record.batch import Changes, Creation
from bevan.record.decision import Current, Operation, unlimited
from bevan.record.errors import Conflict, NotFound, TooCostly
from bevan.record.faults import DATABASE, collided, told
from bevan.record.lookup import people
from bevan.record.parts import Parts
from bevan.record.plan import Draft, Signature, draft, gone, moved
from bevan.record.round import standing
from bevan.record.rows import People, Prepared, resolved
from bevan.record.scope import Scope
from bevan.record.version import moment, same

MOST = 1_000
_TRIES = 20

Within = Callable[[Connection], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of the resources of one load."""

    created: int = 0
    changed: int = 0
    same: int = 0


class Loading:
    """Loads prepared resources; several processes may do so at once."""

    def __init__(self, parts: Parts) -> None:
        """Shares the parts of writing."""
        self._parts = parts

    async def load(
        self,
        scope: Scope,
        prepared: Sequence[Prepared],
        *,
        within: Within | None = None,
        after: Within | None = None,
        most: int = MOST,
    ) -> Loaded:
        """Write all of these in one commit, each under its own id.

        Of several with the same id the last counts. ``within`` runs first in the transaction: it
        writes the caller's ledger, and where it answers false (already there) nothing is written;
        ``after`` runs last in it.
        ``most`` is the limit: more than 1,000 only for what has to be written as a whole. Raises
        ``TooCostly`` (beyond it), ``NotFound`` (the scope is limited) and ``Conflict``.
        """
        if len(prepared) > most:
            raise TooCostly(f"At most {most} resources can be loaded at once.")
        if not unlimited(scope) or not all(scope.may_write(one.type) for one in prepared):
            raise NotFound("Only a scope without limits can load in bulk.")
        last = {(one.type, one.id): one for one in prepared}
        chosen = [last[key] for key in sorted(last)]
        signature = await self._parts.sign(scope)
        # They may have been prepared elsewhere, and before a parameter was added.
        chosen = [self._parts.added.indexed(one, self._parts.preparer) for one in chosen]
        loaded = await self._load(signature, chosen, within, after)
        await self._after(chosen, loaded)
        return loaded

    async def _load(
        self,
        signature: Signature,
        chosen: list[Prepared],
        within: Within | None,
        after: Within | None = None,
    ) -> Loaded:
        """First as if all were new, which most loads are; if one isn't, by comparing."""
        fresh = True
        for _ in range(_TRIES):
            try:
                async with self._parts.transactions.transaction() as connection:
                    if within is not None and not await within(connection):
                        return Loaded(same=len(chosen))
                    ready = await self._settled(connection, chosen)
                    write = self._create if fresh else self._compare
                    loaded = await write(connection, signature, ready)
                    if after is not None:
                        await after(connection)
                    return loaded
            except Overtaken:
                continue
            except DATABASE as error:
                if not collided(error):
                    raise told(error) from None
                fresh = False
        raise Conflict("Others keep changing the same resources. Try again.")

    async def _settled(self, connection: Connection, chosen: list[Prepared]) -> list[Prepared]:
        if not any(one.via for one in chosen):
            return chosen
        beside: dict[str, People] = {
            f"{one.type}/{one.id}": (one.patient, one.patients) for one in chosen if not one.via
        }
        far = {row for one in chosen for row in one.via if row not in beside}
        beside |= await people(connection, sorted(far))
        return [resolved(one, beside) if one.via else one for one in chosen]

    async def _drafts(
        self,
        signature: Signature,
        chosen: Sequence[Prepared],
        currents: Sequence[Current | None],
    ) -> list[Draft]:
        new = sum(current is None for current in currents)
        keys = await self._parts.keys.take(new)
        at = moment(self._parts.clock.now())
        return [
            draft(
                self._parts.preparer,
                signature,
                one,
                rkey=current.rkey if current else next(keys),
                version=current.version + 1 if current else 1,
                at=at,
                source=await self._parts.source(one),
                before=current,
            )
            for one, current in zip(chosen, currents, strict=True)
        ]

    async def _create(
        self, connection: Connection, signature: Signature, chosen: list[Prepared]
    ) -> Loaded:
        drafts = await self._drafts(signature, chosen, [None] * len(chosen))
        creation = Creation([one.row for one in drafts], _entries(signature, drafts), wake=False)
        await creation.write(connection)
        return Loaded(created=len(drafts))

    async def _compare(
        self, connection: Connection, signature: Signature, chosen: list[Prepared]
    ) -> Loaded:
        asked = [Operation(signature.scope, "update", one.type, one.id) for one in chosen]
        currents = await standing(self._parts, connection, asked)
        pairs = [
            (one, current)
            for one, current in zip(chosen, currents, strict=True)
            if current is None or not _unchanged(one, current)
        ]
        drafts = await self._drafts(
            signature, [one for one, _ in pairs], [current for _, current in pairs]
        )
        creation, changes = Creation(wake=False), Changes(wake=False)
        for laid, (one, current) in zip(drafts, pairs, strict=True):
            if current is None:
                creation.rows.append(laid.row)
                continue
            lost = gone(self._parts.preparer, one, current)
            changes.add(laid.row, expected=current.version, gone=lost, moved=moved(laid, current))
        changes.entries = _entries(signature, drafts)
        if creation.rows:
            await creation.write(connection)
        _, applied = await changes.write(connection)
        if len(applied) != len(changes.rows):
            raise Overtaken
        created, changed = len(creation.rows), len(changes.rows)
        return Loaded(created, changed, len(chosen) - created - changed)

    async def _after(self, chosen: list[Prepared], loaded: Loaded) -> None:
        """Wake feed readers and note the sources, outside the transaction: a NOTIFY inside would
        make the commits of several loaders wait for one another."""
        if not loaded.created and not loaded.changed:
            return
        await self._parts.general.execute(statements("bevan.record", "write.sql")["wake"])
        uris = {one.source for one in chosen if one.source}
        numbers = [await self._parts.interns.source(uri) for uri in uris]
        await self._parts.heard.note(numbers, moment(self._parts.clock.now()))


def _unchanged(one: Prepared, current: Current) -> bool:
    return not current.deleted and same(one.resource, decode(current.content))


def _entries(signature: Signature, drafts: Sequence[Draft]) -> list[audit.Entry]:
    """One audit entry per person, with the number of their resources."""
    people = Counter(person for one in drafts for person in one.people)
    return [
        signature.entry(
            audit.IMPORT, audit.SHOWN, type=None, id=None, patient=person, entries=number
        )
        for person, number in people.items()
    ]
