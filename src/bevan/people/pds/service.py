"""PDS over an index: read, search, update and create, values in and values out (no HTTP here).

Whoever calls has been let in before: as an application alone, or for a user of it. An application
alone reads and searches; only a user changes anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import parse_qs

from bevan.fhir import json
from bevan.fhir.nhs_number import check_digit
from bevan.kernel.clock import Clock
from bevan.people.features import features
from bevan.people.model import PROPOSE, Model
from bevan.people.pds import errors
from bevan.people.pds.errors import Fault
from bevan.people.pds.index import REDACTED, Index, confidentiality, shaped
from bevan.people.pds.searching import asked, search
from bevan.people.pds.updating import created, numbered, updated

PATH = "/Patient"
BIRTH = "$process-birth-details"
# Numbers for new records come from the end of the range that is for tests only.
_FIRST_STEM = 999_990_000
Access = Literal["application", "user"]
Answered = tuple[int, dict[str, Any], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers (lower case) and resource of an answer."""

    status: int
    headers: Mapping[str, str]
    resource: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    access: Access


class Service:
    """Answers as PDS does; what is changed lives as long as the process."""

    def __init__(self, index: Index, model: Model, clock: Clock, *, base: str) -> None:
        """`base` is the address that entries of a search are given under."""
        people = {number: numbered(each, 1) for number, each in index.people.items()}
        self._index = replace(index, people=people)
        self._model = model
        self._clock = clock
        self._base = base.rstrip("/")
        self._stem = _FIRST_STEM

    def answer(
        self,
        method: str,
        path: str,
        query: str,
        headers: Mapping[str, str],
        *,
        body: bytes = b"",
        access: Access | None = "application",
    ) -> Reply:
        """One request; `path` is below the base address, headers are in lower case.

        `access` is how the caller was let in; None for somebody who wasn't.
        """
        told = {
            name: headers[name] for name in ("x-request-id", "x-correlation-id") if name in headers
        }
        try:
            _check(headers, access)
            if access is None:
                said = "Invalid Access Token" if "authorization" in headers else None
                raise errors.access_denied(said or "Missing access token")
            call = _Call(method, path, query, headers, body, access)
            status, resource, more = self._answered(call)
        except Fault as fault:
            return Reply(fault.status, told, fault.outcome())
        return Reply(status, {**told, **more}, resource)

    def _answered(self, call: _Call) -> Answered:
        parts = call.path.strip("/").split("/")
        match (call.method, parts):
            case ("GET", ["Patient"]):
                return 200, self._found(call.query), {}
            case ("GET", ["Patient", number]):
                return _versioned(200, self._read(number))
            case ("GET", ["Patient", number, "RelatedPerson"]):
                return 200, self._related(number), {}
            case ("GET", ["Coverage"]):
                return 200, self._coverage(call.query), {}
            case ("PATCH", ["Patient", number]):
                return _versioned(200, self._update(number, call))
            case ("POST", ["Patient"] | ["Patient", "$process-birth-details"]):
                return _versioned(201, self._create(call, at_birth=parts[-1] == BIRTH))
            case (_, ["Patient" | "Coverage", *rest]) if len(rest) < 2:
                raise errors.no_method()
        raise errors.not_found()

    def _read(self, number: str) -> dict[str, Any]:
        """The record of a number, or of the one that replaced it: the id tells."""
        current = self._current(number)
        return shaped(current, self._index.people[current])

    def _current(self, number: str) -> str:
        if not _is_number(number):
            raise errors.invalid_id()
        if number in self._index.invalid:
            raise errors.invalidated()
        current = self._index.current(number)
        patient = self._index.people.get(current)
        if patient is None or confidentiality(patient) == REDACTED:
            raise errors.not_found()
        return current

    def _found(self, query: str) -> dict[str, Any]:
        found = search(self._index, self._model, asked(query))
        return self._bundle(
            [
                {
                    "fullUrl": f"{self._base}/Patient/{number}",
                    "search": {"score": score},
                    "resource": shaped(number, self._index.people[number]),
                }
                for number, score in found
            ]
        )

    def _related(self, number: str) -> dict[str, Any]:
        """Who stands close to somebody; of a restricted person that would tell where they are."""
        current = self._current(number)
        open = confidentiality(self._index.people[current]) == "U"
        url = f"{self._base}/Patient/{current}/RelatedPerson"
        people = self._index.related.get(current, ()) if open else ()
        return self._bundle(
            [{"fullUrl": f"{url}/{each['id']}", "resource": dict(each)} for each in people]
        )

    def _coverage(self, query: str) -> dict[str, Any]:
        given = parse_qs(query).get("subscriber:identifier", [])
        if len(given) != 1:
            raise errors.missing_value("Missing value - 'subscriber:identifier'")
        current = self._current(given[0])
        patient = self._index.people[current]
        found = self._index.coverage.get(current) if confidentiality(patient) == "U" else None
        url = f"{self._base}/Coverage?subscriber:identifier={current}"
        entries = [] if found is None else [{"fullUrl": url, "resource": dict(found)}]
        return {**self._bundle(entries), "meta": {"versionId": _version(patient)}}

    def _update(self, number: str, call: _Call) -> dict[str, Any]:
        current = self._current(number)
        if call.access == "application":
            raise errors.not_with_application("update")
        expected = call.headers.get("if-match")
        if expected is None:
            raise errors.no_version()
        body, patient = _decoded(call), self._index.people[current]
        if expected != f'W/"{_version(patient)}"':
            raise errors.overtaken()
        changed = updated(patient, body)
        version = int(_version(patient)) + 1
        return self._keep(current, numbered(changed, version), version)

    def _create(self, call: _Call, *, at_birth: bool) -> dict[str, Any]:
        if call.access == "application":
            raise errors.not_with_application("create")
        body = _decoded(call)
        fresh = created(_baby(body) if at_birth else body)
        self._check_new(fresh)
        number = self._next()
        return self._keep(number, numbered(fresh, 1), 1)

    def _check_new(self, patient: Mapping[str, Any]) -> None:
        known = features(patient)
        found = [
            number
            for number, each in self._index.people.items()
            if confidentiality(each) != REDACTED
            and self._model.best(known, features(each)).score >= PROPOSE
        ]
        if len(found) == 1:
            raise errors.single_match(found[0])
        if found:
            raise errors.several_matches()

    def _keep(self, number: str, patient: Mapping[str, Any], version: int) -> dict[str, Any]:
        meta = {**(patient.get("meta") or {}), "versionId": str(version)}
        people = {**self._index.people, number: {**patient, "meta": meta}}
        self._index = replace(self._index, people=people)
        return shaped(number, people[number])

    def _next(self) -> str:
        """The next number that nobody has."""
        while True:
            self._stem += 1
            stem = str(self._stem)
            digit = check_digit(stem)
            number = f"{stem}{digit}"
            if digit is not None and number not in self._index.people:
                return number

    def _bundle(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "resourceType": "Bundle",
            "type": "searchset",
            "timestamp": self._clock.now().isoformat(timespec="seconds"),
            "total": len(entries),
            **({"entry": entries} if entries else {}),
        }


