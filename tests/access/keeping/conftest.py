"""A region with somebody whose record is due, and traces of them wherever something is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bevan.access.claims import Said
from bevan.access.proxies import SEE_RECORD, Asked
from bevan.apps.governance.forms import form
from bevan.identity.accounts import Account, Role
from bevan.people.nhs_number import SYSTEM
from bevan.record.scope import Actor, system
from tests.support.moving_clock import MovingClock
from tests.support.sites import Serving, serving

NOW = datetime(2026, 11, 24, 10, 42, tzinfo=UTC)
ZEB, OLD, UNA = (f"0b7a7b1e-0000-4000-8000-0000000000{end}" for end in ("e1", "e2", "e3"))
NUMBER, PHONE, FAMILY = "9990123454", "07700 900461", "Quillfeather"
GP = Actor("practitioner", "gp-id", "Dr Gp", "GP", "org-gp", "Mill Lane Surgery")
WORKER = Actor("system", "bevan-worker", "Bevan's own jobs")
RUTH = Actor("practitioner", "ruth", "Ruth Okafor", "Privacy officer", "org-ig", "Region")
IMRAN = Actor("practitioner", "imran", "Imran Vale", "Caldicott guardian", "org-ig", "Region")
WHY = "Eight years after the last contact, and nobody asks for it"
SCOPE = system("a test's own writes", Actor("system", "tests", "tests"))


def zeb(id: str = ZEB, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient", "id": id, "identifier": [{"system": SYSTEM, "value": NUMBER}],
        "name": [{"family": FAMILY, "given": ["Zebedee"]}], "gender": "male",
        "birthDate": "1931-02-03", "deceasedDateTime": "2005-04-05",
        "telecom": [{"system": "phone", "value": PHONE}],
        "generalPractitioner": [{"reference": "Organization/org-gp"}], **more,
    }  # fmt: skip


def observation(id: str, who: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": id, "status": "final", "code": {"text": "Weight"},
        "subject": {"reference": f"Patient/{who}"}, "effectiveDateTime": "2006-07-08",
        "valueString": f"said {FAMILY}", **more,
    }  # fmt: skip


def appointment() -> dict[str, Any]:
    people = [
        {"actor": {"reference": f"Patient/{who}", "display": name}, "status": "accepted"}
        for who, name in ((ZEB, f"Zebedee {FAMILY}"), (UNA, "Una Vale"))
    ]
    return {
        "resourceType": "Appointment", "id": "both", "status": "booked", "participant": people,
        "start": "2006-07-08T09:00:00Z", "end": "2006-07-08T09:10:00Z",
        "comment": f"Zebedee {FAMILY} comes along",
    }  # fmt: skip


RECORD: tuple[dict[str, Any], ...] = (
    {"resourceType": "Organization", "id": "org-gp", "name": "Mill Lane Surgery"},
    zeb(link=[{"other": {"reference": f"Patient/{OLD}"}, "type": "replaces"}]),
    zeb(OLD, active=False, link=[{"other": {"reference": f"Patient/{ZEB}"},
                                  "type": "replaced-by"}]),
    {"resourceType": "Patient", "id": UNA, "name": [{"family": "Vale", "given": ["Una"]}],
     "birthDate": "1990-01-02", "link": [{"other": {"reference": f"Patient/{ZEB}"},
                                          "type": "seealso"}]},
    observation("zebs", ZEB), observation("olds", OLD), appointment(),
    observation("unas", UNA, performer=[{"reference": f"Patient/{ZEB}"}],
                note=[{"text": f"told by Zebedee {FAMILY}"}], effectiveDateTime="2026-01-02",
                valueString="72"),
)  # fmt: skip


@dataclass
class Keep:
    """The region, and short ways to what tests do most."""

    served: Serving
    clock: MovingClock

    @property
    def made(self) -> Any:
        return self.served.made

    async def ask(self) -> UUID:
        """Ruth asks for the disposal, having just proved who she is."""
        found: UUID = await self.made.keeping.ask(RUTH, ZEB, WHY, self.clock.now())
        return found

    async def decided(self) -> UUID:
        """Imran decides what Ruth asked for."""
        await self.made.keeping.look(WORKER)
        id = await self.ask()
        await self.made.keeping.decide(IMRAN, id, self.clock.now())
        return id

    async def traces(self) -> list[str]:
        """Where in the database the person is still named, by column or content."""
        needles = [ZEB, OLD, NUMBER, PHONE, FAMILY, ZEB.replace("-", ""), OLD.replace("-", "")]
        needles += [one.encode().hex() for one in needles]
        found = []
        for row in await self.made.database.fetch(_TABLES):
            for said in await self.made.database.fetch(f"SELECT t::text FROM {row[0]} t"):
                found += [f"{row[0]}: {one}" for one in needles if one.lower() in said[0].lower()]
        unpack = self.made.record._parts.preparer.codec.unpack
        for table in ("resource", "resource_history"):
            for row in await self.made.database.fetch(
                f"SELECT type, id, enc, content FROM {table} WHERE content IS NOT NULL"
            ):
                text = unpack(row["enc"], row["content"]).decode()
                found += [f"{row['type']}/{row['id']}: {o}" for o in needles if o in text]
        return found


_TABLES = """
SELECT c.oid::regclass::text FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
  AND NOT c.relispartition
"""


@pytest.fixture
async def keep(database: str, tmp_path: Path) -> AsyncIterator[Keep]:
    clock = MovingClock(NOW)
    async with serving(database, clock=clock, data=tmp_path, apps=None) as served:
        made = served.made
        for one in RECORD:
            await made.record.update(SCOPE, one)
        await made.record.update(SCOPE, observation("zebs", ZEB, valueString="changed"))
        await _leave_traces(served)
        await made.projection.catch_up()
        yield Keep(served, clock)


async def _leave_traces(served: Serving) -> None:
    """An account that reads, searches, a claim, a proxy, a link, a request for a copy."""
    made = served.made
    account = Account("zeb", "patient", ZEB, f"Zebedee {FAMILY}", "", (), demo=True)
    staff = [
        Account(one.id, "practitioner", one.id, one.name, one.role,
                (Role(one.role, one.organisation, one.organisation_name),), demo=True)
        for one in (RUTH, IMRAN)
    ]  # fmt: skip
    await made.identity.seed([account, *staff])
    await made.identity.sign_in("zeb")
    themself = Actor("patient", ZEB, f"Zebedee {FAMILY}")
    await made.record.read(system("own record", themself), "Patient", ZEB)
    await made.record.update(
        system("own words", themself), observation("byzeb", UNA, valueString="x")
    )
    await made.record.search(SCOPE, "Patient", f"identifier={SYSTEM}|{NUMBER}")
    await made.record.search(SCOPE, "Patient", f"_id={UNA},{ZEB}")
    await made.record.search(SCOPE, "Patient", "phone=07700%20900461")
    words = "Found unconscious at home today"
    said = Said("urgent-here", words, "cannot-ask", made.clock.now())
    await made.claims.open(GP, ZEB, said)
    asked = Asked(UNA, ZEB, "carer", frozenset({SEE_RECORD}), "She looks after him", None,
                  agreed=True)  # fmt: skip
    await made.proxies.grant(asked, by="clerk")
    numbers = {"name": f"Zebedee {FAMILY}", "number": NUMBER}
    await made.registers.add(RUTH, "requests", form("request"), numbers, state="answered")
