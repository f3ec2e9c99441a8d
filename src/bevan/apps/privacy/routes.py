"""The addresses of the app."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from bevan.apps.privacy import pages

ROUTES: tuple[BaseRoute, ...] = (
    Route("/privacy", pages.cases_page, methods=["GET"], name="privacy"),
    Route("/privacy/{case}", pages.case_page, methods=["GET"], name="privacy-case"),
    Route("/privacy/{case}", pages.decide, methods=["POST"]),
)
