"""What another rulebook would change, before it is made: two sets of rules over the same people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bevan.access.outcome import Facts, Outcome, outcome
from bevan.access.rule import Rules
from bevan.record.scope import Actor


@dataclass(frozen=True, slots=True)
class Change:
    """A decision that comes out differently for `pairs` of the people looked at."""

    role: str
    organisation: str
    purpose: str
    before: str
    after: str
    pairs: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many decisions were compared, how many change, and which."""

    compared: int
    opened: int
    closed: int
    changes: tuple[Change, ...]


def compare(
    now: Rules, then: Rules, actors: Sequence[Actor], people: Sequence[Facts], at: datetime
) -> Comparison:
    """Decide every actor × purpose × person by both sets of rules.

    The links stand as `now` projected them; their ends move to where `then` puts them.
    """
    found: Counter[tuple[str, str, str, str, str]] = Counter()
    compared = opened = closed = 0
    for actor in actors:
        for purpose in sorted({*now.purposes, *then.purposes}):
            for facts in people:
                before = outcome(now, actor, purpose, facts, at)
                after = outcome(then, actor, purpose, facts, at, since=now)
                compared += 1
                opened += bool(before.gate and not after.gate)
                closed += bool(after.gate and not before.gate)
                words = _words(before), _words(after)
                if words[0] != words[1]:
                    place = actor.organisation_name or actor.name
                    found[actor.role or actor.kind, place, purpose, *words] += 1
    changes = (Change(*said, pairs) for said, pairs in found.most_common())
    return Comparison(compared, opened, closed, tuple(changes))


_GATES = ("", "no rule", "no link", "", "the person's choice")


def _words(decided: Outcome) -> str:
    """A decision in words short enough for a table."""
    if decided.gate:
        return f"Not allowed: {_GATES[decided.gate]}"
    rule = decided.rule
    reads = "everything" if rule.reads is None else f"{len(rule.reads)} types"
    writes = "nothing" if not rule.writes else "writes too"
    kept = ", ".join(name.lower().replace("_", " ") for name in decided.kept_back) or "nothing"
    return f"Allowed: reads {reads}, {writes}; kept back: {kept}"
