"""Our PDS beside the examples of the real one's sandbox: the same shapes, codes and words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bevan.kernel.clock import FixedClock
from bevan.kernel.errors import Unavailable
from bevan.kernel.outgoing import Answer
from bevan.people.model import load
from bevan.people.nhs_number import parse
from bevan.people.pds.client import Inside, Pds
from bevan.people.pds.index import index
from bevan.people.pds.service import Reply, Service
from bevan.record.scope import CONFIDENTIALITY
from tests.people.test_match import person

BASE = "https://pds.example/FHIR/R4"
TOM, SECOND, CLAIRE, GONE, HIDDEN = (
    "9994104055", "9994106074", "9994108093", "9990000018", "9990123454",
)  # fmt: skip


def labelled(level: str) -> dict[str, Any]:
    return {"security": [{"system": CONFIDENTIALITY, "code": level}]}


PEOPLE = [
    person("tom", "Brindle", "Tomasz", "1978-09-05", TOM, postcode="HW2 5RP", gender="male"),
    person("claire", "Wetherden", "Claire", "1986-04-27", CLAIRE, meta=labelled("R"),
           telecom=[{"system": "phone", "value": "07700 900123"}]),
    person("hidden", "Redact", "Ann", "1990-01-01", HIDDEN, meta=labelled("REDACTED")),
    person("nobody", "Numberless", "Nora", "1990-01-01"),
]  # fmt: skip


@pytest.fixture
def service() -> Service:
    found = index(PEOPLE, {SECOND: TOM}, [GONE])
    return Service(found, load(), FixedClock(datetime(2026, 11, 24, tzinfo=UTC)), base=BASE)


def get(service: Service, path: str, query: str = "", **headers: str) -> Reply:
    return service.answer("GET", path, query, {"x-request-id": "1"} | headers)


def spine(reply: Reply) -> tuple[int, str, str]:
    [issue] = reply.resource["issue"]
    [coding] = issue["details"]["coding"]
    return reply.status, issue["code"], coding["code"]


def example(shared: Path, name: str) -> dict[str, Any]:
    folder = shared / "data/nhs-examples/pds/karate-tests/src/test/java/mocks/stubs"
    found: dict[str, Any] = json.loads((folder / name).read_text("utf-8"))
    return found


def test_a_person_with_version_and_status(service: Service) -> None:
    reply = get(service, f"/Patient/{TOM}")
    assert reply.status == 200 and reply.headers["etag"] == 'W/"1"'
    assert reply.headers["x-request-id"] == "1"
    assert reply.resource["id"] == TOM
    [identifier] = reply.resource["identifier"]
    [coding] = identifier["extension"][0]["valueCodeableConcept"]["coding"]
    assert (identifier["value"], coding["code"]) == (TOM, "01")


def test_a_superseded_number_answers_with_the_one_that_stands(service: Service) -> None:
    assert get(service, f"/Patient/{SECOND}").resource["id"] == TOM


@pytest.mark.shared
def test_a_restricted_person_is_shaped_as_in_the_sandbox(service: Service, shared: Path) -> None:
    theirs = example(shared, "patientResponses/patient_9000000025.json")
    ours = get(service, f"/Patient/{CLAIRE}").resource
    assert ours["meta"]["security"] == theirs["meta"]["security"]
    hidden = {"address", "telecom", "generalPractitioner"}
    assert not hidden & set(ours) and not hidden & set(theirs)
    theirs["identifier"][0]["value"] = ours["identifier"][0]["value"]
    assert ours["identifier"] == theirs["identifier"]


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/Patient/9994104056", (400, "value", "INVALID_RESOURCE_ID")),
        ("/Patient/abc", (400, "value", "INVALID_RESOURCE_ID")),
        ("/Patient/9994102036", (404, "not-found", "RESOURCE_NOT_FOUND")),
        (f"/Patient/{HIDDEN}", (404, "not-found", "RESOURCE_NOT_FOUND")),
        (f"/Patient/{GONE}", (404, "not-found", "INVALIDATED_RESOURCE")),
        ("/Nothing", (404, "not-found", "RESOURCE_NOT_FOUND")),
    ],
)
def test_what_can_not_be_read(service: Service, path: str, answer: tuple[int, str, str]) -> None:
    assert spine(get(service, path)) == answer


@pytest.mark.shared
@pytest.mark.parametrize(
    ("path", "query", "name"),
    [
        ("/Patient/abc", "", "INVALID_RESOURCE_ID"),
        ("/Patient/9994102036", "", "RESOURCE_NOT_FOUND"),
        ("/Patient", "family=Smith", "MISSING_VALUE"),
        ("/Patient", "family=Smith&birthdate=1", "INVALID_VALUE"),
        ("/Patient", "family=Smith&birthdate=2000-01-01&shoe=9", "ADDITIONAL_PROPERTIES"),
    ],
)
def test_errors_are_the_sandbox_s_own(
    service: Service, shared: Path, path: str, query: str, name: str
) -> None:
    theirs = example(shared, f"errorResponses/{name}.json")["issue"][0]
    ours = get(service, path, query).resource["issue"][0]
    assert {key: ours[key] for key in ("severity", "code", "details")} == {
        key: theirs[key] for key in ("severity", "code", "details")
    }


def found(service: Service, query: str) -> list[str]:
    reply = get(service, "/Patient", query)
    assert reply.status == 200, reply.resource
    entries = reply.resource.get("entry", [])
    assert reply.resource["total"] == len(entries)
    return [each["resource"]["id"] for each in entries]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("family=BRINDLE&birthdate=eq1978-09-05", [TOM]),
        ("family=Brindle&given=tomasz&gender=male&birthdate=1978-09-05", [TOM]),
        ("family=Bri*&birthdate=ge1970-01-01&birthdate=le1980-01-01", [TOM]),
        ("family=Brindle&birthdate=1978-09-05&address-postalcode=hw25rp", [TOM]),
        ("family=Brindle&birthdate=1978-09-05&gender=female", []),
        ("family=Brindal&birthdate=1978-09-05", []),
        ("family=Brindel&given=Tomasz&birthdate=1978-09-05&_fuzzy-match=true", [TOM]),
        ("family=Redact&birthdate=1990-01-01", []),
        ("family=Wetherden&birthdate=1986-04-27", [CLAIRE]),
    ],
)
def test_searches(service: Service, query: str, ids: list[str]) -> None:
    assert found(service, query) == ids


def test_a_fuzzy_match_is_scored_below_one_and_an_exact_one_at_one(service: Service) -> None:
    fuzzy = get(service, "/Patient", "family=Brindel&given=Tomasz&birthdate=1978-09-05"
                                     "&_fuzzy-match=true")  # fmt: skip
    assert 0 < fuzzy.resource["entry"][0]["search"]["score"] < 1
    plain = get(service, "/Patient", "family=Brindle&birthdate=1978-09-05")
    assert plain.resource["entry"][0]["search"]["score"] == 1


@pytest.mark.shared
def test_too_many_are_none(shared: Path) -> None:
    crowd = [person(str(n), "Smith", "Ann", "1980-01-01", number)
             for n, number in enumerate((TOM, SECOND, CLAIRE))]  # fmt: skip
    clock = FixedClock(datetime(2026, 11, 24, tzinfo=UTC))
    service = Service(index(crowd, {}), load(), clock, base=BASE)
    for more in ("&_max-results=2", "&_exact-match=true"):
        reply = get(service, "/Patient", f"family=Smith&birthdate=1980-01-01{more}")
        assert reply.status == 200
        assert reply.resource == example(shared, "searchResponses/TOO_MANY_MATCHES.json")


@pytest.mark.parametrize(
    "query",
    ["gender=x", "birthdate=19800101", "_max-results=0", "_max-results=51", "_fuzzy-match=perhaps",
     "family=S*", "_fuzzy-match=true&_exact-match=true"],
)  # fmt: skip
def test_a_value_that_can_not_be(service: Service, query: str) -> None:
    asked = "&".join(
        each
        for each in (f"{query}&family=Smith&birthdate=1980-01-01").split("&")
        if each.partition("=")[0] not in query or each in query
    )
    assert spine(get(service, "/Patient", asked)) == (400, "value", "INVALID_VALUE")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({}, "missing_x-request_id.json"),
        ({"x-request-id": ""}, "empty_x-request_id.json"),
    ],
)
def test_headers(service: Service, shared: Path, headers: dict[str, str], name: str) -> None:
    folder = shared / "data/nhs-examples/pds/tests/functional/data/responses"
    reply = service.answer("GET", f"/Patient/{TOM}", "", headers)
    assert reply.resource == json.loads((folder / name).read_text("utf-8"))
    wrong = get(service, f"/Patient/{TOM}", **{"nhsd-session-urid": "invalid"})
    assert spine(wrong) == (400, "value", "INVALID_VALUE")
    assert spine(service.answer("DELETE", "/Patient", "", {"x-request-id": "1"}))[0] == 405


async def test_the_port_asks_and_understands(service: Service) -> None:
    pds = Pds(Inside(service, BASE), BASE)
    traced = await pds.read(parse(SECOND))
    assert traced is not None and traced.number == TOM
    assert await pds.read(parse(GONE)) is None
    found = await pds.search(family="Brindle", birthdate="1978-09-05")
    assert found is not None and [each.number for each in found] == [TOM]


@pytest.mark.parametrize(
    "answer",
    [Answer(500, {}, b""), Answer(200, {}, b"x"), Answer(200, {}, b'{"resourceType":"Basic"}')],
)
async def test_an_answer_that_makes_no_sense_is_none(answer: Answer) -> None:
    class Odd:
        async def send(self, method: str, url: str, **_: object) -> Answer:
            return answer

    with pytest.raises(Unavailable):
        await Pds(Odd(), BASE).read(parse(TOM))
