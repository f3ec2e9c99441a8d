"""What the record's tests share: an open record on a fresh database, and people to act."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bevan.fhir.definitions import Definitions, load
from bevan.fhir.extraction import Extractor
from bevan.fhir.parameters import Registry
from bevan.fhir.validation import Validator
from bevan.kernel.clock import Clock, SystemClock
from bevan.record.record import Record
from tests.record.people import ROBOT, Asked


@dataclass(frozen=True)
class Tables:
    """What every record is made of; slow to build, so built once."""

    definitions: Definitions
    registry: Registry
    extractor: Extractor
    validator: Validator

    async def open(
        self, dsn: str, *, clock: Clock | None = None, base: str = "", bits: int = 64
    ) -> Record:
        """A record over a migrated database; ``bits`` cuts the hashes."""
        extractor = self.extractor if bits == 64 else Extractor(self.registry, bits)
        return await Record.open(
            dsn,
            definitions=self.definitions,
            registry=self.registry,
            extractor=extractor,
            hash_bits=bits,
            validator=self.validator,
            clock=clock or SystemClock(),
            base=base,
            size=4,
        )


@pytest.fixture(scope="session")
def tables() -> Tables:
    definitions = load()
    registry = Registry(definitions)
    return Tables(definitions, registry, Extractor(registry), Validator(definitions))


@pytest.fixture
async def record(database: str, tables: Tables) -> AsyncIterator[Record]:
    opened = await tables.open(database, base="https://bevan.example/fhir")
    yield opened
    await opened.close()


@pytest.fixture
async def asked(record: Record) -> Asked:
    """Questions to the database behind the record, for what no interaction tells."""
    return Asked(record)


@pytest.fixture
def robot() -> object:
    """The system's own scope."""
    return ROBOT()
