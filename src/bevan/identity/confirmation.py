"""Whether somebody has shown just now that it is still them, before what can't be undone.

Break-glass, signing and changing one's own keys ask for it. Where it is too long ago, the person
is sent to `/confirm?next=…`, which gives the session a new secret and this moment.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bevan.identity.sessions import Session

FRESH = timedelta(minutes=5)


def confirmed(session: Session, now: datetime, within: timedelta = FRESH) -> bool:
    """Whether the session's person confirmed themselves within that time before `now`.

    `now` is the machine's time, by which sessions go.
    """
    return session.confirmed is not None and timedelta() <= now - session.confirmed <= within
