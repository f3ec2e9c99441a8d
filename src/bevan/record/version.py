"""A version of a resource: what the record hands out, and how it is stamped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bevan.record.scope import Actor

# Provenance of a version, made from its columns, has an id of this shape: nobody can write there.
DERIVED = re.compile(r"v\.([1-9]\d{0,17})\.([1-9]\d{0,8})", re.ASCII)
_STAMPED = frozenset({"resourceType", "id", "meta"})


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one resource.

    ``content`` is the JSON as stored, with ``id``, ``meta.versionId`` and ``meta.lastUpdated``;
    empty for a deletion. ``agent`` made this version, ``source`` is its ``meta.source``.
    """

    type: str
    id: str
    version: int
    last_updated: datetime
    deleted: bool
    content: bytes
    agent: Actor
    source: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What a write came to: the version that stands now, whether the resource is new, and whether
    anything changed (a write of the same content makes no version)."""

    version: Version
    created: bool
    changed: bool


def moment(at: datetime) -> datetime:
    """The time cut to milliseconds, as ``meta.lastUpdated`` and the row carry it."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def instant(at: datetime) -> str:
    """A FHIR instant in UTC with milliseconds (R4 2.24.0.1)."""
    return at.isoformat(timespec="milliseconds")[:23] + "Z"


def stamp(resource: Mapping[str, Any], id: str, version: int, at: datetime) -> dict[str, Any]:
    """The resource as it is stored: ``resourceType``, ``id``, ``meta`` first, then as it came.

    ``at`` is aware UTC. The version and time that came with the resource are overwritten
    (FHIR R4 3.1.0.7: the server ignores them).
    """
    meta = {
        **(resource.get("meta") or {}),
        "versionId": str(version),
        "lastUpdated": instant(at),
    }
    return {
        "resourceType": resource["resourceType"],
        "id": id,
        "meta": meta,
        **{key: value for key, value in resource.items() if key not in _STAMPED},
    }


def same(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    """Whether two resources say the same, version and time aside.

    Numbers are compared as they are written, since 72.5 and 72.50 are different values in FHIR
    (R4 2.24.0.1, decimal); the order of keys doesn't matter.
    """
    return _equal(_bare(left), _bare(right))


def _bare(resource: Mapping[str, Any]) -> dict[str, Any]:
    meta = {
        key: value
        for key, value in (resource.get("meta") or {}).items()
        if key not in ("versionId", "lastUpdated")
    }
    rest = {key: value for key, value in resource.items() if key != "meta"}
    return {**rest, "meta": meta} if meta else rest


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and left.keys() == right.keys()
            and all(_equal(value, right[key]) for key, value in left.items())
        )
    if isinstance(left, list):
        return isinstance(right, list) and len(left) == len(right) and all(map(_equal, left, right))
    if isinstance(left, str) or isinstance(right, str):
        return bool(left == right)
    return str(left) == str(right)
