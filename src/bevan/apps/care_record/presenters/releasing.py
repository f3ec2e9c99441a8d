"""Held results as a list to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bevan.apps.care_record.presenters.absence import HELD
from bevan.apps.care_record.rules import entries
from bevan.apps.care_record.rules.concepts import words
from bevan.apps.care_record.service.chart import Chart
from bevan.apps.care_record.service.releasing import HeldResults, key
from bevan.web.components import State
from bevan.web.words import amount, short_date

EMPTY = State("none", "No result is held.", "The patient sees every result that is here.")


@dataclass(frozen=True, slots=True)
class Held:
    """One held result: what a form sends back, its name and value, from whom, and when."""

    key: str
    name: str
    value: str
    source: str
    date: str


def rows(chart: Chart, results: Sequence[dict[str, Any]]) -> tuple[Held, ...]:
    """Results in the order they came in."""
    return tuple(
        Held(
            key(one), words(one.get("code")), _value(one), chart.senders.name(one),
            short_date(entries.when(one)),
        )
        for one in results
    )  # fmt: skip


def states_of(chart: Chart, found: HeldResults) -> tuple[State, ...]:
    """Why nothing is listed, or not all: never an empty box."""
    made = [HELD] if found.withheld else []
    failed = [
        State("failed", f"{one.name} could not be shown.", "It isn't answering. This isn't “none”.")
        for one in chart.senders.failed
    ]
    if not (found.waiting or found.unfinished or made or failed):
        return (EMPTY,)
    return (*made, *failed)


def _value(resource: dict[str, Any]) -> str:
    quantity = resource.get("valueQuantity") or {}
    if "value" in quantity:
        text = quantity.get("comparator", "") + amount(quantity["value"])
        return f"{text} {quantity.get('unit', '')}".strip()
    if "valueString" in resource:
        return str(resource["valueString"])
    if "valueCodeableConcept" in resource:
        return words(resource["valueCodeableConcept"])
    return str(resource.get("conclusion", ""))
