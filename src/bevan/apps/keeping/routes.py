"""The addresses of keeping records."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from bevan.apps.keeping import pages

ROUTES: tuple[BaseRoute, ...] = (
    Route("/keeping", pages.home_page, methods=["GET"], name="keeping"),
    Route("/keeping/holds", pages.hold_everybody, methods=["POST"]),
    Route("/keeping/holds/{hold}", pages.lift, methods=["POST"]),
    Route("/keeping/records/{person}", pages.record_page, methods=["GET"]),
    Route("/keeping/records/{person}/hold", pages.hold, methods=["POST"]),
    Route("/keeping/records/{person}/ask", pages.ask, methods=["POST"]),
    Route("/keeping/disposals/{disposal}", pages.disposal_page, methods=["GET"]),
    Route("/keeping/disposals/{disposal}/{step}", pages.settle, methods=["POST"]),
)
