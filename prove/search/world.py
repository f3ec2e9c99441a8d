"""A record with resources in it, driven from code that isn't a coroutine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from bevan.fhir.extraction import Extractor
from bevan.fhir.parameters import Registry
from bevan.fhir.validation import Validator
from bevan.kernel.clock import FixedClock
from bevan.record.record import Record
from bevan.record.scope import Actor, Scope, Ticket, compartment, system
from bevan.record.search.searcher import Searcher
from prove.search.small_world import Resource

T = TypeVar("T")
# The demo's own day, so that ages come out the same whenever this runs.
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
WRITER = Actor("system", "tests", "Tests")
CLINICIAN = Actor("practitioner", "p", "Dr P")
HOLDER = UUID(int=7)


class World:
    """A record with resources in it, driven from tests that aren't coroutines."""

    def __init__(self, dsn: str, registry: Registry, bits: int = 64) -> None:
        self.dsn = dsn
        self.runner = asyncio.Runner()
        self.extractor = Extractor(registry, bits)
        self.clock = FixedClock(NOW)
        self.everything = system("tests", WRITER, at=NOW)
        self.resources: list[Resource] = []
        self.record: Record = self.run(
            Record.open(
                dsn,
                definitions=registry.definitions,
                registry=registry,
                extractor=self.extractor,
                validator=Validator(registry.definitions),
                clock=self.clock,
                hash_bits=bits,
            )
        )

    @property
    def searcher(self) -> Searcher:
        return self.record._made.searcher

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def close(self) -> None:
        self.run(self.record.close())
        self.runner.close()

    def put(self, *resources: Resource) -> list[Resource]:
        """Write resources one after the other; returns them as stored."""
        stored = []
        for resource in resources:
            written = self.run(self.record.update(self.everything, deepcopy(resource)))
            stored.append(json.loads(written.version.content, parse_float=str))
        self.resources += stored
        return stored

    def delete(self, type: str, id: str) -> None:
        self.run(self.record.delete(self.everything, type, id))

    def scope(self, **kept: Any) -> Scope:
        """A clinician's scope; HOLDER holds the relationships."""
        ticket = Ticket("request-1", "direct care", CLINICIAN, NOW)
        return Scope(ticket, **{"holders": None, "patients": None, **kept})

    def relate(self, *patients: str, holder: UUID = HOLDER) -> None:
        self.sql(
            "insert into relationship (holder, patient, kind, since) "
            "select $1, p, 'gp', '2020-01-01' from unnest($2::uuid[]) p",
            holder,
            [compartment(patient) for patient in patients],
        )

    def sql(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        return list(self.run(self.searcher._pools.bound.fetch(statement, *arguments)))

    def bundle(
        self, type: str | None, query: str, scope: Scope | None = None, **how: Any
    ) -> dict[str, Any]:
        page = self.run(
            self.record.search(
                scope or self.everything, type, query, base="http://bevan.example/fhir", **how
            )
        )
        found: dict[str, Any] = json.loads(page.bundle)
        return found

    def ids(self, type: str | None, query: str, scope: Scope | None = None) -> list[str]:
        """The ids of the matches on one page."""
        return matches(self.bundle(type, query, scope))

    def walk(
        self, type: str, query: str, scope: Scope | None = None, **how: Any
    ) -> list[list[str]]:
        """The ids of the matches of every page, following the next links."""
        pages = []
        bundle = self.bundle(type, query, scope, **how)
        while True:
            pages.append(matches(bundle))
            following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
            if not following:
                return pages
            bundle = self.bundle(type, following[0].partition("?")[2], scope, **how)


def matches(bundle: dict[str, Any], mode: str = "match") -> list[str]:
    return [
        entry["resource"]["id"]
        for entry in bundle.get("entry", ())
        if entry["search"]["mode"] == mode
    ]


def included(bundle: dict[str, Any]) -> list[str]:
    return sorted(matches(bundle, "include"))
