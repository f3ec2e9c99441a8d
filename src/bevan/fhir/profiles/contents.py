"""What R4 says of values in words rather than in definitions: addresses, sizes, texts."""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING

from bevan.fhir.profiles.report import Report
from bevan.fhir.profiles.spot import Spot

if TYPE_CHECKING:
    from bevan.fhir.profiles.checker import Checker

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S").match
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(#.*)?").fullmatch
_MARKUP = re.compile(r"<[A-Za-z/!?]").search
_URIS = "urn:ietf:rfc:3986"
_ADDRESSES = frozenset({"uri", "url", "canonical", "oid", "uuid"})


def check(checker: Checker, spot: Spot, report: Report) -> None:
    """Report what is wrong with a value of one of the types that have such rules."""
    if spot.type in _ADDRESSES:
        _address(spot, report)
    elif spot.type in ("string", "markdown"):
        _markup(checker, spot, report)
    elif spot.type == "Coding":
        _system(checker, spot, report)
    elif spot.type == "Identifier":
        _identifier(spot, report)
    elif spot.type == "Attachment":
        _attachment(spot, report)


def _address(spot: Spot, report: Report) -> None:
    text = spot.value
    if not isinstance(text, str):
        return
    if text.startswith("urn:uuid:") and not _UUID(text):
        report.error("value", "Not a UUID in lower case", spot.path, "RFC 4122")
    elif spot.type == "canonical" and text[:1] != "#" and not _ABSOLUTE(text):
        # A warning: many of HL7's own R4 examples do it, later versions forbid it.
        report.warning("value", "A canonical address is absolute", spot.path, "R4 canonical")


def _markup(checker: Checker, spot: Spot, report: Report) -> None:
    """R4 security: text that a careless page would take for HTML, where the caller forbids it."""
    if checker.options.no_markup and isinstance(spot.value, str) and _MARKUP(spot.value):
        report.error("value", "Text that looks like an HTML tag", spot.path, "R4 security 6.1")


def _system(checker: Checker, spot: Spot, report: Report) -> None:
    system = spot.text("system")
    if not system:
        return
    path = f"{spot.path}.system"
    if not _ABSOLUTE(system):
        report.error("value", "The address of a code system is absolute", path, "R4 Coding")
    elif checker.snapshots.library.find("ValueSet", system) is not None:
        text = "That is a value set, not a code system"
        report.error("value", text, path, "R4 Coding")
    found = checker.snapshots.library.find("CodeSystem", system)
    if found is not None and (found.get("content") == "supplement" or "supplements" in found):
        report.error("value", "That is a supplement, not a code system", path, "R4 CodeSystem")


def _identifier(spot: Spot, report: Report) -> None:
    value = spot.text("value")
    if spot.text("system") == _URIS and value and not _ABSOLUTE(value):
        report.error("value", "The value has to be a URI", f"{spot.path}.value", "R4 Identifier")


def _attachment(spot: Spot, report: Report) -> None:
    data = spot.text("data")
    size = spot.value.get("size") if data else None
    if not isinstance(size, int):
        return
    try:
        found = len(binascii.a2b_base64(data))
    except binascii.Error:
        return  # told as a fault of the value already
    if found != size:
        report.error("value", "Not the size of the data", f"{spot.path}.size", "R4 Attachment")
