"""Which record stands for one that was merged, known in memory so that asking costs nothing.

Merges that clerks decided lead on, and those that a source states by itself, whose entries stay
where they are. Merges are few (some in a thousand people), and searches many. A process reads the
ledger once and then, every other second, only what has changed since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote_plus
from uuid import UUID

from bevan.kernel.database import Database
from bevan.kernel.sql import statements
from bevan.record.scope import compartment

# A merge that commits late may have an earlier turn than one that was seen already.
_OVERLAP = 1_000
_HOPS = 20
# Parameters whose bare value can only be the id of a Patient.
_OF_PATIENTS = frozenset(
    {"patient", "subject", "patient._id", "subject._id", "subject:Patient._id"}
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a merged record became: the id that stands, and whether entries are still on the way."""

    survivor: str
    moving: bool


class Survivors:
    """The merges that stand, as of the last `renew`.

    `of` is for finding what somebody asked for; `of_account` for whose record somebody opens, which
    ends the moment that a merge begins to be undone.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = statements("bevan.people", "survivors.sql")
        self._merged: dict[str, Standing] = {}
        self._keys: dict[UUID, str] = {}
        self._into: dict[str, set[str]] = {}
        self._turn = 0
        self._stated: dict[str, str] = {}
        self._undoing: set[str] = set()
        self._stated_turn = 0

    async def renew(self) -> None:
        """Read what has changed since the last time."""
        for row in await self._database.fetch(self._sql["stated"], self._stated_turn - _OVERLAP):
            self.state(row["merged"], row["survivor"], row["turn"], followed=row["followed"])
        for row in await self._database.fetch(self._sql["changed"], self._turn - _OVERLAP):
            self.learn(row["merged"], row["survivor"], row["state"], row["turn"])

    def learn(self, merged: str, survivor: str, state: str, turn: int) -> None:
        """Take in one merge of the ledger, in the order of their turns."""
        key = compartment(merged)
        old = self._merged.pop(merged, None)
        self._keys.pop(key, None)
        self._undoing.discard(merged)
        if state == "undoing":
            self._undoing.add(merged)
        if old is not None:
            self._into[old.survivor].discard(merged)
        if state != "undone":
            self._merged[merged] = Standing(survivor, state != "merged")
            self._keys[key] = merged
            self._into.setdefault(survivor, set()).add(merged)
        self._turn = max(self._turn, turn)

    def state(self, merged: str, survivor: str, turn: int, *, followed: bool) -> None:
        """Take in a source's word about one record; not `followed` where it isn't taken."""
        if followed:
            self._stated[merged] = survivor
        else:
            self._stated.pop(merged, None)
        self._stated_turn = max(self._stated_turn, turn)

    def of(self, id: str) -> str | None:
        """The id of the record that stands for this one; None for one that was never merged."""
        found = None
        for _ in range(_HOPS):
            step = self._onward(found or id)
            if step is None:
                return found
            found = step.survivor
        return found

    def of_account(self, id: str) -> str:
        """The record that opens for the account of a record: the one that stands, or itself.

        While a merge is being undone it is their own again, whatever is still on the way.
        """
        found = id
        for _ in range(_HOPS):
            step = None if found in self._undoing else self._onward(found)
            if step is None:
                break
            found = step.survivor
        return found

    def moves(self, id: str) -> bool:
        """Whether a record's entries go to its survivor: not on a source's word alone."""
        return id in self._merged

    def _onward(self, id: str) -> Standing | None:
        """One step; what a source alone says moves nothing, so entries stay on both."""
        step = self._merged.get(id)
        if step is None and (survivor := self._stated.get(id)):
            return Standing(survivor, moving=True)
        return step

    def by_key(self, person: UUID) -> str | None:
        """The id of the merged record with this compartment; None for any other."""
        return self._keys.get(person)

    def merged_into(self, id: str) -> set[str]:
        """The ids of the records that were merged into this one."""
        return set(self._into.get(id, ()))

    def query(
        self, type: str | None, query: str, base: str = "", *, among: Collection[str] | None = None
    ) -> str:
        """A search as it is meant: what names a merged record names the one that stands.

        While entries are on the way, both are meant. Patients that are asked for by id are found
        as they are, and the survivor beside them. `query` is raw; nothing else in it is touched.
        Only survivors `among` some are named, where that is given: whoever doesn't see one isn't
        told of it by the links of an answer either.
        """
        if not (self._merged or self._stated) or not query:
            return query
        return "&".join(self._parameter(type, each, base, among) for each in query.split("&"))

    def led_to(self, type: str | None, query: str, base: str = "") -> frozenset[str]:
        """The survivors that `query` would name."""
        if not (self._merged or self._stated) or not query:
            return frozenset()
        found = set()
        for name, value in map(_pair, query.split("&")):
            found |= {self.of(_named(type, name, each, base)[1]) for each in value}
        return frozenset(id for id in found if id)

    def _parameter(
        self, type: str | None, text: str, base: str, among: Collection[str] | None
    ) -> str:
        name, values = _pair(text)
        meant = [one for each in values for one in self._value(type, name, each, base, among)]
        if meant == values:
            return text
        return f"{text.partition('=')[0]}={quote(','.join(dict.fromkeys(meant)), safe='')}"

    def _value(
        self, type: str | None, name: str, value: str, base: str, among: Collection[str] | None
    ) -> Iterator[str]:
        head, id = _named(type, name, value, base)
        survivor = self.of(id) if id else None
        step = self._onward(id)
        if survivor is None or step is None or (among is not None and survivor not in among):
            yield value
            return
        if step.moving or name == "_id":
            yield value
        yield f"{head}{survivor}"


def _pair(text: str) -> tuple[str, list[str]]:
    """A parameter's name and its values."""
    name, equals, value = text.partition("=")
    return unquote_plus(name), unquote_plus(value).split(",") if equals else []


def _named(type: str | None, name: str, value: str, base: str) -> tuple[str, str]:
    """The Patient that a value names, by what stands before its id and the id; blank for none."""
    if name == "_id":
        return "", value if type == "Patient" else ""
    head, id = _split(value, base)
    return (head, id) if head or name in _OF_PATIENTS or name.endswith(":Patient") else ("", "")


def _split(value: str, base: str) -> tuple[str, str]:
    """A reference to a Patient as what stands before its id, and the id."""
    for head in ("Patient/", f"{base}/Patient/"):
        if value.startswith(head) and not head.startswith("/"):
            return head, value.removeprefix(head)
    return "", value
