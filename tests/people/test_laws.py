"""Whatever is written, merged, taken apart and corrected: nothing is lost, doubled or guessed.

A small model of the rules runs beside the record: where each entry stands, what is known of whom,
and so what becomes of an entry when two records are taken apart.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from bevan.fhir import json
from bevan.people.merge import MergeRefused
from tests.people.merging import CLERK, SCOPE, Desk, rate
from tests.people.test_match import person
from tests.support.databases import Databases
from tests.support.sites import serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
STEPS = 22


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(databases: Databases) -> AsyncIterator[Desk]:
    name = await databases.migrated()
    async with serving(databases.dsn(name)) as served:
        yield Desk(served)
    await databases.drop(name)


@dataclass
class Entry:
    """An entry of the model: where it stands, who sent it, its value, and when it came to be."""

    at: str
    source: str
    value: int
    born: int


@dataclass
class Joined:
    """A merge of the model."""

    id: UUID
    survivor: str
    merged: str
    at: int
    moved: dict[str, str]
    corrected: set[str] = field(default_factory=set)


class World:
    """Three people, the record, and the model beside it."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk = desk
        self.draws = Random(seed)
        self.seed = seed
        self.people = [f"{name}-{seed}" for name in ("tom", "tim", "una")]
        self.entries: dict[str, Entry] = {}
        self.merges: list[Joined] = []
        self.step = 0
        self.asked: set[str] = set()

    async def begin(self) -> None:
        for who in self.people:
            await self.desk.write(person(who, "Brindle", who[:3].title(), "1978-09-05"))
            await self.write(who, self.system(who))

    def system(self, who: str) -> str:
        return f"https://{who}.example/record"

    def stands(self, who: str) -> str:
        found = next((each for each in self.merges if each.merged == who), None)
        return who if found is None else self.stands(found.survivor)

    def standing(self) -> list[str]:
        return [who for who in self.people if self.stands(who) == who]

    async def write(self, who: str, source: str) -> None:
        id = f"e{len(self.entries)}-{self.seed}"
        self.entries[id] = Entry(self.stands(who), source, self.step, self.step)
        await self.desk.write(rate(id, self.stands(who), self.step, source=source))

    async def act(self) -> None:
        self.step += 1
        name = self.draws.choice(
            ("write", "write", "silent", "edit", "merge", "merge", "undo", "correct", "there_back")
        )
        await getattr(self, f"_{name}")()

    async def _write(self) -> None:
        who = self.draws.choice(self.people)
        await self.write(who, self.system(who))

    async def _silent(self) -> None:
        await self.write(self.draws.choice(self.people), "")

    async def _edit(self) -> None:
        id = self.draws.choice(sorted(self.entries))
        body = json.decode(await self.desk.body("Observation", id))
        found = {name: value for name, value in body.items() if value != {}}
        self.entries[id].value = 100 + self.step
        await self.desk.write({**found, "valueQuantity": {"value": 100 + self.step}})

    async def _correct(self) -> None:
        id = self.draws.choice(sorted(self.entries))
        entry = self.entries[id]
        others = [who for who in self.standing() if who != entry.at]
        if not others:
            return
        right = self.draws.choice(others)
        correction = self.desk.served.made.correction
        await correction.correct(
            CLERK, [f"Observation/{id}"], wrong=entry.at, right=right, reason="Wrong tab"
        )
        entry.at = right
        for merge in self.merges:
            merge.corrected.discard(id)
            if merge.survivor == right:
                merge.corrected.add(id)

    async def _merge(self) -> None:
        if len(self.standing()) < 2:
            return
        survivor, merged = self.draws.sample(self.standing(), 2)
        made = await self.desk.merging.merge(CLERK, survivor, merged, "Same person")
        moved = {id: each.source for id, each in self.entries.items() if each.at == merged}
        for id in moved:
            self.entries[id].at = survivor
        self.merges.append(Joined(made.id, survivor, merged, self.step, moved))

    async def _undo(self) -> None:
        if not self.merges:
            return
        merge = self.draws.choice(self.merges)
        if self.stands(merge.survivor) != merge.survivor:
            with pytest.raises(MergeRefused, match="undo that first"):
                await self.desk.unmerging.undo(CLERK, merge.id)
            return
        self.desk.asking.asked.clear()
        done = await self.desk.unmerging.undo(CLERK, merge.id, "Two people")
        self.merges.remove(merge)
        self._expect(merge)
        assert set(done.asked) == set(self.desk.asking.asked)
        assert set(done.asked) == {f"Observation/{id}" for id in self.asked}

    async def _there_back(self) -> None:
        """A merge and its undoing at once leave every byte of everything."""
        if len(self.standing()) < 2:
            return
        before = await self.everything()
        survivor, merged = self.draws.sample(self.standing(), 2)
        made = await self.desk.merging.merge(CLERK, survivor, merged, "Same person")
        await self.desk.unmerging.undo(CLERK, made.id)
        assert await self.everything() == before

    def _expect(self, merge: Joined) -> None:
        """What the rules say becomes of each entry of the survivor."""
        stays = set(merge.moved)
        for other in self.merges:
            stays |= set(other.moved) if other.survivor == merge.survivor else set()
        here = {id: each for id, each in self.entries.items() if each.at == merge.survivor}
        rest = {id: each for id, each in here.items() if id not in stays}
        since = {id for id, each in rest.items() if each.born > merge.at or id in merge.corrected}
        own = {each.source for id, each in rest.items() if id not in since} - {""}
        theirs = set(merge.moved.values()) - {""}
        self.asked = set()
        for id, entry in here.items():
            if id in merge.moved or (id in since and entry.source in theirs - own):
                entry.at = merge.merged
            elif id in since and entry.source not in own - theirs:
                self.asked.add(id)

    async def everything(self) -> dict[str, bytes]:
        rows = [("Patient", who) for who in self.people]
        rows += [("Observation", id) for id in self.entries]
        return {"/".join(row): await self.desk.body(*row) for row in rows}

    async def check(self) -> None:
        """Each entry is with whom the model says, once, and says what was last written."""
        for who in self.people:
            expected = sorted(id for id, each in self.entries.items() if each.at == who)
            assert await self.desk.about(who) == expected, (self.seed, self.step, who)
        for id, entry in self.entries.items():
            found: Any = json.decode(await self.desk.body("Observation", id))
            assert found["valueQuantity"]["value"] == entry.value
            assert found.get("meta", {}).get("source", "") == entry.source
        for who in self.people:
            version = await self.desk.record.read(SCOPE, "Patient", who)
            assert version is not None
            patient = json.decode(version.content)
            assert (patient.get("active") is False) == (self.stands(who) != who)


@pytest.mark.parametrize("seed", range(4))
async def test_nothing_is_lost_doubled_or_guessed(desk: Desk, seed: int) -> None:
    world = World(desk, seed)
    await world.begin()
    for _ in range(STEPS):
        await world.act()
        await world.check()
    for merge in reversed(list(world.merges)):
        # In the end all come apart, the last merge first.
        if world.stands(merge.survivor) == merge.survivor:
            await desk.unmerging.undo(CLERK, merge.id)
            world.merges.remove(merge)
            world._expect(merge)
    await world.check()
    for who in world.people:
        version = await desk.record.read(SCOPE, "Patient", who)
        first = await desk.record.vread(SCOPE, "Patient", who, 1)
        assert version is not None and first is not None
        assert await desk.body("Patient", who) == json.encode(_unstamped(first.content))


def _unstamped(content: bytes) -> dict[str, Any]:
    found = json.decode(content)
    meta = {key: value for key, value in found["meta"].items()
            if key not in ("versionId", "lastUpdated")}  # fmt: skip
    return {**found, "meta": meta}
