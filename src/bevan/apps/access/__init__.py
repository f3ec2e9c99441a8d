"""Who may see what, in plain words: the rules, emergencies, why somebody sees a person."""

from __future__ import annotations

from bevan.apps.access.routes import ROUTES
from bevan.web.app import App, Link

app = App(
    name="access",
    title="Access",
    package="bevan.apps.access",
    summary="for everyone, and for privacy officers",
    icon="padlock",
    audience="everyone",
    routes=ROUTES,
    navigation=(Link("The rules in plain words", "/access/rules", "padlock"),),
)
