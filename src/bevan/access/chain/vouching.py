"""What statements vouch for: entries stripped under a certificate, and links that a restore lost.

A statement counts when a key of the installation signed it, wherever it lies: whoever owns the
database hasn't the key. One that was handed over and is gone from the database is a finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bevan.access.chain.finding import Finding
from bevan.access.chain.listing import Line
from bevan.access.chain.shelf import Kept
from bevan.access.chain.statement import Attested, Closing, Disposal, Lost, Return, genuine

_LATE = timedelta(minutes=5)


@dataclass(slots=True)
class Vouched:
    """What may be relied on. ``events`` are sentences about what is right and stays told;
    before ``kept_from`` entries may be gone."""

    findings: list[Finding] = field(default_factory=list)
    covered: dict[UUID, Counter[Line]] = field(default_factory=dict)
    lost: set[Lost] = field(default_factory=set)
    forgotten: set[UUID] = field(default_factory=set)
    missing: list[UUID] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    kept_from: datetime | None = None

    def covers(self, disposal: UUID | None, line: Line) -> bool:
        """Whether that certificate lists what is left of an entry."""
        return disposal in self.covered and self.covered[disposal][line] > 0


def vouched(
    here: Sequence[Kept],
    elsewhere: Sequence[Kept],
    public: Mapping[str, Ed25519PublicKey],
    now: datetime,
) -> Vouched:
    """What the statements of the database and the second place say together."""
    made = Vouched()
    mine, theirs = {one.id: one for one in here}, {one.id: one for one in elsewhere}
    for id, kept in {**mine, **theirs}.items():
        attested = kept.attested
        if attested is None or not genuine(attested, public):
            made.findings.append(_false(id))
            continue
        if id in mine and id in theirs and mine[id] != theirs[id]:
            made.findings.append(_false(id))
        _take(made, attested, kept)
        if id not in theirs and attested.statement.made < now - _LATE:
            text = f"Statement {id} isn't in the second place: run `bevan audit hand-over`."
            made.findings.append(Finding("not handed over", text))
    made.missing += sorted(theirs.keys() - mine.keys() - made.forgotten)
    for id in made.missing:
        text = f"Statement {id} was handed over and is no longer in the database."
        made.findings.append(Finding("missing statement", text))
    return made


def _take(made: Vouched, attested: Attested, kept: Kept) -> None:
    said = attested.statement
    if isinstance(said.body, Disposal):
        lines = kept.lines
        if lines is None:
            made.findings.append(_false(said.id))
        made.covered[said.id] = Counter(lines or ())
        return
    if isinstance(said.body, Return):
        made.lost.update(said.body.links)
        made.forgotten.update(said.body.statements)
    else:
        made.kept_from = max(said.body.kept_from, made.kept_from or said.body.kept_from)
    made.events.append(told(attested))


def told(attested: Attested) -> str:
    """A statement in a sentence."""
    said, body = attested.statement, attested.statement.body
    who = f"{said.by.name} on {said.made:%Y-%m-%d %H:%M} UTC: {said.reason}"
    if isinstance(body, Return):
        span = ""
        if body.first is not None and body.last is not None:
            span = f" of {body.first:%Y-%m-%d %H:%M:%S} to {body.last:%Y-%m-%d %H:%M:%S} UTC"
        numbers = sorted(one.number for one in body.links)
        links = f"links {numbers[0]} to {numbers[-1]}" if numbers else "no link"
        return (
            f"The database went back to a backup and lost {body.entries:,} entries{span} "
            f"({links}). Acknowledged by {who}"
        )
    if isinstance(body, Closing):
        return (
            f"{body.month} is closed: its {body.entries:,} entries were handed over in {body.file} "
            f"(SHA-256 {body.export}) and dropped, by {who}"
        )
    return f"{body.entries:,} entries were stripped under certificate {said.id}, by {who}"


def _false(id: UUID) -> Finding:
    text = f"Statement {id} isn't as a key of this installation signed it."
    return Finding("false statement", text)
