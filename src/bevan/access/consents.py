"""What people chose about the use of their record: kept as Consents, in force in the same commit.

A new choice is a new Consent, and the one that it replaces becomes inactive, so that the Consents
of a person are the history of their choices. The rulebook's own tables change in the transaction
that writes them: nobody reads by the old choice once the new one is said to be kept. A choice that
another system sent isn't changed here, since its next message would say the same again; while it
stands, so does what it refuses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bevan.access.choices import CHOICE, choice, stated
from bevan.access.projection import SETTLING, origin
from bevan.access.rule import Rules
from bevan.fhir import json
from bevan.kernel.clock import Clock
from bevan.kernel.database import Connection, Database
from bevan.kernel.errors import BevanError
from bevan.kernel.identifiers import uuid7
from bevan.kernel.sql import statements
from bevan.record.errors import Conflict, PreconditionFailed
from bevan.record.record import Record
from bevan.record.scope import Actor, Scope, compartment, system

KEPT = "https://bevan.example/fhir/Id/choice"
CHOOSING = "keep what a person chose about the use of their record"
SHOWING = "show what a person chose about the use of their record"
TAKING = "find a person registered here, to take down what they chose"
_TRIES = 5
_PAGE = 100


class NotKept(BevanError):
    """The choice wasn't kept; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Told:
    """How a choice came here: `by` names who said it, `way` how (in the app, by phone), and
    `keeper` is the logical id of the organisation that took it down, blank for the app."""

    by: str
    way: str
    keeper: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One choice as somebody stated it; `active` while it counts, `ours` when it was made here.

    `at` is a FHIR dateTime, as it was sent; blank where nobody said when.
    """

    id: str
    kind: str
    refused: bool
    active: bool
    ours: bool
    at: str
    by: str
    way: str
    keeper: str


class Consents:
    """Keeps and finds choices. Who may choose for whom is the caller's to ask."""

    def __init__(self, record: Record, database: Database, clock: Clock, rules: Rules) -> None:
        """Does nothing yet."""
        self._record = record
        self._database = database
        self._clock = clock
        self._rules = rules
        self._follow = statements("bevan.access", "projection.sql")
        self._facts = statements("bevan.access", "explanation.sql")

    async def refused(self, person: str) -> frozenset[str]:
        """What a person (a logical id) refuses now, whoever said so: what the record goes by."""
        rows = await self._database.fetch(self._facts["refusals"], [compartment(person)])
        return frozenset(row["kind"] for row in rows)

    async def history(self, actor: Actor, person: str) -> list[Statement]:
        """Every choice of a person, the newest first; the audit says that `actor` saw them."""
        scope = system(SHOWING, actor, at=self._clock.now())
        found = [_statement(each) for each in await self._stated(scope, person)]
        return sorted(
            (each for each in found if each is not None),
            key=lambda each: (each.at, each.id),
            reverse=True,
        )

    async def choose(
        self, actor: Actor, person: str, kind: str, *, refused: bool, told: Told
    ) -> None:
        """Keep a choice, in force from now on.

        Raises ValueError for a kind that the rulebook doesn't name, and NotKept where others keep
        changing the same choice.
        """
        if kind not in self._rules.choices:
            raise ValueError(f"There is no choice {kind!r}.")
        scope = system(CHOOSING, actor, at=self._clock.now())
        for _ in range(_TRIES):
            standing = [
                each
                for each in await self._stated(scope, person, kind)
                if each.get("status") == "active" and _ours(each)
            ]
            new = self._new(person, kind, refused=refused, told=told)
            try:
                await self._record.bundle(
                    scope, _transaction(new, standing), within=self._applied(new, standing)
                )
            except (PreconditionFailed, Conflict):
                continue
            return
        raise NotKept("Your choice wasn't kept. Nothing was changed. Try again in a minute.")

    def _new(self, person: str, kind: str, *, refused: bool, told: Told) -> dict[str, Any]:
        id, at = uuid7(), self._clock.now().isoformat(timespec="seconds")
        return {
            **stated(person, kind, refused=refused, at=at, organisation=told.keeper),
            "id": id,
            "identifier": [{"system": KEPT, "value": id}],
            "performer": [{"display": told.by}],
            "sourceAttachment": {"title": told.way, "creation": at},
        }

    def _applied(self, new: dict[str, Any], replaced: Sequence[Mapping[str, Any]]) -> Any:
        """What the change feed will say of these Consents, said now."""
        said = choice(new, self._rules.choices)
        assert said is not None  # `stated` states one

        async def applied(connection: Connection) -> bool:
            gone = [origin("Consent", str(each["id"])) for each in replaced]
            await connection.execute(self._follow["unsay"], gone)
            await connection.execute(
                self._follow["say"],
                [origin("Consent", said.consent)],
                [said.patient],
                [said.kind],
                [said.refused],
                [said.consent],
                [self._clock.now()],
            )
            for name in SETTLING:
                await connection.execute(self._follow[name], [said.patient])
            return True

        return applied

    async def _stated(self, scope: Scope, person: str, kind: str = "") -> list[dict[str, Any]]:
        """The person's Consents of one kind, or of all kinds."""
        kinds = [kind] if kind else list(self._rules.choices)
        asked = ",".join(f"{CHOICE}|{each}" for each in kinds)
        query = f"patient=Patient/{person}&category={quote(asked, safe=',')}&_count={_PAGE}"
        found: list[dict[str, Any]] = []
        while query:
            bundle = json.decode((await self._record.search(scope, "Consent", query)).bundle)
            found += [
                entry["resource"]
                for entry in bundle.get("entry") or []
                if entry.get("search", {}).get("mode", "match") == "match"
            ]
            links = {link["relation"]: link["url"] for link in bundle.get("link") or []}
            query = str(links.get("next", "")).partition("?")[2]
        return found


def _transaction(new: dict[str, Any], replaced: Sequence[dict[str, Any]]) -> dict[str, Any]:
    over = [
        {
            "resource": {**each, "status": "inactive"},
            "request": {
                "method": "PUT",
                "url": f"Consent/{each['id']}",
                "ifMatch": f'W/"{each["meta"]["versionId"]}"',
            },
        }
        for each in replaced
    ]
    made = {"resource": new, "request": {"method": "PUT", "url": f"Consent/{new['id']}"}}
    return {"resourceType": "Bundle", "type": "transaction", "entry": [*over, made]}


def _ours(consent: Mapping[str, Any]) -> bool:
    return any(each.get("system") == KEPT for each in consent.get("identifier") or ())


def _statement(consent: Mapping[str, Any]) -> Statement | None:
    """One Consent in short; None where it states no choice of one kind."""
    codes = [
        coding.get("code")
        for concept in consent.get("category") or ()
        for coding in concept.get("coding") or ()
        if coding.get("system") == CHOICE
    ]
    if len(codes) != 1 or consent.get("status") == "entered-in-error":
        return None
    keepers = [str(each.get("reference", "")) for each in consent.get("organization") or ()]
    performers = [str(each.get("display", "")) for each in consent.get("performer") or ()]
    return Statement(
        id=str(consent["id"]),
        kind=str(codes[0]),
        refused=(consent.get("provision") or {}).get("type") == "deny",
        active=consent.get("status") == "active",
        ours=_ours(consent),
        at=str(consent.get("dateTime", "")),
        by=next(filter(None, performers), ""),
        way=str((consent.get("sourceAttachment") or {}).get("title", "")),
        keeper=next((ref.rpartition("/")[2] for ref in keepers if ref), ""),
    )
