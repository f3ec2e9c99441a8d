"""The addresses of the front door."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from bevan.apps.home import pages

ROUTES: tuple[BaseRoute, ...] = (
    Route("/", pages.landing_page, methods=["GET"], name="home"),
    Route("/my-record", pages.own_page, methods=["GET"], name="my-record"),
    Route("/sign-in", pages.sign_in_page, methods=["GET"], name="sign-in"),
    Route("/sign-in", pages.sign_in, methods=["POST"]),
    Route("/sign-out", pages.sign_out, methods=["POST"], name="sign-out"),
)
