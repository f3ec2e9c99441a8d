"""One entry of the audit as a FHIR AuditEvent (R4 6.4), in the shape of IHE's basic audit patterns.

The id says where to find the entry again and holds a digest of it. An entry that was changed
afterwards has another id.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

Json = dict[str, Any]
EVENT: Final = "https://bevan.example/fhir/CodeSystem/audit-event"
ACTIONS: Final[Mapping[str, str]] = {
    "c": "C", "u": "U", "p": "U", "d": "D", "r": "R", "v": "R", "s": "E", "h": "E", "f": "R",
    "i": "C", "n": "E",
}  # fmt: skip
OUTCOMES: Final[Mapping[str, str]] = {"+": "0", "-": "4", "!": "8"}
_TYPE = "http://terminology.hl7.org/CodeSystem/audit-event-type"
_INTERACTION = "http://hl7.org/fhir/restful-interaction"
_INTERACTIONS = {
    "c": "create", "u": "update", "p": "patch", "d": "delete", "r": "read", "v": "vread",
    "s": "search", "h": "history",
}  # fmt: skip
_OURS = {"f": "feed", "i": "import"}
_WHO = {"practitioner": "Practitioner", "patient": "Patient"}
_RECORD = "https://bevan.example/fhir/Id/record"
_REQUEST = "https://bevan.example/fhir/Id/request"
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Sight:
    """How much of an entry a reader is told. ``all`` for who oversees; a person is told the role,
    and the organisation where ``places`` are, but no name and nothing that was searched for."""

    all: bool
    places: bool = True


def id_of(row: Any) -> str:
    """`a.ACTOR.MICROSECONDS.DIGEST`."""
    micros = (row["at"] - _ZERO) // timedelta(microseconds=1)
    said = [row[name] for name in ("why", "version", "entries", "action", "outcome", "request")]
    said += [str(row["patient"]), row["type"], row["id"], row["query"]]
    digest = hashlib.sha256(_ENCODER.encode([micros, row["agent"], *said])).hexdigest()[:16]
    return f"a.{row['agent']}.{micros}.{digest}"


def place_of(id: str) -> tuple[int, datetime] | None:
    """The actor's number and the moment that an id names; None for an id of something else."""
    parts = id.split(".")
    if len(parts) != 4 or parts[0] != "a" or not all(one.isascii() for one in parts):
        return None
    if not (parts[1].isdigit() and parts[2].isdigit() and len(parts[1]) < 10 > len(parts[2]) - 8):
        return None
    if int(parts[1]) >= 2**31:
        return None
    return int(parts[1]), _ZERO + timedelta(microseconds=int(parts[2]))


def event(row: Any, sight: Sight) -> Json:
    """The entry as an AuditEvent."""
    return {
        "resourceType": "AuditEvent",
        "id": id_of(row),
        **_kind(row),
        "action": ACTIONS[row["action"]],
        "recorded": row["at"].astimezone(UTC).isoformat(timespec="milliseconds"),
        "outcome": OUTCOMES[row["outcome"]],
        "purposeOfEvent": [{"text": row["purpose"]}],
        "agent": [_agent(row, sight), *_app(row)],
        "source": {"observer": {"display": "Bevan"}},
        **_entities(row, sight),
    }


def _kind(row: Any) -> Json:
    action = row["action"]
    if action in _INTERACTIONS:
        return {
            "type": {"system": _TYPE, "code": "rest"},
            "subtype": [{"system": _INTERACTION, "code": _INTERACTIONS[action]}],
        }
    word = row["query"] if action == "n" else _OURS[action]
    return {"type": {"system": EVENT, "code": word}}


def _agent(row: Any, sight: Sight) -> Json:
    agent: Json = {"requestor": True}
    if row["role"]:
        agent["role"] = [{"text": row["role"]}]
    if sight.all:
        type = _WHO.get(row["kind"])
        named = {"reference": f"{type}/{row['actor']}"} if type and _is_id(row["actor"]) else {}
        agent["who"] = {**named, "identifier": {"value": row["actor"]}, "display": row["name"]}
        agent["name"] = row["name"]
    elif row["kind"] == "system":
        agent["who"] = {"display": "A computer system"}
    if sight.places and row["organisation_name"]:
        place = {"display": row["organisation_name"]}
        agent.setdefault("who", {"display": row["role"] or "Somebody"})
        agent["extension"] = [
            {
                "url": "https://bevan.example/fhir/StructureDefinition/acting-for-organisation",
                "valueReference": place,
            }
        ]
    return agent


def _app(row: Any) -> list[Json]:
    """The app through which somebody acted, as an agent that asked for nothing itself."""
    if not row["app"]:
        return []
    return [{"role": [{"text": "App"}], "who": {"display": row["app"]}, "requestor": False}]


def _entities(row: Any, sight: Sight) -> Json:
    found: list[Json] = []
    if row["patient"] is not None:
        found.append({"what": _person(row), "name": "person"})
    if row["type"] and row["type"][:1].isupper():
        found.append(_thing(row))
    elif row["type"] and sight.all:
        found.append({"what": {"identifier": {"value": row["id"] or ""}, "display": row["type"]}}
                     if row["id"] else {"what": {"display": row["type"]}})  # fmt: skip
    if sight.all:
        if row["action"] == "s" and row["query"]:
            found.append({"query": b64encode(row["query"].encode()).decode()})
        named = {"system": _REQUEST, "value": row["request"]}
        found.append({"what": {"identifier": named}, "name": "request"})
    return {"entity": found} if found else {}


def _person(row: Any) -> Json:
    """Whom it is about: by id where the record's key is one (`bevan.record.scope.compartment`)."""
    if row["type"] == "Patient" and row["id"]:
        return {"reference": f"Patient/{row['id']}"}
    key: UUID = row["patient"]
    if key.version != 8:
        return {"reference": f"Patient/{key}"}
    return {"identifier": {"system": _RECORD, "value": str(key)}}


def _thing(row: Any) -> Json:
    detail = [{"type": "entries", "valueString": str(row["entries"])}]
    if not row["id"]:
        return {"what": {"display": row["type"]}, "name": "type", "detail": detail}
    version = f"/_history/{row['version']}" if row["version"] else ""
    return {"what": {"reference": f"{row['type']}/{row['id']}{version}"}, "detail": detail}


def _is_id(text: str) -> bool:
    return 0 < len(text) <= 64 and all(one.isalnum() or one in "-." for one in text)
