"""The addresses of connected apps."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from bevan.apps.connected.pages import allowed, allowing, opening, waiting

ROUTES: tuple[BaseRoute, ...] = (
    Route("/oauth/authorize", allowing.ask, methods=["GET"], name="authorize"),
    Route("/oauth/authorize", allowing.decide, methods=["POST"]),
    Route("/apps", allowed.list_page, methods=["GET"], name="apps"),
    Route("/apps/{grant}/take-back", allowed.take_back, methods=["POST"]),
    Route("/apps/open/{person}", opening.choose_page, methods=["GET"], name="open-app"),
    Route("/apps/open/{person}", opening.open_app, methods=["POST"]),
    Route("/apps/waiting", waiting.list_page, methods=["GET"], name="apps-waiting"),
    Route("/apps/waiting/{client}", waiting.decide, methods=["POST"]),
)
