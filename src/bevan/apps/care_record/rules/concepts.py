"""Coded values: their words, and whether two of them mean the same."""

from __future__ import annotations

from bevan.fhir.products import DMD, NO_WORDS, SNOMED, Resource, keys, plain_name, words

__all__ = ["DMD", "NO_WORDS", "SNOMED", "Resource", "has", "keys", "plain_name", "words"]


def has(concept: Resource | None, *codes: str) -> bool:
    """Whether one of these codes is among the codings, whatever the system."""
    found = {coding.get("code") for coding in (concept or {}).get("coding") or []}
    return not found.isdisjoint(codes)
