"""Taking records apart, entries on the wrong record, a new identity: in a browser, both widths."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bevan.fhir.nhs_number import check_digit
from bevan.record.scope import Actor
from tests.browser.conftest import DESKTOP, PHONE, SignIn
from tests.browser.region import Region

pytestmark = pytest.mark.browser
Check = Callable[[Page], None]
CLERK = Actor("practitioner", "clerk", "Della Marsh", "Data quality clerk", "trust", "Thornbeck")
SYSTEM = "https://fhir.nhs.uk/Id/nhs-number"


def keep(page: Page, name: str, size: tuple[int, int]) -> None:
    """A screenshot for people to look at, where a folder is named."""
    folder = os.environ.get("BEVAN_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}-{size[0]}.png", full_page=True)


def write(region: Region, resource: dict[str, object]) -> str:
    return region.run(region.made.record.create(region.scope, resource)).version.id


def patient(region: Region, family: str, number: str) -> str:
    return write(
        region,
        {
            "resourceType": "Patient",
            "identifier": [{"system": SYSTEM, "value": number}],
            "name": [{"family": family, "given": ["Cordelia"]}],
            "gender": "female",
            "birthDate": "1961-03-04",
            "address": [{"line": ["2 Heron Mead"], "postalCode": "HW2 5RP"}],
        },
    )


def rate(region: Region, who: str) -> str:
    return write(
        region,
        {
            "resourceType": "Observation",
            "meta": {"source": "https://ed.example/record"},
            "status": "final",
            "code": {"text": "Heart rate"},
            "subject": {"reference": f"Patient/{who}"},
            "effectiveDateTime": "2026-11-20",
        },
    )


def fits(page: Page, size: tuple[int, int]) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def sure(page: Page, words: str) -> None:
    page.get_by_label("Your reason").fill(words)
    page.get_by_label("I’m Della").check()


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_two_records_are_taken_apart(
    region: Region, sign_in: SignIn, nothing_found: Check, size: tuple[int, int]
) -> None:
    one, other = _numbers((size[0] + 20_000, 0), 2)
    first = patient(region, "Ashdown", one)
    second = patient(region, "Ashdowne", other)
    entry = rate(region, second)
    made = region.made
    region.run(made.merging.merge(CLERK, first, second, "One birth certificate"))
    rate(region, first)
    page = sign_in("Della", size=size)
    page.goto("/identity/merges")
    expect(page.get_by_role("heading", name="Merged records")).to_be_visible()
    nothing_found(page)
    fits(page, size)
    keep(page, "merges", size)
    page.locator("table a").first.click()
    expect(page.locator(".bv-conflict")).to_contain_text("Differs")
    nothing_found(page)
    fits(page, size)
    keep(page, "merge", size)
    page.get_by_role("button", name="Take the two records apart").click()
    expect(page.locator(".nhsuk-error-summary")).to_contain_text("Give your reason")
    nothing_found(page)
    sure(page, "The practice knows them as sisters")
    page.get_by_role("button", name="Take the two records apart").click()
    expect(page.locator("main")).to_contain_text("apart again")
    keep(page, "merge-undone", size)
    nothing_found(page)
    assert region.read("Observation", entry)["subject"]["reference"] == f"Patient/{second}"


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_an_entry_goes_to_the_right_person(
    region: Region, sign_in: SignIn, nothing_found: Check, size: tuple[int, int]
) -> None:
    wrong_number, right_number = _numbers(size, 2)
    wrong = patient(region, "Wrongford", wrong_number)
    right = patient(region, "Rightwell", right_number)
    entry = rate(region, wrong)
    page = sign_in("Della", size=size)
    page.goto("/identity/corrections")
    nothing_found(page)
    page.get_by_role("link", name="Correct an entry").click()
    nothing_found(page)
    keep(page, "trace", size)
    page.get_by_label("NHS number").fill(wrong_number)
    page.get_by_label("Day of birth").fill("1961-03-04")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Result or observation, 20 November 2026").check()
    page.get_by_label("Another person’s").check()
    nothing_found(page)
    fits(page, size)
    keep(page, "pick", size)
    page.get_by_role("button", name="Check before").click()
    expect(page.locator(".nhsuk-error-summary")).to_contain_text("Nobody has this NHS number")
    nothing_found(page)
    page.get_by_label("NHS number of the right person").fill(right_number)
    page.get_by_label("Day of birth of the right person").fill("1961-03-04")
    page.get_by_role("button", name="Check before").click()
    expect(page.get_by_role("heading", name="Move 1 entry?")).to_be_visible()
    nothing_found(page)
    fits(page, size)
    keep(page, "move", size)
    sure(page, "Dr Vale rang: typed into the wrong tab")
    page.get_by_role("button", name="Move them").click()
    expect(page.locator("main")).to_contain_text("Done.")
    nothing_found(page)
    keep(page, "corrections", size)
    assert region.read("Observation", entry)["subject"]["reference"] == f"Patient/{right}"
    page.locator("table a").first.click()
    nothing_found(page)
    keep(page, "correction", size)
    sure(page, "It was theirs after all")
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("main")).to_contain_text("Taken back.")
    assert region.read("Observation", entry)["subject"]["reference"] == f"Patient/{wrong}"


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_new_identity_without_a_script(
    region: Region, sign_in: SignIn, nothing_found: Check, size: tuple[int, int]
) -> None:
    old_number, new_number = _numbers((size[0] + 7, 0), 2)
    old = patient(region, "Formerly", old_number)
    rate(region, old)
    page = sign_in("Della", size=size, script=False)
    page.goto(f"/identity/new-identity?number={old_number}&born=1961-03-04")
    page.get_by_role("button", name="Check before").click()
    expect(page.locator(".nhsuk-error-summary")).to_contain_text("Say why")
    page.get_by_label("A gender reassignment").check()
    page.get_by_label("First name").fill("Robin")
    page.get_by_label("Family name").fill("Newly")
    page.get_by_label("Day of birth").fill("1961-03-04")
    page.get_by_label("Other", exact=True).check()
    page.get_by_label("New NHS number").fill(new_number)
    page.get_by_label("None yet").check()
    fits(page, size)
    keep(page, "identity", size)
    page.get_by_role("button", name="Check before").click()
    expect(page.locator("main")).to_contain_text("can’t be undone")
    fits(page, size)
    keep(page, "identity-confirm", size)
    page.get_by_label("Your reason").fill("Letter from PDS seen today")
    page.get_by_label("I’m Della").check()
    page.get_by_role("button", name="Give the new identity").click()
    expect(page.locator("main")).to_contain_text("the old one is closed")
    keep(page, "identity-done", size)
    page.goto(f"/identity/new-identity?number={old_number}&born=1961-03-04")
    expect(page.locator(".nhsuk-error-summary")).to_contain_text("Nobody has this NHS number")


def test_the_pages_of_a_new_identity_are_clean(
    region: Region, sign_in: SignIn, nothing_found: Check
) -> None:
    (number,) = _numbers((50, 0), 1)
    patient(region, "Cleanly", number)
    page = sign_in("Della", size=PHONE)
    page.goto(f"/identity/new-identity?number={number}&born=1961-03-04")
    nothing_found(page)
    page.get_by_role("button", name="Check before").click()
    nothing_found(page)
    for label in ("An adoption", "Not known", "The same practice as now"):
        page.get_by_label(label).check()
    page.get_by_label("First name").fill("Robin")
    page.get_by_label("Family name").fill("Newly")
    page.get_by_label("Day of birth").fill("1961-03-04")
    page.get_by_role("button", name="Check before").click()
    expect(page.locator("main")).to_contain_text("can’t be undone")
    nothing_found(page)


def _numbers(size: tuple[int, int], count: int) -> list[str]:
    """Numbers of the test range that nobody else has here, different for each width."""
    found: list[str] = []
    stem = 999_700_000 + size[0] * 10
    while len(found) < count:
        digit = check_digit(str(stem))
        found += [f"{stem}{digit}"] if digit is not None else []
        stem += 1
    return found
