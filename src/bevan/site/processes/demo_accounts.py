"""Whom a visitor of the demonstration can sign in as."""

from __future__ import annotations

from datetime import date

from bevan.access.proxies import SEE_RECORD, Asked, Proxies
from bevan.identity.accounts import Account, Role
from bevan.synthetic import citizens
from bevan.synthetic.citizens import Citizen
from bevan.synthetic.draws import fixed_id
from bevan.synthetic.places import Place
from bevan.synthetic.region import Region
from bevan.synthetic.staff import DEMO, Worker


def accounts(built: Region) -> list[Account]:
    """An account for each named worker of the region, in the order to offer them; then citizens."""
    return [*_workers(built), *map(_citizen, citizens.DEMO)]


def sign_in_lines(built: Region) -> list[str]:
    """The workers in words, for the terminal: name, role, organisation."""
    return [f"{one.name}, {one.title}" for one in _workers(built)]


async def act(proxies: Proxies) -> None:
    """Let a parent of the region act for their child, once."""
    proxy, child, born = citizens.ACTS
    person = fixed_id(f"Patient/{child}")
    asked = Asked(
        fixed_id(f"Patient/{proxy}"),
        person,
        "parent",
        frozenset({SEE_RECORD, "order-medicines"}),
        "He looks after her and her asthma plan",
        date.fromisoformat(born),
    )
    if asked.proxy not in {one.proxy for one in await proxies.of(person)}:
        await proxies.grant(asked, by="Mill Lane Surgery")


def _workers(built: Region) -> list[Account]:
    places = {place.slug: place for place in built.places.every}
    return [_account(worker, places[worker.place]) for worker in DEMO]


def _citizen(one: Citizen) -> Account:
    return Account(one.slug, "patient", one.patient, one.name, one.words, demo=True, level="P9")


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
