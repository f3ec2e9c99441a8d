"""Free words and codes: a suggestion that was taken carries its code, own words carry none."""

from __future__ import annotations

from functools import cache
from typing import Any

from bevan.fhir.codes import of_kind


@cache
def suggestions(kind: str) -> tuple[tuple[str, str], ...]:
    """(words, words) of every code of a kind, in the order of the alphabet."""
    shown = sorted({one.display for one in of_kind(kind)}, key=str.lower)
    return tuple((display, display) for display in shown)


def chosen(kind: str, text: str) -> dict[str, Any]:
    """The CodeableConcept for what was written; equal to a suggestion, case aside, is coded."""
    for one in of_kind(kind):
        if one.display.lower() == text.strip().lower():
            return one.concept(text.strip())
    return {"text": text.strip()}
