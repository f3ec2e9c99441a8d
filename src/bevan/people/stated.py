"""Merges that a source states by itself: a Patient that was "replaced by" another (FHIR R4 8.1.10).

Nothing is moved for such a word; the old id only leads on, for whoever sees the record that stands.
It isn't taken where the record that stands isn't there, where both have a verified NHS number and
the numbers differ, and where one of the two was closed for a new identity.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from bevan.fhir import json
from bevan.kernel.database import Database
from bevan.kernel.sql import statements
from bevan.people.links import given_up, linked
from bevan.people.nhs_number import verified
from bevan.record.feed import FeedEntry
from bevan.record.record import Record
from bevan.record.scope import Scope

_WORD: Final = b'"replaced-by"'
_PAGE: Final = "500"


class Stated:
    """Keeps what sources say; whoever asks about it asks `survivors.Survivors`."""

    def __init__(self, record: Record, database: Database) -> None:
        self._record = record
        self._database = database
        self._sql = statements("bevan.people", "stated.sql")

    async def follow(self, scope: Scope, entries: Iterable[FeedEntry]) -> None:
        """Look again at every Patient of some entries that says so, said so, or is named by one."""
        patients = [each for each in entries if each.type == "Patient"]
        if not patients:
            return
        ids = [each.id for each in patients]
        rows = await self._database.fetch(self._sql["about"], ids)
        saying = {each.id for each in patients if _WORD in each.content}
        await self._look(scope, saying | {row["merged"] for row in rows})

    async def everything(self, scope: Scope) -> None:
        """At first, and on another epoch: look at every record that is linked to another."""
        rows = await self._database.fetch(self._sql["every"])
        found, page = {row["merged"] for row in rows}, ""
        while True:
            pairs = [
                ("link:missing", "false"),
                ("_count", _PAGE),
                *([("_page", page)] if page else []),
            ]
            answer = await self._record.search(scope, "Patient", urlencode(pairs))
            entries = json.decode(answer.bundle).get("entry", ())
            found |= {one["resource"]["id"] for one in entries if replaced_by(one["resource"])}
            page = answer.next
            if not page:
                break
        await self._look(scope, found)

    async def _look(self, scope: Scope, ids: Collection[str]) -> None:
        for id in sorted(ids):
            patient = await self._read(scope, id)
            survivor = None if patient is None else replaced_by(patient)
            if patient is None or survivor is None or survivor == id:
                await self._database.execute(self._sql["withdraw"], id)
                continue
            followed = leads_on(patient, await self._read(scope, survivor))
            await self._database.execute(self._sql["state"], id, survivor, followed)

    async def _read(self, scope: Scope, id: str) -> dict[str, Any] | None:
        found = await self._record.read(scope, "Patient", id)
        return None if found is None or found.deleted else json.decode(found.content)


def replaced_by(patient: Mapping[str, Any]) -> str | None:
    """The id of the record that a source says replaced this one; None where it says it's active."""
    if patient.get("active") is True:
        return None
    return next(iter(linked(patient, "replaced-by")), None)


def leads_on(old: Mapping[str, Any], survivor: Mapping[str, Any] | None) -> bool:
    """Whether a source's word that one record replaced another is followed."""
    if survivor is None or given_up(old) or given_up(survivor):
        return False
    numbers = verified(old), verified(survivor)
    return None in numbers or numbers[0] == numbers[1]
