"""`Patient/[id]/$trace`: asks PDS whether the NHS number on a record is this person's."""

from __future__ import annotations

from bevan.fhir.operation import Answer, Declared, Invocation
from bevan.kernel.errors import Unavailable
from bevan.people.tracing import Tracing
from bevan.record.errors import NotFound
from bevan.record.record import Record
from bevan.record.scope import Scope

DECLARED = Declared(
    name="trace",
    definition="https://bevan.example/fhir/OperationDefinition/Patient-trace",
    says="Asks PDS about the NHS number on a record, and keeps what that says of it.",
    letter="u",
    levels=("instance",),
    types=("Patient",),
)


class Trace:
    """The operation, for whoever may change the Patient."""

    declared = DECLARED

    def __init__(self, record: Record, tracing: Tracing | None) -> None:
        """Without `tracing`, there is no PDS to ask."""
        self._record = record
        self._tracing = tracing

    async def run(self, scope: Scope, asked: Invocation) -> Answer:
        """The outcome, and the number that stands now where it isn't ours any more.

        Raises NotFound for a Patient whom the caller may not see or change, and Unavailable
        where PDS can't be asked.
        """
        id = str(asked.id)
        seen = await self._record.read(scope, "Patient", id)
        if seen is None or seen.deleted or not scope.may_write("Patient"):
            raise NotFound("There is no such Patient.")
        if self._tracing is None:
            raise Unavailable("Tracing isn't set up here: set BEVAN_PDS_URL.")
        traced = await self._tracing.trace(scope.ticket.actor, id)
        parameters = [
            {"name": "outcome", "valueCode": traced.outcome},
            {"name": "clerkAsked", "valueBoolean": traced.asked},
        ]
        if traced.number:
            parameters.append({"name": "supersededBy", "valueString": traced.number})
        return Answer({"resourceType": "Parameters", "parameter": parameters})
