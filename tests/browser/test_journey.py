"""One clinician's way through a record: sign in, find, read, edit, conflict, reconcile, print."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DOT, PHONE, SignIn
from tests.browser.region import Region

pytestmark = pytest.mark.browser
SECTIONS = (
    "", "/timeline", "/about-me", "/problems", "/medicines", "/allergies", "/results",
    "/observations", "/vaccinations", "/procedures", "/care-plans", "/appointments", "/documents",
    "/sources", "/details", "/add/allergy", "/add/problem", "/add/care-plan",
)  # fmt: skip
ON_PHONES = ("", "/timeline", "/results", "/observations", "/add/allergy")
Check = Callable[[Page], None]


def test_find_and_read(sign_in: SignIn, nothing_found: Check) -> None:
    page = sign_in("Priya")
    nothing_found(page)
    page.get_by_label("Name or NHS number").fill("Pemberton")
    page.get_by_role("button", name="Find").click()
    nothing_found(page)
    page.get_by_role("link", name="PEMBERTON, Dorothy (Mrs)").click()
    banner = page.get_by_role("region", name="Patient")
    expect(banner).to_contain_text(DOT)
    expect(banner).to_contain_text("Born 14 March 1948 (78 years)")
    expect(banner).to_contain_text("Allergy: penicillin – anaphylaxis")
    expect(page.locator("#vitals")).to_contain_text("Medium")
    expect(page.locator("#problems")).to_contain_text("Something is withheld")
    nothing_found(page)


def test_number_opens_the_record_and_a_slip_is_told(sign_in: SignIn) -> None:
    page = sign_in("Priya")
    box = page.get_by_label("Name or NHS number")
    box.fill("999 012 3455")
    box.press("Enter")
    expect(page.locator(".nhsuk-error-summary")).to_contain_text("last digit doesn't fit")
    expect(page).to_have_title("Error: Find a person – Bevan")
    box.fill(DOT)
    box.press("Enter")
    expect(page.get_by_role("heading", name="Summary", exact=True)).to_be_visible()


def test_nobody_and_not_allowed_are_one_answer(sign_in: SignIn, dot: str) -> None:
    stranger = sign_in("Keira")
    absent = stranger.goto("/record/0b7a7b1e-dead-4000-8000-000000000001")
    assert absent is not None and absent.status == 404
    words = stranger.locator("main").inner_text()
    kept_away = stranger.goto(dot)
    assert kept_away is not None and kept_away.status == 404
    assert stranger.locator("main").inner_text().splitlines()[:3] == words.splitlines()[:3]
    answers = []
    for name in ("Pemberton", "Nobodyatall"):
        stranger.goto(f"/record?q={name}")
        answers.append(stranger.get_by_role("region", name="People found").inner_text())
    assert answers[0] == answers[1]


@pytest.mark.parametrize("size", [(1280, 900), PHONE])
def test_every_section_is_accessible(
    sign_in: SignIn, nothing_found: Check, dot: str, size: tuple[int, int]
) -> None:
    page = sign_in("Priya", size=size)
    for section in SECTIONS:
        answer = page.goto(dot + section)
        assert answer is not None and answer.status == 200, section
        if size != PHONE or section in ON_PHONES:
            nothing_found(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0], f"{section} scrolls sideways at {size[0]} px"


def test_banner_stays_in_sight(sign_in: SignIn, dot: str) -> None:
    for size in ((1280, 900), PHONE):
        page = sign_in("Priya", size=size)
        page.goto(f"{dot}/observations")
        expect(page.get_by_role("link", name="Observations", exact=False).first).to_be_in_viewport()
        page.evaluate("window.scrollTo(0, 2000)")
        banner = page.get_by_role("region", name="Patient")
        box = banner.bounding_box()
        assert box is not None and box["y"] >= 0 and box["height"] < size[1] / 3
        expect(banner).to_contain_text("Allergy: penicillin")


def test_add_change_and_take_back_an_allergy(sign_in: SignIn, dot: str) -> None:
    page = sign_in("Leila")
    page.goto(f"{dot}/allergies")
    page.get_by_role("link", name="Add an allergy").click()
    page.get_by_role("button", name="Add allergy").click()
    summary = page.locator(".nhsuk-error-summary")
    expect(summary).to_contain_text("Nothing has been saved yet")
    expect(summary).to_be_focused()
    page.get_by_label("Allergic to").fill("Latex gloves")
    page.get_by_label("What happens").fill("Itching of skin")
    page.get_by_label("Confirmed", exact=True).check()
    page.get_by_label("Still has it").check()
    page.get_by_role("button", name="Add allergy").click()
    expect(page.get_by_text("Added to the record.")).to_be_visible()
    row = page.locator(".bv-entry", has_text="Latex gloves")
    expect(row).to_contain_text("Mill Lane Surgery")
    expect(page.get_by_role("region", name="Patient")).to_contain_text("latex gloves")
    row.get_by_role("link", name="Change").click()
    page.get_by_label("Moderate").check()
    page.get_by_role("button", name="Save changes").click()
    expect(row).to_contain_text("Moderate")
    row.get_by_role("link", name="Recorded by mistake").click()
    page.get_by_role("button", name="Mark as a mistake").click()
    expect(page.get_by_text("Marked as recorded by mistake")).to_be_visible()
    expect(page.locator(".bv-entry", has_text="Latex gloves")).to_have_count(0)
    expect(page.get_by_role("region", name="Patient")).not_to_contain_text("latex gloves")


def test_two_people_save_at_once(
    sign_in: SignIn, nothing_found: Check, region: Region, dot: str
) -> None:
    first, second = sign_in("Ama"), sign_in("Edwin")
    for page in (first, second):
        page.goto(f"{dot}/care-plans")
        card = page.locator(".bv-card", has_text="Urgent care plan").first
        card.get_by_role("link", name="Change").click()
    first.get_by_label("Rescue medicines").fill("Prednisolone 30 mg for 5 days.")
    first.get_by_label("Agreed with").fill("Agreed with Dot and Ruth.")
    first.get_by_role("button", name="Save changes").click()
    first.wait_for_url("**/care-plans?*")
    second.get_by_label("Rescue medicines").fill("Doxycycline 100 mg for 7 days.")
    second.get_by_label("Review by").fill("8 December 2026")
    second.get_by_role("button", name="Save changes").click()
    expect(second.get_by_role("heading", level=1)).to_have_text(
        "Someone changed this care plan while you were editing"
    )
    nothing_found(second)
    table = second.locator(".bv-conflict")
    expect(table).to_contain_text("1 of 1: choose")
    expect(table).to_contain_text("Kept, yours")
    expect(table).to_contain_text("Kept, Dr Ama Osei's")
    second.get_by_role("button", name="Save version").click()
    expect(second.locator(".nhsuk-error-summary")).to_contain_text("Rescue medicines")
    second.get_by_label("Write it differently").check()
    second.get_by_label("Rescue medicines, in new words").fill("Both, as agreed by phone.")
    second.get_by_role("button", name="Save version").click()
    expect(second.get_by_text("The record keeps every earlier version")).to_be_visible()
    card = second.locator(".bv-card", has_text="Urgent care plan").first
    for words in ("Both, as agreed by phone.", "Agreed with Dot and Ruth.", "8 December 2026"):
        expect(card).to_contain_text(words)


def test_another_organisations_entry(sign_in: SignIn, region: Region, dot: str) -> None:
    patient = dot.rsplit("/", 1)[-1]
    problem = next(
        one
        for one in region.search("Condition", f"patient={patient}&_count=100")
        if "Osteoarthritis" in one["code"].get("text", one["code"]["coding"][0]["display"])
    )
    page = sign_in("Priya")
    page.goto(f"{dot}/change/problem/{problem['id']}")
    page.get_by_label("Notes").fill("Worse on stairs.")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("has been told")).to_be_visible()
    row = page.locator(".bv-entry", has_text="Osteoarthritis").first
    expect(row).to_contain_text("Changed by Priya Nair")
    tasks = region.search("Task", f"patient={patient}&focus=Condition/{problem['id']}")
    assert tasks and tasks[0]["focus"]["reference"].endswith("/_history/2")
    assert tasks[0]["owner"]["display"] == "Mill Lane Surgery"

    region.send({**problem, "note": [{"text": "Better after exercises."}]})
    page.reload()
    expect(row).to_contain_text("Differs")
    expect(row).to_contain_text("Worse on stairs.")
    expect(row).to_contain_text("Better after exercises.")
    row.get_by_role("link", name="Settle this").click()
    page.get_by_label("Write it differently").check()
    page.get_by_label("Notes, in new words").fill("Worse on stairs, better after exercises.")
    page.get_by_role("button", name="Save version").click()
    expect(page.get_by_text("Settled.")).to_be_visible()
    expect(row).not_to_contain_text("Differs")
    expect(row).to_contain_text("Worse on stairs, better after exercises.")
    assert region.read("Task", tasks[0]["id"])["status"] == "completed"


def test_a_form_for_another_person_is_refused(sign_in: SignIn, region: Region, dot: str) -> None:
    page = sign_in("Leila")
    page.goto(f"{dot}/add/allergy")
    other = page.context.new_page()
    patients = region.search("Patient", "name=Oliver&_count=5")
    other.goto(f"/record/{patients[0]['id']}")
    page.evaluate(
        "id => { document.getElementById('form').action = `/record/${id}/add/allergy`; }",
        patients[0]["id"],
    )
    page.get_by_label("Allergic to").fill("Latex gloves")
    page.get_by_label("Confirmed", exact=True).check()
    page.get_by_label("Still has it").check()
    page.get_by_role("button", name="Add allergy").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This form is about another person")
    expect(page.get_by_text("Nothing has been saved.")).to_be_visible()
    found = region.search("AllergyIntolerance", f"patient={patients[0]['id']}")
    assert not [one for one in found if one["code"].get("text") == "Latex gloves"]


def test_a_restricted_person_has_no_place_on_any_page(sign_in: SignIn, region: Region) -> None:
    (claire,) = region.search("Patient", "identifier=9994108093")
    (council,) = region.search("Organization", "name=Harrowmere Council")
    region.send({
        "resourceType": "CareTeam",
        "id": "claires-social-workers",
        "status": "active",
        "subject": {"reference": f"Patient/{claire['id']}"},
        "managingOrganization": [{"reference": f"Organization/{council['id']}"}],
    })  # fmt: skip
    region.run(region.made.projection.catch_up())
    page = sign_in("Colin")
    page.goto("/record?q=999+410+8093")
    expect(page.get_by_role("region", name="Patient")).to_contain_text("Restricted")
    record = page.url
    names = [one["name"] for one in region.search("Organization", "_count=200")]
    for section in ("", "/timeline", "/problems", "/medicines", "/results", "/appointments",
                    "/documents", "/sources", "/details"):  # fmt: skip
        answer = page.goto(record + section)
        assert answer is not None and answer.status == 200, section
        shown = page.locator("main").inner_text()
        assert not [name for name in names if name in shown], section


def test_without_script(sign_in: SignIn, dot: str) -> None:
    page = sign_in("Leila", script=False)
    page.goto(f"{dot}/timeline")
    page.get_by_label("Setting", exact=True).select_option("ambulance")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".bv-contact").first).to_contain_text("Ambulance")
    assert "setting=ambulance" in page.url
    page.goto(f"{dot}/add/problem")
    page.get_by_label("Problem or diagnosis").fill("Trips on the back step")
    page.locator("input[name=status][value=active]").check(force=True)
    page.locator("input[name=certainty][value=confirmed]").check(force=True)
    page.get_by_role("button", name="Add problem").click()
    expect(page.locator(".bv-entry", has_text="Trips on the back step")).to_be_visible()


def test_print(sign_in: SignIn, dot: str) -> None:
    page = sign_in("Priya")
    page.goto(f"{dot}/medicines")
    page.emulate_media(media="print")
    expect(page.locator(".bv-bar")).to_be_hidden()
    expect(page.locator(".bv-sections")).to_be_hidden()
    expect(page.get_by_role("region", name="Patient")).to_be_visible()
    printed = page.locator(".bv-printed")
    expect(printed).to_contain_text("Printed by Priya Nair, 24 November 2026")
    expect(printed).to_contain_text("Out of date as soon as it's printed")
    head = page.locator(".bv-sheet__head")
    assert head.evaluate("e => getComputedStyle(e).display") == "table-header-group", "repeats"
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_pages_about_nobody_are_accessible(
    sign_in: SignIn, nothing_found: Check, region: Region
) -> None:
    page = sign_in("Priya")
    nobody = "/record/0b7a7b1e-dead-4000-8000-000000000001"
    for path, status in {"/": 200, "/-/ui": 200, nobody: 404, "/record?q=12": 422}.items():
        answer = page.goto(path)
        assert answer is not None and answer.status == status, path
        nothing_found(page)


def test_by_keyboard_alone(sign_in: SignIn, dot: str) -> None:
    page = sign_in("Priya")
    page.goto(f"{dot}/allergies")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#maincontent")).to_be_focused()
    page.get_by_role("link", name="Add an allergy").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/add/allergy")
    page.get_by_label("Allergic to").focus()
    page.keyboard.type("Strawberries")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.locator("input[type=radio]:checked").count() == 1


def test_small_screens_and_large_text_never_scroll_sideways(sign_in: SignIn, dot: str) -> None:
    page = sign_in("Priya", size=(320, 640))
    for section in ("", "/results", "/observations", "/timeline", "/care-plans", "/add/problem"):
        page.goto(dot + section)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, section


def test_sign_out(sign_in: SignIn, dot: str) -> None:
    page = sign_in("Priya")
    page.goto(dot)
    page.locator(".bv-account > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Who do you want to be today?")).to_be_visible()
    page.goto(dot)
    assert "/sign-in" in page.url
