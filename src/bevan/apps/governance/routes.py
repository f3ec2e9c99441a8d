"""The addresses of information governance."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from bevan.apps.governance import pages

READ = ["GET"]
BOTH = ["GET", "POST"]
ROUTES: tuple[BaseRoute, ...] = (
    Route("/governance", pages.home_page, methods=READ, name="governance"),
    Route("/governance/public", pages.public_page, methods=READ),
    Route("/governance/{register}", pages.register_page, methods=READ),
    Route("/governance/{register}/new", pages.new_page, methods=BOTH),
    Route("/governance/{register}/{number}", pages.entry_page, methods=READ),
    Route("/governance/{register}/{number}/change", pages.change_page, methods=BOTH),
    Route("/governance/{register}/{number}/decide/{step}", pages.decide_page, methods=["POST"]),
    Route("/governance/{register}/{number}/evidence", pages.evidence, methods=["POST"]),
    Route("/governance/{register}/{number}/given", pages.given_page, methods=READ),
    Route("/governance/{register}/{number}/copy", pages.copy_of_record, methods=READ),
)
