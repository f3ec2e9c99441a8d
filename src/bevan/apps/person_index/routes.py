"""The addresses of the person index."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from bevan.apps.person_index.pages import queue, review

ROUTES: tuple[BaseRoute, ...] = (
    Route("/identity", queue.queue_page, methods=["GET"], name="identity"),
    Route("/identity/{task}", review.review_page, methods=["GET"]),
    Route("/identity/{task}", review.decide, methods=["POST"]),
)
