"""What a provider does next, and how far somebody's sign-in reaches for one request; pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from urllib.parse import urlencode

from bevan.identity.accounts import Account
from bevan.identity.clients import RegisteredClient
from bevan.identity.openid.store import Pending
from bevan.identity.sessions import Session

_AAL: Final = ("", "AAL2", "AAL3")
Page = Literal["sign-in", "stronger", "prove", "share", "role"]


@dataclass(frozen=True, slots=True)
class Onward:
    """Send the browser to this address: the client's, with a code or an error."""

    address: str


@dataclass(frozen=True, slots=True)
class Show:
    """Show one of our pages for a pending request."""

    page: Page
    pending: Pending
    client: RegisteredClient


@dataclass(frozen=True, slots=True)
class Fault:
    """Nothing may be sent anywhere: tell the person in a sentence."""

    sentence: str


Step = Onward | Show | Fault


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody's sign-in as it counts for one request."""

    account: Account
    vot: str
    methods: str
    at: datetime


def other_person(pending: Pending, session: Session | None) -> bool:
    """Whether somebody else is signed in here than the one another client vouches for."""
    vouched = pending.vouched
    return vouched is not None and session is not None and session.account != vouched.account


def with_word(pending: Pending, methods: str, at: datetime | None) -> tuple[str, datetime, str]:
    """Another client's word added to what the person showed here."""
    vouched = pending.vouched
    assert vouched is not None
    both = dict.fromkeys([*methods.split("."), *vouched.methods.split(".")])
    latest = vouched.at if at is None or at < vouched.at else at
    return ".".join(part for part in both if part), latest, vouched.account


def assured(
    pending: Pending, account: Account, session: Session | None, at: datetime
) -> Reached | Page:
    """A worker's sign-in, if it is as strong as was asked."""
    level = session.level if session is not None else ""
    least = min(map(_AAL.index, pending.wanted), default=0)
    if level not in _AAL or _AAL.index(level) < max(least, 1):
        return "stronger"
    return Reached(account, level, session.vot if session else "", at)


def role_of(pending: Pending, account: Account) -> int | None:
    """The role that goes into the token: the chosen one, or the only one."""
    positions = [role.position for role in account.roles]
    if pending.position in positions:
        return pending.position
    return positions[0] if len(positions) == 1 else None


def fits(challenge: str, verifier: str) -> bool:
    """Whether a verifier is the one that a challenge was made from (RFC 7636 4.6)."""
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(made.decode(), challenge)


def with_parameters(address: str, **parameters: str) -> str:
    """An address with parameters added to its query."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parameters)}"
