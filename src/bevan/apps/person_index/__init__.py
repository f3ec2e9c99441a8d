"""The person index for clerks: are these two records of one person, and whose is this entry?"""

from __future__ import annotations

from bevan.apps.person_index.routes import ROUTES
from bevan.web.app import App, Link

app = App(
    name="person_index",
    title="Person index",
    package="bevan.apps.person_index",
    summary="for data quality clerks",
    icon="person",
    audience="staff",
    routes=ROUTES,
    navigation=(Link("Records to look at", "/identity", "person"),),
)
