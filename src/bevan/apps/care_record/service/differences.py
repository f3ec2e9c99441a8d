"""Where an edit and its holder's newest message say different things."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bevan.apps.care_record.forms.catalogue import form_of
from bevan.apps.care_record.rules.attribution import Notice
from bevan.apps.care_record.rules.entries import in_error, version
from bevan.apps.care_record.rules.merge import Merge, merge
from bevan.apps.care_record.service.reader import Reader


@dataclass(frozen=True)
class Difference:
    """An edit that its holder overwrote: both versions, and the parts that differ."""

    notice: Notice
    edited: dict[str, Any]
    newest: dict[str, Any]
    labels: Mapping[str, str]
    merge: Merge

    @property
    def parts(self) -> tuple[tuple[str, str, str], ...]:
        """(label, as edited, as its holder says now) of each part that differs."""
        names = self.merge.named("theirs", "mine", "clash")
        return tuple(
            (self.labels[name], self.merge.mine.get(name, ""), self.merge.theirs.get(name, ""))
            for name in names
        )


async def differences(
    reader: Reader, notices: Mapping[str, Notice], entries: Mapping[str, dict[str, Any]]
) -> Mapping[str, Difference]:
    """By Type/id, every open notice whose entry has moved on and now says something else."""
    moved = [n for a, n in notices.items() if a in entries and version(entries[a]) > n.version]
    found = await asyncio.gather(
        *(difference(reader, notice, entries[notice.focus]) for notice in moved)
    )
    return {one.notice.focus: one for one in found if one}


async def difference(reader: Reader, notice: Notice, newest: dict[str, Any]) -> Difference | None:
    """Compares the edited version with the newest by the parts of their form."""
    type, _, id = notice.focus.partition("/")
    form, edited = form_of(type), await reader.old(type, id, notice.version)
    if form is None or edited is None or in_error(newest):
        return None
    theirs, mine = form.parts(newest), form.parts(edited)
    merged = merge(theirs, theirs, mine)
    labels = {f.name: f.label for one in (newest, edited) for f in form.fields(one)}
    made = Difference(notice, edited, newest, labels, merged)
    return made if made.parts else None
