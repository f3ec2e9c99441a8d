"""`$validate`: what is wrong with a resource; nothing is written (FHIR R4, Resource-validate).

At a type it validates what is posted; at an instance what is posted in its place, or what stands
there. The answer is 200 with an OperationOutcome whatever was found: the call itself went well.
References are followed to contained resources and entries of the same Bundle, not into the record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qs

from bevan.fhir import json
from bevan.fhir.operation import EVERY_TYPE, Answer, Declared, Invocation
from bevan.fhir.outcome import Issue, outcome
from bevan.fhir.profiles import Profiles
from bevan.record.errors import Invalid, NotFound
from bevan.record.scope import Scope
from bevan.record.version import Version

DECLARED = Declared(
    name="validate",
    definition="http://hl7.org/fhir/OperationDefinition/Resource-validate",
    says="Says what is wrong with a resource, also by the profiles it claims and one asked for by "
    "`profile`; writes nothing. What isn't loaded is told as not checked.",
    letter="r",
    levels=("type", "instance"),
    types=EVERY_TYPE,
    methods=("GET", "POST"),
)
MODES = ("create", "update", "delete")


class Reads(Protocol):
    """The record, as far as it is needed here."""

    async def read(self, scope: Scope, type: str, id: str) -> Version | None: ...


class Validates(Protocol):
    """Where the validator comes from."""

    async def profiles(self) -> Profiles: ...


@dataclass(frozen=True, slots=True)
class _Asked:
    resource: Mapping[str, Any] | None
    mode: str
    profiles: tuple[str, ...]


class Validate:
    """The operation."""

    declared = DECLARED

    def __init__(self, record: Reads, conformance: Validates) -> None:
        self._record = record
        self._conformance = conformance

    async def run(self, scope: Scope, asked: Invocation) -> Answer:
        """The findings. Raises Invalid (400) for parameters that can't be used, and NotFound for
        an instance that isn't there or may not be seen.
        """
        wanted = _read(asked)
        stored = await self._stored(scope, asked) if asked.id is not None else None
        if wanted.mode == "delete":
            return Answer(outcome([]))
        resource = wanted.resource if wanted.resource is not None else stored
        if resource is None:
            raise _unusable("resource", "There is no resource to validate.")
        issues = list(_placed(resource, asked, wanted.mode))
        if resource.get("resourceType") == asked.type:
            profiles = await self._conformance.profiles()
            # Beside the event loop: a Bundle of thousands takes seconds.
            issues += await asyncio.to_thread(profiles.issues, resource, wanted.profiles)
        return Answer(outcome(issues))

    async def _stored(self, scope: Scope, asked: Invocation) -> Mapping[str, Any]:
        version = await self._record.read(scope, str(asked.type), str(asked.id))
        if version is None or version.deleted:
            raise NotFound(f"There is no such {asked.type}.")
        found: Mapping[str, Any] = json.decode(version.content)
        return found


def _read(asked: Invocation) -> _Asked:
    query = parse_qs(asked.query, keep_blank_values=True)
    wrapped = _wrapped(asked)
    if wrapped:
        modes = [each.get("valueCode") for each in asked.parameters("mode")]
        profiles = [
            each.get("valueUri") or each.get("valueCanonical")
            for each in asked.parameters("profile")
        ]
        given = [each.get("resource") for each in asked.parameters("resource")]
        resource = given[0] if given else None
    else:
        modes, profiles, resource = [], [], asked.body
    modes += query.get("mode", [])
    profiles += query.get("profile", [])
    mode = modes[0] if modes else ""
    if mode and (mode not in MODES or len(set(modes)) > 1):
        raise _unusable("mode", f"The mode is one of {', '.join(MODES)}.")
    if not all(isinstance(each, str) and each for each in profiles):
        raise _unusable("profile", "A profile is given by its canonical address.")
    if resource is not None and not isinstance(resource, Mapping):
        raise _unusable("resource", "The parameter `resource` holds a resource.")
    return _Asked(resource, str(mode), tuple(str(each) for each in profiles))


def _wrapped(asked: Invocation) -> bool:
    """True for a Parameters that holds what is to be validated, false for one that is."""
    if asked.body is None or asked.body.get("resourceType") != "Parameters":
        return False
    own = ("resource", "mode", "profile")
    return asked.type != "Parameters" or any(True for name in own for _ in asked.parameters(name))


def _placed(resource: Mapping[str, Any], asked: Invocation, mode: str) -> list[Issue]:
    """Is it of the address's type, and has it the id that its mode asks for?"""
    kind, id = resource.get("resourceType"), resource.get("id")
    if kind != asked.type:
        text = f"Not a {asked.type}, which this address is for"
        return [Issue("error", "invalid", "Resource", text)]
    if asked.id is not None and mode != "create" and id is not None and id != asked.id:
        text = "The id isn't that of the address"
        return [Issue("error", "invalid", f"{kind}.id", text)]
    if mode == "update" and id is None:
        return [Issue("error", "required", f"{kind}.id", "An update names the id")]
    return []


def _unusable(name: str, text: str) -> Invalid:
    return Invalid([Issue("error", "value", f"Parameters.parameter({name})", text)], 400)
