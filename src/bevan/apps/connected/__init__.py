"""Apps that people connect: allowing one, opening one, and taking it back."""

from bevan.apps.connected.routes import ROUTES
from bevan.web.app import App

app = App(
    name="connected",
    title="Connected apps",
    package="bevan.apps.connected",
    summary="Apps that you allowed to use records",
    audience="everyone",
    routes=ROUTES,
)
