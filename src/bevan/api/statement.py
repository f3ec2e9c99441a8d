"""The CapabilityStatement, derived from the interactions, types and search parameters in use.

Nothing is listed that isn't routed, and nothing routed is left out, since both are read from the
same registry (FHIR R4 5.7).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bevan import __version__
from bevan.api.interaction import Interaction
from bevan.api.oauth.discovery import security
from bevan.fhir.definitions import Definitions
from bevan.fhir.operation import Declared
from bevan.fhir.parameters import Registry
from bevan.record.address import FHIR

_AUDIT = (
    "Privacy officers, and people about themselves, read Bevan's own audit here: search by "
    "patient, agent, date, action, outcome, type and entity, newest first. For everybody else "
    "these are events that other systems sent in."
)


def statement(
    interactions: Sequence[Interaction],
    definitions: Definitions,
    registry: Registry,
    operations: Sequence[Declared] = (),
    *,
    base: str,
    date: datetime,
) -> dict[str, Any]:
    """The CapabilityStatement of a server at `base`, started at `date`."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": date.isoformat(timespec="seconds"),
        "publisher": "Bevan",
        "kind": "instance",
        "software": {"name": "Bevan", "version": __version__},
        "implementation": {"description": "One shared record of a region", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "patchFormat": ["application/json-patch+json"],
        "rest": [
            {
                "mode": "server",
                "security": {
                    **security(base.removesuffix(FHIR)),
                    "description": "A bearer token in the Authorization header, with SMART App "
                    "Launch 2 scopes; every answer is audited before it is sent.",
                },
                "resource": [
                    _resource(name, interactions, registry, operations)
                    for name in sorted(definitions.resource_types)
                ],
                "interaction": _stated(interactions, "system"),
                **_operations(each for each in operations if "system" in each.levels),
            }
        ],
    }


def _resource(
    name: str,
    interactions: Sequence[Interaction],
    registry: Registry,
    operations: Sequence[Declared],
) -> dict[str, Any]:
    parameters = [registry.of(name)[code] for code in sorted(registry.of(name))]
    includes = [f"{name}:{p.code}" for p in parameters if p.type == "reference"]
    return {
        "type": name,
        **({"documentation": _AUDIT} if name == "AuditEvent" else {}),
        "interaction": _stated(interactions, "type"),
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": True,
        "conditionalRead": "full-support",
        "conditionalUpdate": True,
        "conditionalDelete": "single",
        "referencePolicy": ["literal", "logical"],
        **({"searchInclude": includes} if includes else {}),
        "searchParam": [
            {
                "name": parameter.code,
                **({"definition": parameter.url} if parameter.url else {}),
                "type": parameter.type,
            }
            for parameter in parameters
        ],
        **_operations(each for each in operations if each.at(name)),
    }


def _operations(stated: Iterable[Declared]) -> dict[str, list[dict[str, str]]]:
    found = [{"name": each.name, "definition": each.definition} for each in stated]
    return {"operation": found} if found else {}


def _stated(interactions: Sequence[Interaction], level: str) -> list[dict[str, str]]:
    return [
        {"code": code}
        for interaction in interactions
        if interaction.level == level
        for code in interaction.stated
    ]
