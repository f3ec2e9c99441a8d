"""The front door: who do you want to be, and which apps there are."""

from __future__ import annotations

from bevan.apps.home.routes import ROUTES
from bevan.web.app import App

app = App(
    name="home",
    title="Home",
    package="bevan.apps.home",
    icon="house",
    audience="everyone",
    routes=ROUTES,
)
