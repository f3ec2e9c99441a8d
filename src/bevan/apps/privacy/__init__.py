"""What privacy officers should look at: cases that rules found in the audit."""

from __future__ import annotations

from bevan.apps.privacy.routes import ROUTES
from bevan.web.app import App

app = App(
    name="privacy",
    title="Privacy",
    package="bevan.apps.privacy",
    summary="for privacy officers: looks that somebody should look at",
    icon="padlock",
    audience="staff",
    routes=ROUTES,
)
