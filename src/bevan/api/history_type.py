"""History of a type (FHIR R4 3.1.0.10)."""

from __future__ import annotations

from bevan.api.history import history_bundle
from bevan.api.interaction import Interaction
from bevan.api.reply import Reply
from bevan.api.request import Request


async def history_type(request: Request) -> Reply:
    """GET [base]/[type]/_history: every change to resources of the type, newest first."""
    return await history_bundle(request, f"/{request.type}")


INTERACTION = Interaction("history-type", ("history-type",), "type", "r", history_type)
