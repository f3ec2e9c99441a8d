"""Conditional create, update, patch and delete: the condition is decided inside the transaction.

Equal conditions wait for one another (a lock on the identifier's value), so of many concurrent
conditional creates of one identifier exactly one creates (FHIR R4 3.1.0.8.1, 3.1.0.7.2).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from bevan.fhir.outcome import Issue
from bevan.kernel.database import Connection
from bevan.kernel.identifiers import uuid7
from bevan.record import audit
from bevan.record.attempt import Failed, Overtaken, attempt
from bevan.record.batch import Creation
from bevan.record.decision import Operation
from bevan.record.errors import Conflict, Invalid, MultipleMatches, NotFound, RecordError
from bevan.record.faults import DATABASE, collided, told
from bevan.record.finding import Finder, lock, lock_keys, selected
from bevan.record.parts import Parts
from bevan.record.plan import Signature, draft, permit
from bevan.record.reader import Reader
from bevan.record.scope import Scope
from bevan.record.version import Version, Written, moment

_TRIES = 20
Result = TypeVar("Result")
Sources = set[int | None]
"""Numbers of the sources of what was written."""

Work = Callable[[Connection, Signature, Sources], Awaitable[Result]]


class Conditionals:
    """Writes whose target is selected by a search."""

    def __init__(self, parts: Parts, finder: Finder, reader: Reader) -> None:
        """``finder`` searches inside the transaction; ``reader`` reads what was found."""
        self._parts = parts
        self._finder = finder
        self._reader = reader

    async def create(self, scope: Scope, resource: dict[str, Any], query: str) -> Written:
        """Create unless the condition selects something; then that is the answer, unchanged.

        Raises ``MultipleMatches``, and what ``Writer.create`` raises.
        """
        type = resource["resourceType"]
        self._parts.preparer.check(resource)

        async def work(
            connection: Connection, signature: Signature, heard: Sources
        ) -> Written | str:
            found = await self._one(connection, scope, type, query)
            return found or await self._create(connection, signature, resource, heard)

        done = await self._transact(scope, audit.CREATE, type, query, work)
        if isinstance(done, Written):
            return done
        return Written(await self._read(scope, type, done), created=False, changed=False)

    async def update(
        self, scope: Scope, type: str, query: str, resource: dict[str, Any], if_match: int | None
    ) -> Written:
        """Update what the condition selects; create where it selects nothing.

        Raises ``MultipleMatches``, ``Invalid`` (400: the resource carries another id).
        """
        self._parts.preparer.check(resource)

        async def work(connection: Connection, signature: Signature, heard: Sources) -> Written:
            found = await self._one(connection, scope, type, query)
            given = resource.get("id")
            if found is None and given is None:
                return await self._create(connection, signature, resource, heard)
            if found is not None and given not in (None, found):
                text = f"The condition selects another {type} than the one whose id was sent."
                raise Invalid([Issue("error", "value", f"{type}.id", text)], 400)
            body = {**resource, "id": found or given}
            operation = Operation(
                scope,
                "update",
                type,
                body["id"],
                resource=body,
                if_match=if_match,
                # What the condition didn't select isn't meant: it may only be created.
                if_none_match=found is None,
            )
            return await self._alone(connection, signature, operation, heard)

        return await self._transact(scope, audit.UPDATE, type, query, work)

    async def patch(
        self,
        scope: Scope,
        type: str,
        query: str,
        operations: Sequence[dict[str, Any]],
        if_match: int | None,
    ) -> Written:
        """Patch the one resource that the condition selects; ``NotFound`` if there is none."""

        async def work(connection: Connection, signature: Signature, heard: Sources) -> Written:
            found = await self._must(connection, scope, type, query)
            operation = Operation(
                scope, "patch", type, found, operations=operations, if_match=if_match
            )
            return await self._alone(connection, signature, operation, heard)

        return await self._transact(scope, audit.PATCH, type, query, work)

    async def delete(
        self, scope: Scope, type: str, query: str, if_match: int | None = None
    ) -> Written:
        """Delete the one resource that the condition selects; ``NotFound`` if there is none."""

        async def work(connection: Connection, signature: Signature, heard: Sources) -> Written:
            found = await self._must(connection, scope, type, query)
            operation = Operation(scope, "delete", type, found, if_match=if_match)
            return await self._alone(connection, signature, operation, heard)

        return await self._transact(scope, audit.DELETE, type, query, work)

    async def _one(self, connection: Connection, scope: Scope, type: str, query: str) -> str | None:
        await lock(connection, lock_keys(type, query))
        found = await selected(self._finder, connection, scope, type, query)
        if len(found) > 1:
            raise MultipleMatches(f"The condition selects more than one {type}.")
        return found[0] if found else None

    async def _must(self, connection: Connection, scope: Scope, type: str, query: str) -> str:
        found = await self._one(connection, scope, type, query)
        if found is None:
            raise NotFound(f"The condition selects no {type}.")
        return found

    async def _alone(
        self, connection: Connection, signature: Signature, operation: Operation, heard: Sources
    ) -> Written:
        return (await attempt(self._parts, connection, signature, [operation], heard=heard))[0]

    async def _create(
        self,
        connection: Connection,
        signature: Signature,
        resource: dict[str, Any],
        heard: Sources,
    ) -> Written:
        parts = self._parts
        prepared = parts.preparer.prepare({**resource, "id": uuid7()}, checked=True)
        prepared = await parts.settle(prepared)
        permit(signature.scope, prepared)
        laid = draft(
            parts.preparer,
            signature,
            prepared,
            rkey=next(await parts.keys.take()),
            version=1,
            at=moment(parts.clock.now()),
            source=await parts.source(prepared),
            new_person=prepared.type == "Patient",
        )
        creation = Creation([laid.row], laid.entries(signature, audit.CREATE, 1))
        if not all(await creation.write(connection)):
            raise NotFound("There is no such person.")
        heard.add(laid.row.source)
        return Written(laid.version, created=True, changed=True)

    async def _read(self, scope: Scope, type: str, id: str) -> Version:
        version = await self._reader.read(scope, type, id)
        if version is None or version.deleted:
            raise Conflict("What the condition selected has just been deleted. Try again.")
        return version

    async def _transact(
        self, scope: Scope, action: str, type: str, query: str, work: Work[Result]
    ) -> Result:
        """Run ``work`` in a transaction, again if it was overtaken; audit what was refused.

        What was heard is noted after the commit: a note never holds a write up, nor undoes it.
        """
        signature = await self._parts.sign(scope)
        for _ in range(_TRIES):
            heard: Sources = set()
            try:
                async with self._parts.transactions.transaction() as connection:
                    done = await work(connection, signature, heard)
            except Overtaken:
                continue
            except (RecordError, Failed) as fault:
                error = fault.reason if isinstance(fault, Failed) else fault
                await self._refused(signature, action, type, query, error)
                raise error from None
            except DATABASE as error:
                if not collided(error):
                    raise told(error) from None
            else:
                await self._parts.heard.note(heard, moment(self._parts.clock.now()))
                return done
        raise Conflict("Others keep changing this. Try again.")

    async def _refused(
        self, signature: Signature, action: str, type: str, query: str, error: Exception
    ) -> None:
        outcome = audit.NOTHING if isinstance(error, NotFound) else audit.REFUSED
        entry = signature.entry(action, outcome, type=type, id=None, query=query)
        await self._parts.general.execute(audit.insert(), *audit.columns([entry])[:-1])
