"""Which record stands for one that was merged, known in memory so that asking costs nothing.

Merges are few (some in a thousand people), and searches many. A process reads the ledger once and
then, every other second, only what has changed since.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    """The merges that stand, as of the last `renew`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = statements("bevan.people", "survivors.sql")
        self._merged: dict[str, Standing] = {}
        self._keys: dict[UUID, str] = {}
        self._into: dict[str, set[str]] = {}
        self._turn = 0

    async def renew(self) -> None:
        """Read what has changed since the last time."""
        for row in await self._database.fetch(self._sql["changed"], self._turn - _OVERLAP):
            self.learn(row["merged"], row["survivor"], row["state"], row["turn"])

    def learn(self, merged: str, survivor: str, state: str, turn: int) -> None:
        """Take in one merge of the ledger, in the order of their turns."""
        key = compartment(merged)
        old = self._merged.pop(merged, None)
        self._keys.pop(key, None)
        if old is not None:
            self._into[old.survivor].discard(merged)
        if state != "undone":
            self._merged[merged] = Standing(survivor, state != "merged")
            self._keys[key] = merged
            self._into.setdefault(survivor, set()).add(merged)
        self._turn = max(self._turn, turn)

    def of(self, id: str) -> str | None:
        """The id of the record that stands for this one; None for one that was never merged."""
        found = None
        for _ in range(_HOPS):
            step = self._merged.get(found or id)
            if step is None:
                return found
            found = step.survivor
        return found

    def by_key(self, person: UUID) -> str | None:
        """The id of the merged record with this compartment; None for any other."""
        return self._keys.get(person)

    def merged_into(self, id: str) -> set[str]:
        """The ids of the records that were merged into this one."""
        return set(self._into.get(id, ()))

    def query(self, type: str | None, query: str, base: str = "") -> str:
        """A search as it is meant: what names a merged record names the one that stands.

        While entries are on the way, both are meant. Patients that are asked for by id are found
        as they are, and the survivor beside them. `query` is raw; nothing else in it is touched.
        """
        if not self._merged or not query:
            return query
        return "&".join(self._parameter(type, each, base) for each in query.split("&"))

    def _parameter(self, type: str | None, text: str, base: str) -> str:
        name, equals, value = text.partition("=")
        values = unquote_plus(value).split(",") if equals else []
        meant = [
            one for each in values for one in self._value(type, unquote_plus(name), each, base)
        ]
        if meant == values:
            return text
        return f"{name}={quote(','.join(dict.fromkeys(meant)), safe='')}"

    def _value(self, type: str | None, name: str, value: str, base: str) -> Iterator[str]:
        if name == "_id" and type == "Patient":
            survivor = self.of(value)
            yield from (value, survivor) if survivor else (value,)
            return
        head, id = _split(value, base)
        bare = name in _OF_PATIENTS or name.endswith(":Patient")
        survivor = self.of(id) if head or bare else None
        if survivor is None:
            yield value
            return
        if self._merged[id].moving:
            yield value
        yield f"{head}{survivor}"


def _split(value: str, base: str) -> tuple[str, str]:
    """A reference to a Patient as what stands before its id, and the id."""
    for head in ("Patient/", f"{base}/Patient/"):
        if value.startswith(head) and not head.startswith("/"):
            return head, value.removeprefix(head)
    return "", value
