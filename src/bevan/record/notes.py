"""Entries of the audit for what touches no resource: signing in, being refused, reading the audit.

Whoever lets something happen notes it first; the entry is durable when the note returns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

from bevan.record import audit
from bevan.record.parts import Parts
from bevan.record.scope import Scope, compartment

LONGEST_QUERY = 1_000
_EVENT = re.compile(r"[a-z][a-z0-9-]{1,39}")


class Notes:
    """Writes them under a Scope, whose ticket says who, why and in which request."""

    def __init__(self, parts: Parts) -> None:
        """Shares the parts of reading."""
        self._parts = parts

    async def note(
        self,
        scope: Scope,
        event: str,
        *,
        done: bool = True,
        about: str | None = None,
        type: str | None = None,
        id: str | None = None,
        entries: int = 1,
    ) -> None:
        """Note an event, a word such as ``sign-in``; ``done`` is False for what was refused.

        ``about`` is the logical id of the person concerned, ``type`` and ``id`` name a thing (a
        client, a session), ``entries`` counts. Raises ``ValueError`` for words that hold more than
        a name of the event: an entry isn't free text.
        """
        if not _EVENT.fullmatch(event):
            raise ValueError("An event is named by one word in small letters.")
        signature = await self._parts.sign(scope)
        entry = signature.entry(
            audit.NOTE,
            audit.SHOWN if done else audit.REFUSED,
            type=type,
            id=id,
            patient=None if about is None else compartment(about),
            entries=entries,
            query=event,
        )
        await self._parts.general.execute(audit.insert(), *audit.columns([entry])[:-1])

    async def disclosed(
        self,
        scope: Scope,
        type: str,
        people: Iterable[UUID],
        *,
        id: str | None = None,
        query: str | None = None,
    ) -> None:
        """Keep that what isn't a row was shown: one entry for each person it was about.

        ``people`` are compartments; none of them means that nothing was shown. ``id`` names what
        was read; without one it was a search, whose ``query`` stands in the first entry only.
        """
        signature = await self._parts.sign(scope)
        shown = tuple(people)
        entries = [
            signature.entry(
                audit.SEARCH if id is None else audit.READ,
                audit.SHOWN if shown else audit.NOTHING,
                type=type,
                id=id,
                patient=person,
                query=query[:LONGEST_QUERY] if query and place == 0 else None,
            )
            for place, person in enumerate(shown or (None,))
        ]
        await self._parts.general.execute(audit.insert(), *audit.columns(entries)[:-1])
