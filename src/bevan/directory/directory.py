"""Looks up organisations, places and staff in the record, and remembers them for a minute.

Names of organisations stand beside every entry of every page; they change a few times a year.
"""

from __future__ import annotations

from bevan.directory import entries
from bevan.directory.entries import Organisation, Place, Staff
from bevan.fhir import json
from bevan.kernel.brief import Brief
from bevan.kernel.clock import Clock
from bevan.record.record import Record
from bevan.record.scope import Actor, Scope, system

_ACTOR = Actor("system", "directory", "Directory")
_PURPOSE = "directory of organisations, places and staff"


class Directory:
    """The directory of one process. Holds nothing about patients."""

    def __init__(self, record: Record, clock: Clock, *, remember: float = 60.0) -> None:
        self._record = record
        self._clock = clock
        self._organisations: Brief[str, Organisation | None] = Brief(
            self._organisation, seconds=remember
        )
        self._places: Brief[str, Place | None] = Brief(self._place, seconds=remember)
        self._people: Brief[str, str] = Brief(self._practitioner, seconds=remember)
        self._all: Brief[str, tuple[Organisation, ...]] = Brief(self._every, seconds=remember)

    async def organisation(self, id: str) -> Organisation | None:
        """An organisation by its logical id, or None."""
        return await self._organisations.get(id) if id else None

    async def name_of(self, id: str) -> str:
        """An organisation's name; empty when it isn't known."""
        found = await self.organisation(id)
        return found.name if found is not None else ""

    async def place(self, id: str) -> Place | None:
        """A site, ward or bed by its logical id, or None."""
        return await self._places.get(id) if id else None

    async def practitioner(self, id: str) -> str:
        """How a Practitioner is called; empty when not known."""
        return await self._people.get(id) if id else ""

    async def organisations(self) -> tuple[Organisation, ...]:
        """All organisations by name."""
        return await self._all.get("")

    async def staff(self, organisation: str) -> list[Staff]:
        """Everyone with a role at an organisation."""
        query = f"organization=Organization/{organisation}"
        return [entries.staff(found) for found in await self._search("PractitionerRole", query)]

    async def wards(self, organisation: str) -> list[Place]:
        """The wards and departments of an organisation by name: neither beds nor whole sites.

        A site is what places other than beds are part of.
        """
        query = f"organization=Organization/{organisation}"
        found = [entries.place(each) for each in await self._search("Location", query)]
        sites = {each.part_of for each in found if not each.bed}
        wards = [each for each in found if not each.bed and each.id not in sites]
        return sorted(wards, key=lambda each: each.name)

    def forget(self) -> None:
        """Forget everything remembered, because the directory changed."""
        for brief in (self._organisations, self._places, self._people, self._all):
            brief.forget()

    async def _organisation(self, id: str) -> Organisation | None:
        found = await self._read("Organization", id)
        return None if found is None else entries.organisation(found)

    async def _place(self, id: str) -> Place | None:
        found = await self._read("Location", id)
        return None if found is None else entries.place(found)

    async def _practitioner(self, id: str) -> str:
        found = await self._read("Practitioner", id)
        return "" if found is None else entries.practitioner_name(found)

    async def _every(self, _: str) -> tuple[Organisation, ...]:
        found = await self._search("Organization", "")
        return tuple(sorted(map(entries.organisation, found), key=lambda each: each.name))

    async def _read(self, type: str, id: str) -> dict[str, object] | None:
        version = await self._record.read(self._scope(), type, id)
        if version is None or version.deleted:
            return None
        found: dict[str, object] = json.decode(version.content)
        return found

    async def _search(self, type: str, query: str) -> list[dict[str, object]]:
        """Every match, page by page."""
        found: list[dict[str, object]] = []
        ask: str | None = f"{query}&_count=1000".removeprefix("&")
        while ask is not None:
            page = await self._record.search(self._scope(), type, ask, base="")
            bundle = json.decode(page.bundle)
            found += [entry["resource"] for entry in bundle.get("entry", ())]
            following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
            ask = following[0].partition("?")[2] if following else None
        return found

    def _scope(self) -> Scope:
        return system(_PURPOSE, _ACTOR, at=self._clock.now())
