"""Operations: addresses ending in `$name` (FHIR R4 3.2), done by the packages that declare them.

`bevan.site` hands in what is installed. An operation that isn't installed, or not at this level or
type, isn't there: 404, like any address that leads nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from bevan.api.errors import bad_request, not_allowed, not_found
from bevan.api.interaction import Interaction
from bevan.api.negotiation import decoded
from bevan.api.reply import Reply
from bevan.api.request import Request
from bevan.fhir import json
from bevan.fhir.operation import EVERY_TYPE, Answer, Declared, Invocation, Level
from bevan.record.scope import Scope


class Operation(Protocol):
    """What a package hands to `bevan.site`: a declaration, and the work under a Scope.

    `run` raises the record's own errors (`Invalid`, `NotFound`, …), which become outcomes.
    """

    declared: Declared

    async def run(self, scope: Scope, asked: Invocation) -> Answer: ...


class Operations:
    """The installed operations by level, type and name."""

    def __init__(self, installed: Iterable[Operation] = ()) -> None:
        """Raises ValueError when two claim the same address."""
        found: dict[tuple[str, str], Operation] = {}
        for each in installed:
            for address in _addresses(each.declared):
                if address in found:
                    raise ValueError(f"Two operations claim {address[0]} ${address[1]}.")
                found[address] = each
        self._found: Mapping[tuple[str, str], Operation] = MappingProxyType(found)

    def __iter__(self) -> Iterator[Declared]:
        """Every declaration, once."""
        return iter(dict.fromkeys(each.declared for each in self._found.values()))

    def find(self, method: str, name: str, type: str | None, id: str | None) -> Operation:
        """The operation meant. Raises Refused: 404 for none, 405 for a method it doesn't have."""
        level: Level = "system" if type is None else "type" if id is None else "instance"
        operation = self._found.get((_where(level, type), name))
        if operation is None and type is not None:
            operation = self._found.get((_where(level, EVERY_TYPE[0]), name))
        if operation is None:
            raise not_found()
        if ("GET" if method == "HEAD" else method) not in operation.declared.methods:
            raise not_allowed(_allow(operation.declared))
        return operation


def _addresses(declared: Declared) -> Iterator[tuple[str, str]]:
    for level in declared.levels:
        for type in (None,) if level == "system" else declared.types:
            yield _where(level, type), declared.name


def _where(level: Level, type: str | None) -> str:
    return {"system": "/", "type": f"/{type}", "instance": f"/{type}/id"}[level]


def _allow(declared: Declared) -> str:
    names = sorted(declared.methods)
    return ", ".join([*names[:1], "HEAD", *names[1:]] if "GET" in names else names)


async def operation(request: Request) -> Reply:
    """Run the operation that the address names."""
    assert request.operation is not None
    asked = Invocation(request.base, request.type, request.id, request.query, _body(request))
    answer = await request.operation.run(request.scope, asked)
    content = answer.resource
    body = content if isinstance(content, bytes) else json.encode(content)
    return Reply(answer.status, body, list(answer.headers))


def _body(request: Request) -> Mapping[str, Any] | None:
    if not request.body:
        return None
    found = decoded(request.body)
    if not isinstance(found, dict) or not isinstance(found.get("resourceType"), str):
        raise bad_request(
            "The body of an operation is a resource, mostly Parameters.", code="structure"
        )
    return found


# Not in the registry of interactions: where it is routed, and its letter, the declaration says.
INTERACTION = Interaction("operation", (), "system", "", operation, body="resource")
