"""Whether entries of several systems mean one product: by a code in common, or by their plain name.

Pure. For every list that shows people a medicine once, however many systems sent it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bevan.fhir.codes import displays

Resource = Mapping[str, Any]
DMD, SNOMED = "https://dmd.nhs.uk", "http://snomed.info/sct"
NO_WORDS = "Not named"
_NUMBERS = {
    "one": "1", "once": "1", "two": "2", "twice": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8",
}  # fmt: skip


def grouped(resources: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """MedicationRequests and MedicationStatements by product, groups and members in their order."""
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


def words(concept: Resource | None) -> str:
    """What the person who recorded it chose to call it, else the code's display, else the code."""
    if not concept:
        return NO_WORDS
    codings = concept.get("coding") or []
    chosen = sorted(codings, key=lambda coding: not coding.get("userSelected", False))
    spoken = (coding.get("display") or _display(coding) or coding.get("code") for coding in chosen)
    return concept.get("text") or next((text for text in spoken if text), NO_WORDS)


def _display(coding: Resource) -> str:
    return displays().get((coding.get("system", ""), coding.get("code", "")), "")


def keys(concept: Resource | None) -> frozenset[str]:
    """Codes as comparable texts; dm+d identifiers are SNOMED CT ones, so both count as one."""
    return frozenset(_keys(concept or {}))


def _keys(concept: Resource) -> Iterator[str]:
    for coding in concept.get("coding") or []:
        system, code = coding.get("system", ""), coding.get("code", "")
        if code:
            yield f"{SNOMED if system == DMD else system}|{code}"


def plain_name(text: str) -> str:
    """A name without the words that only some systems use: "Allergy to X" and "X" are one."""
    lowered = re.sub(r"\b(allergy|allergic|intolerance|sensitivity)\b|\bto\b", " ", text.lower())
    return " ".join(re.findall(r"[a-z0-9%./+]+", lowered)).removesuffix("s")


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
    spoken = (_NUMBERS.get(word, word) for word in found)
    return tuple(sorted(word for word in spoken if word[0].isdecimal()))
