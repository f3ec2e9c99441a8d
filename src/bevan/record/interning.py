"""Names kept once: actors, purposes and sources as small numbers.

A row of the audit or a version carries four bytes instead of names. Numbers are remembered in the
process and made in a transaction of their own, so a write that fails loses nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple
from typing import TypeVar

from bevan.kernel.database import Database
from bevan.kernel.sql import statements
from bevan.record.scope import Actor, Ticket

Key = TypeVar("Key")
Value = TypeVar("Value")

_ROOM = 50_000


class Interns:
    """The numbers of actors, purposes and sources, and back."""

    def __init__(self, database: Database) -> None:
        """Numbers are looked up and made through ``database``, never inside a write."""
        self._database = database
        self._sql = statements("bevan.record", "interning.sql")
        self._agents: dict[Actor, int] = {}
        self._actors: dict[int, Actor] = {}
        self._purposes: dict[str, int] = {}
        self._sources: dict[str, int] = {}
        self._uris: dict[int, str] = {}

    async def ticket(self, ticket: Ticket) -> tuple[int, int]:
        """(agent, purpose) of a ticket."""
        agent = self._agents.get(ticket.actor)
        if agent is None:
            agent = await self._agent(ticket.actor)
        purpose = self._purposes.get(ticket.purpose)
        if purpose is None:
            purpose = await self._number("purpose", ticket.purpose)
            _keep(self._purposes, ticket.purpose, purpose)
        return agent, purpose

    async def source(self, uri: str) -> int:
        """The number of a source (``meta.source``)."""
        number = self._sources.get(uri)
        if number is None:
            number = await self._number("source", uri)
            _keep(self._sources, uri, number)
            _keep(self._uris, number, uri)
        return number

    async def actors(self, numbers: Iterable[int]) -> Mapping[int, Actor]:
        """The actors with these numbers."""
        wanted = set(numbers)
        found = {n: actor for n in wanted if (actor := self._actors.get(n)) is not None}
        if missing := wanted - found.keys():
            for row in await self._database.fetch(self._sql["agents"], list(missing)):
                found[row[0]] = Actor(*row[1:])
                _keep(self._actors, row[0], found[row[0]])
        return found

    async def uris(self, numbers: Iterable[int | None]) -> Mapping[int, str]:
        """The sources with these numbers."""
        wanted = {n for n in numbers if n is not None}
        found = {n: uri for n in wanted if (uri := self._uris.get(n)) is not None}
        if missing := wanted - found.keys():
            for row in await self._database.fetch(self._sql["sources"], list(missing)):
                found[row["n"]] = row["uri"]
                _keep(self._uris, row["n"], row["uri"])
        return found

    async def _agent(self, actor: Actor) -> int:
        number = await self._number("agent", *astuple(actor))
        _keep(self._agents, actor, number)
        _keep(self._actors, number, actor)
        return number

    async def _number(self, table: str, *key: str) -> int:
        # Found first: an insert that meets a conflict would still use up a number.
        number = await self._database.fetchval(self._sql[f"find_{table}"], *key)
        while number is None:
            number = await self._database.fetchval(self._sql[f"add_{table}"], *key)
            if number is None:
                number = await self._database.fetchval(self._sql[f"find_{table}"], *key)
        return int(number)


def _keep(cache: dict[Key, Value], key: Key, value: Value) -> None:
    if len(cache) >= _ROOM:
        cache.clear()
    cache[key] = value
