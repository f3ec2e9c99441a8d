"""Coded values: their words, and whether two of them mean the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bevan.fhir.codes import displays

Resource = Mapping[str, Any]
DMD, SNOMED = "https://dmd.nhs.uk", "http://snomed.info/sct"
NO_WORDS = "Not named"


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


def has(concept: Resource | None, *codes: str) -> bool:
    """Whether one of these codes is among the codings, whatever the system."""
    found = {coding.get("code") for coding in (concept or {}).get("coding") or []}
    return not found.isdisjoint(codes)


def plain_name(text: str) -> str:
    """A name without the words that only some systems use: "Allergy to X" and "X" are one."""
    lowered = re.sub(r"\b(allergy|allergic|intolerance|sensitivity)\b|\bto\b", " ", text.lower())
    return " ".join(re.findall(r"[a-z0-9%./+]+", lowered)).removesuffix("s")
