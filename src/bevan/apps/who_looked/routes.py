"""The addresses of the app."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from bevan.apps.who_looked import pages

ROUTES: tuple[BaseRoute, ...] = (
    Route("/my-record/who-looked", pages.who_looked, methods=["GET"], name="who-looked"),
)
