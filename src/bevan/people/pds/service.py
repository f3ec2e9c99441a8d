"""PDS over an index: Patient read and search, values in and values out (no HTTP here)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bevan.fhir.nhs_number import check_digit
from bevan.kernel.clock import Clock
from bevan.people.model import Model
from bevan.people.pds import errors
from bevan.people.pds.errors import Fault
from bevan.people.pds.index import REDACTED, Index, confidentiality, shaped
from bevan.people.pds.searching import asked, search

PATH = "/Patient"


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers (lower case) and resource of an answer."""

    status: int
    headers: Mapping[str, str]
    resource: Mapping[str, Any]


class Service:
    """Answers as PDS does."""

    def __init__(self, index: Index, model: Model, clock: Clock, *, base: str) -> None:
        """`base` is the address that entries of a search are given under."""
        self._index = index
        self._model = model
        self._clock = clock
        self._base = base.rstrip("/")

    def answer(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> Reply:
        """One request; `path` is below the base address, headers are in lower case."""
        told = {
            name: headers[name] for name in ("x-request-id", "x-correlation-id") if name in headers
        }
        try:
            _check(headers)
            resource, more = self._answered(method, path, query)
        except Fault as fault:
            return Reply(fault.status, told, fault.outcome())
        return Reply(200, {**told, **more}, resource)

    def _answered(
        self, method: str, path: str, query: str
    ) -> tuple[dict[str, Any], dict[str, str]]:
        head, _, number = path.rstrip("/").removeprefix(PATH).partition("/")
        if not path.startswith(PATH) or head:
            raise errors.not_found()
        if method != "GET":
            raise errors.no_method()
        if not number:
            return self._found(query), {}
        patient = self._read(number)
        return patient, {"etag": f'W/"{patient["meta"]["versionId"]}"'}

    def _read(self, number: str) -> dict[str, Any]:
        """The record of a number, or of the one that replaced it: the id tells."""
        if not _is_number(number):
            raise errors.invalid_id()
        if number in self._index.invalid:
            raise errors.invalidated()
        current = self._index.current(number)
        patient = self._index.people.get(current)
        if patient is None or confidentiality(patient) == REDACTED:
            raise errors.not_found()
        return shaped(current, patient)

    def _found(self, query: str) -> dict[str, Any]:
        found = search(self._index, self._model, asked(query))
        entries = [
            {
                "fullUrl": f"{self._base}/Patient/{number}",
                "search": {"score": score},
                "resource": shaped(number, self._index.people[number]),
            }
            for number, score in found
        ]
        return {
            "resourceType": "Bundle",
            "type": "searchset",
            "timestamp": self._clock.now().isoformat(timespec="seconds"),
            "total": len(entries),
            **({"entry": entries} if entries else {}),
        }


def _check(headers: Mapping[str, str]) -> None:
    request = headers.get("x-request-id")
    if request is None:
        raise errors.missing_value(
            "Invalid request with error - X-Request-ID header must be supplied to access this "
            "resource"
        )
    if not request:
        raise errors.invalid_value("", "header 'X-Request-ID'")
    user = headers.get("nhsd-session-urid")
    if user is not None and not user.isdecimal():
        raise errors.invalid_value(user, "header 'NHSD-Session-URID'")


def _is_number(text: str) -> bool:
    """Ten digits with their check digit; PDS doesn't look at ranges."""
    digits = len(text) == 10 and text.isascii() and text.isdecimal()
    return digits and check_digit(text[:9]) == int(text[9])
