"""Whose an entry is, when two records are taken apart: by what it says itself, never by guessing.

Pure. Three things speak: an identifier of the person inside the entry, another entry that it
belongs to (an encounter, a request), and the system that sent it. What speaks must all say the
same; silence or contradiction is for a clerk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Side = Literal["survivor", "merged"]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known to be of one of the two: identifiers (system, value), rows (`Type/id`) and
    the sources (`meta.source`) that wrote them."""

    identifiers: frozenset[Key]
    rows: frozenset[str]
    sources: frozenset[str]


def side(entry: Mapping[str, Any], survivor: Known, merged: Known) -> Side | None:
    """Whose record an entry belongs to; None where it takes a clerk."""
    ours = _speaks(entry, survivor, merged)
    theirs = _speaks(entry, merged, survivor)
    if ours == theirs:
        return None
    return "survivor" if ours else "merged"


def _speaks(entry: Mapping[str, Any], one: Known, other: Known) -> bool:
    """Whether anything says that the entry is of `one` and couldn't be of `other`."""
    identifiers = set(_identifiers(entry))
    rows = set(references(entry))
    source = str((entry.get("meta") or {}).get("source") or "")
    return bool(
        identifiers & (one.identifiers - other.identifiers)
        or rows & (one.rows - other.rows)
        or {source} & (one.sources - other.sources)
    )


def identifiers_of(patient: Mapping[str, Any]) -> frozenset[Key]:
    """The identifiers of a Patient, those not in use any more too."""
    return frozenset(
        (str(each.get("system", "")), str(each["value"]))
        for each in patient.get("identifier") or ()
        if each.get("value")
    )


def references(node: Any) -> Iterator[str]:
    """Every literal reference inside a resource, as it stands."""
    for each in _objects(node):
        text = each.get("reference")
        if isinstance(text, str):
            yield text


def _identifiers(entry: Mapping[str, Any]) -> Iterator[Key]:
    """The identifiers by which the entry names a person beside its reference."""
    for each in _objects(entry):
        identifier = each.get("identifier")
        text = str(each.get("reference", ""))
        person = text.startswith("Patient/") or each.get("type") == "Patient"
        if person and isinstance(identifier, Mapping) and identifier.get("value"):
            yield str(identifier.get("system", "")), str(identifier["value"])


def _objects(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        yield node
        for value in node.values():
            yield from _objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from _objects(value)
