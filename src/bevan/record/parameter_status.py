"""`SearchParameter/$status`: which search parameters were added, and how far each is indexed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from bevan.fhir.operation import Answer, Declared, Invocation
from bevan.record.reindex import Status
from bevan.record.scope import Scope

DECLARED = Declared(
    name="status",
    definition="https://bevan.example/fhir/OperationDefinition/search-parameter-status",
    says="Says of every search parameter that was added whether it can be searched by, and how many"
    " resources have been read and found to have a value.",
    letter="r",
    levels=("type",),
    types=("SearchParameter",),
    methods=("GET",),
)


class Counts(Protocol):
    """Who knows."""

    async def status(self) -> list[Status]: ...


class ParameterStatus:
    """The operation. It tells numbers of everybody's resources, so it is for systems that may read
    everything; for others there is nothing to tell."""

    declared = DECLARED

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    async def run(self, scope: Scope, asked: Invocation) -> Answer:
        """A Parameters resource with one `parameter` for each."""
        told = await self._counts.status() if scope.system else []
        listed = [{"name": "parameter", "part": list(_parts(each))} for each in told]
        return Answer({"resourceType": "Parameters", **({"parameter": listed} if listed else {})})


def _parts(status: Status) -> Iterator[dict[str, Any]]:
    yield {"name": "url", "valueUri": status.url}
    yield {"name": "code", "valueCode": status.code}
    yield from ({"name": "base", "valueCode": type} for type in status.types)
    yield {"name": "state", "valueCode": status.state}
    if status.reason:
        yield {"name": "reason", "valueString": status.reason}
    if status.rows is not None:
        yield {"name": "resources", "valueInteger": status.rows}
    yield {"name": "read", "valueInteger": status.looked}
    yield {"name": "found", "valueInteger": status.found}
    if status.finished is not None:
        yield {"name": "finished", "valueInstant": status.finished.isoformat()}
