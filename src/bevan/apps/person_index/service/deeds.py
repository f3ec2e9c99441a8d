"""What a clerk must say before who is who is changed: the reason, and that it is still them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from bevan.identity.confirmation import confirmed
from bevan.identity.sessions import Session

SHORTEST, LONGEST = 5, 500
NO_REASON = "Give your reason in a few words: what you checked, and who told you."
TOO_LONG = f"Give your reason in at most {LONGEST} characters."
NOT_CONFIRMED = "Confirm that it's you."


def proved(session: Session, form: Mapping[str, str]) -> bool:
    """Whether somebody has just shown that it is them.

    A demonstration's people have nothing to show it with, so they say so on the form.
    """
    said = session.demo and form.get("confirm") == "yes"
    return said or confirmed(session, datetime.now(UTC))


def missing(session: Session, form: Mapping[str, str]) -> dict[str, str]:
    """What is missing, by field."""
    errors = {}
    reason = form.get("reason", "").strip()
    if len(reason) < SHORTEST:
        errors["reason"] = NO_REASON
    if len(reason) > LONGEST:
        errors["reason"] = TOO_LONG
    if not proved(session, form):
        errors["confirmed"] = NOT_CONFIRMED
    return errors
