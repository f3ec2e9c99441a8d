"""Information governance: what is done with people's data, by what right, and who decided."""

from __future__ import annotations

from bevan.apps.governance.routes import ROUTES
from bevan.web.app import App, Link

app = App(
    name="governance",
    title="Information governance",
    package="bevan.apps.governance",
    summary="Registers, impact assessments, access requests and incidents, with their clocks.",
    icon="document",
    routes=ROUTES,
    navigation=(Link("Information governance", "/governance"),),
)
