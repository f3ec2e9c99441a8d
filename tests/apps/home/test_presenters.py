from __future__ import annotations

from datetime import date
from typing import Any

from bevan.apps.home.presenters import card, doors, group_of, groups
from bevan.apps.home.presenters.own import page
from bevan.apps.home.service import Own, Section
from bevan.identity.accounts import Account, Role
from bevan.web.app import App, Link


def account(id: str, name: str, title: str, kind: str = "practitioner") -> Account:
    role = (Role(title, "o", "Mill Lane Surgery"),) if kind == "practitioner" else ()
    return Account(id, kind, f"{id}-actor", name, title, role, demo=True)


LEILA = account("leila-haddad", "Dr Leila Haddad", "GP")
GRACE = account("grace-lindon", "Grace Lindon", "Privacy officer")
DOT = account("dot", "Dot Pemberton", "78, at home with COPD", "patient")


def test_people_stand_in_their_groups_and_empty_groups_are_not_shown() -> None:
    assert [group_of(one) for one in (LEILA, GRACE, DOT)] == ["care", "region", "citizens"]
    assert [group.title for group in groups([LEILA, GRACE])] == [
        "People giving care", "People running the region",
    ]  # fmt: skip
    assert groups([]) == ()


def test_citizens_beyond_the_first_four_stand_behind_a_word() -> None:
    people = [account(f"c{n}", f"Person {n}", "40", "patient") for n in range(6)]
    (group,) = groups(people)
    assert [len(group.people), len(group.others)] == [4, 2]
    assert groups([LEILA] * 6)[0].others == ()


def test_the_button_says_the_first_name() -> None:
    shown = card(LEILA)
    assert (shown.first, shown.role, shown.place) == ("Leila", "GP", "Mill Lane Surgery")
    assert card(DOT).role == "78, at home with COPD"
    assert card(account("priya-nair", "Priya Nair", "Nurse")).start


def test_only_apps_with_a_first_page_have_a_door() -> None:
    shown = App("b", "Beds", "x", navigation=(Link("Board", "/beds"),))
    hidden = App("a", "Audit", "x")
    assert [(app.name, link.href) for app, link in doors([hidden, shown])] == [("b", "/beds")]


def medicine(id: str, dose: str, written: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest", "id": id, "status": "active", "intent": "order",
        "medicationCodeableConcept": {"text": "Ramipril 5mg capsules"}, "authoredOn": written,
        "dosageInstruction": [{"text": dose}], **more,
    }  # fmt: skip


def medicines(*found: dict[str, Any]) -> list[tuple[str, str]]:
    section = Section("medicines", "Medicines", found, len(found), False)
    (part,) = page(Own(None, {}, (section,)), "Dot", date(2026, 11, 24)).parts
    return [(line.what, line.more) for line in part.lines]


def test_a_medicine_of_two_systems_stands_once() -> None:
    gp = medicine("gp", "One capsule daily", "2026-01-02")
    ward = medicine("ward", "1 a day", "2026-05-02")
    assert medicines(gp, ward) == [("Ramipril 5mg capsules", "1 a day")]
    statin = {"text": "Atorvastatin 20mg tablets"}
    other = medicine("other", "One at night", "2026-02-02", medicationCodeableConcept=statin)
    assert len(medicines(gp, other, ward)) == 2


def test_doses_that_differ_stand_side_by_side() -> None:
    gp = medicine("gp", "One capsule daily", "2026-01-02")
    ward = medicine("ward", "Two capsules daily", "2026-05-02")
    assert medicines(gp, ward) == [
        ("Ramipril 5mg capsules", "Two capsules daily. Another system says: One capsule daily.")
    ]
    mistaken = {**ward, "status": "entered-in-error"}
    assert medicines(gp, mistaken) == [("Ramipril 5mg capsules", "One capsule daily")]
