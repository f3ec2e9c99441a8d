"""Takes resources and Bundles into the record: checked, addressed, loaded, counted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from bevan.feeds.bulk.addressing import Addressing, Condition, conditions
from bevan.feeds.bulk.bundles import DONE, KEPT, Item, addresses, contents, derived_id, plain
from bevan.feeds.bulk.ledger import Ledger
from bevan.feeds.bulk.outcome import Outcome, Reject
from bevan.feeds.bulk.resolving import Resolver
from bevan.fhir.json import decode
from bevan.fhir.outcome import Issue
from bevan.record.bundle.entries import MOST, Entry, read
from bevan.record.bundle.references import conditional
from bevan.record.bundle.single import run
from bevan.record.bundle.targets import assign
from bevan.record.bundle.transaction import Unresolved
from bevan.record.errors import Invalid, RecordError
from bevan.record.record import Record
from bevan.record.rows import Prepared
from bevan.record.scope import Scope

CHUNK = 500
AT_ONCE = 8
"""How many entries with conditions are done at once: as many as there are connections."""
_OUTSIDE = "A conditional reference selects no resource, or more than one."
# What a resource that passed validation may still trip over: refused like the others, one by one.
_FAULTS = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part stands: the file, its SHA-256, and where in it the part starts."""

    path: str
    file: bytes
    entry: int


@dataclass(frozen=True, slots=True)
class Taker:
    """Writes parts of an import under one scope. `split`: transactions entry by entry."""

    record: Record
    scope: Scope
    ledger: Ledger
    addressing: Addressing
    resolver: Resolver
    split: bool = False

    async def bundle(
        self, place: Place, bundle: dict[str, Any], text: bytes, *, final: bool
    ) -> Outcome:
        """Take a Bundle; `final`: what still waits for another resource is refused."""
        kind = bundle.get("type")
        try:
            if kind in KEPT:
                bundle.setdefault("id", derived_id(place.file, place.entry))
                return await self.items(
                    place, [Item(max(place.entry, 0), "", bundle)], text, final=final
                )
            if kind == "transaction" and not self.split:
                return await self._transaction(place, bundle, text, final=final)
            if kind in DONE:
                return await self._requests(place, bundle, text, final=final)
        except RecordError as error:
            return _refused(place, bundle, tuple(error.issues_found()))
        items = [
            Item(at, url, {"id": derived_id(place.file, place.entry, at), **resource})
            for at, url, resource in contents(bundle)
        ]
        return await self.items(place, items, text, final=final)

    # -- as a whole --

    async def _transaction(
        self, place: Place, bundle: dict[str, Any], text: bytes, *, final: bool
    ) -> Outcome:
        entries = read(bundle)
        taken = Counter(entry.type for entry in entries if entry.resource is not None)
        joining = self.ledger.joining(place.file, place.entry, taken)
        try:
            prepared = await self._prepared(entries, conditions(text))
            if prepared is None:
                answer = await self.record.bundle(self.scope, bundle, within=joining)
                return Outcome(taken, unchanged=_found(answer, entries, taken))
        except Unresolved as error:
            if final:
                return _refused(place, bundle, error.issues)
            return Outcome(waiting=len(entries))
        loaded = await self.record.load(self.scope, prepared, within=joining, most=MOST)
        return Outcome(taken, unchanged=loaded.same)

    async def _prepared(
        self, entries: Sequence[Entry], wanted: Iterable[Condition]
    ) -> list[Prepared] | None:
        """The resources of a Bundle that only writes, pointing to where things will be.

        None for one with conditions of its own, or that may select what it brings itself: these
        the record does as it would do any. Raises `Invalid`.
        """
        if not all(map(plain, entries)):
            return None
        found, missing = await self.resolver.resolve(wanted)
        if missing:
            types = {entry.type for entry in entries}
            if any(text.partition("?")[0] in types for text in missing):
                return None
            raise Unresolved([Issue("error", "not-found", "Bundle", _OUTSIDE)], 404)
        targets = assign(entries, {}).values()
        rows = {t.entry.full_url: t.row for t in targets if t.entry.full_url}
        bodies = [(t.entry.full_url, {**(t.entry.resource or {}), "id": t.id}) for t in targets]
        resources = self.addressing.rewritten(bodies, rows | found)
        places = [target.entry.place for target in targets]
        return self._all_prepared(zip(places, resources, strict=True))

    def _all_prepared(self, placed: Iterable[tuple[int, dict[str, Any]]]) -> list[Prepared]:
        issues: list[Issue] = []
        made: list[Prepared] = []
        for place, resource in placed:
            try:
                made.append(self.record.prepare(resource))
            except Invalid as error:
                issues += [_placed(issue, place) for issue in error.issues]
            except _FAULTS as error:
                issues.append(_placed(_fault(error), place))
        if issues:
            raise Invalid(issues)
        return made

    # -- entry by entry --

    async def _requests(
        self, place: Place, bundle: dict[str, Any], text: bytes, *, final: bool
    ) -> Outcome:
        """A batch, or a transaction that is to be split."""
        outcome, items = Outcome(), []
        conditional: list[Entry] = []
        for entry in read(bundle):
            if plain(entry):
                id = entry.id or derived_id(place.file, place.entry, entry.place)
                body = {**(entry.resource or {}), "id": id}
                items.append(Item(entry.place, entry.full_url, body))
            elif entry.writes:
                conditional.append(entry)
        rows = await self._conditional(place, conditional, outcome)
        outcome.add(await self.items(place, items, text, final=final, rows=rows))
        return outcome

    async def _conditional(
        self, place: Place, entries: Sequence[Entry], outcome: Outcome
    ) -> dict[str, str]:
        """Entries with conditions, some at a time so that they share the wait for the disk.

        Full URL → `Type/id` of what they wrote or found.
        """
        room = asyncio.Semaphore(AT_ONCE)

        async def one(entry: Entry) -> str | None:
            async with room:
                return await self._request(place, entry, outcome)

        rows = await asyncio.gather(*map(one, entries))
        pairs = zip(entries, rows, strict=True)
        return {entry.full_url: row for entry, row in pairs if row and entry.full_url}

    async def _request(self, place: Place, entry: Entry, outcome: Outcome) -> str | None:
        try:
            response = await run(self.record, self.scope, entry)
        except RecordError as error:
            issues = tuple(_placed(issue, entry.place) for issue in error.issues_found())
            outcome.rejects.append(Reject(place.path, entry.place, issues, entry.type))
            return None
        if entry.resource is not None:
            outcome.taken[entry.type] += 1
            outcome.unchanged += response.status == 200 and entry.method == "POST"
        version = response.version
        return f"{version.type}/{version.id}" if version is not None else None

    async def items(
        self,
        place: Place,
        items: Sequence[Item],
        text: bytes,
        *,
        final: bool,
        rows: dict[str, str] | None = None,
    ) -> Outcome:
        """Take resources that have nothing to do with one another, in commits of some hundred."""
        outcome = Outcome()
        wanted = conditions(text)
        found, missing = await self.resolver.resolve(wanted) if wanted else ({}, set())
        ready: list[Item] = []
        for item in items:
            if missing and any(f"{t}?{q}" in missing for t, q in conditional(item.resource)):
                outcome.waiting += not final
                if final:
                    issue = Issue("error", "not-found", "", _OUTSIDE)
                    outcome.rejects.append(_reject(place, item, (issue,)))
            else:
                ready.append(item)
        targets = addresses(items) | found | (rows or {})
        pairs = [(item.full_url, item.resource) for item in ready]
        resources = self.addressing.rewritten(pairs, targets) if targets else [p[1] for p in pairs]
        prepared = self._checked(place, zip(ready, resources, strict=True), outcome)
        while chunk := list(islice(prepared, CHUNK)):
            loaded = await self.record.load(self.scope, chunk)
            outcome.taken += Counter(one.type for one in chunk)
            outcome.unchanged += len(chunk) - loaded.created - loaded.changed
        return outcome

    def _checked(
        self, place: Place, pairs: Iterable[tuple[Item, dict[str, Any]]], outcome: Outcome
    ) -> Iterator[Prepared]:
        for item, resource in pairs:
            try:
                yield self.record.prepare(resource)
            except Invalid as error:
                outcome.rejects.append(_reject(place, item, error.issues))
            except _FAULTS as error:
                outcome.rejects.append(_reject(place, item, (_fault(error),)))


