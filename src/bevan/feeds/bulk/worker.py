"""One process of an import: takes one task after another, and says what became of each."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection as Pipe
from typing import Any

from bevan.feeds.bulk import files
from bevan.feeds.bulk.addressing import Addressing
from bevan.feeds.bulk.bundles import Item, derived_id
from bevan.feeds.bulk.files import Task
from bevan.feeds.bulk.ledger import Ledger, Part
from bevan.feeds.bulk.outcome import Outcome, Reject
from bevan.feeds.bulk.resolving import Resolver
from bevan.feeds.bulk.taking import AT_ONCE, CHUNK, Place, Taker
from bevan.fhir.definitions import load
from bevan.fhir.extraction import Extractor
from bevan.fhir.json import Malformed, decode
from bevan.fhir.outcome import Issue
from bevan.fhir.parameters import Registry
from bevan.fhir.validation import Validator
from bevan.kernel.clock import SystemClock
from bevan.kernel.database import Database
from bevan.record.address import own
from bevan.record.record import Record
from bevan.record.scope import Actor, system

PURPOSE = "import files in bulk"
WHOLE = -1
"""Where a part starts that is a whole file, in the ledger."""


@dataclass(frozen=True, slots=True)
class Order:
    """How an import is to be done, the same for all its processes."""

    dsn: str
    operator: str
    hash_bits: int = 64
    split: bool = False
    base: str = ""
    """The public address of the FHIR interface: references to it are the record's own."""


@dataclass(frozen=True, slots=True)
class Worker:
    """Does tasks."""

    taker: Taker

    async def do(self, task: Task, *, final: bool) -> Outcome:
        """Take what the task's file holds and isn't in the record yet."""
        try:
            digest = task.digest or files.digest_of(task.path)
            parts = await self.taker.ledger.parts(digest)
            if task.lines:
                return await self._lines(task, digest, parts, final=final)
            return await self._file(task, digest, parts, final=final)
        except files.BROKEN as error:
            return _unreadable(task, f"The file can't be read: {error}")

    async def settle(self) -> None:
        """Look again for the people of resources that came before what they point to."""
        await self.taker.record.settle(self.taker.scope)

    async def _file(
        self, task: Task, digest: bytes, parts: dict[int, Part], *, final: bool
    ) -> Outcome:
        """A file that holds one resource or Bundle, whatever its name says of lines."""
        before = parts.get(WHOLE)
        if before is not None and before.done:
            return _before(before)
        with files.opened(task.path) as file:
            text = file.read()
        try:
            found = decode(text)
        except Malformed as error:
            if _is_lines(text):
                return await self._lines(task, digest, parts, final=final)
            return _unreadable(task, error.args[0])
        if not isinstance(found, dict) or not isinstance(found.get("resourceType"), str):
            return Outcome(skipped=1)
        return await self._part(Place(str(task.path), digest, WHOLE), found, text, final=final)

    async def _part(
        self, place: Place, resource: dict[str, Any], text: bytes, *, final: bool
    ) -> Outcome:
        """One resource or Bundle, noted in the ledger once nothing of it waits any more."""
        if resource["resourceType"] == "Bundle":
            outcome = await self.taker.bundle(place, resource, text, final=final)
        else:
            body = {"id": derived_id(place.file, place.entry), **resource}
            item = Item(max(place.entry, 0), "", body)
            outcome = await self.taker.items(place, [item], text, final=final)
        await self._note(place, outcome)
        return outcome

    async def _note(self, place: Place, outcome: Outcome) -> None:
        if not outcome.waiting and outcome.taken:
            await self.taker.ledger.note(place.file, place.entry, outcome.taken, outcome.refused)

    async def _lines(
        self, task: Task, digest: bytes, parts: dict[int, Part], *, final: bool
    ) -> Outcome:
        outcome = Outcome()
        remaining = files.lines(task)
        while chunk := list(islice(remaining, CHUNK)):
            place = Place(str(task.path), digest, chunk[0][0])
            before = parts.get(place.entry)
            if before is not None and before.done:
                outcome.add(_before(before))
            else:
                outcome.add(await self._chunk(place, chunk, final=final))
        return outcome

    async def _chunk(self, place: Place, chunk: list[tuple[int, bytes]], *, final: bool) -> Outcome:
        outcome = Outcome()
        items: list[Item] = []
        texts: list[bytes] = []
        for offset, line, found in _decoded(place, chunk, outcome):
            if found["resourceType"] == "Bundle":
                inner = Place(place.path, place.file, offset)
                outcome.add(await self.taker.bundle(inner, found, line, final=final))
                continue
            body = {"id": derived_id(place.file, offset), **found}
            items.append(Item(offset, "", body))
            if b"?" in line:
                texts.append(line)
        text = b"\n".join(texts)
        outcome.add(await self.taker.items(place, items, text, final=final))
        await self._note(place, outcome)
        return outcome


def _decoded(
    place: Place, chunk: list[tuple[int, bytes]], outcome: Outcome
) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
    """The resources of some lines; lines that hold none are refused."""
    for offset, line in chunk:
        try:
            found = decode(line)
        except Malformed as error:
            issue = Issue("fatal", "structure", "", error.text)
            outcome.rejects.append(Reject(place.path, offset, (issue,)))
            continue
        if isinstance(found, dict) and isinstance(found.get("resourceType"), str):
            yield offset, line, found
            continue
        issue = Issue("error", "structure", "", "The line holds no resource.", "R4 2.6.2")
        outcome.rejects.append(Reject(place.path, offset, (issue,), resource=found))


def _is_lines(text: bytes) -> bool:
    """Whether a text that isn't JSON has a resource in its first line, and more lines."""
    first, _, rest = text.strip().partition(b"\n")
    try:
        found = decode(first)
    except Malformed:
        return False
    return isinstance(found, dict) and "resourceType" in found and bool(rest.strip())


def _before(part: Part) -> Outcome:
    return Outcome(taken=part.taken.copy(), unchanged=part.taken.total())


def _unreadable(task: Task, text: str) -> Outcome:
    return Outcome(rejects=[Reject(str(task.path), None, (Issue("fatal", "structure", "", text),))])


@asynccontextmanager
async def opened(order: Order) -> AsyncIterator[Worker]:
    """A worker with its own connections."""
    definitions = load()
    registry = Registry(definitions)
    record = await Record.open(
        order.dsn,
        definitions=definitions,
        registry=registry,
        extractor=Extractor(registry, bits=order.hash_bits, bases=own(order.base)),
        validator=Validator(definitions),
        clock=SystemClock(),
        hash_bits=order.hash_bits,
        base=order.base,
        size=AT_ONCE,
    )
    database = await Database.open(order.dsn, size=1)
    actor = Actor("system", order.operator, order.operator, role="command line")
    scope = system(PURPOSE, actor)
    try:
        yield Worker(
            Taker(
                record=record,
                scope=scope,
                ledger=Ledger(database),
                addressing=Addressing(definitions),
                resolver=Resolver(record, scope),
                split=order.split,
            )
        )
    finally:
        await database.close()
        await record.close()


def serve(order: Order, pipe: Pipe) -> None:
    """The process: answers each (task, final) with its outcome, None with the last settling."""
    asyncio.run(_serve(order, pipe))


async def _serve(order: Order, pipe: Pipe) -> None:
    async with opened(order) as worker:
        # What is there now stays: the collector needn't look through it again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(100_000)
        while True:
            try:
                said = pipe.recv()
            except EOFError:
                return
            if said is None:
                await worker.settle()
                pipe.send(Outcome())
                return
            task, final = said
            pipe.send(await worker.do(task, final=final))
