"""The addresses of the access pages."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from bevan.apps.access.pages import (
    caring,
    choices,
    claims,
    emergency,
    rulebook,
    simulation,
    taking,
    why,
)

ROUTES: tuple[BaseRoute, ...] = (
    Route("/access/rules", rulebook.rules_page, methods=["GET"], name="rules"),
    Route("/access/emergency", emergency.emergency_page, methods=["GET"], name="emergency"),
    Route("/access/emergency", emergency.open_record, methods=["POST"]),
    Route("/access/claims", claims.claims_page, methods=["GET"], name="claims"),
    Route("/access/claims/{claim}", claims.claim_page, methods=["GET"]),
    Route("/access/claims/{claim}", claims.review, methods=["POST"]),
    Route("/my-record/choices", choices.choices_page, methods=["GET"], name="choices"),
    Route("/my-record/choices/{kind}", choices.choice_page, methods=["GET"]),
    Route("/my-record/choices/{kind}", choices.choose, methods=["POST"]),
    Route("/my-record/choices/{kind}/kept", choices.kept_page, methods=["GET"]),
    Route("/access/links", caring.links_page, methods=["GET"], name="own-links"),
    Route("/access/links", caring.claim, methods=["POST"]),
    Route("/access/links/{claim}/end", caring.end, methods=["POST"]),
    Route("/access/choices", taking.taking_page, methods=["GET"], name="taking-choices"),
    Route("/access/choices", taking.take_down, methods=["POST"]),
    Route("/access/why", why.why_page, methods=["GET"], name="why"),
    Route("/access/simulation", simulation.simulation_page, methods=["GET"], name="simulation"),
    Route("/access/simulation", simulation.simulate, methods=["POST"]),
)
