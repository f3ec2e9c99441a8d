"""What stands under an allergy list: who said "none", contradictions, and what is missing."""

from __future__ import annotations

from bevan.apps.care_record.presenters.absence import states
from bevan.apps.care_record.rules import allergies, entries
from bevan.apps.care_record.service.chart import Chart
from bevan.web.app import Link
from bevan.web.components import State
from bevan.web.words import long_date

ADVICE = "Ask before you prescribe."


def allergy_states(chart: Chart) -> tuple[State, ...]:
    """The list is never empty without one of the three words, or somebody's own "none known"."""
    told = allergies.reconciled(chart.resources("allergies"))
    where = f"/record/{chart.id}"
    made = [_said_none(chart, one, told.conflict) for one in told.none_known[:3]]
    link = Link("Record now", f"{where}/add/allergy")
    count = len(told.groups) + len(told.none_known)
    if told.past and not count:
        count = 1
        made.append(State("missing", "None in force.", f"Only ended ones are recorded. {ADVICE}"))
    return (*made, *states(chart, ("allergies",), count, ADVICE, link))


def _said_none(chart: Chart, one: dict[str, object], conflict: bool) -> State:
    who, day = chart.senders.name(one), long_date(entries.when(one)[:10])
    if conflict:
        return State(
            "stale", "This contradicts the list:",
            f"{who} said “no known allergies” on {day}. Ask, and correct the one that is wrong.",
        )  # fmt: skip
    return State("none", "No known allergies,", f"said {who} on {day}.")
