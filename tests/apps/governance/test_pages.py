"""Registers on their pages: who may, what is late, what is published, and the copy of a record."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx2
import pytest

from bevan.identity.accounts import Account, Role
from bevan.record.scope import compartment
from tests.apps.care_record import clinic as staged
from tests.apps.care_record.build import PERSON
from tests.apps.care_record.clinic import GP_ID, OTHER, TRUST_ID, Desk, clinic, hidden
from tests.support.moving_clock import MovingClock
from tests.support.sites import Serving

NUMBER = "9990000018"
NOPAT = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "NOPAT"}
LOCKED = {"system": "https://bevan.example/fhir/CodeSystem/seal", "code": "sealed-and-locked"}
HELD = {"system": "https://bevan.example/fhir/CodeSystem/handling", "code": "held"}
PROCESSING = {
    "name": "Shared care record", "purpose": "So that everybody who looks after you knows enough",
    "people": "Everybody in Harrowmere", "data": "Health records",
    "article6": "6(1)(e) public task", "article9": "9(2)(h)",
    "confidentiality": "Implied consent for the person's own care", "recipients": "Care teams",
    "transfers": "", "retention": "8 years after the last contact", "security": "See the DPIA",
    "review": "2027-11-24",
}  # fmt: skip
ASSESSMENT = {
    "name": "AI reading of X-rays", "description": "Pictures are read by a program",
    "necessity": "Quicker", "article6": "6(1)(e) public task",
    "confidentiality": "Implied consent for the person's own care", "consulted": "Patients",
    "risks": "Wrong readings", "measures": "A person looks too", "residual": "high",
    "review": "2027-05-01",
}  # fmt: skip
REQUEST = {
    "name": "Dot Pemberton", "number": "999 000 0018", "received": "2026-10-01",
    "identity": "Seen in person with a passport", "wanted": "Everything", "reply": "In Bevan",
}  # fmt: skip
INCIDENT = {
    "name": "Letter to a wrong address", "aware": "2026-11-24 09:00", "occurred": "",
    "description": "A letter went to an old address", "people": "One person",
    "impact": "Minor", "likelihood": "Likely", "contained": "Asked for it back", "told": "",
}  # fmt: skip


def governor(kind: str, role: str, place: str = GP_ID) -> Account:
    held = Role(role, place, "Harrowmere")
    return Account(kind, "practitioner", f"{kind}-id", kind.title(), "", (held,), demo=True)


PEOPLE = [
    governor("officer", "Privacy officer"),
    governor("dpo", "Data protection officer"),
    governor("siro", "SIRO"),
    governor("other-officer", "Privacy officer", TRUST_ID),
]


@pytest.fixture
async def served(database: str) -> AsyncIterator[Serving]:
    number = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": NUMBER}
    secret = {**staged.allergy(), "id": "0b7a7b1e-0000-4000-8000-0000000000a9"}
    secret = {**secret, "meta": {"security": [NOPAT]}, "note": [{"text": "not for the patient"}]}
    hers = {key: part for key, part in staged.person(OTHER).items() if key != "identifier"}
    shown = staged.person(identifier=[number])
    async with clinic(database, shown, staged.allergy(), secret, hers) as site:
        await site.made.identity.seed(PEOPLE)
        yield site


async def desk(served: Serving, who: str) -> Desk:
    return await Desk(served).sign_in(who)


async def opened(who: Desk, register: str, fields: dict[str, str]) -> str:
    answer = await who.post(f"/governance/{register}/new", fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


async def decided(
    who: Desk, where: str, step: str, note: str = "because it is so"
) -> httpx2.Response:
    found = re.search(r'name="version" value="(\d+)"', (await who.get(where)).text)
    version = found[1] if found else "2"
    return await who.post(f"{where}/decide/{step}", {"version": version, "note": note})


async def test_only_those_who_keep_the_registers(served: Serving) -> None:
    officer, gp = await desk(served, "officer"), await desk(served, "gp")
    where = await opened(officer, "processing", PROCESSING)
    other = await desk(served, "other-officer")
    for path in ("/governance", "/governance/processing", where, f"{where}/change"):
        assert (await officer.get(path)).status_code == 200, path
        assert (await gp.get(path)).status_code == 404, path
        assert (await Desk(served).get(path)).status_code == 303, path
    assert (await other.get(where)).status_code == 404
    assert "Shared care record" not in (await other.get("/governance/processing")).text
    for path in ("/governance/none", "/governance/assessments/" + where.split("/")[-1]):
        assert (await officer.get(path)).status_code == 404, path


async def test_an_entry_from_draft_to_the_public(served: Serving) -> None:
    officer, dpo = await desk(served, "officer"), await desk(served, "dpo")
    where = await opened(officer, "processing", PROCESSING)
    assert "Nothing has been published" in (await Desk(served).get("/governance/public")).text
    assert (await decided(officer, where, "submit")).status_code == 303
    assert (await decided(officer, where, "approve")).status_code == 422, "not theirs to decide"
    assert (await officer.get(f"{where}/change")).status_code == 404, "no longer a draft"
    assert (await decided(dpo, where, "approve")).status_code == 303
    public = (await Desk(served).get("/governance/public")).text
    assert "Shared care record" in public and "6(1)(e) public task" in public
    assert "Officer" not in public and "See the DPIA" not in public
    page = (await officer.get(where)).text
    assert page.index("Approve: approved") < page.index("Opened: draft"), "newest first"
    assert "Dpo, Data protection officer" in page


async def test_the_author_does_not_approve(served: Serving) -> None:
    dpo = await desk(served, "dpo")
    where = await opened(dpo, "processing", PROCESSING)
    assert (await decided(dpo, where, "submit")).status_code == 303
    assert (await decided(dpo, where, "approve")).status_code == 422


async def test_a_high_risk_goes_to_the_ico(served: Serving) -> None:
    officer, dpo, siro = [await desk(served, who) for who in ("officer", "dpo", "siro")]
    where = await opened(officer, "assessments", ASSESSMENT)
    await decided(officer, where, "submit")
    refused = await decided(siro, where, "approve")
    assert refused.status_code == 422 and "ICO has to be consulted" in refused.text
    short = await decided(dpo, where, "consult", "no")
    assert short.status_code == 422 and "Say why" in short.text
    assert (await decided(dpo, where, "consult")).status_code == 303
    assert (await decided(siro, where, "approve-consulted")).status_code == 303
    assert "Approved." in (await officer.get(where)).text


async def test_faults_are_said_and_nothing_is_kept(served: Serving) -> None:
    officer = await desk(served, "officer")
    answer = await officer.post(
        "/governance/incidents/new", {**INCIDENT, "aware": "soon", "name": ""}
    )
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert "Write a date and time" in answer.text and "A letter went" in answer.text
    assert "Nothing has been written here yet" in (await officer.get("/governance/incidents")).text


async def test_clocks_are_said_and_what_is_late_presses(served: Serving) -> None:
    officer = await desk(served, "officer")
    incident = await opened(officer, "incidents", INCIDENT)
    assert "By 27 November 2026, 08:59, 70 hours left" in (await officer.get(incident)).text
    late = await opened(officer, "requests", REQUEST)
    assert "Late: was due by 1 November 2026" in (await officer.get(late)).text
    assert "1 late" in (await officer.get("/governance")).text
    dpo = await desk(served, "dpo")
    assert (await decided(dpo, late, "extend")).status_code == 303
    assert "By 1 January 2027" in (await officer.get(late)).text
    assert (await decided(officer, late, "answer")).status_code == 303
    assert "No clock" in (await officer.get(late)).text


async def test_an_old_page_changes_nothing(served: Serving) -> None:
    officer = await desk(served, "officer")
    where = await opened(officer, "processing", PROCESSING)
    page = await officer.get(f"{where}/change")
    version = hidden(page.text, "version")
    first = await officer.post(f"{where}/change", {**PROCESSING, "version": version, "people": "A"})
    second = await officer.post(
        f"{where}/change", {**PROCESSING, "version": version, "people": "B"}
    )
    assert (first.status_code, second.status_code) == (303, 422)
    assert "has changed since" in second.text
    named = {"version": "2", "name": "Privacy notice", "place": "Shelf 3"}
    assert (await officer.post(f"{where}/evidence", named)).status_code == 303
    assert "Privacy notice: Shelf 3" in (await officer.get(where)).text


def ids(bundle: dict[str, Any]) -> set[str]:
    return {f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in bundle["entry"]}


async def test_the_copy_holds_what_the_person_may_see(served: Serving, database: str) -> None:
    officer = await desk(served, "officer")
    where = await opened(officer, "requests", REQUEST)
    answer = await officer.get(f"{where}/copy")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment")
    bundle = json.loads(answer.content)
    assert bundle["type"] == "collection"
    assert ids(bundle) == {f"Patient/{PERSON}", f"AllergyIntolerance/{staged.ALLERGY_ID}"}
    assert b"not for the patient" not in answer.content
    connection = await asyncpg.connect(database)
    try:
        told = await connection.fetch(
            "SELECT DISTINCT a.name, a.role FROM audit JOIN agent a ON a.n = audit.agent "
            "WHERE audit.request = $1 AND audit.patient = $2", f"sar-{where.split('/')[-1]}",
            compartment(PERSON),
        )  # fmt: skip
    finally:
        await connection.close()
    assert [tuple(row) for row in told] == [
        ("Officer, answering a subject access request", "Privacy officer")
    ]


async def test_an_incident_counts_down_its_72_hours(served: Serving) -> None:
    officer, clock = await desk(served, "officer"), served.made.clock
    incident = await opened(officer, "incidents", INCIDENT)
    assert isinstance(clock, MovingClock)
    for hours, says in ((47, "23 hours left"), (22, "1 hour left"), (1, "less than an hour left")):
        clock.go_on(hours=hours)
        officer = await desk(served, "officer")
        page = (await officer.get(incident)).text
        assert says in page
        assert "Due within a day" in page
    clock.go_on(hours=1)
    page = (await (await desk(served, "officer")).get(incident)).text
    assert "Late: was due by 27 November 2026, 08:59, less than an hour ago" in page
    assert "This is late." in page


async def test_what_is_given_is_read_by_section_and_what_is_kept_back_is_counted(
    served: Serving,
) -> None:
    officer, gp = await desk(served, "officer"), await desk(served, "gp")
    where = await opened(officer, "requests", REQUEST)
    for number, security in (("b1", LOCKED), ("b2", HELD)):
        more = {**staged.allergy(), "id": f"0b7a7b1e-0000-4000-8000-0000000000{number}"}
        await served.send("PUT", f"/AllergyIntolerance/{more['id']}",
                          {**more, "meta": {"security": [security]}})  # fmt: skip
    answer = await officer.get(f"{where}/given")
    assert answer.status_code == 200, answer.text
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
    assert "2 entries of the record" in page
    assert "Who they are 1 entry" in page
    assert "Allergies 1 entry" in page
    assert "1 entry A clinician marked it as not for the person" in page
    assert "1 entry A result that its laboratory" in page, "what waits, and the locked one isn't"
    assert "sealed and locked" in page
    assert "not for the patient" not in page, "what is kept back isn't shown here either"
    assert (await gp.get(f"{where}/given")).status_code == 404
    other = await opened(officer, "processing", PROCESSING)
    assert (await officer.get(f"{other}/given")).status_code == 404
    nobody = await opened(officer, "requests", {**REQUEST, "number": "999 000 0026"})
    assert (await officer.get(f"{nobody}/given")).status_code == 422


async def test_evidence_and_reviews_that_are_overdue_are_marked(served: Serving) -> None:
    officer = await desk(served, "officer")
    where = await opened(officer, "processing", {**PROCESSING, "review": "2026-11-23"})
    form = {"name": "Contract", "place": "Shelf 4", "review": "2026-11-01"}
    assert (await officer.post(f"{where}/evidence", {**form, "review": "soon"})).status_code == 422
    assert (await officer.post(f"{where}/evidence", form)).status_code == 303
    later = {**form, "name": "Audit report", "review": "2027-11-24"}
    assert (await officer.post(f"{where}/evidence", later)).status_code == 303
    page = (await officer.get(where)).text
    assert "Look at it again: Overdue since 1 November 2026." in page
    assert "Look at it again: 24 November 2027." in page
    assert page.count("Review overdue") == 2, "the entry's own, and one piece of evidence"
    assert "Review overdue" in (await officer.get("/governance/processing")).text
    home = (await officer.get("/governance")).text
    assert "1 to review" in home
    assert "/access/rules#instruments" in home
    rules = (await officer.get("/access/rules")).text
    assert 'id="instruments"' in rules
    assert "30 June 2022" in rules


async def test_a_copy_of_nobody_and_of_what_is_no_request(served: Serving) -> None:
    officer, gp = await desk(served, "officer"), await desk(served, "gp")
    for number in ("", "999 000 0026", "123", "%"):
        where = await opened(officer, "requests", {**REQUEST, "number": number})
        assert (await officer.get(f"{where}/copy")).status_code == 422
        assert (await gp.get(f"{where}/copy")).status_code == 404
    other = await opened(officer, "processing", PROCESSING)
    assert (await officer.get(f"{other}/copy")).status_code == 404
