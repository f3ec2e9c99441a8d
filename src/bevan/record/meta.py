"""`$meta`: what a resource is marked with, as its reader may see it (FHIR R4, Resource-meta)."""

from __future__ import annotations

from typing import Protocol

from bevan.fhir import json
from bevan.fhir.operation import EVERY_TYPE, Answer, Declared, Invocation
from bevan.record.errors import NotFound
from bevan.record.scope import Scope
from bevan.record.version import Version

DECLARED = Declared(
    name="meta",
    definition="http://hl7.org/fhir/OperationDefinition/Resource-meta",
    says="Gives the profiles, tags and labels of a resource; its reader sees no more than by a "
    "read.",
    letter="r",
    levels=("instance",),
    types=EVERY_TYPE,
    methods=("GET", "POST"),
)


class Reads(Protocol):
    """The record, as far as it is needed here."""

    async def read(self, scope: Scope, type: str, id: str) -> Version | None: ...


class Meta:
    """The operation."""

    declared = DECLARED

    def __init__(self, record: Reads) -> None:
        self._record = record

    async def run(self, scope: Scope, asked: Invocation) -> Answer:
        """Parameters with the meta. Raises NotFound for what isn't there or may not be seen."""
        version = await self._record.read(scope, str(asked.type), str(asked.id))
        if version is None or version.deleted:
            raise NotFound(f"There is no such {asked.type}.")
        meta = json.decode(version.content)["meta"]
        part = {"name": "return", "valueMeta": meta}
        return Answer({"resourceType": "Parameters", "parameter": [part]})
