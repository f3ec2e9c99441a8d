"""Decides: actor, purpose and rules in, a Scope out. Nothing else makes one.

Whatever isn't known ends in a Scope that reaches nobody: an unknown role, purpose or kind of
actor, a professional without an organisation, rules without a word about them. Such a Scope isn't
an error, since "not allowed" must look like "not there".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Protocol
from uuid import UUID

from bevan.access.rules import NOTHING, Rule, Rules
from bevan.kernel.clock import Clock
from bevan.kernel.identifiers import uuid7
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
        rule = self._rule(actor, purpose)
        ticket = self._ticket(actor, purpose, request, at)
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

        Its purpose was given when the token was issued, so it isn't one of a list. Only a client
        that may read and write every type also sees what is about nobody and open to nobody.
        """
        known = actor.kind == "system" and purpose.strip()
        rule = self._rules.system if known else NOTHING
        return self._made(
            self._ticket(actor, purpose, request, at),
            rule,
            holders=None if rule.reach == "region" else (),
            patients=None if rule.reach == "region" else _NOBODY,
            reads=_both(rule.reads, reads),
            writes=_both(rule.writes, writes),
            filters=filters,
            system=rule.reach == "region" and reads is None and writes is None,
        )

    def _rule(self, actor: Actor, purpose: str) -> Rule:
        if purpose not in self._rules.purposes:
            return NOTHING
        if actor.kind == "patient":
            return self._rules.citizen
        if actor.kind == "practitioner" and actor.organisation:
            return self._rules.of(actor.role)
        return NOTHING

    def _ticket(
        self, actor: Actor, purpose: str, request: str | None, at: datetime | None
    ) -> Ticket:
        return Ticket(request or uuid7(), purpose, actor, at or self._clock.now())

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
        )

    def _covert(self, patients: frozenset[UUID] | None) -> frozenset[UUID] | None:
        """Whose places are masked: None for everybody's, while nobody knows whose."""
        people = self._restricted.people()
        return people if people is None or patients is None else people & patients


def _sees_places(rule: Rule) -> bool:
    """Systems that keep the record see all of it, and people know where they live themselves."""
    return rule.group in ("system", "citizen")


def _holders(actor: Actor, rule: Rule) -> tuple[UUID, ...] | None:
    if rule.reach in ("region", "self"):
        return None
    if rule.reach == "organisation":
        return (compartment(actor.organisation), compartment(actor.id))
    return ()


def _patients(actor: Actor, rule: Rule, patient: str | None) -> frozenset[UUID] | None:
    asked = None if patient is None else frozenset({compartment(patient)})
    if rule.reach == "self":
        own = frozenset({compartment(actor.id)}) if actor.id else _NOBODY
        return own if asked is None else own & asked
    if rule.reach == "nobody":
        return _NOBODY
    return asked


def _both(left: frozenset[str] | None, right: frozenset[str] | None) -> frozenset[str] | None:
    if left is None or right is None:
        return right if left is None else left
    return left & right
