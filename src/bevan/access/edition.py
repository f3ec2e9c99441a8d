"""Which rules are in force, and since when: a change of them is an entry of the audit."""

from __future__ import annotations

import hashlib
from typing import Final, Protocol

import msgspec

from bevan.access.rule import Rules
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.sql import statements
from bevan.record.scope import Actor

KEEPER: Final = Actor("system", "bevan-worker", "Bevan's own jobs")


class KeepsJournal(Protocol):
    """Writes entries of the audit (`bevan.access.journal.Journal`)."""

    async def tell(
        self, actor: Actor, event: str, *, type: str | None = None, id: str | None = None
    ) -> None: ...


class Editions:
    """Looks whether the rulebook is another one than before, or an instrument began or ended."""

    def __init__(
        self, database: Database, journal: KeepsJournal, rules: Rules, clock: Clock
    ) -> None:
        self._database = database
        self._journal = journal
        self._rules = rules
        self._clock = clock
        self._sql = statements("bevan.access", "edition.sql")

    async def look(self) -> None:
        """Keep what has changed since the last look; safe to repeat."""
        book = named(self._rules)
        await self._compare("rulebook", book, "rules-changed", "rulebook", book)
        now = self._clock.now()
        for name, instrument in self._rules.instruments.items():
            state = "in-force" if instrument.in_force(now) else "not-in-force"
            await self._compare(
                f"instrument {name}", state, f"instrument-{state}", "instrument", name
            )

    async def _compare(self, name: str, value: str, event: str, type: str, id: str) -> None:
        if await self._database.fetchval(self._sql["marked"], name) == value:
            return
        # First the entry: one too many, if we are cut off here, and not one too few.
        await self._journal.tell(KEEPER, event, type=type, id=id)
        await self._database.execute(self._sql["mark"], name, value)


def named(rules: Rules) -> str:
    """The rulebook's version and a digest of all it says."""
    said = msgspec.json.encode(_plain(rules), order="sorted")
    return f"{rules.version}:{hashlib.sha256(said).hexdigest()[:16]}"


def _plain(value: object) -> object:
    """Values that JSON knows: read-only mappings as dictionaries, sets in order."""
    if isinstance(value, msgspec.Struct):
        return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
    if hasattr(value, "items"):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(str(one) for one in value)
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value
