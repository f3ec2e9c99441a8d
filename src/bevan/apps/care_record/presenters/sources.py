"""Where a record comes from: each system, what it sent, and when it was last heard."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bevan.apps.care_record.rules import entries
from bevan.apps.care_record.rules.senders import SETTINGS, Sender
from bevan.apps.care_record.service.chart import Chart
from bevan.web.components import Tag
from bevan.web.words import LONDON, counted, near_date


@dataclass(frozen=True)
class SourceRow:
    """A system on the page of sources."""

    name: str
    setting: str
    system: str
    sent: str
    heard: str
    tag: Tag


def source_rows(chart: Chart) -> tuple[SourceRow, ...]:
    """Systems that sent something about this person, and any that can't answer now."""
    sent = Counter(entries.source(one) for part in chart.found.values() for one in part.resources)
    sent[entries.source(chart.patient)] += 1
    used = [one for uri, one in chart.senders.systems.items() if sent[uri] or one.failed]
    rows = [_row(chart, one, sent[one.uri]) for one in used]
    return tuple(sorted(rows, key=lambda row: row.name.lower()))


def _row(chart: Chart, one: Sender, sent: int) -> SourceRow:
    heard = one.heard.astimezone(LONDON).isoformat() if one.heard else ""
    known = chart.senders.organisations.get(one.organisation)
    return SourceRow(
        known.name if known else one.name or one.uri,
        SETTINGS[known.kind if known else "other"],
        one.uri.rsplit("/", 1)[-1].replace("-", " "),
        counted(sent, "entry shown", "entries shown"),
        near_date(heard, chart.today) if heard else "never",
        _tag(chart, one),
    )


def _tag(chart: Chart, one: Sender) -> Tag:
    if one.failed:
        return Tag("high", "Can't be shown", "plug")
    return Tag("stale", "Out of date", "clock") if one.late(chart.now) else (
        Tag("good", "Answering", "tick"))  # fmt: skip
