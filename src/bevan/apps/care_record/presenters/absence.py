"""The states of a list, in the words of the design: never an empty box."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bevan.apps.care_record.rules import entries
from bevan.apps.care_record.rules.absence import absence
from bevan.apps.care_record.service.chart import Chart
from bevan.web.app import Link
from bevan.web.components import State
from bevan.web.words import LONDON, near_date

HELD = State("held", "Something is withheld", "by the team that wrote it. It isn't counted above.")
HELD_IN_TIME = State(
    "held", "Something is withheld from this timeline",
    "by the team that wrote it. What it is, and when it was, are withheld too.",
)  # fmt: skip
NOBODY = "No source has sent any."


def states(
    chart: Chart,
    names: Iterable[str],
    count: int,
    advice: str = "",
    link: Link | None = None,
    held: State = HELD,
) -> tuple[State, ...]:
    """Why a list made of these searches is short or empty; nothing when it is whole and filled."""
    listed = tuple(names)
    used = [entries.source(one) for name in listed for one in chart.resources(name)]
    told = absence(count, chart.withheld(*listed), chart.senders, used, chart.now)
    made = [held] if told.withheld else []
    if told.none:
        made.append(State("missing", "Not recorded.", f"{NOBODY} {advice}".strip(), link))
    made += [_failed(chart, sender.name, sender.heard) for sender in told.failed]
    made += [
        State(
            "stale", f"{sender.name} may be out of date.", f"Last heard {_at(chart, sender.heard)}."
        )
        for sender in told.late
    ]
    return tuple(made)


def _failed(chart: Chart, name: str, heard: datetime | None) -> State:
    last = f" Last heard {_at(chart, heard)}." if heard else ""
    return State(
        "failed", f"{name} could not be shown.", f"It isn't answering.{last} This isn't “none”."
    )


def _at(chart: Chart, heard: datetime | None) -> str:
    if heard is None:
        return "never"
    local = heard.astimezone(LONDON)
    if local.date() == chart.today:
        return f"{local:%H:%M}"
    return near_date(local.isoformat(), chart.today)
