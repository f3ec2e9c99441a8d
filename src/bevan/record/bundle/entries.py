"""The entries of a batch or transaction as typed values, faults named by their place."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bevan.fhir.json import Malformed, decode
from bevan.fhir.outcome import Issue
from bevan.record.errors import Invalid, TooCostly

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

MOST = 10_000
PATCH_TYPE = "application/json-patch+json"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)
# No version has more digits: a longer number couldn't even be asked for.
_VERSION = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_ETAG = re.compile(r'(?:W/)?"?([1-9]\d{0,9})"?', re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: what is asked of which resource.

    ``id`` is empty where the URL has none; ``query`` is ``None`` where it has no ``?``.
    ``operations`` is the JSON Patch of a PATCH. ``url`` is relative to the server.
    """

    place: int
    full_url: str
    method: Method
    url: str
    type: str
    id: str
    version: int | None
    query: str | None
    if_match: int | None
    if_none_match: bool
    if_none_exist: str | None
    resource: dict[str, Any] | None
    operations: tuple[dict[str, Any], ...] = ()

    @property
    def writes(self) -> bool:
        """Whether the entry changes anything."""
        return self.method not in ("GET", "HEAD")

    @property
    def condition(self) -> tuple[str, str] | None:
        """(type, query) that selects what is written."""
        if self.method == "POST":
            return (self.type, self.if_none_exist) if self.if_none_exist else None
        return (self.type, self.query) if self.writes and self.query is not None else None


def read(bundle: Mapping[str, Any], base: str = "") -> list[Entry]:
    """All entries. ``base`` is this server's address. Raises ``Invalid`` (400), ``TooCostly``."""
    entries = bundle.get("entry") or []
    if not isinstance(entries, list):
        raise Invalid(
            [Issue("error", "structure", "Bundle.entry", "The entries are no list.")], 400
        )
    if len(entries) > MOST:
        raise TooCostly(f"A Bundle may carry at most {MOST} entries; this has {len(entries)}.")
    issues: list[Issue] = []
    found = []
    for place, entry in enumerate(entries):
        try:
            found.append(_read(place, entry, base))
        except _Fault as fault:
            issues.append(Issue("error", "invalid", f"Bundle.entry[{place}]{fault}", fault.text))
    if issues:
        raise Invalid(issues, 400)
    return found


class _Fault(Exception):
    def __init__(self, path: str, text: str) -> None:
        super().__init__(path)
        self.text = text


def _read(place: int, entry: Any, base: str) -> Entry:
    if not isinstance(entry, dict):
        raise _Fault("", "An entry is an object.")
    request = entry.get("request")
    if not isinstance(request, dict):
        raise _Fault(".request", "Every entry of a batch or transaction needs a request.")
    method = request.get("method")
    if method not in _METHODS:
        raise _Fault(".request.method", "The method is none that R4 knows.")
    type, id, version, query, url = _target(request.get("url"), base)
    resource = entry.get("resource")
    operations = _operations(resource) if method == "PATCH" else ()
    made = Entry(
        place,
        str(entry.get("fullUrl") or ""),
        method,
        url,
        type,
        id,
        version,
        query,
        _match(request.get("ifMatch")),
        request.get("ifNoneMatch") == "*",
        _condition(request.get("ifNoneExist")),
        resource if isinstance(resource, dict) and method in ("POST", "PUT") else None,
        operations,
    )
    _check(made)
    return made


def _check(entry: Entry) -> None:
    if not entry.writes:
        return
    if not _TYPE.fullmatch(entry.type) or (entry.id and not _ID.fullmatch(entry.id)):
        raise _Fault(".request.url", "The URL names no type of resource, or no possible id.")
    if entry.method == "POST" and entry.id:
        raise _Fault(".request.url", "A POST goes to a type, not to a resource.")
    if entry.method != "POST" and not entry.id and not entry.query:
        raise _Fault(".request.url", f"A {entry.method} needs an id or a condition.")
    if entry.method in ("POST", "PUT"):
        if entry.resource is None:
            raise _Fault(".resource", f"A {entry.method} needs a resource.")
        if entry.resource.get("resourceType") != entry.type:
            raise _Fault(".resource", "The resource isn't of the type that the URL names.")
        if entry.method == "PUT" and entry.id and entry.resource.get("id") != entry.id:
            raise _Fault(".resource.id", "The resource's id isn't the one that the URL names.")


def _target(url: Any, base: str) -> tuple[str, str, int | None, str | None, str]:
    if not isinstance(url, str) or not url:
        raise _Fault(".request.url", "Every request needs a URL.")
    if base and url.startswith(base + "/"):
        url = url[len(base) :]
    url = url.lstrip("/")
    path, mark, query = url.partition("?")
    parts = path.split("/")
    version = None
    if len(parts) == 4 and parts[2] == "_history" and _VERSION.fullmatch(parts[3]):
        version = int(parts[3])
        parts = parts[:2]
    if len(parts) > 2:
        return "", "", None, query if mark else None, url
    return parts[0], parts[1] if len(parts) == 2 else "", version, query if mark else None, url


def _condition(text: Any) -> str | None:
    if text is not None and not isinstance(text, str):
        raise _Fault(".request.ifNoneExist", "A condition is a string.")
    return text or None


def _match(text: Any) -> int | None:
    if text is None:
        return None
    match = _ETAG.fullmatch(str(text).strip())
    if match is None:
        raise _Fault(".request.ifMatch", "This is no version of this server.")
    return int(match[1])


def _operations(resource: Any) -> tuple[dict[str, Any], ...]:
    """A JSON Patch travels in a Binary (FHIR R4 3.1.0.11.1)."""
    fits = isinstance(resource, dict) and resource.get("resourceType") == "Binary"
    if not fits or resource.get("contentType") != PATCH_TYPE:
        raise _Fault(".resource", f"A PATCH needs a Binary of type {PATCH_TYPE}.")
    try:
        operations = decode(b64decode(str(resource.get("data", "")), validate=True))
    except (ValueError, Malformed):
        operations = None
    if not isinstance(operations, list) or not all(isinstance(one, dict) for one in operations):
        raise _Fault(".resource.data", "The data is no JSON Patch.")
    return tuple(operations)
