"""Two people and what is written about them, for the tests of merging."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bevan.fhir import json
from bevan.people.following import Following
from bevan.people.merge import Merging
from bevan.people.unmerge import Unmerging
from bevan.record.record import Record
from bevan.record.scope import Actor, Scope, system
from bevan.record.version import Version
from tests.support.sites import Serving

CLERK = Actor("practitioner", "clerk-1", "Dee Clerk", "Data quality clerk", "org-1", "Harrowmere")
SCOPE: Scope = system("a test's own writes", Actor("system", "tests", "tests"))


@dataclass
class Asking:
    """A clerk's tray."""

    asked: list[str] = field(default_factory=list)

    async def misplaced(self, scope: Scope, merge: object, entry: Version) -> None:
        self.asked.append(f"{entry.type}/{entry.id}")

    async def parted(self, by: Actor, merge: object) -> None:
        """Nothing is proposed here."""


@dataclass
class Desk:
    """The record with what merges in it."""

    served: Serving
    asking: Asking = field(default_factory=Asking)

    @property
    def record(self) -> Record:
        return self.served.made.record

    @property
    def merging(self) -> Merging:
        made = self.served.made
        return Merging(made.record, made.database, made.clock)

    @property
    def unmerging(self) -> Unmerging:
        made = self.served.made
        return Unmerging(made.record, made.database, made.clock, self.asking)

    @property
    def following(self) -> Following:
        made = self.served.made
        return Following(
            made.record, made.database, made.clock, self.merging, self.unmerging,
            made.survivors, made.identities,
        )  # fmt: skip

    async def write(self, resource: dict[str, Any]) -> None:
        await self.record.update(SCOPE, resource)

    async def body(self, type: str, id: str) -> bytes:
        """The content as it stands, version and time aside, byte for byte otherwise."""
        found = await self.record.read(SCOPE, type, id)
        assert found is not None
        content = json.decode(found.content)
        meta = dict(content["meta"])
        del meta["versionId"], meta["lastUpdated"]
        return json.encode({**content, "meta": meta})

    async def about(self, who: str) -> list[str]:
        """The ids of the heart rates that a search for a person finds."""
        page = await self.record.search(SCOPE, "Observation", f"patient={who}&_count=200")
        entries = json.decode(page.bundle).get("entry", [])
        return sorted(str(each["resource"]["id"]) for each in entries)


def rate(id: str, who: str, value: int = 72, *, source: str = "", **more: Any) -> dict[str, Any]:
    """A heart rate of somebody."""
    return {
        "resourceType": "Observation",
        "id": id,
        **({"meta": {"source": source}} if source else {}),
        "status": "final",
        "code": {"text": "Heart rate"},
        "subject": {"reference": f"Patient/{who}"},
        "valueQuantity": {"value": value},
        **more,
    }
