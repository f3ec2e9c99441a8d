"""Who looked at somebody's record, for the person themselves: in which role and organisation, when,
why and at what; never the name of who it was, save of those who act for the person by a right.

Looks are gathered from the audit (`bevan.access.gathering`) up to a cursor; the entries after it
are read and joined to them here, in one snapshot, so what was a moment ago is told too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from bevan.access.look import Gathered, Place, entry, stored, together
from bevan.kernel.database import Connection, Database
from bevan.kernel.sql import statements
from bevan.record.scope import Scope, compartment

PAGE = 20
EVENT = "own-audit-read"


class TakesNotes(Protocol):
    """Writes an entry of the audit (the record does)."""

    async def note(self, scope: Scope, event: str, *, about: str | None = None) -> None: ...


class KnowsRestricted(Protocol):
    """Says who is restricted; None while that isn't known."""

    def people(self) -> frozenset[UUID] | None: ...


@dataclass(frozen=True, slots=True)
class Look:
    """One look. ``saw`` and ``changed`` are types; ``reviewed`` is what a privacy officer said of
    an emergency: upheld, not-upheld, learning, or None so far; ``proxy`` names who acted for the
    person and ``relation`` what they are to them, both blank for everybody else. ``app`` is the app
    through which somebody looked, if they did, and ``own`` is for the person's own app."""

    began: datetime
    ended: datetime
    kind: str
    own: bool
    app: str
    role: str
    organisation: str
    why: str
    saw: tuple[str, ...]
    changed: tuple[str, ...]
    emergency: bool
    reviewed: str | None
    proxy: str = ""
    relation: str = ""


@dataclass(frozen=True, slots=True)
class LooksPage:
    """One page of looks. ``people``, ``organisations`` and ``systems`` count those who looked in
    the whole time; ``following`` is the place where the next page begins, None at the end.
    ``places``: whether organisations are told (not of a restricted person)."""

    looks: tuple[Look, ...]
    people: int
    organisations: int
    systems: int
    choices: tuple[tuple[str, str], ...]
    places: bool
    following: Place | None = None


NOTHING = LooksPage((), 0, 0, 0, (), True)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which looks: the person's records by logical id and by key, the transaction up to which looks
    are gathered, and the filter."""

    ids: list[str]
    records: list[UUID]
    gathered: int
    since: datetime
    until: datetime
    systems: bool
    organisation: str
    after: Place | None


class Looks:
    """Reads them under the person's own Scope; reading them is audited before it is answered."""

    def __init__(self, database: Database, notes: TakesNotes, restricted: KnowsRestricted) -> None:
        self._database = database
        self._notes = notes
        self._restricted = restricted
        self._sql = statements("bevan.access", "looks.sql")

    async def page(
        self,
        scope: Scope,
        *,
        since: datetime,
        until: datetime,
        systems: bool = False,
        organisation: str = "",
        after: Place | None = None,
    ) -> LooksPage:
        """A page of looks that reach into [since, until), newest first, ``after`` a place.

        What was seen of a record that was merged into the person's own is told too, for as long
        as the merge stands. Nothing at all unless the scope is a person's own record: who acts for
        somebody else, and every professional, sees nothing here.
        """
        who = scope.ticket.actor
        own = frozenset({compartment(who.id)})
        if who.kind != "patient" or scope.patients != own or not scope.may_read("AuditEvent"):
            return NOTHING
        await self._notes.note(scope, EVENT, about=who.id)
        # One snapshot: what is gathered meanwhile is counted once all the same.
        async with self._database.transaction(
            isolation="repeatable_read", readonly=True
        ) as connection:
            found = await connection.fetch(self._sql["records"], who.id)
            ids = [row["id"] for row in found]
            records = [compartment(id) for id in ids]
            places = self._places(records)
            chosen = organisation if places else ""
            gathered = found[0]["gathered"]
            asked = _Asked(ids, records, gathered, since, until, systems, chosen, after)
            return await _Reading(connection, self._sql, asked).page(places)

    def _places(self, records: Sequence[UUID]) -> bool:
        """Whether organisations are told: they say where a restricted person goes, and somebody
        may look over their shoulder."""
        hidden = self._restricted.people()
        return hidden is not None and hidden.isdisjoint(records)


