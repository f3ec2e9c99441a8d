"""The rules in plain words, for everybody."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bevan.web.pages import render
from bevan.web.services import services


async def rules_page(request: Request) -> Response:
    """The whole rulebook as it is in force now."""
    given = services(request)
    lawful = {name: given.rules.lawful(name, given.clock.now()) for name in given.rules.purposes}
    return render(request, "access/rules.jinja", rules=given.rules, lawful=lawful)
