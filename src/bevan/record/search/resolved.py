"""Conditions after their chains were followed: all that is left concerns the row itself."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from bevan.fhir.parameters import Parameter
from bevan.fhir.search.query import Either, Match


@dataclass(frozen=True, slots=True)
class Linked:
    """The reference `parameter` leads to one of `references` (`Type/id`).

    `people` are the compartments of these if all of them are Patients that the scope may see.
    """

    parameter: Parameter
    references: frozenset[str]
    people: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Identified:
    """The row is one of these: something was found that points to it."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """The row's person is that of some visible row of `type` for which `conditions` hold.

    `parameter` is the reference by which the row itself must name that person; None when the row
    is the Patient.
    """

    type: str
    conditions: tuple[Resolved, ...]
    parameter: Parameter | None


Resolved = Match | Either | Linked | Identified | Within
