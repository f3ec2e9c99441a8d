"""What verification finds: what is wrong, with which link, when, and which entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bevan.access.chain.entry import Named
from bevan.access.chain.link import Link
from bevan.access.chain.listing import Line
from bevan.access.chain.sealing import moment

Kind = Literal[
    "changed entry",
    "removed entry",
    "added entry",
    "broken seal",
    "missing link",
    "different link",
    "out of order",
    "false signature",
    "missing list",
    "went back",
    "not handed over",
    "false disposal",
    "false statement",
    "missing statement",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. ``first`` and ``last`` are the times that the link spans."""

    kind: Kind
    sentence: str
    link: int | None = None
    first: datetime | None = None
    last: datetime | None = None
    at: datetime | None = None
    row: str | None = None

    def told(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "kind": self.kind,
            "sentence": self.sentence,
            "link": self.link,
            "first": _iso(self.first),
            "last": _iso(self.last),
            "at": _iso(self.at),
            "row": self.row,
        }


def of_link(kind: Kind, link: Link, sentence: str) -> Finding:
    """A finding about a whole link."""
    return Finding(
        kind, f"Link {link.number}{_span(link)}: {sentence}", link.number, link.first, link.last
    )


def removed(link: Link, line: Line) -> Finding:
    """An entry that was sealed and is gone."""
    at = moment(line.at)
    text = f"the entry of {at:%Y-%m-%d %H:%M:%S.%f} UTC (hash {line.hash.hex()}) was removed."
    return _entry("removed entry", link, text, at, line.hash.hex())


def added(link: Link, named: Named) -> Finding:
    """An entry that wasn't there when the link was sealed."""
    at = moment(named.entry.at)
    text = f"an entry of {at:%Y-%m-%d %H:%M:%S.%f} UTC ({_what(named)}) was added."
    return _entry("added entry", link, text, at, named.leaf.hex())


def changed(link: Link, line: Line, named: Named) -> Finding:
    """An entry that says something else than when it was sealed."""
    at = moment(named.entry.at)
    was = "" if line.at == named.entry.at else f", sealed as of {moment(line.at):%H:%M:%S.%f}"
    text = (
        f"the entry of {at:%Y-%m-%d %H:%M:%S.%f} UTC{was} ({_what(named)}) was changed; its hash "
        f"was {line.hash.hex()}."
    )
    return _entry("changed entry", link, text, at, named.leaf.hex())


def unvouched(link: Link, named: Named) -> Finding:
    """An entry that was stripped, and no certificate says so."""
    at = moment(named.entry.at)
    text = (
        f"the entry of {at:%Y-%m-%d %H:%M:%S.%f} UTC ({_what(named)}) was stripped without a "
        "certificate that covers it, or changed afterwards."
    )
    return _entry("false disposal", link, text, at, named.leaf.hex())


def _entry(kind: Kind, link: Link, text: str, at: datetime, row: str) -> Finding:
    sentence = f"Link {link.number}{_span(link)}: {text}"
    return Finding(kind, sentence, link.number, link.first, link.last, at, row)


def _what(named: Named) -> str:
    entry = named.entry
    about = "/".join(part for part in (entry.type, entry.id) if part) or "no resource"
    return f"action {entry.action}, {about}, request {entry.request}, transaction {entry.txid}"


def _span(link: Link) -> str:
    if link.first is None or link.last is None:
        return ""
    return f" ({link.first:%Y-%m-%d %H:%M:%S} to {link.last:%Y-%m-%d %H:%M:%S} UTC)"


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
