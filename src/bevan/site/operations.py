"""The FHIR operations of this installation: what is listed here is routed, stated and documented.

One that a package declares and that isn't listed here fails a test.
"""

from __future__ import annotations

from bevan.api.operations import Operation
from bevan.fhir.operation import Declared
from bevan.people import match, trace
from bevan.people import operations as identity
from bevan.people.model import load
from bevan.record import everything, meta, parameter_status, validate
from bevan.site.composition import Composition

LISTED: tuple[Declared, ...] = (
    match.DECLARED,
    trace.DECLARED,
    *identity.DECLARED,
    validate.DECLARED,
    everything.DECLARED,
    meta.DECLARED,
    parameter_status.DECLARED,
)


def installed(made: Composition) -> tuple[Operation, ...]:
    """The operations of `LISTED`, ready to run."""
    return (
        match.Match(made.record, load()),
        trace.Trace(made.record, made.tracing),
        *identity.installed(made.merging, made.unmerging, made.correction, made.identities),
        validate.Validate(made.record, made.conformance),
        everything.Everything(made.record.people, made.definitions),
        meta.Meta(made.record),
        parameter_status.ParameterStatus(made.record.reindex),
    )
