"""Entries of the audit for what touches no resource: who came in, who was refused, who decided.

An entry names an event by one word and a thing by its id. No secret, no token and no free text
goes into it.
"""

from __future__ import annotations

import re
from typing import Final, Protocol

from bevan.kernel.clock import Clock
from bevan.kernel.logs import request_id
from bevan.record.scope import Actor, Scope, system

PURPOSE: Final = "Keeping what was done with accounts, keys and rules"
# Whoever has shown nothing yet, or something that isn't known.
NOBODY: Final = Actor("system", "anonymous", "Somebody who isn't signed in")
MOST_CALLERS: Final = 1_000
_ID = re.compile(r"[A-Za-z0-9._:|@/-]{1,64}")


class TakesNotes(Protocol):
    """Writes an entry of the audit (the record does)."""

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
    ) -> None: ...


class Journal:
    """Writes them, each durable when the call returns; refusals that repeat are counted.

    The first refusal of a caller at a place has an entry at once, those that follow within the
    same minute are counted in one more: whoever tries ten thousand times leaves two entries.
    """

    def __init__(self, notes: TakesNotes, clock: Clock) -> None:
        self._notes = notes
        self._clock = clock
        self._minute = 0
        self._refused: dict[tuple[Actor, str, str | None, str | None], int] = {}

    async def tell(
        self,
        actor: Actor,
        event: str,
        *,
        done: bool = True,
        about: str | None = None,
        type: str | None = None,
        id: str | None = None,
        entries: int = 1,
        request: str | None = None,
    ) -> None:
        """Keep an event, a word such as ``sign-in``; ``about`` is the Patient concerned.

        An ``id`` that isn't a name of something, but whatever somebody sent, is left out.
        """
        asked = request or request_id.get()
        scope = system(PURPOSE, actor, request=asked, at=self._clock.now())
        named = id if id is not None and _ID.fullmatch(id) else None
        await self._notes.note(
            scope, event, done=done, about=about or None, type=type, id=named, entries=entries
        )

    async def refused(
        self,
        actor: Actor,
        event: str,
        *,
        type: str | None = None,
        id: str | None = None,
        request: str | None = None,
    ) -> None:
        """Keep a refusal: at once if it is the caller's first of this minute, counted if not."""
        await self.flush()
        key = (actor, event, type, id)
        if key not in self._refused and len(self._refused) >= MOST_CALLERS:
            key = (NOBODY, "refused-many", None, None)
        if key in self._refused:
            self._refused[key] += 1
            return
        self._refused[key] = 0
        actor, event, type, id = key
        await self.tell(actor, event, done=False, type=type, id=id, request=request)

    async def flush(self, *, all: bool = False) -> None:
        """Write the counts of minutes that are over, or `all`: for a clock, and for the end."""
        minute = int(self._clock.now().timestamp() // 60)
        if minute == self._minute and not all:
            return
        self._minute, over = minute, self._refused
        self._refused = {}
        for (actor, event, type, id), more in over.items():
            if more:
                await self.tell(actor, event, done=False, type=type, id=id, entries=more)
