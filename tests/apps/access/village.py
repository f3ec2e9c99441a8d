"""A surgery, a trust, and people of every age who sign in for themselves or act for others."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

from bevan.access.proxies import Asked, Proxy
from bevan.identity.accounts import Account, Role
from bevan.record.scope import Actor, Scope, system
from tests.apps.care_record.clinic import GP_ID, TRUST_ID, Desk, organisation
from tests.support.moving_clock import MovingClock
from tests.support.sites import Serving, serving

NOW = datetime(2026, 11, 24, 10, 42, tzinfo=UTC)
DOT, NILS, JAYA, TEEN, GRAN = "dot", "nils", "jaya", "teen", "gran"
NUMBERS = {DOT: "9990123454", NILS: "9994112139", JAYA: "9994111124", TEEN: "9990000018",
           GRAN: "9990000050"}  # fmt: skip
BORN = {DOT: "1948-03-14", NILS: "1984-06-21", JAYA: "2018-02-14", TEEN: "2012-02-01",
        GRAN: "1940-01-01"}  # fmt: skip
RIGHTS = frozenset({"see-record"})
FEED = system("a test's own writes", Actor("system", "tests", "tests"))


def person(id: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient", "id": id, "birthDate": BORN[id], "gender": "female",
        "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": NUMBERS[id]}],
        "name": [{"family": "Pemberton" if id == DOT else "Lindqvist", "given": [id.title()]}],
        "generalPractitioner": [{"reference": f"Organization/{GP_ID}"}], **more,
    }  # fmt: skip


def worker(id: str, title: str, place: str, name: str) -> Account:
    role = Role(title, place, name)
    return Account(id, "practitioner", f"p-{id}", f"Dr {id.title()}", title, (role,), demo=True)


ACCOUNTS = [
    worker("gp", "GP", GP_ID, "Mill Lane Surgery"),
    worker("trust", "Staff nurse", TRUST_ID, "Thornbeck General"),
    worker("physio", "Physiotherapist", GP_ID, "Mill Lane Surgery"),
    worker("officer", "Privacy officer", TRUST_ID, "Thornbeck General"),
    *(Account(id, "patient", id, id.title(), "", (), demo=True) for id in NUMBERS),
]


def allergy(who: str, text: str = "Penicillin") -> dict[str, Any]:
    return {
        "resourceType": "AllergyIntolerance", "id": f"allergy-{who}", "code": {"text": text},
        "patient": {"reference": f"Patient/{who}"}, "clinicalStatus": {"coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
             "code": "active"}]},
    }  # fmt: skip


def problem(who: str, text: str = "Gout", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Condition", "id": f"problem-{who}", "code": {"text": text},
        "subject": {"reference": f"Patient/{who}"}, "clinicalStatus": {"coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/condition-clinical",
             "code": "active"}]}, **more,
    }  # fmt: skip


@asynccontextmanager
async def village(dsn: str, *resources: dict[str, Any], **settings: Any) -> AsyncIterator[Serving]:
    """The site with everybody in it; the clock is a `MovingClock` at `NOW`."""
    clock = MovingClock(NOW)
    async with serving(dsn, clock=clock, authorised=False, apps=None, **settings) as served:
        given = [organisation(GP_ID, "Mill Lane Surgery"), organisation(TRUST_ID, "Thornbeck"),
                 *(person(id) for id in NUMBERS), *(allergy(id) for id in NUMBERS),
                 *resources]  # fmt: skip
        for one in given:
            await served.made.record.update(FEED, one)
        await served.made.identity.seed(ACCOUNTS)
        await served.made.projection.catch_up()
        yield served


async def grant(served: Serving, who: str, relation: str = "parent", **more: Any) -> Proxy:
    """Nils may act for somebody."""
    start: dict[str, Any] = {
        "proxy": NILS, "person": who, "relation": relation, "rights": RIGHTS, "agreed": True,
        "reason": "Known to the surgery", "born": date.fromisoformat(BORN[who]), "reviewed": True,
    }  # fmt: skip
    return await served.made.proxies.grant(Asked(**(start | more)), by="Dr Gp")


async def acting(served: Serving, who: str, name: str) -> Desk:
    """Nils at a browser, acting for somebody."""
    desk = await Desk(served).sign_in(NILS)
    answer = await desk.post("/account/people/act", {"person": who})
    assert answer.status_code == 303, answer.text
    assert name
    return desk


def gp_scope(served: Serving) -> Scope:
    """What the surgery's doctor sees now."""
    actor = Actor("practitioner", "p-gp", "Dr Gp", "GP", GP_ID, "Mill Lane Surgery")
    return served.made.access.scope(actor, purpose="direct-care")


def text_of(page: str) -> str:
    """A page's words, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("&#39;", "'")
