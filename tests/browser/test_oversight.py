"""Journeys of professionals and of those who look at what they did: an emergency and its review, a
claimed link, a held result, a subject access request, an incident, and choosing a role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from bevan.identity.accounts import Account, Role
from tests.browser.conftest import Look, SignIn
from tests.browser.region import Region

pytestmark = pytest.mark.browser
DOT, BORN = "999 012 3454", "1948-03-14"
HELD = {"system": "https://bevan.example/fhir/CodeSystem/handling", "code": "held"}
WORDS = "Brought in by ambulance, very breathless, can't speak."


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


@pytest.fixture
def staff(region: Region) -> Iterator[None]:
    """A physiotherapist whom no link leads to anybody, and governors of one organisation."""
    people = [
        ("visiting", "Kim Rowe", [("Physiotherapist", "nowhere", "Vale Therapy"),
                                  ("Nurse", "elsewhere", "Vale Clinic")]),
        ("officer", "Grace Lindon", [("Privacy officer", "icb", "Harrowmere ICB")]),
        ("dpo", "Dee Ward", [("Data protection officer", "icb", "Harrowmere ICB")]),
    ]  # fmt: skip
    region.run(region.made.identity.seed([
        Account(id, "practitioner", f"p-{id}", name, roles[0][0],
                tuple(Role(*role) for role in roles), demo=True)
        for id, name, roles in people
    ]))  # fmt: skip
    yield


def find(page: Page) -> None:
    page.get_by_label("NHS number").fill(DOT)
    page.get_by_label("Day of birth").fill(BORN)


def test_an_emergency_is_opened_looked_at_and_told(
    region: Region, come_in: SignIn, staff: None, dot: str, look: Look
) -> None:
    page = come_in("visiting", "/access/emergency")
    look(page, "emergency-find")
    find(page)
    page.locator("form.bv-form button").click()
    expect(page.get_by_role("heading", name="Open this record in an emergency")).to_be_visible()
    press(page, "Open the record for 8 hours")
    assert page.title().startswith("Error: ")
    look(page, "emergency-error")
    page.get_by_label("They need urgent care and are here with me").check()
    page.get_by_label("Say what is happening").fill(WORDS)
    page.get_by_label("Can't ask").check()
    page.get_by_label("I'm Kim Rowe").check()
    press(page, "Open the record for 8 hours")
    page.wait_for_url(f"**{dot}")
    expect(page.get_by_text("PEMBERTON, Dorothy").first).to_be_visible()
    officer = come_in("officer", "/access/claims")
    look(officer, "claims")
    officer.get_by_role("link", name="Kim Rowe").first.click()
    expect(officer.get_by_text(WORDS)).to_be_visible()
    officer.get_by_label("It was right").check()
    officer.get_by_label("What you checked").fill("The ambulance log says the same.")
    look(officer, "claim")
    press(officer, "Keep this")
    expect(officer.get_by_text("What you found is kept")).to_be_visible()
    id = dot.rsplit("/", 1)[1]
    region.run(region.made.identity.seed([
        Account("dot", "patient", id, "Dot Pemberton", "", (), demo=True)
    ]))  # fmt: skip
    own = come_in("dot", "/my-record/who-looked")
    expect(own.get_by_text("Emergency access. Checked: it was right").first).to_be_visible()
    page.goto("/access/links")
    expect(page.get_by_text("Looked at: it was right.")).to_be_visible()
    press(page, "End it")
    expect(page.get_by_text("Your link has ended")).to_be_visible()
    answer = page.goto(dot)
    assert answer is not None and answer.status == 404


def test_a_link_is_claimed_and_a_role_is_chosen(
    region: Region, come_in: SignIn, staff: None, dot: str, look: Look
) -> None:
    page = come_in("visiting", "/access/links")
    look(page, "links-none")
    find(page)
    page.locator("form.bv-form button").click()
    page.get_by_label("I was asked for advice about their care").check()
    page.get_by_label("Say why you need their record").fill("Her surgery asked about walking.")
    page.get_by_label("Yes").check()
    page.get_by_label("I'm Kim Rowe").check()
    look(page, "links-claim")
    press(page, "Give me a link for 7 days")
    expect(page.get_by_text("A privacy officer has been told")).to_be_visible()
    look(page, "links")
    page.get_by_role("link", name="PEMBERTON, Dorothy").first.click()
    page.wait_for_url(f"**{dot}")
    page.goto("/roles")
    look(page, "roles")
    press(page, "Work as this")
    page.wait_for_url("**/record")
    expect(page.locator(".bv-bar__who")).to_contain_text("Nurse, Vale Clinic")
    answer = page.goto(dot)
    assert answer is not None and answer.status == 404, "a link is of one role at one place"


def test_a_held_result_is_filed(region: Region, sign_in: SignIn, dot: str, look: Look) -> None:
    id = dot.rsplit("/", 1)[1]
    code = "laboratory"
    system = "http://terminology.hl7.org/CodeSystem/observation-category"
    region.run(region.made.record.create(region.scope, {
        "resourceType": "Observation", "status": "final", "code": {"text": "Troponin"},
        "category": [{"coding": [{"system": system, "code": code}]}],
        "subject": {"reference": f"Patient/{id}"}, "meta": {"security": [HELD]},
        "valueQuantity": {"value": 41, "unit": "ng/L"}, "effectiveDateTime": "2026-11-24",
    }))  # fmt: skip
    page = sign_in("Leila")
    page.goto(f"{dot}/results")
    page.get_by_role("link", name="Not shown to the patient yet").click()
    press(page, "File, and show to the patient")
    assert page.title().startswith("Error: ")
    page.get_by_label("Troponin").check()
    look(page, "held")
    press(page, "File, and show to the patient")
    expect(page.get_by_text("Filed. The patient sees these results")).to_be_visible()
    look(page, "held-none")


def fill(page: Page, **fields: str) -> None:
    for id, value in fields.items():
        page.locator(f"#{id}").fill(value)


def test_a_request_and_an_incident_run_against_their_clocks(
    come_in: SignIn, staff: None, look: Look
) -> None:
    page = come_in("officer", "/governance")
    look(page, "governance")
    page.get_by_role("link", name="Subject access requests").click()
    look(page, "register-empty")
    page.get_by_role("link", name="Add a request").click()
    press(page, "Save")
    assert page.title().startswith("Error: ")
    look(page, "request-error")
    fill(page, name="Dot Pemberton", number=DOT, received="2026-10-20",
         identity="Passport seen in person", wanted="Everything")  # fmt: skip
    for group in page.locator("fieldset").all():
        group.get_by_role("radio").first.check()
    press(page, "Save")
    expect(page.get_by_text("Late: was due by 20 November 2026")).to_be_visible()
    look(page, "request")
    page.get_by_role("link", name="See what is given").click()
    expect(page.get_by_role("heading", name="What is kept back, and why")).to_be_visible()
    look(page, "given")
    page.goto("/governance/incidents/new")
    fill(page, name="Letter to a wrong address", aware="2026-11-23 09:00",
         description="A letter went astray", people="One person")  # fmt: skip
    for group in page.locator("fieldset").all():
        group.get_by_role("radio").first.check()
    for area in page.locator("textarea").all():
        if not area.input_value():
            area.fill("To be found out")
    press(page, "Save")
    expect(page.get_by_text("46 hours left")).to_be_visible()
    look(page, "incident")
    page.get_by_label("Why: mark as reported").fill("Reported by the ICO's form, number 1")
    press(page, "Mark as reported to the ICO")
    expect(page.get_by_text("Reported to the ICO.").first).to_be_visible()
    page.goto("/access/rules#instruments")
    look(page, "rules")
