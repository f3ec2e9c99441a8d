"""The port to PDS: one question at a time, over whatever makes calls for us.

`bevan.kernel.outgoing.Outgoing` is such a thing, and calls registered hosts only; in a
demonstration `Inside` asks our own service without leaving the process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from bevan.fhir import json
from bevan.kernel.errors import Unavailable
from bevan.kernel.identifiers import uuid7
from bevan.kernel.outgoing import Answer
from bevan.people.nhs_number import NhsNumber
from bevan.people.pds.service import Service

Resource = Mapping[str, Any]
_UNCLEAR = "PDS gave an answer that Bevan doesn't understand."


class Calls(Protocol):
    """Makes one HTTP call (`kernel.outgoing.Outgoing.send`)."""

    async def send(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Person:
    """What PDS says of a number: the number that stands now, and the Patient."""

    number: str
    patient: Resource


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody that a search found, with PDS's score (0 to 1)."""

    number: str
    score: float
    patient: Resource


class Pds:
    """Asks PDS."""

    def __init__(self, calls: Calls, base: str) -> None:
        """`base` is the address of its FHIR interface, without a slash at its end."""
        self._calls = calls
        self._base = base.rstrip("/")

    async def read(self, number: NhsNumber) -> Person | None:
        """Who has a number, or the one that replaced it; None when nobody has, or it was
        withdrawn. Raises Unavailable when PDS doesn't answer as it should."""
        answer = await self._calls.send(
            "GET", f"{self._base}/Patient/{number.digits}", headers=_headers()
        )
        if answer.status == 404:
            return None
        patient = _resource(answer, "Patient")
        return Person(str(patient.get("id", "")), patient)

    async def search(self, **parameters: str) -> list[Found] | None:
        """Who fits (`family`, `birthdate` and others of PDS); None when too many do."""
        query = urlencode({name.replace("__", "-"): value for name, value in parameters.items()})
        answer = await self._calls.send("GET", f"{self._base}/Patient?{query}", headers=_headers())
        bundle = _resource(answer, "Bundle", "OperationOutcome")
        if bundle["resourceType"] == "OperationOutcome":
            return None
        return [
            Found(
                str(each["resource"]["id"]),
                float((each.get("search") or {}).get("score", 0)),
                each["resource"],
            )
            for each in bundle.get("entry") or ()
        ]


class Inside:
    """Calls our own service, without a network."""

    def __init__(self, service: Service, base: str) -> None:
        self._service = service
        self._path = urlsplit(base).path.rstrip("/")

    async def send(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """As `Outgoing.send`."""
        parts = urlsplit(url)
        given = {name.lower(): value for name, value in (headers or {}).items()}
        path = parts.path.removeprefix(self._path)
        reply = self._service.answer(method, path, parts.query, given, body=body)
        return Answer(reply.status, reply.headers, json.encode(reply.resource))


def _headers() -> dict[str, str]:
    return {"X-Request-ID": uuid7(), "Accept": "application/fhir+json"}


def _resource(answer: Answer, *types: str) -> dict[str, Any]:
    if answer.status != 200:
        raise Unavailable(_UNCLEAR)
    try:
        found = json.decode(answer.body)
    except ValueError:
        raise Unavailable(_UNCLEAR) from None
    if not isinstance(found, dict) or found.get("resourceType") not in types:
        raise Unavailable(_UNCLEAR)
    return found
