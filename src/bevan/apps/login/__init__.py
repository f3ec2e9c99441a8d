"""How people come in: signing in, registering, their account, their sessions and keys."""

from __future__ import annotations

from bevan.apps.login.routes import ROUTES
from bevan.web.app import App

app = App(
    name="login",
    title="Your account",
    package="bevan.apps.login",
    summary="Passkeys, sessions and who acts for you",
    icon="padlock",
    audience="everyone",
    routes=ROUTES,
)
