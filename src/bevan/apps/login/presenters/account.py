"""Passkeys, sessions and events in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bevan.identity.accounts import Account
from bevan.identity.events import Event
from bevan.identity.passkeys import Passkey
from bevan.identity.sessions import Listed, Session
from bevan.web.words import LONDON

WORDS = {
    "register": "Account made",
    "sign-in": "Signed in",
    "enter": "Opened Bevan",
    "confirm": "Confirmed it's you",
    "passkey added": "Passkey added",
    "passkey removed": "Passkey removed",
    "session ended": "A session was ended",
    "role": "Role taken",
    "role given": "Role given",
    "role taken away": "Role taken away",
    "recover": "Got back in by email",
    "proof sent": "Proof of identity sent",
    "proof decided": "Proof of identity decided",
    "acting for": "Started acting for somebody",
    "close": "Account closed",
}
LEVELS = {
    "P0": ("Email only", "Nobody has checked who you are yet. You can't see your record."),
    "P5": ("Details matched", "Your details match a record. To see it, prove your identity with "
           "a document and a picture of your face."),
    "P9": ("Identity proven", "Somebody compared your face with your document."),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line of a list: `id` names it towards the server."""

    id: str
    what: str
    detail: str
    this: bool = False


def proven(account: Account, session: Session) -> tuple[str, str] | None:
    """How well a citizen's identity is proven, in a word and a sentence; None for staff."""
    if account.kind != "patient":
        return None
    return LEVELS.get(account.level or ("P9" if session.demo else "P0"), LEVELS["P0"])


def keys(passkeys: Sequence[Passkey]) -> list[Row]:
    """Passkeys with when they were made and used."""
    return [
        Row(
            one.id,
            one.name,
            f"Made {_when(one.made)}, "
            + (f"last used {_when(one.used)}" if one.used else "not used yet"),
        )
        for one in passkeys
    ]


def open_sessions(listed: Sequence[Listed], here: Session) -> list[Row]:
    """Sessions with where and since when; this one is marked."""
    return [
        Row(
            one.id,
            _place(one),
            f"Since {_when(one.started)}, ends {_when(one.expires)} if nothing is done there",
            one.id == here.id,
        )
        for one in listed
    ]


def happened(events: Sequence[Event]) -> list[Row]:
    """The latest events, in words."""
    return [
        Row(
            "",
            WORDS.get(one.action, one.action) + ("" if one.outcome == "done" else ": refused"),
            ", ".join(part for part in (_when(one.at), one.detail) if part),
        )
        for one in events
    ]


def _place(one: Listed) -> str:
    where = "Sign-in service" if one.use != "apps" else one.role or "Bevan"
    return ", ".join(part for part in (where, one.organisation_name, one.browser) if part)


def _when(at: datetime) -> str:
    local = at.astimezone(LONDON)
    return f"{local.day} {local:%B %Y}, {local:%H:%M}"
