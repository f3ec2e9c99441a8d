"""A transaction: all entries or none (FHIR R4 3.1.0.11.2)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bevan.fhir.extraction import Extractor
from bevan.fhir.outcome import Issue
from bevan.fhir.parameters import Registry
from bevan.kernel.database import Connection
from bevan.record import audit
from bevan.record.attempt import Failed, Overtaken, attempt
from bevan.record.bundle.batch import AT_ONCE
from bevan.record.bundle.beside import Beside
from bevan.record.bundle.entries import Entry, read
from bevan.record.bundle.matching import Condition, inside, select
from bevan.record.bundle.references import Kinds, References, conditional
from bevan.record.bundle.responses import Response, of_error, of_read, of_write
from bevan.record.bundle.targets import Target, assign
from bevan.record.decision import Operation
from bevan.record.errors import Conflict, Invalid, NotFound, RecordError, TooCostly
from bevan.record.faults import DATABASE, collided, told
from bevan.record.finding import Finder
from bevan.record.loading import Within
from bevan.record.parts import Parts
from bevan.record.plan import Signature
from bevan.record.reader import Reader
from bevan.record.scope import Scope, compartment
from bevan.record.version import Written

LONGEST = 2.0
"""Seconds that a writing transaction may live: a longer one holds up the change feed."""

_TRIES = 20
_TURN = 100

Look = Callable[[Scope, Entry], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Tools:
    """What a transaction works with, one set per process. ``look`` answers searches."""

    parts: Parts
    reader: Reader
    finder: Finder
    registry: Registry
    extractor: Extractor
    kinds: Kinds
    base: str
    look: Look


class Transaction:
    """One transaction Bundle under one Scope."""

    def __init__(
        self, tools: Tools, scope: Scope, bundle: Mapping[str, Any], within: Within | None = None
    ) -> None:
        """Reads the entries. Raises ``Invalid`` (400) and ``TooCostly``.

        ``within`` runs first in the transaction; where it answers false, nothing is done.
        """
        self._tools = tools
        self._within = within
        self._scope = scope
        self._entries = read(bundle, tools.base)
        self._references = {
            condition
            for entry in self._entries
            if entry.resource is not None
            for condition in conditional(entry.resource)
        }

    async def run(self) -> list[Response]:
        """The response to each entry, in the order of the entries.

        Raises the error of the first entry that can't be done, its place named; then nothing is
        written.
        """
        signature = await self._tools.parts.sign(self._scope)
        for _ in range(_TRIES):
            try:
                responses = await self._once(signature)
                await self._heard()
                return await self._answered(responses)
            except Overtaken:
                continue
            except Failed as failed:
                await self._refused(signature, failed.reason)
                raise located(failed) from None
            except DATABASE as error:
                if not collided(error):
                    raise told(error) from None
        raise Conflict("Others keep changing the same resources. Try again.")

    async def _once(self, signature: Signature) -> list[Response | None]:
        conditions = {entry.condition for entry in self._entries} - {None} | self._references
        if not conditions:
            # Nothing to look up: all the work before the write is done before the transaction.
            targets = assign(self._entries, {})
            operations = await self._operations(targets, {})
            async with self._tools.parts.transactions.transaction() as connection:
                if self._within is not None and not await self._within(connection):
                    return []
                return await self._write(connection, signature, targets, operations)
        async with self._tools.parts.transactions.transaction() as connection:
            if self._within is not None and not await self._within(connection):
                return []
            selected = await self._select(connection, [one for one in conditions if one])
            targets = assign(self._entries, selected)
            operations = await self._operations(targets, selected)
            return await self._write(connection, signature, targets, operations)

    async def _select(
        self, connection: Connection, conditions: Sequence[Condition]
    ) -> dict[Condition, list[str]]:
        return await select(connection, self._tools.finder, self._scope, conditions)

    async def _operations(
        self, targets: Mapping[int, Target], selected: Mapping[Condition, Sequence[str]]
    ) -> list[tuple[Target, Operation]]:
        """What to write, references set to where things will be, every resource checked."""
        references = References(self._tools.kinds, self._addresses(targets, selected))
        made: list[tuple[Target, Operation]] = []
        issues: list[Issue] = []
        # In one order for all, so that two transactions never wait for each other's rows.
        for number, target in enumerate(sorted(targets.values(), key=lambda one: one.row)):
            if number % _TURN == _TURN - 1:
                await asyncio.sleep(0)
            if target.kind in ("found", "nothing"):
                continue
            operation = self._operation(target, references)
            if operation.resource is not None:
                issues += self._faults(target, operation.resource)
            made.append((target, operation))
        if issues:
            raise Invalid(issues)
        return made

    def _operation(self, target: Target, references: References) -> Operation:
        entry = target.entry
        resource = None
        if entry.resource is not None:
            body = {**entry.resource, "id": target.id}
            resource = references.rewritten(body, entry.full_url)
        kind = target.kind
        assert kind != "found"
        assert kind != "nothing"
        return Operation(
            self._scope,
            kind,
            entry.type,
            target.id,
            resource=resource,
            operations=entry.operations,
            if_match=entry.if_match,
            if_none_match=entry.if_none_match or target.fresh,
        )

    def _faults(self, target: Target, resource: dict[str, Any]) -> list[Issue]:
        try:
            self._tools.parts.preparer.check(resource)
        except Invalid as error:
            return [_placed(issue, target.entry.place) for issue in error.issues]
        return []

    def _addresses(
        self, targets: Mapping[int, Target], selected: Mapping[Condition, Sequence[str]]
    ) -> dict[str, str]:
        """Full URL or conditional reference → ``Type/id``."""
        addresses = {
            target.entry.full_url: target.row
            for target in targets.values()
            if target.entry.full_url and target.id
        }
        written = [one for one in targets.values() if one.kind not in ("found", "nothing")]
        resources = [one.entry.resource or {} for one in written]
        gone = {one.row for one in written}
        for type, query in sorted(self._references):
            kept = {f"{type}/{id}" for id in selected[type, query]} - gone
            now = self._tools.parts.clock.now()
            registry, extractor = self._tools.registry, self._tools.extractor
            places = inside(registry, extractor, (type, query), resources, now)
            rows = kept | {written[place].row for place in places}
            if len(rows) != 1:
                many = "more than one" if rows else "no"
                text = f"A conditional reference selects {many} {type}."
                issue = Issue("error", "not-found", "Bundle", text, "R4 3.1.0.11.2")
                raise Unresolved([issue], 412 if rows else 404)
            addresses[f"{type}?{query}"] = rows.pop()
        return addresses

    async def _write(
        self,
        connection: Connection,
        signature: Signature,
        targets: Mapping[int, Target],
        operations: Sequence[tuple[Target, Operation]],
    ) -> list[Response | None]:
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            written = await attempt(
                self._tools.parts,
                connection,
                signature,
                [operation for _, operation in operations],
                beside=self._beside(operations),
                newcomers=frozenset(
                    compartment(target.id)
                    for target, _ in operations
                    if target.kind == "create" and target.entry.type == "Patient"
                ),
                together="Bundle",
            )
        except Failed as failed:
            raise Failed(operations[failed.place][0].entry.place, failed.reason) from None
        places = [target.entry.place for target, _ in operations]
        done = dict(zip(places, written, strict=True))
        responses: list[Response | None] = []
        for entry in self._entries:
            responses.append(await self._response(connection, signature, entry, targets, done))
            if loop.time() - started > LONGEST:
                text = f"The transaction took longer than {LONGEST:g} seconds. Split it."
                raise TooCostly(text)
        return responses

    def _beside(self, operations: Sequence[tuple[Target, Operation]]) -> Beside:
        resources = {
            target.row: operation.resource
            for target, operation in operations
            if operation.resource is not None
        }
        return Beside(resources, self._tools.parts.preparer.place)

    async def _response(
        self,
        connection: Connection,
        signature: Signature,
        entry: Entry,
        targets: Mapping[int, Target],
        done: Mapping[int, Written],
    ) -> Response | None:
        """The answer to one entry; ``None`` for one that only reads: done after the commit."""
        if entry.place in done:
            return of_write(done[entry.place])
        target = targets.get(entry.place)
        if target is not None and target.kind == "nothing":
            return Response(204)
        if target is None:
            return None
        found = await self._tools.reader.read_within(connection, signature, entry.type, target.id)
        return replace(of_read(found, entry.type, target.id), content=b"")

    async def _answered(self, responses: Sequence[Response | None]) -> list[Response]:
        """The responses with what was left for after the commit; none where nothing was done.

        R4 has reads and searches last (3.1.0.11.2): they see what was written, and the
        transaction, which holds the feed back while it is open, doesn't wait for them.
        """
        room = asyncio.Semaphore(AT_ONCE)

        async def one(entry: Entry, response: Response | None) -> Response:
            if response is not None:
                return response
            async with room:
                try:
                    return await self._tools.look(self._scope, entry)
                except Exception as error:
                    return of_error(error)

        pairs = zip(self._entries, responses, strict=False)
        return list(await asyncio.gather(*[one(*pair) for pair in pairs]))

    async def _heard(self) -> None:
        """Note the sources of what was written."""
        parts = self._tools.parts
        metas = [(entry.resource or {}).get("meta") or {} for entry in self._entries]
        uris = {meta["source"] for meta in metas if meta.get("source")}
        numbers = [await parts.interns.source(uri) for uri in uris]
        await parts.heard.note(numbers, parts.clock.now())

    async def _refused(self, signature: Signature, reason: Exception) -> None:
        outcome = audit.NOTHING if isinstance(reason, NotFound) else audit.REFUSED
        entry = signature.entry(audit.UPDATE, outcome, type="Bundle", id=None)
        general = self._tools.parts.general
        await general.execute(audit.insert(), *audit.columns([entry])[:-1])


class Unresolved(Invalid):
    """A conditional reference selects nothing, or too much: an import may try it again later."""


def located(failed: Failed) -> Exception:
    """The reason with the place of its entry."""
    reason = failed.reason
    if isinstance(reason, Invalid):
        issues = [_placed(issue, failed.place) for issue in reason.issues]
        return Invalid(issues, reason.answer)
    if isinstance(reason, RecordError):
        return type(reason)(f"Bundle.entry[{failed.place}]: {reason}")
    return reason


def _placed(issue: Issue, place: int) -> Issue:
    inside = f".{issue.expression}" if issue.expression else ""
    return replace(issue, expression=f"Bundle.entry[{place}].resource{inside}")
