"""The people one can be in the demonstration, as accounts: the fictional region's own staff."""

from __future__ import annotations

from bevan.identity.accounts import Account, Role
from bevan.synthetic import places, staff


def accounts(people: int = 1000) -> list[Account]:
    """Accounts of the region's named staff, in their order; `people` is the region's size."""
    region = places.build(people)
    return [_account(worker, region[worker.place]) for worker in staff.DEMO]


def _account(worker: staff.Worker, place: places.Place) -> Account:
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
