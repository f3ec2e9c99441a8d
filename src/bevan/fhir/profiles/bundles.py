"""Bundles as a whole: identities of entries, and references in documents (FHIR R4 2.36)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bevan.fhir.definitions import Definitions
from bevan.fhir.profiles.around import absolute
from bevan.fhir.profiles.report import Report
from bevan.fhir.profiles.spot import Spot

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S").match
_WITHOUT = frozenset({"transaction", "batch", "transaction-response", "batch-response"})

Entry = Mapping[str, Any]


def check(spot: Spot, definitions: Definitions, report: Report) -> None:
    """Report what is wrong between the entries of a Bundle."""
    kind = spot.text("type")
    rows = list(_entries(spot))
    for number, entry in rows:
        path = f"{spot.path}.entry[{number}]"
        _identity(kind, entry, path, definitions, report)
        if kind == "searchset" and not _identified(entry["resource"]):
            report.error("required", "What a search found has an id", f"{path}.resource.id")
    if kind in ("document", "message"):
        _references(kind, spot, rows, report)


def _entries(spot: Spot) -> Iterator[tuple[int, Entry]]:
    items = spot.value.get("entry")
    for number, entry in enumerate(items if isinstance(items, list) else ()):
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
            yield number, entry


def _identified(resource: Entry) -> bool:
    return "id" in resource or resource.get("resourceType") == "OperationOutcome"


def _identity(kind: str, entry: Entry, path: str, definitions: Definitions, report: Report) -> None:
    """A fullUrl is there, absolute, and where it is of a server it ends in the type and id."""
    full_url, resource = entry.get("fullUrl"), entry["resource"]
    if not isinstance(full_url, str):
        if kind not in _WITHOUT and resource.get("resourceType") not in (
            "Parameters", "OperationOutcome",
        ):  # fmt: skip
            report.error("required", "Every entry has a fullUrl here", path, "R4 2.36.4")
        return
    if not _ABSOLUTE(full_url):
        report.error("value", "A fullUrl is absolute", f"{path}.fullUrl", "R4 2.36.4")
    elif full_url.startswith(("http://", "https://")):
        type, _, identifier = "/".join(full_url.split("/")[-2:]).partition("/")
        wanted = (resource.get("resourceType"), resource.get("id"))
        if type in definitions.resource_types and (type, identifier) != wanted:
            text = "The fullUrl doesn't end in the type and id of the resource"
            report.error("value", text, f"{path}.fullUrl", "R4 2.36.4")


def _references(kind: str, spot: Spot, rows: list[tuple[int, Entry]], report: Report) -> None:
    """Relative references of a document are to one of its entries, and to no more than one."""
    named: dict[str, list[Any]] = {}
    for _, entry in rows:
        named.setdefault(str(entry.get("fullUrl", "")), []).append(_version(entry["resource"]))
    for number, entry in rows:
        base = str(entry.get("fullUrl", ""))
        path = f"{spot.path}.entry[{number}].resource"
        strict = kind == "document" and entry["resource"].get("resourceType") == "Composition"
        for place, text in _texts(entry["resource"], path):
            reference, _, version = text.partition("/_history/")
            url = absolute(reference, base)
            found = [each for each in named.get(url, ()) if not version or each == version]
            if len(found) > 1:
                report.error("value", "Several entries are meant", place, "R4 2.36.4.1")
            elif strict and not found and ":" not in text:
                report.error("not-found", "No entry has this resource", place, "R4 2.36.4.1")


def _version(resource: Entry) -> Any:
    meta = resource.get("meta")
    return meta.get("versionId") if isinstance(meta, dict) else None


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every reference beneath, contained ones aside, with its place."""
    if isinstance(value, dict):
        reference = value.get("reference")
        if isinstance(reference, str) and reference[:1] != "#":
            yield f"{path}.reference", reference
        for name, inner in value.items():
            if name not in ("contained", "text"):
                yield from _texts(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, f"{path}[{number}]")
