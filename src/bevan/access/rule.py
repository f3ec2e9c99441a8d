"""What a rulebook is made of: purposes with their law, instruments, rules, links and limits.

Values only; `bevan.access.rules` reads them from a file. Each one says itself in plain words
(`says`), and those words are what people are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Literal

import msgspec

from bevan.record import scope as labels
from bevan.record.scope import Actor

Reach = Literal["nobody", "self", "proxy", "organisation", "region"]
Asker = Literal["practitioner", "patient", "system", "device"]

# Names that rules use for the record's label bits.
BITS: Mapping[str, int] = MappingProxyType(
    {
        "RESTRICTED": labels.RESTRICTED,
        "VERY_RESTRICTED": labels.VERY_RESTRICTED,
        "NOT_FOR_PATIENT": labels.NOT_FOR_PATIENT,
        "SEALED": labels.SEALED,
        "SEALED_AND_LOCKED": labels.SEALED_AND_LOCKED,
        "HELD": labels.HELD,
        **{code: bit for (system, code), bit in labels.LABELS.items() if system == labels.ACT_CODE},
    }
)
EVERY_LABEL = sum(set(labels.LABELS.values()))


class Legal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The law a purpose rests on: both laws must be satisfied, so all three are mandatory.

    `article6` and `article9` of the UK GDPR; `confidentiality` is what sets the common law duty of
    confidentiality aside. Neither law ever stands in for the other.
    """

    article6: str
    article9: str
    confidentiality: str


class Purpose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why somebody asks. `actors` are the kinds who may ask for it; `refusals` are the choices of
    a person that take their whole record out of it; of `instruments`, if it names any, one must be
    in force at the very time."""

    says: str
    actors: tuple[Asker, ...]
    legal: Legal
    refusals: frozenset[str] = frozenset()
    instruments: tuple[str, ...] = ()


class Instrument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A notice, regulation or approval: `starts` and `ends` are its first and last day."""

    says: str
    type: str
    regulation: str
    starts: date = msgspec.field(name="from")
    ends: date | None = msgspec.field(name="to")

    def in_force(self, at: datetime) -> bool:
        """Whether it is in force at an aware moment; its last day counts whole."""
        day = at.astimezone(UTC).date()
        return self.starts <= day and (self.ends is None or day <= self.ends)


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of legitimate relationship; an ended one still counts for some `days`."""

    says: str
    days: int


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reason to open a record in an emergency, as the form says it."""

    says: str
    hint: str


class EmergencyRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long an emergency lasts, what must be written (characters) and by when it is reviewed."""

    says: str
    hours: int
    least: int
    most: int
    review_days: int
    reasons: Mapping[str, Reason]

    @property
    def lasts(self) -> timedelta:
        """From the opening to the end."""
        return timedelta(hours=self.hours)


class Rule(msgspec.Struct, frozen=True):
    """What one group of roles may do for some purposes.

    `hidden` are label bits kept back, `marks` those it may change; `reads` and `writes` are types,
    None meaning all of them. `emergency`: it may open records in an emergency; `oversees`: it looks
    at what others did, and at why.
    """

    id: str
    group: str
    purposes: frozenset[str]
    says: str
    reach: Reach
    hidden: int
    reads: frozenset[str] | None
    writes: frozenset[str] | None
    marks: int = 0
    emergency: bool = False
    oversees: bool = False


NOTHING = Rule(
    "none",
    "none",
    frozenset(),
    "No rule names this role for this purpose.",
    "nobody",
    EVERY_LABEL,
    frozenset(),
    frozenset(),
)


class Rules(msgspec.Struct, frozen=True):
    """A whole rulebook. `masked` are the elements that could tell where a restricted person is;
    `roles` and `codes` give the group of a role's name and of its SDS code (R8000)."""

    version: str
    title: str
    purposes: Mapping[str, Purpose]
    instruments: Mapping[str, Instrument]
    rules: Mapping[str, Rule]
    roles: Mapping[str, str]
    codes: Mapping[str, str]
    reserved: frozenset[str]
    reserved_says: str
    links: Mapping[str, Link]
    residences: frozenset[str]
    emergency: EmergencyRule
    choices: Mapping[str, str]
    masked: Mapping[str, frozenset[str]]

    @property
    def ends(self) -> Mapping[str, int]:
        """Days by kind of link after which an ended one no longer counts."""
        return {f"{kind}-days": link.days for kind, link in self.links.items()}

    def group(self, actor: Actor) -> str:
        """The group whose rules an actor has; empty for a role that isn't named.

        A role counts by its display name or by its code: `R8000` or `S8000:G8000:R8000`.
        """
        if actor.kind == "patient":
            return "citizen"
        if actor.kind not in ("practitioner", "device") or not actor.organisation:
            return ""
        code = actor.role.rpartition(":")[2]
        return self.roles.get(actor.role) or self.codes.get(code, "")

    def rule(self, actor: Actor, purpose: str) -> Rule:
        """The rule for an actor and a purpose; nothing at all where none is named."""
        known = self.purposes.get(purpose)
        if known is None or actor.kind not in known.actors:
            return NOTHING
        group = self.group(actor)
        groups = ("citizen", "proxy") if group == "citizen" else (group,)
        for rule in self.rules.values():
            if rule.group in groups and purpose in rule.purposes:
                return rule
        return NOTHING

    def system(self) -> Rule:
        """The rule for systems with a token."""
        return next((one for one in self.rules.values() if one.group == "system"), NOTHING)

    def lawful(self, purpose: str, at: datetime) -> bool:
        """Whether an instrument of the purpose is in force, if it needs one."""
        named = self.purposes[purpose].instruments
        found = [self.instruments[name] for name in named if name in self.instruments]
        return not named or any(one.in_force(at) for one in found)
