"""Who looked at my record: for people, about themselves."""

from bevan.apps.who_looked.routes import ROUTES
from bevan.web.app import App

app = App(
    name="who_looked",
    title="Who looked at my record",
    summary="Everybody who opened your record, when and why.",
    package="bevan.apps.who_looked",
    icon="document",
    audience="citizen",
    routes=ROUTES,
)
