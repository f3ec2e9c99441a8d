"""Tracing: what PDS says of a number is kept beside it, and the number never changes silently."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bevan.fhir import json
from bevan.people.model import load
from bevan.people.nhs_number import stated
from bevan.people.pds.client import Inside, Pds
from bevan.people.pds.index import index
from bevan.people.pds.service import Service
from bevan.people.tracing import Tracing
from bevan.record.scope import RESTRICTED, labels
from tests.people.merging import CLERK, SCOPE
from tests.people.pds.test_service import BASE, CLAIRE, PEOPLE, SECOND, TOM
from tests.people.test_match import person
from tests.support.sites import Serving, serving


@pytest.fixture
async def served(database: str) -> AsyncIterator[Serving]:
    async with serving(database) as served:
        yield served


async def trace(served: Serving, patient: dict[str, Any]) -> tuple[str, str, bool]:
    made = served.made
    await made.record.update(SCOPE, patient)
    service = Service(index(PEOPLE, {SECOND: TOM}), load(), made.clock, base=BASE)
    pds = Pds(Inside(service, BASE), BASE)
    traced = await Tracing(made.record, made.clock, pds, load(), made.reviews).trace(
        CLERK, patient["id"]
    )
    return traced.outcome, traced.number, traced.asked


async def kept(served: Serving, id: str) -> dict[str, Any]:
    found = await served.made.record.read(SCOPE, "Patient", id)
    assert found is not None
    return dict(json.decode(found.content))


@pytest.mark.parametrize(
    ("given", "outcome", "status"),
    [
        ({}, "verified", "01"),
        ({"given": "Tomas"}, "verified", "01"),
        ({"born": "1978-05-09"}, "conflict", "05"),
        ({"family": "Vale", "given": "Una"}, "conflict", "05"),
        ({"number": "9994102036"}, "no-match", "04"),
    ],
)
async def test_what_is_kept_of_a_trace(
    served: Serving, given: dict[str, str], outcome: str, status: str
) -> None:
    details = {"family": "Brindle", "given": "Tomasz", "born": "1978-09-05", "number": TOM} | given
    patient = person("p", status="02", **details)
    assert await trace(served, patient) == (outcome, "", False)
    found = stated(await kept(served, "p"))
    assert found is not None
    assert (found.number.digits, found.status) == (details["number"], status)


async def test_nothing_to_trace(served: Serving) -> None:
    assert (await trace(served, person("p")))[0] == "nothing-to-trace"


async def test_a_superseded_number_stays_and_asks_a_clerk(served: Serving) -> None:
    await served.made.record.update(SCOPE, person("tom", "Brindle", "Tomasz", "1978-09-05", TOM))
    second = person("tim", "Brindal", "Thomas", "1978-05-09", SECOND, "02")
    assert await trace(served, second) == ("superseded", TOM, True)
    found = stated(await kept(served, "tim"))
    assert found is not None and (found.number.digits, found.status) == (SECOND, "05")
    [asked] = await served.made.reviews.queue(CLERK)
    assert (asked.first, asked.second, asked.why) == ("tom", "tim", ("superseded",))
    await served.made.reviews.decide(CLERK, asked, "same", "PDS says so", survivor="tom")
    assert (await kept(served, "tim"))["active"] is False


async def test_who_is_restricted_at_pds_is_restricted_here_at_once(served: Serving) -> None:
    patient = person("claire", "Wetherden", "Claire", "1986-04-27", CLAIRE, "02")
    assert (await trace(served, patient))[0] == "verified"
    assert labels(await kept(served, "claire")) & RESTRICTED


async def test_the_demonstration_has_a_pds_of_its_own(served: Serving) -> None:
    read = await served.client.get(
        f"/pds/FHIR/R4/Patient/{SECOND}", headers={"x-request-id": "one"}
    )
    assert read.status_code == 200 and read.json()["id"] == TOM
    assert read.headers["x-request-id"] == "one"
    none = await served.client.get(f"/pds/FHIR/R4/Patient/{SECOND}")
    assert none.status_code == 400
    tom = person("tom", "Brindle", "Tomasz", "1978-09-05", TOM, "02")
    await served.made.record.update(SCOPE, tom)
    traced = await served.send("POST", "/Patient/tom/$trace")
    assert traced.status_code == 200
    assert {"name": "outcome", "valueCode": "verified"} in traced.json()["parameter"]
    assert (await served.send("POST", "/Patient/nobody/$trace")).status_code == 404


async def test_our_pds_lets_in_by_token(served: Serving) -> None:
    """A system's token opens reading as an application; nothing opens without one."""
    path, headers = f"/pds/FHIR/R4/Patient/{TOM}", {"x-request-id": "one"}
    full = served.client.headers.pop("authorization")
    for more in ({}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic x"}):
        answer = await served.client.get(path, headers={**headers, **more})
        assert answer.status_code == 401, more
    narrow = {"authorization": f"Bearer {await served.token('system/Observation.rs')}"}
    assert (await served.client.get(path, headers={**headers, **narrow})).status_code == 401
    reading = {"authorization": f"Bearer {await served.token('system/Patient.rs')}"}
    read = await served.client.get(path, headers={**headers, **reading})
    assert (read.status_code, read.headers["etag"]) == (200, 'W/"1"')
    whole = {**headers, "authorization": full, "if-match": 'W/"1"'}
    for method, where in (("PATCH", path), ("POST", "/pds/FHIR/R4/Patient")):
        answer = await served.client.request(method, where, headers=whole, content=b"{}")
        assert answer.status_code == 403
        assert "Application-Restricted" in answer.text
