"""The audit as AuditEvents: valid, for privacy officers and for people themselves, and audited."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from bevan.access.audit_view.event import id_of, place_of
from bevan.fhir import json
from bevan.identity.accounts import Account, Role
from bevan.record.scope import compartment
from tests.apps.care_record import clinic as staged
from tests.apps.care_record.build import PERSON
from tests.apps.care_record.clinic import OTHER, TRUST_ID, Desk, clinic, person
from tests.support.databases import Databases
from tests.support.sites import Serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
SEARCH = "/fhir/AuditEvent"
ACCOUNTS = [
    Account("grace", "practitioner", "grace-id", "Grace", "",
            (Role("Privacy officer", TRUST_ID, "T"),), demo=True),
    Account("dot", "patient", PERSON, "Dot Pemberton", "", (), demo=True),
    Account("stranger", "patient", OTHER, "Somebody Else", "", (), demo=True),
]  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(databases: Databases) -> AsyncIterator[Serving]:
    name = await databases.migrated()
    other = person(id=OTHER)
    async with clinic(databases.dsn(name), staged.allergy(), other) as found:
        await found.made.identity.seed(ACCOUNTS)
        gp = await Desk(found).sign_in("gp")
        await gp.get(f"/record/{PERSON}")
        await gp.get("/record?q=Pemberton")
        for path in (f"/Patient/{PERSON}/_history", f"/Patient/{PERSON}/_history/1", "/_history",
                     f"/AllergyIntolerance?patient=Patient/{PERSON}&code=secret-word"):  # fmt: skip
            await found.send("GET", path)
        await found.send("PATCH", f"/AllergyIntolerance/{staged.ALLERGY_ID}",
                         [{"op": "add", "path": "/onsetString", "value": "x"}],
                         content_type="application/json-patch+json")  # fmt: skip
        await found.send("POST", "/AllergyIntolerance", staged.allergy())
        await found.send("DELETE", f"/AllergyIntolerance/{staged.ALLERGY_ID}")
        await found.client.get("/fhir/Patient/1", headers={"authorization": "Bearer no"})
        yield found
    await databases.drop(name)


async def bundle(served: Serving, who: str, query: str, status: int = 200) -> dict[str, Any]:
    answer = await (await Desk(served).sign_in(who)).get(f"{SEARCH}?{query}")
    assert answer.status_code == status, answer.text
    return dict(json.decode(answer.content))


def events(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [one["resource"] for one in found.get("entry", ())]


async def test_every_event_is_valid_and_is_read_again_by_its_id(served: Serving) -> None:
    query, seen = "date=ge2026-11-01&date=lt2026-12-01&_count=20", {}
    desk = await Desk(served).sign_in("grace")
    for _ in range(50):
        found = await bundle(served, "grace", query)
        for one in events(found):
            assert served.made.validator.issues(one) == [], one
            seen[one["id"]] = one
        onward = [link["url"] for link in found["link"] if link["relation"] == "next"]
        if not onward:
            break
        query = urlsplit(onward[0]).query
    assert {one["action"] for one in seen.values()} == set("CRUDE")
    assert {one["outcome"] for one in seen.values()} >= {"0", "8"}
    kinds = {one["type"]["code"] for one in seen.values()}
    assert {"rest", "sign-in", "caller-unknown"} <= kinds
    for id in list(seen)[:5]:
        answer = await desk.get(f"{SEARCH}/{id}")
        assert json.decode(answer.content) == seen[id]
    first = next(iter(seen))
    changed = first[:-1] + ("0" if first[-1] != "0" else "1")
    assert (await desk.get(f"{SEARCH}/{changed}")).status_code == 404


async def test_pages_hold_each_entry_once(served: Serving) -> None:
    query, ids = f"patient=Patient/{PERSON}&_count=2&date=lt2026-11-24T10:42:01Z", []
    before = datetime.now(UTC)
    total = await served.made.database.fetchval(
        "SELECT count(*) FROM audit WHERE patient = $1 AND type <> 'AuditEvent'",
        compartment(PERSON),
    )
    while query and len(ids) < 400:
        found = await bundle(served, "grace", query)
        ids += [(one["id"], one.get("entity", ())) for one in events(found)]
        onward = [link["url"] for link in found["link"] if link["relation"] == "next"]
        query = urlsplit(onward[0]).query if onward else ""
    assert before and len(ids) >= total > 4


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        (f"patient={PERSON}&action=D", lambda one: one["action"] == "D"),
        (f"patient=Patient/{PERSON}&action=C,U&outcome=0", lambda one: one["action"] in "CU"),
        ("agent=Practitioner/gp-id", lambda one: one["agent"][0]["name"] == "Dr Gp"),
        ("agent=gp-id&type=rest&_sort=-date", lambda one: one["type"]["code"] == "rest"),
        (f"patient={PERSON}&entity=AllergyIntolerance/{staged.ALLERGY_ID}",
         lambda one: any(staged.ALLERGY_ID in str(each) for each in one["entity"])),
        ("date=2026-11-24&outcome=8", lambda one: one["outcome"] == "8"),
    ],
)  # fmt: skip
async def test_conditions(served: Serving, query: str, holds: Any) -> None:
    found = events(await bundle(served, "grace", query))
    assert found and all(map(holds, found))


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "too-costly"), ("date=gt2026-01-01", "too-costly"), ("colour=red", "not-supported"),
        ("patient=Practitioner/1", "invalid"), ("action=X", "invalid"), ("date=soon", "invalid"),
        ("outcome=9", "invalid"), ("_count=-1", "invalid"), ("_sort=date", "not-supported"),
        ("_page=1", "invalid"), ("entity=5", "invalid"), ("type=other", "not-supported"),
        ("date=ap2026-11-24", "invalid"),
    ],
)  # fmt: skip
async def test_what_can_not_be_answered_is_refused(served: Serving, query: str, code: str) -> None:
    found = await bundle(served, "grace", query, 400)
    assert found["issue"][0]["code"] == code


async def test_a_person_sees_what_is_about_them_and_neither_names_nor_searches(
    served: Serving,
) -> None:
    found = await bundle(served, "dot", "_count=100")
    assert events(found)
    text = json.encode(found).decode()
    assert "Dr Gp" not in text and "gp-id" not in text and "secret-word" not in text
    assert "Mill Lane Surgery" in text
    assert OTHER not in text
    assert all("query" not in entity for one in events(found) for entity in one["entity"])
    assert events(await bundle(served, "dot", f"patient={OTHER}")) == []
    assert events(await bundle(served, "dot", "agent=gp-id")) == []
    for one in events(found):
        assert served.made.validator.issues(one) == []


async def test_somebody_elses_event_is_not_there(served: Serving) -> None:
    id = events(await bundle(served, "grace", f"patient={PERSON}&_count=1"))[0]["id"]
    for who, status in (("dot", 200), ("stranger", 404), ("gp", 404), ("grace", 200)):
        answer = await (await Desk(served).sign_in(who)).get(f"{SEARCH}/{id}")
        assert answer.status_code == status, who
    nothing = await (await Desk(served).sign_in("stranger")).get(f"{SEARCH}/nothing")
    hidden = await (await Desk(served).sign_in("stranger")).get(f"{SEARCH}/{id}")
    assert nothing.content == hidden.content


async def test_staff_see_none_of_it(served: Serving) -> None:
    assert events(await bundle(served, "gp", f"patient={PERSON}")) == []


async def test_reading_the_audit_is_in_the_audit(served: Serving) -> None:
    await bundle(served, "grace", f"patient={PERSON}&action=D")
    rows = await served.made.database.fetch(
        "SELECT a.patient, a.query FROM audit a JOIN agent g ON g.n = a.agent "
        "WHERE g.id = 'grace-id' AND a.type = 'AuditEvent' AND a.action = 's' "
        "ORDER BY a.txid DESC LIMIT 1"
    )
    assert [tuple(row) for row in rows] == [(compartment(PERSON), f"patient={PERSON}&action=D")]
    page = await (await Desk(served).sign_in("dot")).get("/my-record/who-looked")
    assert "Privacy officer" in page.text and "ho looked at your record" in page.text


def row(**more: Any) -> dict[str, Any]:
    given = dict.fromkeys(("version", "type", "id", "query", "patient"))
    given |= {"at": datetime(2026, 11, 24, tzinfo=UTC), "agent": 3, "why": 1, "entries": 1}
    return given | {"action": "r", "outcome": "+", "request": "q"} | more


async def test_an_id_leads_to_its_entry_and_changes_with_it() -> None:
    first = id_of(row())
    assert place_of(first) == (3, datetime(2026, 11, 24, tzinfo=UTC))
    assert id_of(row(outcome="-")) != first
    for odd in ("a", "a.1.2", "b.1.2.3", "a.x.2.3", f"a.{2**31}.2.3", f"a.1.{'9' * 30}.3"):
        assert place_of(odd) is None
