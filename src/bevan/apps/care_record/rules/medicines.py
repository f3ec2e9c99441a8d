"""One medicines list out of several systems' lists: what is taken now, what was stopped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bevan.apps.care_record.rules import entries
from bevan.apps.care_record.rules.concepts import Resource, keys, plain_name, words
from bevan.web.words import day_of

RUNNING = frozenset({"active", "on-hold", "intended"})
NEW_FOR, RECENT = timedelta(days=14), timedelta(days=183)
NUMBERS = {
    "one": "1", "once": "1", "two": "2", "twice": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8",
}  # fmt: skip


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
    products = _products(entries.newest(told))
    current = [_medicine(group, today) for group in products if any(runs(m, today) for m in group)]
    past = [Medicine(g[0], tuple(g[1:])) for g in products if not any(runs(m, today) for m in g)]
    return MedicineList(tuple(current), tuple(past))


def _taken(resource: Resource) -> bool:
    return resource.get("intent") not in ("proposal", "plan") and "status" in resource


def _products(resources: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    groups: list[tuple[set[str], list[dict[str, Any]]]] = []
    for resource in resources:
        names = product_keys(resource)
        found = next((group for group in groups if not group[0].isdisjoint(names)), None)
        if found is None:
            groups.append((set(names), [resource]))
        else:
            found[0].update(names)
            found[1].append(resource)
    return [members for _, members in groups]


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


def doses(resource: Resource) -> list[dict[str, Any]]:
    """The dosage instructions, by either type's name for them."""
    found: list[dict[str, Any]] = resource.get("dosageInstruction") or resource.get("dosage") or []
    return found


def dosage(resource: Resource) -> str:
    """How to take it, in the prescriber's own words."""
    return "; ".join(
        dose.get("text") or dose.get("patientInstruction", "") for dose in doses(resource)
    )


def figures(text: str) -> tuple[str, ...]:
    """The numbers in a dosage, however written: "Two puffs when needed" → ("2",)."""
    found = re.findall(r"\d+(?:\.\d+)?|[a-z]+", text.lower())
    spoken = (NUMBERS.get(word, word) for word in found)
    return tuple(sorted(word for word in spoken if word[0].isdecimal()))


def product_keys(resource: Resource) -> frozenset[str]:
    """What identifies the product: codes, or its plain name."""
    concept = resource.get("medicationCodeableConcept")
    return keys(concept) | {plain_name(name(resource))}


def name(resource: Resource) -> str:
    """What the medicine is called."""
    if concept := resource.get("medicationCodeableConcept"):
        return words(concept)
    display: str = (resource.get("medicationReference") or {}).get("display", "")
    return display or "Medicine not named"


def is_new(resource: Resource, today: date) -> bool:
    """Begun within the last two weeks."""
    first = day_of(starts(resource))
    return first is not None and timedelta(0) <= today - first <= NEW_FOR


def stopped_lately(medicine: Medicine, today: date) -> bool:
    """Ended within about six months."""
    last = day_of(ends(medicine.chief)) or day_of(entries.when(medicine.chief))
    return last is not None and timedelta(0) <= today - last <= RECENT
