"""What the rulebook makes of one actor, one purpose and one person: pure, facts in, outcome out.

The same words decide here as in a Scope; this is for people who ask why, and for those who want to
know what a change of the rules would change.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from bevan.access.access import proxy_key, seat
from bevan.access.rule import BITS, NOTHING, Rule, Rules
from bevan.record.scope import Actor, compartment

Verdict = Literal["allowed", "withheld", "stopped"]
SHARING = "sharing"


@dataclass(frozen=True, slots=True)
class Link:
    """A relationship as it stands in the database; `until` None: it is open."""

    holder: UUID
    kind: str
    since: datetime
    until: datetime | None

    def in_force(self, at: datetime, *, more: timedelta = timedelta(0)) -> bool:
        """Whether it counts at a moment, had it ended `more` later."""
        return self.since <= at and (self.until is None or self.until + more > at)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a person: their logical id, all their links, and what they refused."""

    person: str
    links: tuple[Link, ...]
    refused: frozenset[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The rule that decided, the links that count, what was refused, and what is kept back.

    `gate` is the number (1 to 4) of the gate that stopped it, 0 where none did.
    """

    rule: Rule
    gate: int
    links: tuple[Link, ...]
    refused: frozenset[str]
    kept_back: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """In one word."""
        if self.gate:
            return "stopped"
        return "withheld" if self.kept_back else "allowed"


def outcome(
    rules: Rules,
    actor: Actor,
    purpose: str,
    facts: Facts,
    at: datetime,
    *,
    since: Rules | None = None,
) -> Outcome:
    """Decide. With `since`, the links were projected by those rules, and their ends are moved to
    where these would have put them."""
    rule = rules.rule(actor, purpose)
    if rule is not NOTHING and not rules.lawful(purpose, at):
        rule = NOTHING
    links = _links(rules, rule, actor, facts.links, at, since)
    refused = _refused(rules, rule, purpose, facts.refused)
    return Outcome(
        rule, _gate(rule, actor, facts, links, refused), links, refused, _labels(rule, links)
    )


def _gate(
    rule: Rule, actor: Actor, facts: Facts, links: Sequence[Link], refused: Collection[str]
) -> int:
    if rule is NOTHING or rule.reach == "nobody":
        return 1
    if refused:
        return 4
    if rule.reach == "self" and actor.id != facts.person:
        return 2
    return 2 if rule.reach in ("organisation", "proxy") and not links else 0


def _refused(rules: Rules, rule: Rule, purpose: str, said: frozenset[str]) -> frozenset[str]:
    named = rules.purposes.get(purpose)
    return said & named.refusals if named is not None and rule is not NOTHING else frozenset()


def _links(
    rules: Rules,
    rule: Rule,
    actor: Actor,
    links: Sequence[Link],
    at: datetime,
    since: Rules | None,
) -> tuple[Link, ...]:
    if rule.reach == "organisation":
        holders = {compartment(actor.organisation), compartment(actor.id), seat(actor)}
    else:
        holders = {proxy_key(actor.id)} if rule.reach == "proxy" else set()
    return tuple(
        link
        for link in links
        if link.holder in holders and link.in_force(at, more=_moved(rules, since, link.kind))
    )


def _moved(rules: Rules, since: Rules | None, kind: str) -> timedelta:
    if since is None or kind not in rules.links or kind not in since.links:
        return timedelta(0)
    return timedelta(days=rules.links[kind].days - since.links[kind].days)


def _labels(rule: Rule, links: Sequence[Link]) -> tuple[str, ...]:
    """Names of the labels that are kept back; an emergency opens what was sealed and not locked."""
    opened = any(link.kind == "emergency" for link in links)
    return tuple(
        name
        for name, bit in BITS.items()
        if rule.hidden & bit and not (opened and name == "SEALED")
    )
