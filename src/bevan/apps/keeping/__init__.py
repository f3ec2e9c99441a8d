"""Keeping records: what is due, what holds it back, and who decided that it goes."""

from __future__ import annotations

from bevan.apps.keeping.routes import ROUTES
from bevan.web.app import App, Link

app = App(
    name="keeping",
    title="Keeping records",
    package="bevan.apps.keeping",
    summary="Records that are due, holds, and disposals with their certificates.",
    icon="document",
    routes=ROUTES,
    navigation=(Link("Keeping records", "/keeping"),),
)
