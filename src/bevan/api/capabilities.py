"""Capabilities: what this server does, as a CapabilityStatement (FHIR R4 3.1.0.9, 5.7)."""

from __future__ import annotations

from bevan.api.interaction import Interaction
from bevan.api.reply import Reply
from bevan.api.request import Request


async def capabilities(request: Request) -> Reply:
    """GET [base]/metadata: the statement, built once from the registry of interactions."""
    return Reply(200, request.backing.statement(request.base))


INTERACTION = Interaction("capabilities", (), "system", "", capabilities, open=True)
