"""Why a list of allergies or medicines is empty: no reader may take "not told" for "none".

To whoever may see the person such a list never comes empty without one of three words: something
is withheld, a source could not be shown, or none recorded. Somebody who isn't there for the reader
has none of them, whether or not they exist.
"""

from __future__ import annotations

from asyncpg import Record

from bevan.fhir.outcome import Issue
from bevan.record.scope import Scope
from bevan.record.search.arguments import Arguments
from bevan.record.search.plan import Plan
from bevan.record.search.source import Source
from bevan.record.visibility import allowed

LISTS = frozenset(
    {
        "AllergyIntolerance",
        "MedicationAdministration",
        "MedicationDispense",
        "MedicationRequest",
        "MedicationStatement",
    }
)
# FHIR R4 issue-type: "incomplete" is for data sources that could not be reached.
NONE = Issue("information", "informational", "", "None recorded.")


async def reasons(source: Source, scope: Scope, plan: Plan) -> tuple[Issue, ...]:
    """The words for an empty list from which nothing is withheld; nothing for other searches."""
    if plan.type not in LISTS or plan.person is None:
        return ()
    arguments = Arguments()
    person = arguments.bind(plan.person, "uuid")
    seen = allowed(scope, person, arguments.bind) or "true"
    # The one row says that the person is there; its columns, what doesn't answer.
    sql = (
        "select s.name, s.heard, s.failed is not null as failed from (select) one"
        " left join source s on s.failed is not null"
        " where exists (select from resource p where p.type = 'Patient'"
        f" and p.patient = {person} and not p.deleted) and {seen} order by s.name"
    )
    rows = await source.fetch(sql, arguments, bound=True)
    failed = tuple(_failed(row) for row in rows if row["failed"])
    return failed or ((NONE,) if rows else ())


def _failed(row: Record) -> Issue:
    heard = f", last heard {row['heard'].isoformat()}" if row["heard"] else ", never heard"
    name = row["name"] or "A source"
    return Issue("warning", "incomplete", "", f"{name} could not be shown{heard}.")
