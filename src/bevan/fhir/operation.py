"""What a FHIR operation is, before HTTP: its declaration, how it is invoked, what it answers.

The package that does an operation's work declares it; `bevan.site` lists it; `bevan.api` routes
it. All three meet in the values of this module (FHIR R4 3.2, operation framework).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["system", "type", "instance"]
Method = Literal["GET", "POST"]

EVERY_TYPE = ("*",)
"""As the types of an operation: it is served at every resource type."""


@dataclass(frozen=True, slots=True)
class Declared:
    """An operation as the CapabilityStatement and the documentation state it.

    * `name`: without its dollar sign, as in `match`.
    * `definition`: the canonical address of its OperationDefinition.
    * `says`: one sentence for the reference page.
    * `levels`, `types`: where it is served; `types` says at which types and their instances,
      `EVERY_TYPE` for all.
    * `letter`: the SMART scope letter it needs of the type (of all types at the system).
    * `methods`: GET only for what changes nothing (FHIR R4 3.2.0.1.1).
    """

    name: str
    definition: str
    says: str
    letter: str
    levels: tuple[Level, ...]
    types: tuple[str, ...] = ()
    methods: tuple[Method, ...] = ("POST",)

    def at(self, type: str) -> bool:
        """True when it is served at a type or its instances."""
        return self.types == EVERY_TYPE or type in self.types


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call of an operation.

    `base` is the FHIR address without a slash at its end; `type` and `id` are those of the
    address; `query` is the raw query string; `body` the decoded resource that was posted, if any.
    """

    base: str
    type: str | None = None
    id: str | None = None
    query: str = ""
    body: Mapping[str, Any] | None = None

    def parameters(self, name: str) -> Iterator[Mapping[str, Any]]:
        """The parameters of this name in a posted Parameters resource, in their order."""
        if self.body is None or self.body.get("resourceType") != "Parameters":
            return
        parts = self.body.get("parameter")
        for each in parts if isinstance(parts, list) else ():
            if isinstance(each, Mapping) and each.get("name") == name:
                yield each


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers: a resource as values or as JSON text, with HTTP status and
    headers of its own where it needs them."""

    resource: Mapping[str, Any] | bytes
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()