def _versioned(status: int, patient: dict[str, Any]) -> Answered:
    return status, patient, {"etag": f'W/"{patient["meta"]["versionId"]}"'}


def _version(patient: Mapping[str, Any]) -> str:
    return str((patient.get("meta") or {}).get("versionId") or "1")


def _decoded(call: _Call) -> Any:
    if not call.headers.get("content-type", "application/json").startswith("application/"):
        raise errors.unsupported_service()
    try:
        return json.decode(call.body)
    except ValueError:
        raise errors.unsupported_service() from None


def _baby(body: Any) -> Any:
    """Of a notice of birth, the Patient who has no number yet."""
    entries = body.get("entry") if isinstance(body, Mapping) else None
    for each in entries if isinstance(entries, list) else ():
        found = each.get("resource") if isinstance(each, Mapping) else None
        if not isinstance(found, Mapping) or found.get("resourceType") != "Patient":
            continue
        if not found.get("identifier"):
            return found
    raise errors.missing_value("Missing value - the Patient of the child in 'entry'")


def _check(headers: Mapping[str, str], access: Access | None) -> None:
    request = headers.get("x-request-id")
    if request is None:
        raise errors.missing_value(
            "Invalid request with error - X-Request-ID header must be supplied to access this "
            "resource"
        )
    if not request:
        raise errors.invalid_value("", "header 'X-Request-ID'")
    user = headers.get("nhsd-session-urid", "" if access == "user" else None)
    if user is not None and not user.isdecimal():
        raise errors.invalid_value(user, "header 'NHSD-Session-URID'")


def _is_number(text: str) -> bool:
    """Ten digits with their check digit; PDS doesn't look at ranges."""
    digits = len(text) == 10 and text.isascii() and text.isdecimal()
    return digits and check_digit(text[:9]) == int(text[9])
