"""Whoever is in an answer is in the audit of that answer: every way to the record, walked.

People are looked for in the bytes that leave, by id, NHS number and family name, and compared with
the entries that the request left. A new interaction, operation or page about a person that isn't
walked here fails.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from prove.rows import PAGES

from bevan.api.registry import BY_NAME
from bevan.fhir import json
from bevan.fhir.codes import code
from bevan.identity.accounts import Account, Role
from bevan.people.duplicates import Duplicates
from bevan.record.scope import compartment
from bevan.site.operations import LISTED
from tests.apps.care_record import clinic as staged
from tests.apps.care_record.build import PERSON
from tests.apps.care_record.clinic import GP_ID, TRUST_ID, Desk, clinic
from tests.people.merging import CLERK
from tests.support.databases import Databases
from tests.support.sites import Serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIRST, SECOND, THIRD, ONE, TWIN, CHANGED = (
    f"0b7a7b1e-0000-4000-8000-0000000000f{n}" for n in range(1, 7)
)
# Everybody, by what an answer can only hold if it discloses them.
MARKS = {
    PERSON: (PERSON,),
    FIRST: (FIRST, "9994104055", "999 410 4055", "Quillfeather", "QUILLFEATHER"),
    SECOND: (SECOND, "Quillfether", "QUILLFETHER"),
    THIRD: (THIRD, "9990000018", "999 000 0018", "Ashgrove", "ASHGROVE"),
    # Whom operations change.
    ONE: (ONE, "Larkrise", "LARKRISE"),
    TWIN: (TWIN, "Overbury", "OVERBURY"),
    CHANGED: (CHANGED, "Netherby", "NETHERBY"),
}
HEART = code("observable.heart-rate").concept()
CODE = HEART["coding"][0]["code"]


def somebody(id: str, family: str, number: str = "", **more: Any) -> dict[str, Any]:
    verified = {
        "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
        "valueCodeableConcept": {
            "coding": [
                {
                    "system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland",
                    "code": "number-present-and-verified",
                }
            ]
        },
    }
    named = {
        "system": "https://fhir.nhs.uk/Id/nhs-number",
        "value": number,
        "extension": [verified],
    }
    return {
        "resourceType": "Patient", "id": id, "birthDate": "1978-09-05", "gender": "male",
        "name": [{"family": family, "given": ["Tomasz"]}],
        "address": [{"postalCode": "HW2 5RP"}],
        "generalPractitioner": [{"reference": f"Organization/{GP_ID}"}],
        **({"identifier": [named]} if number else {}), **more,
    }  # fmt: skip


def beat(id: str, of: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": id, "status": "final", "code": HEART,
        "subject": {"reference": f"Patient/{of}"}, "effectiveDateTime": "2026-11-20",
    }  # fmt: skip


MEETING = {
    "resourceType": "Appointment", "id": "both", "status": "proposed",
    "participant": [
        {"actor": {"reference": f"Patient/{each}"}, "status": "accepted"} for each in (FIRST, THIRD)
    ],
}  # fmt: skip
RECORD = (
    somebody(FIRST, "Quillfeather", "9994104055"), somebody(SECOND, "Quillfether"),
    somebody(THIRD, "Ashgrove", "9990000018"), beat("b1", FIRST), beat("b2", SECOND),
    beat("b3", THIRD), beat("b4", THIRD), MEETING,
    somebody(ONE, "Larkrise", birthDate="1951-02-03"), beat("b5", ONE),
    somebody(TWIN, "Overbury", birthDate="1962-03-04"),
    somebody(CHANGED, "Netherby", birthDate="1973-04-05"), staged.allergy(),
)  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(databases: Databases) -> AsyncIterator[Serving]:
    name = await databases.migrated()
    async with clinic(databases.dsn(name), *RECORD) as found:
        roles = {"clerk": "Data quality clerk", "officer": "Privacy officer"}
        await found.made.identity.seed(
            [
                Account(
                    who, "practitioner", f"{who}-id", who, "", (Role(role, TRUST_ID, "T"),), True
                )
                for who, role in roles.items()
            ]
        )
        await Duplicates(found.made.record, found.made.clock, found.made.reviews).look(CLERK)
        yield found
    await databases.drop(name)


async def mark(served: Serving) -> int:
    return int(await served.made.database.fetchval("SELECT pg_current_xact_id()::text::bigint"))


async def named(served: Serving, since: int) -> dict[UUID, set[str]]:
    """Whom the audit names since then, and in which requests."""
    rows = await served.made.database.fetch(
        "SELECT patient, request FROM audit WHERE txid > $1 AND patient IS NOT NULL "
        "AND outcome = '+' AND action <> 'n'",
        since,
    )
    found: dict[UUID, set[str]] = {}
    for row in rows:
        found.setdefault(row["patient"], set()).add(row["request"])
    return found


def disclosed(content: bytes, asked: str = "") -> set[str]:
    """Who is in an answer; an id that the question held and the answer repeats isn't told."""
    text = content.decode("utf-8", "replace")
    return {
        id for id, marks in MARKS.items() if any(one in text and one not in asked for one in marks)
    } | {id for id in MARKS if f'"reference":"Patient/{id}"' in text.replace(": ", ":")}


