"""History of one resource (FHIR R4 3.1.0.10)."""

from __future__ import annotations

from bevan.api.history import history_bundle
from bevan.api.interaction import Interaction
from bevan.api.reply import Reply
from bevan.api.request import Request


async def history_instance(request: Request) -> Reply:
    """GET [base]/[type]/[id]/_history: its versions, newest first; 404 if it never was."""
    return await history_bundle(request, f"/{request.type}/{request.id}")


INTERACTION = Interaction("history-instance", ("history-instance",), "type", "r", history_instance)
