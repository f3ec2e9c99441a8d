"""A data quality clerk's way through a pair of records, by keyboard, on both widths."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, SignIn
from tests.browser.region import Region

pytestmark = pytest.mark.browser
Check = Callable[[Page], None]
SYSTEM = "https://bevan.example/fhir"


def _patient(family: str, postcode: str) -> dict[str, object]:
    return {
        "resourceType": "Patient",
        "name": [{"family": family, "given": ["Cordelia"]}],
        "gender": "female",
        "birthDate": "1961-03-04",
        "address": [{"line": ["2 Heron Mead"], "postalCode": postcode}],
    }


def _create(region: Region, resource: dict[str, object]) -> str:
    written = region.run(region.made.record.create(region.scope, resource))
    return written.version.id


def _asked(region: Region) -> None:
    """A pair of records in the queue."""
    ids = [_create(region, _patient(name, "HW2 5RP")) for name in ("Ashgrave", "Ashgraves")]
    _create(
        region,
        {
            "resourceType": "Task",
            "identifier": [{"system": f"{SYSTEM}/Id/identity-review", "value": "-".join(ids)}],
            "status": "requested",
            "intent": "order",
            "code": {
                "coding": [
                    {"system": f"{SYSTEM}/CodeSystem/identity-review", "code": "same-person"}
                ]
            },
            "for": {"reference": f"Patient/{ids[0]}"},
            "focus": {"reference": f"Patient/{ids[1]}"},
            "authoredOn": "2026-11-20T09:00:00Z",
            "input": [
                {"type": {"text": "score"}, "valueDecimal": 0.97},
                {"type": {"text": "why"}, "valueString": "likely"},
            ],
        },
    )


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_pair_is_decided(
    region: Region, sign_in: SignIn, nothing_found: Check, size: tuple[int, int]
) -> None:
    _asked(region)
    page = sign_in("Della", size=size)
    page.goto("/identity")
    expect(page.get_by_role("heading", name="Records to look at")).to_be_visible()
    nothing_found(page)
    page.get_by_role("link", name="ASHGRAVE, Cordelia and ASHGRAVES, Cordelia").first.click()
    expect(page.locator(".bv-conflict")).to_contain_text("Differs")
    nothing_found(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= size[0]
    page.get_by_role("button", name="Keep this decision").click()
    expect(page.locator(".nhsuk-error-summary")).to_contain_text("Say whether they are one person")
    nothing_found(page)
    page.get_by_label("Two people").focus()
    page.keyboard.press("Space")
    page.get_by_label("Your reason").fill("Sisters-in-law; the practice confirmed it")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Kept as two people.")


def test_it_works_without_script_on_a_small_phone(region: Region, sign_in: SignIn) -> None:
    _asked(region)
    page = sign_in("Della", script=False, size=(320, 700))
    page.goto("/identity")
    page.get_by_role("link", name="ASHGRAVE, Cordelia and ASHGRAVES, Cordelia").first.click()
    page.get_by_label("One person").check()
    page.get_by_label("Your reason").fill("One birth certificate, seen today")
    page.get_by_role("button", name="Keep this decision").click()
    expect(page.locator("main")).to_contain_text("The two records are one now.")
