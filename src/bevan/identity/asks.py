"""Asking to act for somebody else: parents for children, carers for those they care for.

Whoever asks names the person by NHS number, last name and birth date; the practice where that
person is registered decides. Whether the details were right isn't said: only the practice sees.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from bevan.access.proxies import LONDON, RELATIONS, RIGHTS, Asked, Proxies, Proxy, ProxyRefused
from bevan.fhir import json
from bevan.identity.attempts import Limit
from bevan.identity.login import Login
from bevan.identity.proofing import MATCHES
from bevan.identity.sessions import Session
from bevan.kernel.clock import Clock
from bevan.kernel.database import Database
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements
from bevan.people import InvalidNhsNumber, People
from bevan.people.nhs_number import parse
from bevan.record.record import Record
from bevan.record.scope import Actor, system

_INDEX: Final = Actor("system", "bevan-proxies", "Bevan's requests to act for others")
ASKS: Final = Limit("proxy-ask", MATCHES.most, MATCHES.within)


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody asks for; `granted` None while nobody has decided."""

    id: str
    proxy: str
    proxy_name: str
    person: str
    person_name: str
    born: date | None
    relation: str
    rights: tuple[str, ...]
    words: str
    until: date | None
    made: datetime
    granted: bool | None
    reason: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What the form says."""

    number: str
    family: str
    born: date | None
    relation: str
    rights: Collection[str]
    words: str
    until: date | None


class Asks:
    """Requests of citizens and decisions of practices; grants themselves are `access`'s."""

    def __init__(
        self,
        database: Database,
        login: Login,
        record: Record,
        people: People,
        proxies: Proxies,
        clock: Clock,
    ) -> None:
        self._database = database
        self._record = record
        self._login = login
        self._people = people
        self._clock = clock
        self.proxies = proxies
        self._sql = statements("bevan.identity", "asks.sql")

    async def ask(self, session: Session, wish: Wish) -> None:
        """Ask a practice. Raises ProxyRefused for a form that says too little, and TooOften.

        Details that match nobody are accepted like any others, and go nowhere.
        """
        if session.level != "P9" and not session.demo:
            raise ProxyRefused("", "Prove who you are first: then you can ask.")
        if wish.relation not in RELATIONS:
            raise ProxyRefused("relation", "Choose what you are to the person.")
        if not wish.rights or not set(wish.rights) <= RIGHTS:
            raise ProxyRefused("rights", "Choose what you want to do for them.")
        if wish.born is None or not wish.family.strip():
            raise ProxyRefused("born", "Give their last name and date of birth.")
        await self._login.attempts.note(ASKS, session.account)
        person = await self._matching(wish)
        if person is None:
            return
        await self._database.execute(
            self._sql["ask"], UUID(uuid7()), session.account, session.person, session.actor.name,
            str(person["id"]), _name(person), _practice(person), wish.born, wish.relation,
            sorted(wish.rights), wish.words.strip()[:500], wish.until, self._clock.now(),
        )  # fmt: skip

    async def waiting(self, organisation: str) -> list[Ask]:
        """What waits for an organisation."""
        return [_ask(row) for row in await self._database.fetch(self._sql["waiting"], organisation)]

    async def of(self, account: str) -> list[Ask]:
        """What somebody has asked for."""
        return [_ask(row) for row in await self._database.fetch(self._sql["of"], account)]

    async def find(self, id: str, organisation: str) -> Ask | None:
        """One that waits for an organisation."""
        try:
            row = await self._database.fetchrow(self._sql["find"], UUID(id), organisation)
        except ValueError:
            return None
        return None if row is None else _ask(row)

    async def grant(
        self, ask: Ask, session: Session, *, reason: str, reviewed: bool, agreed: bool
    ) -> Proxy:
        """The practice allows it, as far as the person's age lets it. Raises ProxyRefused."""
        # The day that was asked for is the last one, and counts whole.
        until = None
        if ask.until is not None:
            until = datetime.combine(ask.until + timedelta(days=1), time(), LONDON)
        asked = Asked(ask.proxy, ask.person, ask.relation, frozenset(ask.rights), reason, ask.born,
                      until, reviewed, agreed)  # fmt: skip
        made = await self.proxies.grant(asked, by=session.actor.name)
        await self._decided(ask, reason, granted=True)
        return made

    async def refuse(self, ask: Ask, reason: str) -> None:
        """The practice doesn't allow it. Raises ProxyRefused without a reason."""
        if not reason.strip():
            raise ProxyRefused("reason", "Say why.")
        await self._decided(ask, reason, granted=False)

    async def _decided(self, ask: Ask, reason: str, *, granted: bool) -> None:
        await self._database.fetchval(
            self._sql["decide"], UUID(ask.id), self._clock.now(), granted, reason
        )

    async def named(self, person: str) -> str:
        """Somebody's name, for those who act for them."""
        scope = system("Naming the people somebody acts for", _INDEX, at=self._clock.now())
        found = await self._record.read(scope, "Patient", person)
        return "Somebody" if found is None else _name(json.decode(found.content))

    async def _matching(self, wish: Wish) -> Mapping[str, Any] | None:
        try:
            number = parse(wish.number)
        except InvalidNhsNumber:
            return None
        scope = system("Matching a person somebody asks to act for", _INDEX, at=self._clock.now())
        found = await self._people.by_number(scope, number)
        if len(found) != 1 or wish.born is None:
            return None
        person = found[0].patient
        families = {str(name.get("family", "")).casefold() for name in person.get("name") or ()}
        same = wish.family.strip().casefold() in families
        return person if same and person.get("birthDate") == wish.born.isoformat() else None


def _practice(person: Mapping[str, Any]) -> str:
    for reference in person.get("generalPractitioner") or ():
        kind, _, id = str(reference.get("reference", "")).partition("/")
        if kind == "Organization":
            return id
    return ""


def _name(person: Mapping[str, Any]) -> str:
    name: Mapping[str, Any] = next(iter(person.get("name") or ()), {})
    given = next(iter(name.get("given") or ()), "")
    return f"{given} {name.get('family', '')}".strip()


def _ask(row: Any) -> Ask:
    return Ask(
        str(row["id"]), row["proxy"], row["proxy_name"], row["person"], row["person_name"],
        row["born"], row["relation"], tuple(row["rights"]), row["words"], row["until"],
        row["made"], row["granted"], row["reason"] or "",
    )  # fmt: skip