def entry(method: str, url: str, resource: Any = None) -> dict[str, Any]:
    return {"request": {"method": method, "url": url}} | (
        {"resource": resource} if resource else {}
    )


def bundle(kind: str, *entries: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def matching(**patient: Any) -> dict[str, Any]:
    part = {"name": "resource", "resource": {"resourceType": "Patient", **patient}}
    return {"resourceType": "Parameters", "parameter": [part]}


def about(**named: Any) -> dict[str, Any]:
    """Parameters of an operation on a person, with a reason."""
    parts = [{"name": name.replace("_", "-"), **value} for name, value in named.items()]
    said = {"name": "reason", "valueString": "Seen side by side with both people's papers"}
    return {"resourceType": "Parameters", "parameter": [*parts, said]}


def reference(to: str) -> dict[str, Any]:
    return {"valueReference": {"reference": to}}


READS = [entry("GET", f"Patient/{FIRST}"), entry("GET", "Observation?_count=9"),
         entry("GET", f"Patient/{THIRD}/_history/1"),
         entry("GET", f"Patient/{SECOND}/_history")]  # fmt: skip
NEW = beat("", SECOND)
del NEW["id"]
# What is asked, and how many people it tells of at least. "" stands for the query of the row.
WALK: dict[str, list[tuple[str, str, Any, int]]] = {
    "read": [("GET", f"/Patient/{FIRST}", None, 1), ("GET", "/Appointment/both", None, 2)],
    "vread": [("GET", f"/Patient/{FIRST}/_history/1", None, 1),
              ("GET", "/Appointment/both/_history/1", None, 2)],
    "history-instance": [("GET", "/Appointment/both/_history", None, 2)],
    "history-type": [("GET", "/Patient/_history", None, 4),
                     ("GET", "/Observation/_history?_count=2", None, 1)],
    "history-system": [("GET", "/_history?_count=50", None, 4)],
    "search-type": [
        ("GET", "/Patient?family=Quillfeather", None, 1),
        ("GET", "/Patient?family=Quill", None, 2),
        ("GET", "/Patient?_sort=-birthdate&_count=3", None, 3),
        ("GET", f"/Observation?subject=Patient/{FIRST}", None, 1),
        ("GET", "/Observation?_include=Observation:subject", None, 3),
        ("GET", "/Observation?_count=1&_include=Observation:subject&_total=accurate", None, 1),
        ("GET", f"/Patient?_id={FIRST}&_revinclude=Observation:subject", None, 1),
        ("GET", f"/Patient?_id={THIRD}&_revinclude=Appointment:patient", None, 2),
        ("GET", "/Appointment?_include=Appointment:patient", None, 2),
        ("GET", "/Observation?subject:Patient.family=Ashgrove", None, 1),
        ("GET", f"/Patient?_has:Observation:subject:code={CODE}", None, 3),
        ("GET", "/Observation?_elements=subject", None, 3),
        ("GET", "/Observation?_summary=true", None, 3),
        ("GET", f"/Provenance?target=Patient/{FIRST}", None, 1),
        ("GET", "/Provenance?target=Observation/b2", None, 0),
        ("POST", "/Observation/_search?_count=9", None, 3),
    ],
    "search-system": [("GET", "/?_type=Patient,Observation&_count=50", None, 4),
                      ("GET", "/?_type=Appointment", None, 2)],
    "search-compartment": [
        ("GET", f"/Patient/{FIRST}/Observation", None, 1),
        ("GET", f"/Patient/{THIRD}/Appointment", None, 2),
        ("GET", f"/Patient/{FIRST}/*?_count=50", None, 2),
        ("GET", f"/Patient/{THIRD}/Observation?_include=Observation:subject", None, 1),
        ("POST", f"/Patient/{SECOND}/Observation/_search", None, 1),
    ],
    "bundle": [
        ("POST", "/", bundle("batch", *READS), 3),
        ("POST", "/", bundle("transaction", *READS), 3),
        ("POST", "/", bundle("transaction", entry("PUT", "Observation/b1", beat("b1", FIRST)),
                             entry("POST", "Observation", NEW)), 0),
    ],
    "create": [("POST", "/Observation", NEW, 1)],
    "update": [("PUT", "/Observation/b3", beat("b3", THIRD), 1),
               # One that was the first's and is the third's now names both: one has lost it.
               ("PUT", "/Observation/b1", beat("b1", FIRST), 1),
               ("PUT", "/Observation?_id=b3", beat("b3", THIRD), 1)],
    "patch": [("PATCH", "/Observation/b4", [{"op": "add", "path": "/issued",
               "value": "2026-11-20T10:00:00Z"}], 1)],
    "delete": [("DELETE", "/Observation/b4", None, 0)],
    "capabilities": [("GET", "/metadata", None, 0)],
    "$status": [("GET", "/SearchParameter/$status", None, 0)],
    "$match": [("POST", "/Patient/$match", matching(name=[{"family": "Quillfeather",
                "given": ["Tomasz"]}], birthDate="1978-09-05"), 2)],
    "$validate": [("GET", f"/Patient/{FIRST}/$validate", None, 0),
                  ("POST", f"/Patient/{FIRST}/$validate", somebody(FIRST, "Quill"), 0),
                  ("POST", "/Patient/$validate", somebody("new", "Wren"), 0)],
    "$everything": [("GET", f"/Patient/{FIRST}/$everything", None, 2),
                    ("GET", f"/Patient/{THIRD}/$everything?_count=1", None, 1),
                    ("POST", f"/Patient/{SECOND}/$everything",
                     {"resourceType": "Parameters"}, 1)],
    "$meta": [("GET", f"/Patient/{FIRST}/$meta", None, 0)],
    "$trace": [("POST", f"/Patient/{FIRST}/$trace", None, 0)],
    "$merge": [("POST", f"/Patient/{ONE}/$merge",
                about(source_patient=reference(f"Patient/{TWIN}")), 0)],
    "$unmerge": [("POST", f"/Patient/{TWIN}/$unmerge", about(), 0)],
    "$move-entries": [("POST", f"/Patient/{ONE}/$move-entries",
                       about(entry=reference("Observation/b5"),
                             right_patient=reference(f"Patient/{TWIN}")), 0)],
    "$new-identity": [("POST", f"/Patient/{CHANGED}/$new-identity",
                       about(why={"valueCode": "gender"},
                             resource={"resource": somebody("new", "Wren")}), 0)],
}  # fmt: skip
ROWS = [(name, *row) for name, rows in WALK.items() for row in rows]


async def test_every_interaction_and_operation_is_walked() -> None:
    assert set(WALK) == set(BY_NAME) | {f"${one.name}" for one in LISTED}


async def ask(served: Serving, method: str, path: str, body: Any, request: str) -> Any:
    more = {"prefer": "return=representation", "x_request_id": request}
    if method == "PATCH":
        more["content_type"] = "application/json-patch+json"
    if "/Observation/_search" in path:
        more["content_type"] = "application/x-www-form-urlencoded"
        body = f"code={CODE}".encode()
    return await served.send(method, path, body, **more)


@pytest.mark.parametrize(("name", "method", "path", "body", "least"), ROWS)
async def test_an_answer_and_its_entries_name_the_same_people(
    served: Serving, name: str, method: str, path: str, body: Any, least: int
) -> None:
    await served.authorise()
    since, request = await mark(served), f"walk-{abs(hash((path, method))) % 10**9}"
    answer = await ask(served, method, path, body, request)
    assert answer.status_code in (200, 201, 204), answer.text
    told = disclosed(answer.content)
    assert len(told) >= least, answer.text
    found = await named(served, since)
    assert {compartment(id) for id in told} <= set(found)
    assert all(request in found[compartment(id)] for id in told)


async def test_every_page_of_a_search_has_its_entries(served: Serving) -> None:
    await served.authorise()
    path, seen = "/Observation?_count=1&_include=Observation:subject", set()
    for _ in range(9):
        since = await mark(served)
        answer = await served.send("GET", path)
        told = disclosed(answer.content)
        assert {compartment(id) for id in told} <= set(await named(served, since))
        seen |= told
        onward = [one["url"] for one in json.decode(answer.content)["link"]
                  if one["relation"] == "next"]  # fmt: skip
        if not onward:
            break
        path = onward[0].partition("/fhir")[2]
    assert seen >= {FIRST, SECOND, THIRD}


async def test_how_many_is_told_of_the_one_who_is_asked_about(served: Serving) -> None:
    await served.authorise()
    since = await mark(served)
    answer = await served.send("GET", f"/Observation?subject=Patient/{FIRST}&_summary=count")
    assert answer.json()["total"] >= 1
    assert set(await named(served, since)) == {compartment(FIRST)}


# Pages: as the people whose pages they are.
GIVEN = {"test": "hba1c", "id": "x", "number:int": "0", "form": "allergy",
         "entry": staged.ALLERGY_ID}  # fmt: skip


def pages(person: str) -> Iterator[str]:
    for path, about in PAGES.items():
        if about == "person" and path.startswith("/record"):
            for name, value in GIVEN.items():
                path = path.replace(f"{{{name}}}", value)
            yield path.replace("{patient}", person)


async def same(served: Serving, desk: Desk, path: str, *, least: int = 0) -> int:
    """Whether a page's people are in the audit, all in one request; how many there are."""
    since = await mark(served)
    answer = await desk.get(path)
    told = disclosed(answer.content, path)
    assert len(told) >= least, (path, answer.text)
    found = await named(served, since)
    assert {compartment(id) for id in told} <= set(found), path
    requests = [found[compartment(id)] for id in told]
    assert all(one & requests[0] for one in requests), path
    return len(told) if answer.status_code == 200 else 0


async def test_pages_of_a_record(served: Serving) -> None:
    desk = await Desk(served).sign_in("gp")
    shown = [path for path in pages(THIRD) if await same(served, desk, path)]
    assert f"/record/{THIRD}" in shown
    assert len(shown) >= 14
    assert await same(served, desk, f"/record/{PERSON}/allergies?format=csv") == 0
    taken = await served.made.database.fetchval(
        "SELECT count(*) FROM audit WHERE query = 'file-taken' AND patient = $1",
        compartment(PERSON),
    )
    assert taken == 1


@pytest.mark.parametrize(
    ("who", "path", "least"),
    [
        ("gp", "/record?q=Quillfeather", 1),
        ("gp", "/record?q=Ash", 1),
        ("clerk", "/identity", 2),
    ],
)
async def test_lists_of_people(served: Serving, who: str, path: str, least: int) -> None:
    assert await same(served, await Desk(served).sign_in(who), path, least=least) >= least


async def test_both_records_of_a_pair(served: Serving) -> None:
    desk = await Desk(served).sign_in("clerk")
    for asked in await served.made.reviews.queue(CLERK):
        assert await same(served, desk, f"/identity/{asked.task}", least=2) == 2


async def test_an_emergency_page_names_whom_it_found(served: Serving) -> None:
    desk = await Desk(served).sign_in("trust")
    await same(served, desk, "/access/emergency?number=9990000018&born=1978-09-05")
