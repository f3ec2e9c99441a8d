"""The pages against harmful input: forged posts, markup in the record, and secret places."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest

from bevan.record.scope import Actor
from tests.support import demo
from tests.support.sites import BASE, Serving, serving

GP = demo.person("leila-haddad")
PRACTICE = GP.roles[0].organisation
DOT, CLAIRE = "0b7a7b1e-0000-4000-8000-00000000d070", "0b7a7b1e-0000-4000-8000-00000000c1a1"
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"
SECRET = "Refuge Lane Practice"
SENDER = "https://refuge-lane.example/gp"
SECURITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
OWN = {"origin": BASE}


def person(id: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": id,
        "name": [{"use": "official", "family": name, "given": [name]}],
        "birthDate": "1948-03-14",
        "generalPractitioner": [{"reference": f"Organization/{PRACTICE}"}],
        **more,
    }


def entries(who: str, text: str, **more: Any) -> list[dict[str, Any]]:
    """Something for most sections, its words all the same."""
    subject, code = {"subject": {"reference": f"Patient/{who}"}}, {"code": {"text": text}}
    active = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
    return [
        {
            "resourceType": "AllergyIntolerance",
            "patient": subject["subject"],
            "clinicalStatus": {"coding": [{"system": active, "code": "active"}]},
            "reaction": [{"manifestation": [{"text": text}]}],
            **code,
            **more,
        },
        {"resourceType": "Condition", **subject, **code, "note": [{"text": text}], **more},
        {
            "resourceType": "CarePlan",
            "status": "active",
            "intent": "plan",
            "title": text,
            "description": text,
            **subject,
            **more,
        },
        {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"text": text},
            "dosageInstruction": [{"text": text}],
            **subject,
            **more,
        },
        {
            "resourceType": "Encounter",
            "status": "finished",
            "class": {"code": "AMB"},
            "period": {"start": "2026-11-01T09:00:00Z"},
            "reasonCode": [{"text": text}],
            **subject,
            **more,
        },
    ]


@pytest.fixture
async def clinic(database: str) -> AsyncIterator[Serving]:
    """A practice's GP is signed in; Dot's record is full of markup, Claire is restricted."""
    async with serving(database, apps=None) as served:
        hidden = {"security": [{"system": SECURITY, "code": "R"}], "source": SENDER}
        staged = [
            {"resourceType": "Organization", "id": PRACTICE, "name": "Mill Lane Surgery"},
            {"resourceType": "Organization", "id": "refuge", "name": SECRET},
            person(DOT, EVIL, address=[{"line": [EVIL], "city": EVIL}]),
            person(CLAIRE, "Wetherden", meta=hidden),
        ]
        for resource in staged:
            path = f"/{resource['resourceType']}/{resource['id']}"
            assert (await served.send("PUT", path, resource)).status_code == 201
        made = served.made
        scope = made.access.client_scope(
            Actor("system", "test", "test"),
            purpose="test",
            reads=None,
            writes=None,
            at=made.clock.now(),
        )
        await made.record.introduce(scope, SENDER, "refuge", SECRET)
        sent = {"meta": {"source": SENDER}}
        for resource in [*entries(DOT, EVIL), *entries(CLAIRE, "Low mood", **sent)]:
            answer = await served.send("POST", f"/{resource['resourceType']}", resource)
            assert answer.status_code == 201, answer.text
        await made.projection.catch_up()
        await made.identity.seed(demo.people())
        del served.client.headers["authorization"]
        await sign_in(served)
        yield served


async def sign_in(served: Serving, onward: str = "", **headers: str) -> Any:
    fields = {"person": GP.id, "next": onward}
    return await served.client.post("/sign-in", data=fields, headers=headers or OWN)


SECTIONS = ("", "/timeline", "/problems", "/medicines", "/allergies", "/care-plans", "/sources",
            "/details", "/about-me", "/documents")  # fmt: skip


async def test_markup_in_the_record_stays_text(clinic: Serving) -> None:
    for section in SECTIONS:
        page = await clinic.client.get(f"/record/{DOT}{section}")
        assert page.status_code == 200, section
        assert "<script>alert" not in page.text and "<img src=x" not in page.text, section
    found = await clinic.client.get("/record", params={"q": EVIL})
    assert "<script>alert" not in found.text and "<img src=x" not in found.text


async def test_the_places_of_a_restricted_person_are_on_no_page(clinic: Serving) -> None:
    for section in SECTIONS:
        page = await clinic.client.get(f"/record/{CLAIRE}{section}")
        assert page.status_code == 200, section
        assert SECRET not in page.text and "refuge-lane" not in page.text, section
    assert "Low mood" in (await clinic.client.get(f"/record/{CLAIRE}/problems")).text


ODD_NAMES = ("a\\", "$$", "\\|", "Smith,", "%", "_", "ab " * 300, "\0", "é|")
ODD_DAYS = ("garbage", "0000-00-00", "gt1900", "1948,1949", "2026-02-30")
ODD_PLACES = ("%00", f"{DOT}/documents/%00", f"{DOT}/change/allergy/%00", f"{DOT}/results/%00")


async def test_odd_input_is_refused_in_words(clinic: Serving) -> None:
    for words in ODD_NAMES:
        page = await clinic.client.get(f"/record?q={quote(words)}")
        assert page.status_code in (200, 422), words
    for day in ODD_DAYS:
        assert (await clinic.client.get(f"/record?q=Smith&born={day}")).status_code == 422, day
    for path in ODD_PLACES:
        assert (await clinic.client.get(f"/record/{path}")).status_code == 404, path


FORGED: tuple[dict[str, str], ...] = (
    {},
    {"origin": "http://evil.test"},
    {"origin": "null"},
    {"sec-fetch-site": "cross-site", **OWN},
    {"sec-fetch-site": "same-site"},
)


async def test_forged_posts_change_nothing(clinic: Serving) -> None:
    address = f"/record/{DOT}/add/allergy"
    for person, wanted in ((CLAIRE, 409), ("", 409), (DOT, 422)):
        page = await clinic.client.post(address, data={"person": person}, headers=OWN)
        assert page.status_code == wanted
    for origin in FORGED:
        page = await clinic.client.post(address, data={"person": DOT}, headers=origin)
        assert page.status_code == 403, origin


ELSEWHERE = (
    "//evil.test",
    "/\\evil.test",
    "https://evil.test",
    "javascript:x",
    "/\t/evil",
    "/a\nb",
)


async def test_signing_in_leads_nowhere_else_and_keeps_no_planted_cookie(clinic: Serving) -> None:
    for onward in ELSEWHERE:
        answer = await sign_in(clinic, onward)
        place = answer.headers["location"]
        assert answer.status_code == 303
        assert place.startswith("/") and not place.startswith(("//", "/\\", "/\t"))
    clinic.client.cookies.clear()
    answer = await sign_in(clinic, cookie="bevan=planted", **OWN)
    assert "planted" not in answer.headers["set-cookie"]
    assert "HttpOnly" in answer.headers["set-cookie"]