def _reject(place: Place, item: Item, issues: Sequence[Issue]) -> Reject:
    type, id = item.resource.get("resourceType"), item.resource.get("id")
    return Reject(place.path, item.entry, tuple(issues), type, id, item.resource)


def _refused(place: Place, bundle: dict[str, Any], issues: Sequence[Issue]) -> Outcome:
    """All of a Bundle refused, with the reasons; the Bundle itself stays in its file."""
    entries = bundle.get("entry")
    number = len(entries) if isinstance(entries, list) else 1
    entry = place.entry if place.entry >= 0 else None
    reject = Reject(place.path, entry, tuple(issues), "Bundle", bundle.get("id"), None, number)
    return Outcome(rejects=[reject])


def _placed(issue: Issue, place: int) -> Issue:
    """The issue with its path from the Bundle on."""
    _, dot, rest = issue.expression.partition(".")
    return replace(issue, expression=f"Bundle.entry[{place}].resource{dot}{rest}")


def _fault(error: Exception) -> Issue:
    return Issue(
        "fatal", "exception", "", f"Bevan can't work out what is in it ({type(error).__name__})."
    )


def _found(answer: bytes, entries: Sequence[Entry], taken: Counter[str]) -> int:
    """How many entries of a transaction wrote nothing, by its answer."""
    responses = decode(answer).get("entry") or []
    if not responses:
        return taken.total()
    statuses = [response["response"]["status"] for response in responses]
    pairs = zip(entries, statuses, strict=True)
    return sum(entry.method == "POST" and status.startswith("200") for entry, status in pairs)
