"""A small clinic on the real application and database, and people at its desks."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx2

from bevan.identity.accounts import Account, Role
from bevan.record.scope import Actor, system
from tests.apps.care_record import build
from tests.apps.care_record.build import PERSON
from tests.support.moving_clock import MovingClock
from tests.support.sites import Serving, serving

GP_ID = "0b7a7b1e-0000-4000-8000-00000000000a"
TRUST_ID = "0b7a7b1e-0000-4000-8000-00000000000b"
OTHER = "0b7a7b1e-0000-4000-8000-000000000003"
ALLERGY_ID = "0b7a7b1e-0000-4000-8000-0000000000a1"
SAME_SITE = {"sec-fetch-site": "same-origin"}
WHERE = f"/record/{PERSON}"


def organisation(id: str, name: str) -> dict[str, Any]:
    return {"resourceType": "Organization", "id": id, "name": name}


def person(id: str = PERSON, **more: Any) -> dict[str, Any]:
    made = build.patient(id=id, **more)
    made["generalPractitioner"] = [{"reference": f"Organization/{GP_ID}"}]
    return made


def people(kind: str, name: str, place: str) -> Account:
    role = Role("GP", place, name)
    return Account(kind, "practitioner", f"{kind}-id", f"Dr {kind.title()}", "", (role,), demo=True)


ACCOUNTS = [
    people("gp", "Mill Lane Surgery", GP_ID),
    people("partner", "Mill Lane Surgery", GP_ID),
    people("trust", "Thornbeck General", TRUST_ID),
]


class Desk:
    """Somebody at a browser that runs no script."""

    def __init__(self, served: Serving) -> None:
        transport = served.client._transport
        self.client = httpx2.AsyncClient(transport=transport, base_url="http://bevan.test")

    async def get(self, path: str) -> httpx2.Response:
        return await self.client.get(path)

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> httpx2.Response:
        return await self.client.post(path, data=fields, headers=headers or SAME_SITE)

    async def sign_in(self, who: str) -> Desk:
        answer = await self.post("/sign-in", {"person": who})
        assert answer.status_code == 303, answer.text
        return self


@asynccontextmanager
async def clinic(database: str, *resources: dict[str, Any]) -> AsyncIterator[Serving]:
    """Two organisations, a person whom only the practice knows, and these resources."""
    clock = MovingClock(datetime(2026, 11, 24, 10, 42, tzinfo=UTC))
    async with serving(database, apps=None, clock=clock) as served:
        given = [organisation(GP_ID, "Mill Lane Surgery"), organisation(TRUST_ID, "Thornbeck"),
                 person(), *resources]  # fmt: skip
        for one in given:
            answer = await served.send("PUT", f"/{one['resourceType']}/{one['id']}", one)
            assert answer.status_code in (200, 201), answer.text
        await served.made.identity.seed(ACCOUNTS)
        await served.made.projection.catch_up()
        yield served


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def form(version: str = "1", **parts: str) -> dict[str, str]:
    return {
        "person": PERSON, "version": version, "substance": "Penicillin", "reaction": "Wheezing",
        "severity": "severe", "certainty": "confirmed", "status": "active", "onset": "", "note": "",
        **parts,
    }  # fmt: skip


def allergy(**more: Any) -> dict[str, Any]:
    return build.allergy(id=ALLERGY_ID, **more)


VISIT = {
    "resourceType": "Encounter", "id": "0b7a7b1e-0000-4000-8000-0000000000e1",
    "status": "in-progress", "class": {"code": "IMP"}, "period": {"start": "2026-11-20"},
    "subject": {"reference": f"Patient/{PERSON}"},
    "serviceProvider": {"reference": f"Organization/{TRUST_ID}"},
}  # fmt: skip


async def own_source(served: Serving) -> None:
    """Says that the practice's system is the practice's."""
    scope = system("tests", Actor("system", "tests", "Tests"))
    await served.made.record.introduce(scope, build.GP, GP_ID, "GP system")


async def tasks_of(served: Serving) -> list[tuple[str, str, str]]:
    """(state, focus, owner) of every Task about the person, oldest first."""
    found = (await served.send("GET", f"/Task?patient={PERSON}&_sort=_lastUpdated")).json()
    told = [entry["resource"] for entry in found.get("entry", [])]
    return sorted((t["status"], t["focus"]["reference"], t["owner"]["display"]) for t in told)


LABORATORY = {"coding": [{"system": f"{build.HL7}observation-category", "code": "laboratory"}]}
