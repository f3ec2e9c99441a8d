"""People whose records are due, with traces wherever something is kept, and a look at what is left.

Each has observations with an old version each, an account, entries of the audit, and is named in an
entry of somebody else's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bevan.identity.accounts import Account
from bevan.record.scope import Actor, Scope, compartment, system
from bevan.site.composition import Composition

OTHER: Final = "0b7a7b1e-0000-4000-8000-000000000001"
LOADER: Final = Actor("system", "proof", "The loader of a proof")


def scope(made: Composition) -> Scope:
    """The loader's own."""
    return system("prove that a disposal is whole", LOADER, at=made.clock.now())


@dataclass(frozen=True, slots=True)
class Departed:
    """One of them."""

    number: int

    @property
    def id(self) -> str:
        """The id of their Patient."""
        return f"0b7a7b1e-0000-4000-8001-{self.number:012d}"

    @property
    def words(self) -> tuple[str, str, str]:
        """What nothing may hold once they are disposed of."""
        return self.id, f"07700 90{self.number:04d}", f"MRN-{self.number:06d}"

    @property
    def elsewhere(self) -> str:
        """The id of the entry of somebody else's that names them."""
        return f"0b7a7b1e-0000-4000-8002-{self.number:012d}"

    async def make(self, made: Composition, entries: int) -> None:
        """Write everything, with so many entries."""
        record, own, (id, phone, mrn) = made.record, scope(made), self.words
        identifier = {"system": "https://hospital.example/mrn", "value": mrn}
        await record.update(own, {
            "resourceType": "Patient", "id": id, "birthDate": "1931-02-03", "gender": "male",
            "deceasedDateTime": "2005-04-05", "identifier": [identifier],
            "name": [{"family": f"Quill{self.number}", "given": ["Zebedee"]}],
            "telecom": [{"system": "phone", "value": phone}],
        })  # fmt: skip
        for n in range(entries):
            weight = f"0b7a7b1e-0000-4000-8003-{self.number:08d}{n:04d}"
            for value in (70 + n, 71 + n):
                await record.update(own, _weight(weight, id, value))
        told = {**_weight(self.elsewhere, OTHER, 80), "performer": [{"reference": f"Patient/{id}"}],
                "note": [{"text": f"call {phone}"}]}  # fmt: skip
        await record.update(own, told)
        name = f"Zebedee Quill{self.number}"
        await made.identity.seed([Account(f"a-{self.number}", "patient", id, name, "", demo=True)])
        themself = system("own record", Actor("patient", id, name), at=made.clock.now())
        await record.read(themself, "Patient", id)
        await record.search(own, "Patient", f"identifier={mrn}")

    async def print_of(self, made: Composition) -> str:
        """A hash of every row of theirs, of the account and of what names them elsewhere."""
        found = await made.database.fetch(_ROWS, compartment(self.id), self.elsewhere, self.id)
        return hashlib.sha256("\n".join(row[0] for row in found).encode()).hexdigest()

    async def gone(self, made: Composition) -> bool:
        """Whether the record shows nothing of them: tombstones at most, nothing old, no account."""
        left = await made.database.fetchval(_LEFT, compartment(self.id), self.id)
        version = await made.record.read(scope(made), "Observation", self.elsewhere)
        named = version is None or any(word.encode() in version.content for word in self.words)
        return left == 0 and not named


async def traces(made: Composition, people: list[Departed]) -> list[str]:
    """Where in the database any of them is still named, by table and word."""
    needles = [word for one in people for word in one.words]
    needles += [one.id.replace("-", "") for one in people]
    found: list[str] = []
    for (table,) in await made.database.fetch(_TABLES):
        rows = await made.database.fetch(f"SELECT t::text FROM {table} t")
        text = "\n".join(row[0] for row in rows)
        found += [f"{table}: {word}" for word in needles if word in text]
    unpack = made.record._parts.preparer.codec.unpack
    for table in ("resource", "resource_history"):
        rows = await made.database.fetch(_CONTENT.format(table))
        text = "\n".join(unpack(row["enc"], row["content"]).decode() for row in rows)
        found += [f"{table}: {word}" for word in needles if word in text]
    return found


async def quiet(made: Composition, name: str) -> None:
    """Wait until nothing of a killed process goes on in the database."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1"
    while await made.database.fetchval(asked, name):
        pass


def _weight(id: str, person: str, value: int) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": id, "status": "final", "code": {"text": "Weight"},
        "subject": {"reference": f"Patient/{person}"}, "effectiveDateTime": "2004-07-08",
        "valueQuantity": {"value": value, "unit": "kg"},
    }  # fmt: skip


def moment(at: datetime) -> str:
    """A moment as the command line of the disposer has it."""
    return at.isoformat()


_ROWS = """
SELECT 'r' || type || id || version || deleted || md5(coalesce(content, '')) AS said
FROM resource WHERE patient = $1 OR id = $2
UNION ALL
SELECT 'h' || type || id || version || md5(coalesce(content, '')) FROM resource_history
WHERE patient = $1 OR id = $2
UNION ALL
SELECT 'a' || id || actor || name FROM account WHERE actor = $3
ORDER BY 1
"""
_LEFT = """
SELECT (SELECT count(*) FROM resource WHERE patient = $1 AND NOT deleted)
  + (SELECT count(*) FROM resource_history WHERE patient = $1)
  + (SELECT count(*) FROM account WHERE actor = $2)
"""
_TABLES = """
SELECT c.oid::regclass::text FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
  AND NOT c.relispartition
"""
_CONTENT = "SELECT enc, content FROM {} WHERE content IS NOT NULL"
