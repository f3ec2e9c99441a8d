"""One request, read as far as every interaction needs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bevan.access.audit_view.view import AuditView
from bevan.api.errors import bad_request, insufficient
from bevan.api.negotiation import NOTHING_PREFERRED, Preference, decoded
from bevan.fhir.definitions import Definitions
from bevan.identity.grants import Grants
from bevan.people.survivors import Survivors
from bevan.record.policy import Advice
from bevan.record.record import Record
from bevan.record.scope import Scope

if TYPE_CHECKING:
    from bevan.api.operations import Operation


@dataclass(frozen=True, slots=True)
class Backing:
    """What the interactions work with, one per process.

    `statement` makes the CapabilityStatement's bytes for a base address; `survivors` knows what
    stands for a Patient that was merged; `audit` shows entries of the audit as AuditEvents;
    `advice` has words on what was written.
    """

    record: Record
    definitions: Definitions
    statement: Callable[[str], bytes]
    survivors: Survivors | None = None
    audit: AuditView | None = None
    advice: Advice | None = None


@dataclass(slots=True)
class Request:
    """A routed, authenticated request.

    `base` is the address of the FHIR interface without a slash at its end; `query` is the raw
    query string without `_format` and `_pretty`; `headers` have lower-case names; `operation` is
    the one that the address names, if it names one; `within` is the type and id of the resource
    in whose compartment it searches.
    """

    backing: Backing
    scope: Scope
    grants: Grants
    base: str
    type: str | None
    id: str | None
    version: str | None
    query: str = ""
    headers: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""
    prefer: Preference = NOTHING_PREFERRED
    posted: bool = False
    operation: Operation | None = None
    within: tuple[str, str] | None = None

    @property
    def record(self) -> Record:
        """The record."""
        return self.backing.record

    def header(self, name: bytes) -> bytes:
        """A header's value, empty when it wasn't sent."""
        return self.headers.get(name, b"")

    def may_select(self) -> None:
        """A condition is a search: raise Refused 403 when the token may not search this type.

        Such a caller would find nothing, and a conditional create would then make a duplicate.
        """
        if not self.grants.allow("s", self.type):
            raise insufficient("A condition needs a token that may search, too.")

    def resource(self) -> dict[str, Any]:
        """The body as a resource of the type that the address names.

        Raises Refused 400 for malformed JSON, for anything that isn't an object, and for a
        resource of another type than the address says.
        """
        found = decoded(self.body)
        if not isinstance(found, dict):
            raise bad_request("The body must be a JSON object.", code="structure")
        stated = found.get("resourceType")
        if self.type is not None and stated != self.type:
            raise bad_request(
                f"The address is for {self.type}; the body's resourceType must say the same.",
                expression="resourceType",
            )
        return found
