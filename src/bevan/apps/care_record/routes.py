"""The addresses of the shared care record."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from bevan.apps.care_record.pages import (
    conflict,
    editing,
    find,
    held,
    lists,
    mistake,
    papers,
    results,
    summary,
    timeline,
)

READ = ["GET"]
BOTH = ["GET", "POST"]
ROUTES: tuple[BaseRoute, ...] = (
    Route("/record", find.find_page, methods=READ, name="find"),
    Route("/record/{patient}", summary.summary_page, methods=READ, name="summary"),
    Route("/record/{patient}/timeline", timeline.timeline_page, methods=READ),
    Route("/record/{patient}/about-me", papers.about_me_page, methods=READ),
    Route("/record/{patient}/problems", lists.problems_page, methods=READ),
    Route("/record/{patient}/medicines", lists.medicines_page, methods=READ),
    Route("/record/{patient}/allergies", lists.allergies_page, methods=READ),
    Route("/record/{patient}/results", results.results_page, methods=READ),
    Route("/record/{patient}/held", held.held_page, methods=BOTH),
    Route("/record/{patient}/results/{test}", results.result_page, methods=READ),
    Route("/record/{patient}/observations", results.observations_page, methods=READ),
    Route("/record/{patient}/vaccinations", lists.vaccinations_page, methods=READ),
    Route("/record/{patient}/procedures", lists.procedures_page, methods=READ),
    Route("/record/{patient}/care-plans", papers.care_plans_page, methods=READ),
    Route("/record/{patient}/appointments", lists.appointments_page, methods=READ),
    Route("/record/{patient}/documents", lists.documents_page, methods=READ),
    Route("/record/{patient}/documents/{id}", papers.document_page, methods=READ),
    Route("/record/{patient}/documents/{id}/files/{number:int}", papers.file_page, methods=READ),
    Route("/record/{patient}/sources", papers.sources_page, methods=READ),
    Route("/record/{patient}/details", papers.details_page, methods=READ),
    Route("/record/{patient}/add/{form}", editing.add_page, methods=BOTH),
    Route("/record/{patient}/change/{form}/{entry}", editing.change_page, methods=BOTH),
    Route("/record/{patient}/compare/{form}/{entry}", conflict.compare_page, methods=["POST"]),
    Route("/record/{patient}/settle/{form}/{entry}", conflict.settle_page, methods=BOTH),
    Route("/record/{patient}/mistake/{form}/{entry}", mistake.mistake_page, methods=BOTH),
)
