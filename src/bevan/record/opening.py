"""Opening the record: its pools, its codec and the parts that everything shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bevan.fhir.definitions import Definitions
from bevan.fhir.extraction import Extractor
from bevan.fhir.parameters import Registry
from bevan.fhir.subject import About, who
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.record.added import AddedParameters
from bevan.record.bundle.references import Kinds, kinds_of
from bevan.record.codec import open_codec
from bevan.record.finding import Finder
from bevan.record.interning import Interns
from bevan.record.keys import Keys
from bevan.record.parts import LANE_SETTINGS, Parts
from bevan.record.rows import Preparer, Validates
from bevan.record.search.limits import DEFAULT, Limits
from bevan.record.search.searcher import Searcher
from bevan.record.search.searcher import Settings as SearchSettings
from bevan.record.sources import Heard

_LANES = 3


@dataclass(frozen=True, slots=True)
class Settings:
    """What the record is made of. ``base``: this server's FHIR address, no slash at its end."""

    definitions: Definitions
    registry: Registry
    extractor: Extractor
    validator: Validates
    clock: Clock
    hash_bits: int = 64
    base: str = ""
    limits: Limits = DEFAULT


@dataclass(frozen=True, slots=True)
class Opened:
    """The opened parts; ``finder`` decides conditions, ``searcher`` answers searches."""

    settings: Settings
    parts: Parts
    searcher: Searcher
    finder: Finder
    kinds: Kinds

    async def close(self) -> None:
        """Let go of the database."""
        await self.searcher.close()
        for database in (self.parts.lanes, self.parts.transactions, self.parts.general):
            await database.close()


async def opened(dsn: str, settings: Settings, size: int) -> Opened:
    """Connect to a migrated database. Raises ``kernel.errors.Unavailable``."""
    general = await Database.open(dsn, size=size)

    def about(resource: Mapping[str, Any]) -> About:
        return who(resource, base=settings.base)

    async with general.connection() as connection:
        codec = await open_codec(connection)
    interns = Interns(general)
    added = AddedParameters(general, settings.registry)
    await added.current()
    parts = Parts(
        lanes=await Database.open(dsn, size=_LANES, settings=LANE_SETTINGS),
        transactions=await Database.open(dsn, size=size, settings=LANE_SETTINGS),
        general=general,
        preparer=Preparer(settings.validator, settings.extractor, codec, about),
        interns=interns,
        keys=Keys(general),
        heard=Heard(general),
        clock=settings.clock,
        added=added,
    )
    searcher = await Searcher.open(
        dsn,
        SearchSettings(
            definitions=settings.definitions,
            registry=settings.registry,
            extractor=settings.extractor,
            codec=codec,
            interns=interns,
            clock=settings.clock,
            bits=settings.hash_bits,
            limits=settings.limits,
            current=added.current,
        ),
        size=size,
    )
    return Opened(settings, parts, searcher, searcher, kinds_of(settings.definitions))
