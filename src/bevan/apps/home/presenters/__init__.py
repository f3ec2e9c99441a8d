"""The people one can be, in groups, and the apps one can open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bevan.identity.accounts import Account
from bevan.web.app import App, Link

RUNNING = ("analyst", "privacy", "engineer", "developer", "clerk")
STARTS = ("priya-nair", "dot-pemberton")
FIRST = 4
"""So many people using services are shown at once; the others behind a word."""
GROUPS = (
    ("citizens", "People using services", "Large and calm. Start with Dot"),
    ("care", "People giving care", "Dense and fast. Start with Priya"),
    ("region", "People running the region", "Counts, rules and evidence"),
)


@dataclass(frozen=True)
class Card:
    """One person to be."""

    id: str
    name: str
    role: str
    place: str
    first: str
    start: bool


@dataclass(frozen=True)
class Group:
    """People of a kind, with a word about their pages."""

    title: str
    words: str
    people: tuple[Card, ...]
    others: tuple[Card, ...] = ()


def groups(accounts: Sequence[Account]) -> tuple[Group, ...]:
    """Only groups that have somebody in them."""
    cards = [(group_of(account), card(account)) for account in accounts]
    made = []
    for name, title, words in GROUPS:
        people = tuple(one for group, one in cards if group == name)
        shown = FIRST if name == "citizens" else len(people)
        made.append(Group(title, words, people[:shown], people[shown:]))
    return tuple(group for group in made if group.people)


def group_of(account: Account) -> str:
    """Where on the page somebody stands."""
    if account.kind == "patient":
        return "citizens"
    return "region" if any(word in account.title.lower() for word in RUNNING) else "care"


def card(account: Account) -> Card:
    """Name, role and place; the first name is on the button."""
    role = next(iter(account.roles), None)
    parts = [part for part in account.name.split() if part.rstrip(".") not in TITLES]
    return Card(
        account.id,
        account.name,
        role.name if role else account.title,
        role.organisation_name if role else "",
        parts[0] if parts else account.name,
        account.id in STARTS,
    )


TITLES = frozenset({"Dr", "Mr", "Mrs", "Ms", "Miss", "Prof"})


def doors(apps: Iterable[App]) -> tuple[tuple[App, Link], ...]:
    """Apps with a first page, in the order of their titles."""
    shown = (app for app in apps if app.navigation)
    return tuple((app, app.navigation[0]) for app in sorted(shown, key=lambda app: app.title))