class _Reading:
    """One page being read."""

    def __init__(self, connection: Connection, sql: Mapping[str, str], asked: _Asked) -> None:
        self._connection = connection
        self._sql = sql
        self._asked = asked
        self._actors: dict[int, Any] = {}
        self._purposes: dict[int, str] = {}

    async def page(self, places: bool) -> LooksPage:
        asked = self._asked
        newer = await self._newer()
        extra = await self._rows("continued", *_columns(newer)) if newer else []
        rows = await self._stored(PAGE + 1 + len(extra))
        looks = together([*map(stored, rows), *map(stored, extra), *newer])
        shown = [one for one in looks if self._wanted(one)][: PAGE + 1]
        fresh = list({one.key.agent for one in newer})
        counts = (await self._rows("counts", asked.records, asked.since, fresh, asked.ids))[0]
        choices = [(id, name or id) for name, id in counts["organisations"] or ()]
        return LooksPage(
            looks=await self._told(shown[:PAGE], places),
            people=counts["people"],
            organisations=len({id for id, _ in choices}) if places else 0,
            systems=counts["systems"],
            choices=tuple(choices) if places else (),
            places=places,
            following=shown[PAGE - 1].place if len(shown) > PAGE else None,
        )

    async def _rows(self, name: str, *arguments: Any) -> list[Any]:
        return list(await self._connection.fetch(self._sql[name], *arguments))

    async def _newer(self) -> list[Gathered]:
        """What isn't gathered yet; usually nothing."""
        rows = await self._rows("newer", self._asked.records, self._asked.gathered)
        self._learn(rows)
        until, since = self._asked.until, self._asked.since
        return [one for one in map(entry, rows) if since <= one.ended and one.began < until]

    async def _stored(self, limit: int) -> list[Any]:
        asked = self._asked
        place = tuple(asked.after) if asked.after else (None, None, None, None)
        rows = await self._rows(
            "page",
            asked.records,
            asked.systems,
            asked.since,
            asked.until,
            *place,
            asked.ids,
            asked.organisation,
            limit,
        )
        self._learn(rows)
        return rows

    def _learn(self, rows: Sequence[Any]) -> None:
        """Who the actors are, and what the purposes."""
        self._actors.update((row["agent"], row) for row in rows)
        self._purposes.update((row["purpose"], row["why"]) for row in rows)

    def _wanted(self, look: Gathered) -> bool:
        """Whether a look belongs on this page, now that all of it is known."""
        asked, actor = self._asked, self._actors[look.key.agent]
        return (
            (asked.after is None or look.place < asked.after)
            and (actor["kind"] == "system") == asked.systems
            and not (_own(actor, asked.ids) and not actor["app"])
            and asked.organisation in ("", actor["organisation"])
        )

    async def _told(self, looks: Sequence[Gathered], places: bool) -> tuple[Look, ...]:
        if not looks:
            return ()
        ids = list({self._actors[one.key.agent]["id"] for one in looks})
        opened = await self._rows("emergencies", self._asked.ids, ids)
        rights = await self._rows("relations", self._asked.ids, ids)
        relations = {row["proxy"]: row["relation"] for row in rights}
        return tuple(
            _acted(
                _look(one, actor, self._purposes[one.key.purpose], opened, self._asked.ids, places),
                actor,
                relations,
            )
            for one in looks
            for actor in [self._actors[one.key.agent]]
        )


def _acted(look: Look, actor: Any, relations: Mapping[str, str]) -> Look:
    """Who acted for the person is named to them; nobody else is."""
    if actor["kind"] != "patient":
        return look
    return replace(look, proxy=actor["name"], relation=relations.get(actor["id"], ""))


def _columns(looks: Sequence[Gathered]) -> tuple[list[Any], ...]:
    keys = [one.key for one in looks]
    return (
        [key.patient for key in keys],
        [key.agent for key in keys],
        [key.purpose for key in keys],
        [one.began for one in looks],
    )


def _own(actor: Any, ids: Sequence[str]) -> bool:
    """Whether it is the person themselves."""
    return actor["kind"] == "patient" and actor["id"] in ids


def _look(
    look: Gathered, actor: Any, why: str, opened: Sequence[Any], ids: Sequence[str], places: bool
) -> Look:
    claim = next((one for one in opened if _during(look, actor["id"], one)), None)
    return Look(
        began=look.began,
        ended=look.ended,
        kind=actor["kind"],
        own=_own(actor, ids),
        app=actor["app"] if places else "",
        role=actor["role"],
        organisation=(actor["organisation_name"] or actor["organisation"]) if places else "",
        why="" if actor["kind"] == "system" else why,
        saw=tuple(sorted(look.saw)),
        changed=tuple(sorted(look.changed)),
        emergency=claim is not None,
        reviewed=None if claim is None else claim["outcome"],
    )


def _during(look: Gathered, actor: str, claim: Any) -> bool:
    until = claim["until"]
    started = claim["actor"] == actor and claim["since"] <= look.ended
    return started and (until is None or until > look.began)
