"""A form as the page draws it, and the comparison of two people's versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bevan.apps.care_record.forms.field import Field, Form, Parts
from bevan.apps.care_record.rules import entries
from bevan.apps.care_record.rules.merge import Merge
from bevan.apps.care_record.service.chart import Chart
from bevan.apps.care_record.service.differences import Difference
from bevan.apps.care_record.service.writing import Entry
from bevan.record.scope import Actor
from bevan.web.comparison import Clash, Comparison, Kept, Part, Side, difference, differing
from bevan.web.components import Tag
from bevan.web.words import LONDON, counted, near_date


@dataclass(frozen=True)
class Sheet:
    """A form with what is filled in, and the faults by field ("" for the whole)."""

    title: str
    noun: str
    action: str
    back: str
    fields: tuple[Field, ...]
    parts: Mapping[str, str]
    errors: Mapping[str, str]
    version: int
    button: str
    holder: str

    @property
    def error_list(self) -> list[dict[str, str]]:
        """For the error summary: each fault with a link to its field."""
        first = {f.name: f"{f.name}-1" if f.kind == "radios" else f.name for f in self.fields}
        return [
            {"text": text, "href": f"#{first.get(name, 'form')}"}
            for name, text in self.errors.items()
        ]


def sheet(
    chart: Chart,
    form: Form,
    resource: dict[str, Any] | None,
    parts: Mapping[str, str],
    version: int,
    errors: Mapping[str, str] | None = None,
) -> Sheet:
    """The form for a new entry (``resource`` None) or a change of one."""
    where = f"/record/{chart.id}"
    fields = form.fields(resource)
    held = chart.senders.name(resource) if resource else ""
    title = f"Change {form.noun}: {form.title(resource)}" if resource else f"Add to: {form.noun}"
    return Sheet(
        title if resource else f"New {form.noun}",
        form.noun,
        f"{where}/change/{form.name}/{resource['id']}" if resource else f"{where}/add/{form.name}",
        f"{where}/{form.section}",
        fields,
        {field.name: parts.get(field.name, "") for field in fields},
        errors or {},
        version,
        "Save changes" if resource else f"Add {form.noun}",
        held,
    )


@dataclass(frozen=True)
class Conflict:
    """The page that compares: what happened, what is kept, and what must be chosen."""

    title: str
    lead: str
    tags: tuple[Tag, ...]
    comparison: Comparison
    mine: Mapping[str, str]
    base: int
    theirs: int
    action: str
    back: str
    note: str
    left: str
    button: str
    drop: str
    errors: tuple[str, ...] = ()


def conflict(
    chart: Chart,
    form: Form,
    entry: Entry,
    merge: Merge,
    actor: Actor,
    chosen: Mapping[str, str],
    other: Mapping[str, str],
    asked: bool,
) -> Conflict:
    """Two people saved at once; ``asked`` marks choices that are still open as errors."""
    base, theirs = entries.version(entry.base), entries.version(entry.current)
    who, when = entry.author.agent.name or "Somebody", _when(chart, entry)
    place = entry.author.agent.organisation_name
    labels = {f.name: f for one in (entry.base, entry.current) for f in form.fields(one)}
    made = Comparison(
        f"Part of the {form.noun}",
        Side(f"Version {theirs}, saved", f"{f'{who}, {place}'.strip(', ')} · {when}"),
        Side("Yours, not saved", f"{actor.name}, {actor.organisation_name}"),
        clashes=_clashes(merge, labels, chosen, other, asked),
        kept=_kept(merge, labels, who),
        same=tuple(Part(labels[n].label, _shown(labels[n], merge.mine.get(n, "")))
                   for n in merge.named("same", "both")),
    )  # fmt: skip
    left = sum(not clash.chosen for clash in made.clashes)
    where = f"/record/{chart.id}"
    return Conflict(
        f"Someone changed this {form.noun} while you were editing",
        f"Nothing has been saved or lost. You started from version {base}. {who} saved version "
        f"{theirs} {_at(when)}, while you were writing. "
        f"Choose what to keep in version {theirs + 1}.",
        _tags(merge, who),
        made,
        merge.mine,
        base,
        theirs,
        f"{where}/compare/{form.name}/{entry.current['id']}",
        f"{where}/{form.section}",
        f"The record keeps versions {base}, {theirs} and {theirs + 1}, each with who wrote it. "
        f"{who} will be told what you chose.",
        f"{counted(left, 'choice')} left" if left else "",
        f"Save version {theirs + 1}",
        f"Keep version {theirs}, drop mine",
        tuple(f"{clash.label}: {clash.error}" for clash in made.clashes if clash.error),
    )  # fmt: skip


def _when(chart: Chart, entry: Entry) -> str:
    return near_date(entry.author.last_updated.astimezone(LONDON).isoformat(), chart.today).lower()


def _at(when: str) -> str:
    return f"at {when.removeprefix('today ')}" if when.startswith("today ") else f"on {when}"


def _tags(merge: Merge, who: str) -> tuple[Tag, ...]:
    """How many parts met which fate; only fates that occur."""
    counts = (
        ("clash", "high", "{} differ: you must choose", "warning"),
        ("mine", "good", "{} only you changed: kept", "tick"),
        ("theirs", "good", "{} only " + who + " changed: kept", "tick"),
        ("same", "plain", "{} the same", ""),
    )
    made = []
    for fate, kind, words, icon in counts:
        names = merge.named(fate, "both") if fate == "same" else merge.named(fate)  # type: ignore[arg-type]
        if names:
            text = words.format(counted(len(names), "part"))
            made.append(Tag(kind, text, icon))  # type: ignore[arg-type]
    return tuple(made)


def _clashes(
    merge: Merge,
    labels: Mapping[str, Field],
    chosen: Mapping[str, str],
    other: Mapping[str, str],
    asked: bool,
) -> tuple[Clash, ...]:
    made = []
    for name in merge.clashes:
        field = labels[name]
        texts = [
            _shown(field, side.get(name, "")) for side in (merge.base, merge.theirs, merge.mine)
        ]
        free = field.kind not in ("radios", "select")
        choice, words = chosen.get(name, ""), other.get(name, "")
        fault = "" if choice else "choose one, or write it differently" if free else "choose one"
        if choice == "other" and not words.strip():
            fault = "write the new words, or choose one of the two"
        made.append(
            Clash(
                name,
                field.label,
                *differing(texts[0], texts[1], texts[2]),
                choice,
                words,
                free,
                fault if asked else "",
            )
        )
    return tuple(made)  # fmt: skip


def _kept(merge: Merge, labels: Mapping[str, Field], who: str) -> tuple[Kept, ...]:
    made = []
    for name in merge.named("mine", "theirs"):
        mine = merge.fates[name] == "mine"
        side = merge.mine if mine else merge.theirs
        field = labels[name]
        pieces = difference(
            _shown(field, merge.base.get(name, "")), _shown(field, side.get(name, ""))
        )
        made.append(
            Kept(
                field.label,
                "Kept, yours" if mine else f"Kept, {who}'s",
                pieces,
                f"{who} didn't touch this." if mine else "You didn't touch this.",
            )
        )
    return tuple(made)  # fmt: skip


def _shown(field: Field, text: str) -> str:
    return dict(field.options).get(text, text) if field.kind in ("radios", "select") else text


def settlement(
    chart: Chart,
    form: Form,
    found: Difference,
    chosen: Mapping[str, str],
    other: Mapping[str, str],
    asked: bool,
) -> Conflict:
    """The page on which an edit and its holder's newest message are brought together."""
    newest, edited = entries.version(found.newest), entries.version(found.edited)
    holder, labels = chart.senders.name(found.newest), found.labels
    fields = {f.name: f for one in (found.newest, found.edited) for f in form.fields(one)}
    names = found.merge.named("mine", "theirs", "clash")
    as_clash = Merge(found.merge.base, found.merge.theirs, found.merge.mine,
                     {n: "clash" if n in names else "same" for n in fields})  # fmt: skip
    made = Comparison(
        f"Part of the {form.noun}",
        Side(f"Version {newest}, from {holder}", f"what {holder} sent last"),
        Side(f"Version {edited}, by {found.notice.by}", near_date(
            entries.at(found.notice.task, "authoredOn"), chart.today)),
        clashes=_clashes(as_clash, fields, chosen, other, asked),
        same=tuple(Part(labels[n], _shown(fields[n], found.merge.theirs.get(n, "")))
                   for n in as_clash.named("same")),
    )  # fmt: skip
    left = sum(not clash.chosen for clash in made.clashes)
    where = f"/record/{chart.id}"
    return Conflict(
        f"Settle this {form.noun}",
        f"{found.notice.by} changed it, then {holder} sent a version that says something else. "
        "Both are kept and both are shown until you settle it.",
        (Tag("high", f"{counted(len(names), 'part')} differ: you must choose", "warning"),),
        made,
        found.merge.mine,
        newest,
        newest,
        f"{where}/settle/{form.name}/{found.newest['id']}",
        f"{where}/{form.section}",
        f"Version {newest + 1} will be yours. The record keeps versions {edited}, {newest} and "
        f"{newest + 1}.",
        f"{counted(left, 'choice')} left" if left else "",
        f"Save version {newest + 1}",
        "",
        tuple(f"{clash.label}: {clash.error}" for clash in made.clashes if clash.error),
    )


def settled_parts(
    clashes: tuple[str, ...],
    theirs: Parts | Mapping[str, str],
    mine: Mapping[str, str],
    chosen: Mapping[str, str],
    other: Mapping[str, str],
) -> dict[str, str] | None:
    """The words for each clash, or None while one is open."""
    sides = {"theirs": theirs, "mine": mine, "other": other}
    made = {}
    for name in clashes:
        side = sides.get(chosen.get(name, ""))
        if side is None or (side is other and not other.get(name, "").strip()):
            return None
        made[name] = side.get(name, "").strip()
    return made
