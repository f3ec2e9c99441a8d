"""The addresses of the person index."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from bevan.apps.person_index.pages import (
    corrections,
    merges,
    new_identity,
    queue,
    review,
    wrong_person,
)

ROUTES: tuple[BaseRoute, ...] = (
    Route("/identity", queue.queue_page, methods=["GET"], name="identity"),
    Route("/identity/merges", merges.list_page, methods=["GET"]),
    Route("/identity/merges/{merge}", merges.merge_page, methods=["GET"]),
    Route("/identity/merges/{merge}", merges.undo, methods=["POST"]),
    Route("/identity/corrections", corrections.list_page, methods=["GET"]),
    Route("/identity/corrections/{correction}", corrections.correction_page, methods=["GET"]),
    Route("/identity/corrections/{correction}", corrections.undo, methods=["POST"]),
    Route("/identity/wrong-person", wrong_person.pick_page, methods=["GET"]),
    Route("/identity/wrong-person", wrong_person.move, methods=["POST"]),
    Route("/identity/new-identity", new_identity.form_page, methods=["GET"]),
    Route("/identity/new-identity", new_identity.give, methods=["POST"]),
    Route("/identity/{task}", review.review_page, methods=["GET"]),
    Route("/identity/{task}", review.decide, methods=["POST"]),
)
