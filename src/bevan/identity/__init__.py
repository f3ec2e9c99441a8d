"""Who is asking: accounts, sessions of people and bearer tokens of systems."""

from bevan.identity.accounts import Account, Role
from bevan.identity.errors import GrantRefused, SignInRefused
from bevan.identity.identity import Identity
from bevan.identity.sessions import Session
from bevan.identity.tokens import Client

__all__ = [
    "Account",
    "Client",
    "GrantRefused",
    "Identity",
    "Role",
    "Session",
    "SignInRefused",
]
