"""One medicines list out of several systems' lists: what is taken now, what was stopped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bevan.apps.care_record.rules import entries
from bevan.fhir.products import Resource, dosage, doses, figures, grouped, name, product_keys
from bevan.web.words import day_of

__all__ = [
    "Medicine", "MedicineList", "dosage", "doses", "ends", "figures", "is_new", "name",
    "product_keys", "reconciled", "runs", "starts", "stopped_lately",
]  # fmt: skip

RUNNING = frozenset({"active", "on-hold", "intended"})
NEW_FOR, RECENT = timedelta(days=14), timedelta(days=183)


@dataclass(frozen=True)
class Medicine:
    """One product: the newest entry speaks, earlier and other systems' entries stand under it."""

    chief: dict[str, Any]
    others: tuple[dict[str, Any], ...] = ()

    @property
    def doses_differ(self) -> bool:
        """Whether running entries give other numbers: other wording alone is no difference."""
        running = (one for one in (self.chief, *self.others) if one["status"] in RUNNING)
        return len({figures(dosage(one)) for one in running if dosage(one)}) > 1


@dataclass(frozen=True)
class MedicineList:
    """What is taken now, and what ended."""

    current: tuple[Medicine, ...]
    past: tuple[Medicine, ...]


def reconciled(resources: Iterable[dict[str, Any]], today: date) -> MedicineList:
    """The list from MedicationRequest and MedicationStatement, entered in error left out.

    A product counts as current while any system's entry for it runs. Plans and proposals aren't
    medicines that somebody takes.
    """
    told = [one for one in entries.counted(resources) if _taken(one)]
    products = grouped(entries.newest(told))
    current = [_medicine(group, today) for group in products if any(runs(m, today) for m in group)]
    past = [Medicine(g[0], tuple(g[1:])) for g in products if not any(runs(m, today) for m in g)]
    return MedicineList(tuple(current), tuple(past))


def _taken(resource: Resource) -> bool:
    return resource.get("intent") not in ("proposal", "plan") and "status" in resource


def _medicine(members: list[dict[str, Any]], today: date) -> Medicine:
    first, *rest = sorted(members, key=lambda one: not runs(one, today))
    return Medicine(first, tuple(one for one in rest if runs(one, today)))


def runs(resource: Resource, today: date) -> bool:
    """Active and not past its last day."""
    last = day_of(ends(resource))
    return resource.get("status") in RUNNING and (last is None or last >= today)


def ends(resource: Resource) -> str:
    """The last day that was set, if any."""
    paths = ("effectivePeriod.end", "dispenseRequest.validityPeriod.end")
    bounds = (
        entries.at(dose.get("timing") or {}, "repeat.boundsPeriod.end") for dose in doses(resource)
    )
    return next((t for t in (*bounds, *(entries.at(resource, p) for p in paths)) if t), "")


def starts(resource: Resource) -> str:
    """The first day."""
    return entries.at(resource, "effectivePeriod.start") or entries.when(resource)


def is_new(resource: Resource, today: date) -> bool:
    """Begun within the last two weeks."""
    first = day_of(starts(resource))
    return first is not None and timedelta(0) <= today - first <= NEW_FOR


def stopped_lately(medicine: Medicine, today: date) -> bool:
    """Ended within about six months."""
    last = day_of(ends(medicine.chief)) or day_of(entries.when(medicine.chief))
    return last is not None and timedelta(0) <= today - last <= RECENT
