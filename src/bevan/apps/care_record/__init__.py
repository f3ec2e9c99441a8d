"""The shared care record: one person's record from every setting, read and edited safely."""

from __future__ import annotations

from bevan.apps.care_record.routes import ROUTES
from bevan.web.app import App, Link

app = App(
    name="care_record",
    title="Shared record",
    package="bevan.apps.care_record",
    summary="for clinicians and care workers",
    icon="document",
    audience="staff",
    routes=ROUTES,
    navigation=(Link("Find a person", "/record", "search"),),
    scopes=("user/*.rs", "user/*.cu"),
)
