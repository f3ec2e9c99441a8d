"""The list of sections beside every page of a record."""

from __future__ import annotations

from dataclasses import dataclass

from bevan.apps.care_record.presenters import lists
from bevan.apps.care_record.rules import allergies
from bevan.apps.care_record.service.chart import Chart


@dataclass(frozen=True)
class Item:
    """A section: where it is, and how many entries it holds (empty where nobody counts)."""

    label: str
    href: str
    count: str = ""
    here: bool = False


@dataclass(frozen=True)
class Group:
    """Sections under a heading."""

    title: str
    items: tuple[Item, ...]


def sections(chart: Chart, here: str) -> tuple[Group, ...]:
    """The groups in the order of the design; ``here`` is the section being shown."""
    told = allergies.reconciled(chart.resources("allergies"))
    plans = [p for p in chart.resources("plans") if p.get("status") in ("active", "on-hold")]
    counts = {
        "problems": len(lists.problems(chart)),
        "medicines": len(lists.medicine_list(chart).current),
        "allergies": len(told.groups),
        "care-plans": len(plans),
        **chart.counts,
    }
    return tuple(
        Group(title, tuple(_item(chart, name, label, counts, here) for name, label in items))
        for title, items in LISTED
    )


LISTED = (
    ("", (("", "Summary"), ("timeline", "Timeline"), ("about-me", "About Me"))),
    ("Clinical", (("problems", "Problems"), ("medicines", "Medicines"),
                  ("allergies", "Allergies"), ("results", "Results"),
                  ("observations", "Observations"), ("vaccinations", "Vaccinations"),
                  ("procedures", "Procedures"))),
    ("Plans and contacts", (("care-plans", "Care plans"), ("appointments", "Appointments"),
                            ("documents", "Letters and documents"))),
    ("This record", (("sources", "Where it comes from"), ("details", "Details and contacts"))),
)  # fmt: skip


def _item(chart: Chart, name: str, label: str, counts: dict[str, int], here: str) -> Item:
    href = f"/record/{chart.id}" + (f"/{name}" if name else "")
    count = f"{counts[name]:,}" if name in counts else ""
    return Item(label, href, count, name == here)
