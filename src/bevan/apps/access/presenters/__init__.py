"""A decision of the rulebook as four gates with evidence, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bevan.access.outcome import Facts, Link, Outcome, outcome
from bevan.access.rule import Rules
from bevan.record.scope import Actor, compartment
from bevan.web import words

_VERDICTS = {
    "allowed": "Allowed",
    "withheld": "Allowed, with something withheld",
    "stopped": "Not allowed",
}
_KINDS = {"allowed": "good", "withheld": "held", "stopped": "crit"}


@dataclass(frozen=True)
class Gate:
    """One gate: what it asks, whether it was passed, why, and by which rule."""

    number: int
    title: str
    asks: str
    passed: str
    kind: str
    says: str
    evidence: str
    rule: str


@dataclass(frozen=True)
class Decision:
    """A verdict, its gates, and what would change it."""

    verdict: str
    kind: str
    says: str
    gates: tuple[Gate, ...]
    changes: tuple[tuple[str, str], ...]
    version: str


def decision(
    rules: Rules,
    actor: Actor,
    person: str,
    purpose: str,
    facts: Facts,
    decided: Outcome,
    said: Sequence[tuple[str, bool, str, datetime]],
    at: datetime,
) -> Decision:
    """The decision in words; `person` is the name to show."""
    gates = (
        _who(rules, actor, purpose, decided, at),
        _link(rules, actor, decided),
        _labels(decided),
        _choices(rules, decided, said),
    )
    return Decision(
        _VERDICTS[decided.verdict],
        _KINDS[decided.verdict],
        f"{actor.name}, {actor.role} at {actor.organisation_name}, asks about {person} for"
        f" “{rules.purposes[purpose].says.rstrip('.').lower()}”.",
        gates,
        tuple(_changes(rules, actor, purpose, facts, at)),
        rules.version,
    )


def _who(rules: Rules, actor: Actor, purpose: str, decided: Outcome, at: datetime) -> Gate:
    law = rules.purposes[purpose].legal
    says = decided.rule.says
    if not rules.lawful(purpose, at):
        says = "No legal instrument for this purpose is in force now."
    return _gate(
        1, "Who they are", "Person, role and purpose", decided, says,
        f"{law.article6}; {law.article9}; {law.confidentiality}.", decided.rule.id,
    )  # fmt: skip


def _link(rules: Rules, actor: Actor, decided: Outcome) -> Gate:
    if decided.links:
        first = decided.links[0]
        says, evidence = rules.links[first.kind].says, _evidence(first, actor)
        return _gate(2, "Their link to the patient", "Legitimate relationship", decided, says,
                     evidence, f"link.{first.kind}")  # fmt: skip
    says = "There is no link between them now."
    if decided.rule.reach in ("region", "self"):
        says = "This purpose needs no link."
    return _gate(2, "Their link to the patient", "Legitimate relationship", decided, says, "", "")


def _evidence(link: Link, actor: Actor) -> str:
    holder = "the person" if link.holder == compartment(actor.id) else actor.organisation_name
    if link.holder not in (compartment(actor.id), compartment(actor.organisation)):
        holder = f"{actor.name} at {actor.organisation_name} alone"
    begins = "Always" if link.since.year < 1901 else f"Since {_moment(link.since)}"
    ends = f", until {_moment(link.until)}" if link.until else ", and still on"
    return f"{begins}{ends}. Held by {holder}."


def _labels(decided: Outcome) -> Gate:
    names = ", ".join(one.lower().replace("_", " ") for one in decided.kept_back)
    says = f"Entries with these labels are kept back: {names}." if names else "None is kept back."
    extra = "Whether this person has any, and how many, isn't said here either."
    gate = _gate(3, "Labels on each entry", "Restricted, sealed, not for the patient", decided,
                 says, f"{extra} A seal opens to its own team.", "label.sealed")  # fmt: skip
    if decided.kept_back and not decided.gate:
        return Gate(3, gate.title, gate.asks, "Passed, some labels kept back", "held", gate.says,
                    gate.evidence, gate.rule)  # fmt: skip
    return gate


def _choices(
    rules: Rules, decided: Outcome, said: Sequence[tuple[str, bool, str, datetime]]
) -> Gate:
    stopped = " ".join(rules.choices[kind] for kind in sorted(decided.refused))
    other = [kind for kind, no, _, _ in said if no and kind not in decided.refused]
    says = stopped or "No objection that counts for this purpose."
    if other:
        says += " Set, and without effect here: " + " ".join(rules.choices[one] for one in other)
    evidence = ". ".join(f"Consent/{id}, recorded {_moment(at)}" for _, _, id, at in said)
    return _gate(4, "The patient's own choices", "Objections and opt-outs", decided, says,
                 evidence, "choice.care")  # fmt: skip


def _gate(
    number: int, title: str, asks: str, decided: Outcome, says: str, evidence: str, rule: str
) -> Gate:
    stopped = decided.gate == number
    return Gate(
        number, title, asks, "Stopped" if stopped else "Passed", "crit" if stopped else "good",
        says, evidence, rule,
    )  # fmt: skip


def _changes(
    rules: Rules, actor: Actor, purpose: str, facts: Facts, at: datetime
) -> list[tuple[str, str]]:
    """What would come out if one thing were different."""
    ask = rules.rule(actor, purpose)
    objecting = Facts(facts.person, (), facts.refused | {"sharing"})
    found = [
        ("The patient objects to sharing", outcome(rules, actor, purpose, objecting, at)),
        ("There is no link", outcome(rules, actor, purpose, Facts(facts.person, (), facts.refused),
                                     at)),
    ]  # fmt: skip
    if purpose != "research" and "research" in rules.purposes:
        found.append(("The purpose is research", outcome(rules, actor, "research", facts, at)))
    told = [(what, _VERDICTS[one.verdict]) for what, one in found]
    if ask.emergency and "sharing" not in facts.refused:
        told.append(
            ("Emergency access with a reason", f"Opens seals, {rules.emergency.hours} hours")
        )
    return told


def _moment(at: datetime) -> str:
    local = at.astimezone(words.LONDON)
    return f"{words.long_date(local.date().isoformat())}, {local:%H:%M}"
