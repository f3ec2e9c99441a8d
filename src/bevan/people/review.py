"""Clerical review: questions that only a person may answer, and what follows from the answers.

A pair that a clerk found to be two people isn't asked about again. One that is the same person is
merged at once; one that nobody is sure of stays in the queue.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bevan.fhir import json
from bevan.kernel.clock import Clock
from bevan.kernel.database import Connection, Database
from bevan.kernel.sql import statements
from bevan.people.correction import Correction
from bevan.people.merge import TASKS, Merge, Merging, transaction
from bevan.people.tasks import CODES, Decision, Question, answered, question, task
from bevan.record.errors import PreconditionFailed
from bevan.record.loading import Within
from bevan.record.record import Record
from bevan.record.scope import Actor, Scope, system
from bevan.record.version import Version

ASKING = "Asking a clerk whether two records are of one person"
SHOWING = "Showing a clerk the questions about records"
DECIDING = "Keeping what a clerk decided about two records"
MOST = 200


class Reviews:
    """The queue of questions, and the decisions."""

    def __init__(self, record: Record, database: Database, clock: Clock, merging: Merging) -> None:
        self._record = record
        self._database = database
        self._clock = clock
        self._merging = merging
        self._sql = statements("bevan.people", "review.sql")

    async def ask(self, by: Actor, asked: Question, *, anew: bool = False) -> bool:
        """Put a question into the queue; False if it stands there, or was decided, already.

        `anew`: somebody wants a decided pair to be looked at again.
        """
        first, second = sorted((asked.first, asked.second))
        decided = await self._database.fetchval(self._sql["last"], first, second)
        if asked.kind == "same-person" and decided in ("different", "same") and not anew:
            return False
        now = self._clock.now()
        key = asked.key.replace("/", "-")
        written = await self._record.create(
            system(ASKING, by, at=now),
            task(asked, now),
            if_none_exist=f"identifier={TASKS}|{key}&status=requested,on-hold",
        )
        return written.created

    async def misplaced(self, scope: Scope, merge: Merge, entry: Version) -> None:
        """Ask whose an entry is that a merge's undoing couldn't place (`unmerge.Asks`)."""
        row = f"{entry.type}/{entry.id}"
        await self.ask(
            scope.ticket.actor,
            Question("whose-entry", merge.survivor, merge.merged, entry=row),
        )

    async def parted(self, by: Actor, merge: Merge) -> None:
        """Keep that two records that were taken apart are of two people (`unmerge.Asks`)."""
        first, second = sorted((merge.survivor, merge.merged))
        reason = merge.undone_reason or "Taken apart"
        await self._database.execute(
            self._sql["decide"],
            *(first, second, "different", reason, "", self._clock.now()),
            *(by.kind, by.id, by.name),
        )

    async def queue(self, by: Actor) -> list[Question]:
        """The open questions, oldest first, at most 200; unsure ones last.

        A Task's rows are read by the system: a clerk sees the question and, under their own
        Scope, the two Patients, and no other Task of anybody.
        """
        scope = system(SHOWING, by, at=self._clock.now())
        page = await self._record.search(
            scope,
            "Task",
            f"code={CODES}|same-person,{CODES}|whose-entry&status=requested,on-hold"
            f"&_sort=authored-on&_count={MOST}",
        )
        found = [question(each["resource"]) for each in json.decode(page.bundle).get("entry", ())]
        return sorted((each for each in found if each is not None), key=lambda each: each.unsure)

    async def one(self, by: Actor, id: str) -> Question | None:
        """One open question; None for anything else."""
        version = await self._task(by, id)
        return question(json.decode(version.content)) if version is not None else None

    async def history(self, asked: Question) -> list[dict[str, Any]]:
        """What was decided of this pair before: decision, reason, at, by_name; newest first."""
        pair = sorted((asked.first, asked.second))
        return [dict(row) for row in await self._database.fetch(self._sql["decisions"], *pair)]

    async def decide(
        self, by: Actor, asked: Question, decision: Decision, reason: str, *, survivor: str = ""
    ) -> Merge | None:
        """Keep a decision, and do what follows; the merge, if one followed.

        `survivor` is the record that stays. Raises MergeRefused where the two may not be merged,
        and the record's Conflict or PreconditionFailed where somebody else answered meanwhile.
        """
        now = self._clock.now()
        scope = system(DECIDING, by, at=now)
        current = await self._current(scope, asked)
        merge = None
        if decision == "same":
            stays = survivor or asked.first
            other = asked.second if stays == asked.first else asked.first
            merge = await self._merging.merge(by, stays, other, reason)
        closed = answered(json.decode(current.content), decision, reason, now)
        await self._record.bundle(
            scope,
            transaction([(current, closed)]),
            within=self._noting(by, asked, decision, reason),
        )
        return merge

    def _noting(self, by: Actor, asked: Question, decision: str, reason: str) -> Within:
        first, second = sorted((asked.first, asked.second))
        now = self._clock.now()

        async def noted(connection: Connection) -> bool:
            await connection.execute(
                self._sql["decide"],
                *(first, second, decision, reason, asked.task, now, by.kind, by.id, by.name),
            )
            return True

        return noted

    async def place(self, by: Actor, asked: Question, owner: str, reason: str) -> None:
        """Keep whose an entry is, and move it there if it stands with the other of the two.

        Raises MergeRefused for an entry that isn't there any more, and what `decide` raises.
        """
        now = self._clock.now()
        scope = system(DECIDING, by, at=now)
        current = await self._current(scope, asked)
        type, _, id = asked.entry.partition("/")
        if owner == asked.second:
            correction = Correction(self._record, self._database, self._clock)
            await correction.move(by, type, id, wrong=asked.first, right=owner, reason=reason)
        closed = answered(json.decode(current.content), f"Patient/{owner}", reason, now)
        await self._record.update(scope, closed, if_match=asked.version)

    async def decided_different(self) -> frozenset[tuple[str, str]]:
        """The pairs of ids, each in order, that aren't to be proposed again."""
        rows: Iterable[Any] = await self._database.fetch(self._sql["different"])
        return frozenset(
            (row["first"], row["second"]) for row in rows if row["decision"] == "different"
        )

    async def _current(self, scope: Scope, asked: Question) -> Version:
        """The Task as the clerk saw it; raises PreconditionFailed if it changed since."""
        current = await self._record.read(scope, "Task", asked.task)
        if current is None or current.version != asked.version:
            raise PreconditionFailed("This question was answered by somebody else.")
        return current

    async def _task(self, by: Actor, id: str) -> Version | None:
        scope = system(SHOWING, by, at=self._clock.now())
        version = await self._record.read(scope, "Task", id)
        if version is None or version.deleted:
            return None
        open = json.decode(version.content).get("status") in ("requested", "on-hold")
        return version if open else None
