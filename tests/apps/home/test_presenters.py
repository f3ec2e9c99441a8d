from __future__ import annotations

from bevan.apps.home.presenters import card, doors, group_of, groups
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


def test_the_button_says_the_first_name() -> None:
    shown = card(LEILA)
    assert (shown.first, shown.role, shown.place) == ("Leila", "GP", "Mill Lane Surgery")
    assert card(DOT).role == "78, at home with COPD"
    assert card(account("priya-nair", "Priya Nair", "Nurse")).start


def test_only_apps_with_a_first_page_have_a_door() -> None:
    shown = App("b", "Beds", "x", navigation=(Link("Board", "/beds"),))
    hidden = App("a", "Audit", "x")
    assert [(app.name, link.href) for app, link in doors([hidden, shown])] == [("b", "/beds")]
