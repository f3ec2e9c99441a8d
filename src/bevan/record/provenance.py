"""Provenance of every version, served from its columns: a stored row each would double the store.

The id of such a Provenance is ``v.<row key>.<version>``. Provenance resources that were sent in are
stored and served as any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from bevan.fhir.json import encode
from bevan.kernel.sql import statements
from bevan.record import audit
from bevan.record.arguments import Arguments
from bevan.record.mask import veil, without
from bevan.record.parts import Parts
from bevan.record.reader import Found
from bevan.record.scope import Actor, Scope
from bevan.record.version import DERIVED, Version, instant
from bevan.record.visibility import visible

TYPE = "Provenance"

# What leaves a search for a target a search for nothing but a target.
_ASIDE = ("_format", "_pretty", "_total", "_count", "_sort", "_page")
_TARGET = re.compile(
    r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/([1-9]\d{0,8}))?", re.ASCII
)

# CodeSystem v3-DataOperation and provenance-participant-type of the R4 core definitions.
_OPERATION = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
_PARTICIPANT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_DISPLAYS = {"CREATE": "create", "UPDATE": "revise", "DELETE": "delete"}
_TYPES = {"practitioner": "Practitioner", "patient": "Patient", "device": "Device"}


def is_derived(id: str) -> bool:
    """Whether an id is that of a Provenance made from a version's columns."""
    return DERIVED.fullmatch(id) is not None


class Provenances:
    """Serves them under a Scope: whoever may see a version may see who made it."""

    def __init__(self, parts: Parts) -> None:
        """Shares the parts of reading."""
        self._parts = parts
        self._sql = statements("bevan.record", "provenance.sql")

    async def of(
        self, scope: Scope, type: str, id: str, version: int | None = None
    ) -> list[dict[str, Any]]:
        """A Provenance for each version of a resource (or for one), newest first.

        Empty if the resource isn't there or may not be seen.
        """
        rows = await self._rows(scope, type, id, version)
        actors = await self._parts.interns.actors({row["agent"] for row in rows})
        uris = await self._parts.interns.uris({row["source"] for row in rows})
        return [
            _shown(scope, row, resource(row, actors[row["agent"]], uris.get(row["source"])))
            for row in rows
        ]

    async def every(
        self, scope: Scope, targets: Iterable[tuple[str, str, int | None]]
    ) -> list[dict[str, Any]]:
        """Those of several resources or versions, each once, newest first."""
        made = [one for target in targets for one in await self.of(scope, *target)]
        found = {one["id"]: one for one in made}.values()
        return sorted(found, key=lambda one: str(one.get("recorded")), reverse=True)

    async def _rows(self, scope: Scope, type: str, id: str, version: int | None) -> list[Found]:
        signature = await self._parts.sign(scope)
        rows: list[Found] = []
        async with self._parts.general.transaction() as connection:
            # Who made what a filter may hide isn't told either.
            if (
                scope.may_read(type)
                and scope.may_read(TYPE)
                and not scope.filters.keys()
                & {
                    type,
                    TYPE,
                }
            ):
                arguments = Arguments(type, id, version)
                sql = self._sql["target"].format(
                    version=visible(scope, "v", arguments.bind),
                    current=visible(scope, "r", arguments.bind),
                )
                rows = list(await connection.fetch(sql, *arguments.values))
            people = audit.people(rows[0]["patient"], rows[0]["patients"]) if rows else (None,)
            entries = [
                signature.entry(
                    audit.HISTORY,
                    audit.SHOWN if rows else audit.NOTHING,
                    type=type,
                    id=id,
                    patient=person,
                    version=version,
                    entries=max(len(rows), 1),
                    query=TYPE,
                )
                for person in people
            ]
            await connection.execute(audit.insert(), *audit.columns(entries)[:-1])
        return rows

    async def version(self, scope: Scope, id: str) -> Version | None:
        """The one with this id; ``None`` if there is none, or its target may not be seen."""
        match = DERIVED.fullmatch(id)
        if match is None:
            return None
        target = await self._parts.general.fetchrow(self._sql["by_key"], int(match[1]))
        type, name = (target["type"], target["id"]) if target else (TYPE, id)
        found = await self._rows(scope, type, name, int(match[2]))
        if not found:
            return None
        row = found[0]
        actors = await self._parts.interns.actors((row["agent"],))
        uris = await self._parts.interns.uris((row["source"],))
        made = resource(row, actors[row["agent"]], uris.get(row["source"]))
        content = encode(_shown(scope, row, made))
        actor = actors[row["agent"]]
        return Version(TYPE, id, 1, row["last_updated"], False, content, actor)


def targets(query: str, base: str = "") -> list[tuple[str, str, int | None]]:
    """(type, id, version) of what ``target`` names, where that is all that a query asks for.

    ``base`` is the record's own public address, which may stand before what is named.
    """
    pairs = [(k, v) for k, v in parse_qsl(query, keep_blank_values=True) if k not in _ASIDE]
    if len(pairs) != 1 or pairs[0][0] != "target":
        return []
    own = f"{base}/" if base else ""
    found = [_TARGET.fullmatch(value.removeprefix(own)) for value in pairs[0][1].split(",")]
    return [(m[1], m[2], int(m[3]) if m[3] else None) for m in found if m is not None]


def _shown(scope: Scope, row: Found, made: dict[str, Any]) -> dict[str, Any]:
    """Without what the scope masks of a Provenance about these people."""
    return without(veil(scope, row["patient"], row["patients"]), made)


def resource(row: Found, actor: Actor, source: str | None) -> dict[str, Any]:
    """The Provenance of one version (FHIR R4 6.3)."""
    activity = "DELETE" if row["deleted"] else "CREATE" if row["version"] == 1 else "UPDATE"
    made: dict[str, Any] = {
        "resourceType": TYPE,
        "id": f"v.{row['rkey']}.{row['version']}",
        "meta": {"versionId": "1", "lastUpdated": instant(row["last_updated"])},
        "target": [{"reference": f"{row['type']}/{row['id']}/_history/{row['version']}"}],
        "recorded": instant(row["last_updated"]),
        "activity": {"coding": [_coding(_OPERATION, activity, _DISPLAYS[activity])]},
        "agent": _agents(actor),
    }
    if source:
        made["entity"] = [{"role": "source", "what": {"identifier": {"value": source}}}]
    return made


def _agents(actor: Actor) -> list[dict[str, Any]]:
    """Who did it, and the app through which they did."""
    person = _agent(actor)
    if not actor.app:
        return [person]
    app = {"type": {"text": "App"}, "who": {"display": actor.app}, "onBehalfOf": person["who"]}
    return [person, app]


def _agent(actor: Actor) -> dict[str, Any]:
    who: dict[str, Any] = {"display": actor.name or actor.id}
    if actor.kind in _TYPES:
        who = {"reference": f"{_TYPES[actor.kind]}/{actor.id}", **who}
    else:
        who = {"identifier": {"value": actor.id}, **who}
    agent: dict[str, Any] = {
        "type": {"coding": [_coding(_PARTICIPANT, "author", "Author")]},
        "who": who,
    }
    if actor.role:
        agent["role"] = [{"text": actor.role}]
    if actor.organisation:
        agent["onBehalfOf"] = {"reference": f"Organization/{actor.organisation}"}
        if actor.organisation_name:
            agent["onBehalfOf"]["display"] = actor.organisation_name
    return agent


def _coding(system: str, code: str, display: str) -> dict[str, str]:
    return {"system": system, "code": code, "display": display}
