"""Whom a visitor of the demonstration can sign in as."""

from __future__ import annotations

from bevan.identity.accounts import Account, Role
from bevan.synthetic.places import Place
from bevan.synthetic.region import Region
from bevan.synthetic.staff import DEMO, Worker


def accounts(built: Region) -> list[Account]:
    """An account for each named worker of the region, in the order to offer them."""
    places = {place.slug: place for place in built.places.every}
    return [_account(worker, places[worker.place]) for worker in DEMO]


def sign_in_lines(built: Region) -> list[str]:
    """The same people in words, for the terminal: name, role, organisation."""
    return [f"{one.name}, {one.title}" for one in accounts(built)]


def _account(worker: Worker, place: Place) -> Account:
    name = place.shown or place.name
    return Account(
        id=worker.slug,
        kind="practitioner",
        actor=worker.id,
        name=worker.name,
        title=f"{worker.title}, {name}",
        roles=(Role(worker.title, place.id, name),),
        demo=True,
    )
