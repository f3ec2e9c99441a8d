"""Decides: actor, purpose and rules in, a Scope out. Nothing else makes one.

Whatever isn't known ends in a Scope that reaches nobody: an unknown role, purpose or kind of
actor, a professional without an organisation, rules without a word about them. Such a Scope isn't
an error, since "not allowed" must look like "not there".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Protocol
from uuid import UUID

import msgspec

from bevan.access.rule import NOTHING, Rule, Rules
from bevan.kernel.clock import Clock
from bevan.kernel.identifiers import uuid7
from bevan.kernel.logs import request_id
from bevan.record.scope import Actor, Scope, Ticket, compartment

_NOBODY: frozenset[UUID] = frozenset()
UNFILTERED: Mapping[str, frozenset[str]] = MappingProxyType({})
_UNMASKED: Mapping[str, frozenset[str]] = MappingProxyType({})


class KnowsRestricted(Protocol):
    """Says who is restricted; None while that isn't known."""

    def people(self) -> frozenset[UUID] | None: ...


class Access:
    """The rulebook at work; one per process."""

    def __init__(self, rules: Rules, clock: Clock, restricted: KnowsRestricted) -> None:
        self._rules = rules
        self._clock = clock
        self._restricted = restricted

    def scope(
        self,
        actor: Actor,
        *,
        purpose: str,
        patient: str | None = None,
        reads: frozenset[str] | None = None,
        writes: frozenset[str] | None = None,
        filters: Mapping[str, frozenset[str]] = UNFILTERED,
        request: str | None = None,
        at: datetime | None = None,
    ) -> Scope:
        """What a person acting in their role may see and change, for a purpose.

        `patient` (a logical id) narrows it to one person; `reads` and `writes` narrow the types,
        None leaving them as the rule has them; `filters` narrow what is read of a type. Never
        raises: what isn't allowed is an empty Scope.
        """
        ticket = self._ticket(actor, purpose, request, at)
        rule = self._rule(actor, purpose, ticket.at)
        return self._made(
            ticket,
            rule,
            holders=_holders(actor, rule),
            patients=_patients(actor, rule, patient),
            reads=_both(rule.reads, reads),
            writes=_both(rule.writes, writes),
            filters=filters,
        )

    def client_scope(
        self,
        actor: Actor,
        *,
        purpose: str,
        reads: frozenset[str] | None,
        writes: frozenset[str] | None,
        filters: Mapping[str, frozenset[str]] = UNFILTERED,
        request: str | None = None,
        at: datetime | None = None,
    ) -> Scope:
        """What a system may see and change: the types its token's scopes name (None: all).

        Its purpose was given when the token was issued. Where the rulebook names it, its limits
        hold: it reads only, needs its instrument and leaves out who refused. Only a client that
        may read and write every type also sees what is about nobody and open to nobody.
        """
        ticket = self._ticket(actor, purpose, request, at)
        rule = self._client_rule(actor, purpose, ticket.at)
        whole = purpose not in self._rules.purposes and reads is None and writes is None
        return self._made(
            ticket,
            rule,
            holders=None if rule.reach == "region" else (),
            patients=None if rule.reach == "region" else _NOBODY,
            reads=_both(rule.reads, reads),
            writes=_both(rule.writes, writes),
            filters=filters,
            system=rule.reach == "region" and whole,
        )

    def rule(self, actor: Actor, purpose: str, at: datetime | None = None) -> Rule:
        """The rule that decides for a person and a purpose; `NOTHING` where none does."""
        return self._rule(actor, purpose, at or self._clock.now())

    def _rule(self, actor: Actor, purpose: str, at: datetime) -> Rule:
        rule = self._rules.rule(actor, purpose)
        return rule if rule is NOTHING or self._rules.lawful(purpose, at) else NOTHING

    def _client_rule(self, actor: Actor, purpose: str, at: datetime) -> Rule:
        if actor.kind != "system" or not purpose.strip():
            return NOTHING
        named = self._rules.purposes.get(purpose)
        if named is None:
            return self._rules.system()
        if "system" not in named.actors or not self._rules.lawful(purpose, at):
            return NOTHING
        # For somebody else's purpose a system reads, and keeps nothing of the record.
        return msgspec.structs.replace(self._rules.system(), writes=frozenset(), marks=0)

    def _ticket(
        self, actor: Actor, purpose: str, request: str | None, at: datetime | None
    ) -> Ticket:
        return Ticket(
            request or request_id.get() or uuid7(), purpose, actor, at or self._clock.now()
        )

    def _made(
        self,
        ticket: Ticket,
        rule: Rule,
        *,
        holders: tuple[UUID, ...] | None,
        patients: frozenset[UUID] | None,
        reads: frozenset[str] | None,
        writes: frozenset[str] | None,
        filters: Mapping[str, frozenset[str]] = UNFILTERED,
        system: bool = False,
    ) -> Scope:
        covert = _NOBODY if _sees_places(rule) else self._covert(patients)
        return Scope(
            ticket,
            holders=holders,
            patients=patients,
            hidden=rule.hidden,
            masked=_UNMASKED if covert == _NOBODY else self._rules.masked,
            covert=covert,
            reads=reads,
            writes=writes,
            filters=filters,
            system=system,
            marks=rule.marks,
            refusals=self._refusals(ticket.purpose, rule),
        )

    def _refusals(self, purpose: str, rule: Rule) -> frozenset[str]:
        """Whose choices count here; for care they end the relationships themselves."""
        named = self._rules.purposes.get(purpose)
        return named.refusals if named and rule.reach == "region" else frozenset()

    def _covert(self, patients: frozenset[UUID] | None) -> frozenset[UUID] | None:
        """Whose places are masked: None for everybody's, while nobody knows whose."""
        people = self._restricted.people()
        return people if people is None or patients is None else people & patients


def _sees_places(rule: Rule) -> bool:
    """Systems that keep the record see all of it, and people know where they live themselves."""
    return rule.group in ("system", "citizen")


def seat(actor: Actor) -> UUID:
    """The key of a professional at one organisation: what is held there, counts nowhere else."""
    return _seat(actor.organisation, actor.id)


def proxy_key(id: str) -> UUID:
    """The key of somebody (a Patient's logical id) who acts for others."""
    return compartment(f"proxy {id}")


@lru_cache(maxsize=4_096)
def _desk(organisation: str, id: str) -> tuple[UUID, ...]:
    """The keys of an organisation, of a professional, and of the two together."""
    return (compartment(organisation), compartment(id), _seat(organisation, id))


def _seat(organisation: str, id: str) -> UUID:
    return compartment(f"{id} at {organisation}")


def _holders(actor: Actor, rule: Rule) -> tuple[UUID, ...] | None:
    if rule.reach in ("region", "self"):
        return None
    if rule.reach == "organisation":
        return _desk(actor.organisation, actor.id)
    if rule.reach == "proxy" and actor.id:
        return (proxy_key(actor.id),)
    return ()


def _patients(actor: Actor, rule: Rule, patient: str | None) -> frozenset[UUID] | None:
    asked = None if patient is None else frozenset({compartment(patient)})
    if rule.reach == "self":
        own = frozenset({compartment(actor.id)}) if actor.id else _NOBODY
        return own if asked is None else own & asked
    if rule.reach == "nobody":
        return _NOBODY
    if rule.reach == "proxy":
        # One acts for one person at a time, whom the request names.
        return asked or _NOBODY
    return asked


def _both(left: frozenset[str] | None, right: frozenset[str] | None) -> frozenset[str] | None:
    if left is None or right is None:
        return right if left is None else left
    return left & right
