"""A search as a tree of frozen values: what must hold, in which order, and what comes along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bevan.fhir.outcome import Issue
from bevan.fhir.parameters import Parameter
from bevan.fhir.search.values import Value

Modifier = Literal[
    "",
    "missing",
    "exact",
    "contains",
    "not",
    "text",
    "identifier",
    "of-type",
    "above",
    "below",
    "in",
    "not-in",
]
Total = Literal["none", "estimate", "accurate"]
Summary = Literal["false", "true", "text", "data", "count"]


@dataclass(frozen=True, slots=True)
class Match:
    """A parameter's own value is one of `values`; with `:missing`, has (not) any value."""

    parameter: Parameter
    modifier: Modifier
    values: tuple[Value, ...]
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """A reference leads to a resource of one of the types for which its condition holds."""

    parameter: Parameter
    branches: tuple[tuple[str, Condition], ...]


@dataclass(frozen=True, slots=True)
class Has:
    """Some resource of `type` points here by `parameter`, and the condition holds for it."""

    type: str
    parameter: Parameter
    condition: Condition


@dataclass(frozen=True, slots=True)
class Either:
    """One of these holds: the ways into a compartment, each for resources of its own type."""

    options: tuple[Match, ...]


Condition = Match | Chain | Has | Either


@dataclass(frozen=True, slots=True)
class Sort:
    """One key of the order; what has no value for it comes last either way."""

    parameter: Parameter
    descending: bool


@dataclass(frozen=True, slots=True)
class Include:
    """References to follow from matches (or, reversed, to them).

    `source` is the type that holds the reference (empty: any), `parameter` None means all of its
    references, `target` restricts the type at the other end, `iterate` follows from what was
    included as well.
    """

    source: str
    parameter: Parameter | None
    target: str
    iterate: bool
    reverse: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A whole search on `type` (None: on all types, or on `types` where `_type` names some).

    `pairs` are the names and values that were understood, in their order, for the self link;
    `ignored` says what a lenient reading left out. `count` None: the caller's page size.
    `within` is the type and id of the resource in whose compartment the search is; `explain` asks
    for the plan in the place of matches.
    """

    type: str | None
    conditions: tuple[Condition, ...] = ()
    sort: tuple[Sort, ...] = ()
    includes: tuple[Include, ...] = ()
    count: int | None = None
    total: Total | None = None
    summary: Summary = "false"
    elements: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    page: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    ignored: tuple[Issue, ...] = ()
    within: tuple[str, str] | None = None
    explain: bool = False
