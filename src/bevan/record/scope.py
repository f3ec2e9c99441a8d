"""Who asks, for what, and how far their sight reaches.

Every function of the record that reads or writes takes a :class:`Scope`. It is a filter (people,
relationships, labels, types), a field mask and an audit ticket in one immutable value. How a scope
is decided is the business of ``bevan.access``; nothing else makes one, save :func:`system` below,
whose purpose is named and audited like any other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal
from uuid import UUID

from bevan.kernel.clock import SystemClock
from bevan.kernel.identifiers import uuid7

Kind = Literal["practitioner", "patient", "system", "device"]

_NOTHING: Mapping[str, frozenset[str]] = MappingProxyType({})
_UNFILTERED: Mapping[str, frozenset[str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts: a person in a role at an organisation, or a system.

    ``id`` is a logical id (``Practitioner/x`` → ``x``), ``organisation`` the logical id of an
    Organization, empty where there is none. ``app`` is the name of the app through which they act,
    empty where they act by Bevan's own pages.
    """

    kind: Kind
    id: str
    name: str
    role: str = ""
    organisation: str = ""
    organisation_name: str = ""
    app: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the audit says of one request: which, why, who and when (aware UTC time)."""

    request: str
    purpose: str
    actor: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Scope:
    """What one request may see and change.

    * ``holders``: who holds relationships with people (compartment UUIDs of the actor, their team
      and organisation). A row about a person is visible only if one of them has a relationship
      with that person that is in force. ``None``: not limited by relationship.
    * ``patients``: only rows about these people. ``None``: no such limit.
    * ``hidden``: label bits (:func:`labels`) that are kept back.
    * ``masked``: type → names of top-level elements that are taken out of what is read, and take
      no part in search, sorting, chains or includes.
    * ``covert``: the people to whom ``masked`` applies (those whose whereabouts are secret).
      ``None``: everybody.
    * ``reads``, ``writes``: types that may be read or written. ``None``: all.
    * ``filters``: type → searches, one of which must find a row of that type for it to be there;
      what they can't be compared with isn't. Types without an entry aren't filtered.
    * ``system``: sees also what is about nobody and open to nobody.
    * ``marks``: label bits that may be put on an entry or taken off it; a scope of the system may
      change all of them.
    * ``refusals``: people who refused any of these uses are not there.
    """

    ticket: Ticket
    holders: tuple[UUID, ...] | None
    patients: frozenset[UUID] | None
    hidden: int = 0
    masked: Mapping[str, frozenset[str]] = field(default_factory=lambda: _NOTHING)
    reads: frozenset[str] | None = None
    writes: frozenset[str] | None = None
    system: bool = False
    covert: frozenset[UUID] | None = None
    filters: Mapping[str, frozenset[str]] = field(default_factory=lambda: _UNFILTERED)
    marks: int = 0
    refusals: frozenset[str] = frozenset()

    def may_read(self, type: str) -> bool:
        """Whether rows of this type can be seen at all."""
        return self.reads is None or type in self.reads

    def about(self, person: UUID) -> Scope:
        """This scope for rows about this person alone, without a mask that isn't for them."""
        if not self.masked or self.covert is None or person in self.covert:
            return self
        return replace(self, masked=_NOTHING, covert=frozenset())

    def may_write(self, type: str) -> bool:
        """Whether rows of this type can be changed at all; filtered ones never are."""
        return (self.writes is None or type in self.writes) and type not in self.filters


def system(
    purpose: str,
    actor: Actor,
    *,
    request: str | None = None,
    at: datetime | None = None,
) -> Scope:
    """A scope for work of the system itself: unlimited, but named and audited.

    ``purpose`` is a sentence for the audit and may not be empty (``ValueError``).
    """
    if not purpose.strip():
        raise ValueError("A system scope needs a purpose: the audit names it.")
    ticket = Ticket(request or uuid7(), purpose, actor, at or SystemClock().now())
    return Scope(ticket, holders=None, patients=None, system=True)


