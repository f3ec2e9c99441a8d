"""History of everything (FHIR R4 3.1.0.10)."""

from __future__ import annotations

from bevan.api.history import history_bundle
from bevan.api.interaction import Interaction
from bevan.api.reply import Reply
from bevan.api.request import Request


async def history_system(request: Request) -> Reply:
    """GET [base]/_history: every change to every resource, newest first."""
    return await history_bundle(request, "")


INTERACTION = Interaction("history-system", ("history-system",), "system", "r", history_system)
