"""The demonstration's people to sign in as."""

from __future__ import annotations

from functools import cache

from bevan.identity import Account
from bevan.site.processes.demo_accounts import accounts
from bevan.synthetic import region


@cache
def people() -> tuple[Account, ...]:
    """Every account of the demonstration."""
    return tuple(accounts(region.build(1000, 1)))


def person(id: str) -> Account:
    """One of them by the account's id."""
    return next(one for one in people() if one.id == id)