def compartment(id: str) -> UUID:
    """The 128-bit key of a person (or holder) from their logical id.

    A UUID is its own key. Any other id is hashed (SHA-256, cut to a UUID of version 8); ids that
    already look like version 8 are hashed too, so that nobody can choose another person's key.
    """
    if len(id) == 36:
        try:
            key = UUID(id)
        except ValueError:
            pass
        else:
            if id == str(key) and key.version != 8:
                return key
    raw = bytearray(hashlib.sha256(id.encode()).digest()[:16])
    raw[6] = (raw[6] & 0x0F) | 0x80
    raw[8] = (raw[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(raw))


RESTRICTED = 1
VERY_RESTRICTED = 2
NOT_FOR_PATIENT = 4
SEALED = 8
SEALED_AND_LOCKED = 16
SEALS = SEALED | SEALED_AND_LOCKED
HELD = 8192

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
SEAL = "https://bevan.example/fhir/CodeSystem/seal"
SEALED_BY = "https://bevan.example/fhir/StructureDefinition/sealed-by"
HANDLING = "https://bevan.example/fhir/CodeSystem/handling"

# HL7 v3 codes as in the R4 core definitions (CodeSystem v3-Confidentiality and v3-ActCode); the
# seals are Bevan's own, since HL7 has no word for an entry sealed by its author's team, and so is
# "held": a result that its patient isn't shown before somebody filed or released it.
LABELS: Mapping[tuple[str, str], int] = MappingProxyType(
    {
        (CONFIDENTIALITY, "R"): RESTRICTED,
        (CONFIDENTIALITY, "V"): VERY_RESTRICTED,
        (ACT_CODE, "NOPAT"): NOT_FOR_PATIENT,
        (SEAL, "sealed"): SEALED,
        (SEAL, "sealed-and-locked"): SEALED_AND_LOCKED,
        (HANDLING, "held"): HELD,
        (ACT_CODE, "HIV"): 32,
        (ACT_CODE, "PSY"): 64,
        (ACT_CODE, "SEX"): 128,
        (ACT_CODE, "ETH"): 256,
        (ACT_CODE, "SDV"): 512,
        (ACT_CODE, "STD"): 1024,
        (ACT_CODE, "SUD"): 2048,
        (ACT_CODE, "GDIS"): 4096,
    }
)


def labels(resource: Mapping[str, Any]) -> int:
    """The label bits of a resource, from ``meta.security`` (FHIR R4 6.1.1, security labels).

    A Bundle has those of everything in it: who may not see a part, may not see the whole.
    """
    bits = HELD if _unfinished(resource) else 0
    if resource.get("resourceType") == "Bundle":
        for entry in resource.get("entry") or ():
            bits |= labels(entry.get("resource") or {})
    for coding in (resource.get("meta") or {}).get("security") or ():
        bits |= LABELS.get((coding.get("system"), coding.get("code")), 0)
    return bits


def _unfinished(resource: Mapping[str, Any]) -> bool:
    """Whether this is a result that its laboratory hasn't finished: held whatever it says."""
    type = resource.get("resourceType")
    if type not in ("DiagnosticReport", "Observation"):
        return False
    if resource.get("status") not in ("registered", "preliminary"):
        return False
    return type == "DiagnosticReport" or any(
        coding.get("code") == "laboratory"
        for category in resource.get("category") or ()
        for coding in category.get("coding") or ()
    )


def sealer(resource: Mapping[str, Any]) -> UUID | None:
    """Who sealed a resource: the ``sealed-by`` extension of its seal, as a compartment key.

    None where it has no seal, where the seal doesn't say, or where two seals say different things:
    then no team opens it.
    """
    said = {
        (extension.get("valueReference") or {}).get("reference")
        for coding in (resource.get("meta") or {}).get("security") or ()
        if coding.get("system") == SEAL
        for extension in coding.get("extension") or ()
        if extension.get("url") == SEALED_BY
    }
    reference = said.pop() if len(said) == 1 else None
    type, _, id = reference.partition("/") if isinstance(reference, str) else ("", "", "")
    named = type in ("Organization", "CareTeam", "Practitioner") and id and "/" not in id
    return compartment(id) if named else None
