"""The addresses of the access pages."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from bevan.apps.access.pages import claims, emergency, rulebook, simulation, why

ROUTES: tuple[BaseRoute, ...] = (
    Route("/access/rules", rulebook.rules_page, methods=["GET"], name="rules"),
    Route("/access/emergency", emergency.emergency_page, methods=["GET"], name="emergency"),
    Route("/access/emergency", emergency.open_record, methods=["POST"]),
    Route("/access/claims", claims.claims_page, methods=["GET"], name="claims"),
    Route("/access/claims/{claim}", claims.claim_page, methods=["GET"]),
    Route("/access/claims/{claim}", claims.review, methods=["POST"]),
    Route("/access/why", why.why_page, methods=["GET"], name="why"),
    Route("/access/simulation", simulation.simulation_page, methods=["GET"], name="simulation"),
    Route("/access/simulation", simulation.simulate, methods=["POST"]),
)
