"""Lists of entries: problems, allergies, medicines and the rest, each with whose and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bevan.apps.care_record.forms.catalogue import form_of
from bevan.apps.care_record.rules import allergies, entries, medicines
from bevan.apps.care_record.rules.attribution import address
from bevan.apps.care_record.rules.concepts import NO_WORDS, Resource, has, words
from bevan.apps.care_record.service.chart import Chart
from bevan.web.app import Link
from bevan.web.components import Entry, Tag
from bevan.web.words import long_date, near_date, sentence, short_date

ENDED = ("inactive", "resolved", "remission")


def entry(chart: Chart, resource: dict[str, Any], name: str, **more: Any) -> Entry:
    """An entry with its source, date, marks of editing and, where it can be edited, its links."""
    tags = (*more.pop("tags", ()), *marks(chart, resource))
    lines = (*more.pop("lines", ()), *_difference(chart, resource))
    return Entry(
        name,
        chart.senders.name(resource),
        near_date(entries.when(resource), chart.today),
        tags=tags,
        lines=tuple(line for line in lines if line),
        actions=actions(chart, resource),
        **more,
    )


def marks(chart: Chart, resource: Resource) -> tuple[Tag, ...]:
    """Whether somebody elsewhere changed it, and whether its holder disagrees."""
    if address(dict(resource)) in chart.differing:
        return (Tag("lost", "Differs", "fork"),)
    notice = chart.notices.get(address(dict(resource)))
    return (Tag("info", f"Changed by {notice.by}"),) if notice else ()


def _difference(chart: Chart, resource: dict[str, Any]) -> tuple[str, ...]:
    found = chart.differing.get(address(resource))
    if found is None:
        return ()
    holder = chart.senders.name(resource)
    return tuple(
        f"{label}: {found.notice.by} wrote “{edited or 'nothing'}”, "
        f"{holder} says “{newest or 'nothing'}”"
        for label, edited, newest in found.parts
    )


def actions(chart: Chart, resource: dict[str, Any]) -> tuple[Link, ...]:
    """Change, settle, mark as a mistake: only for what a form can write."""
    form = form_of(resource["resourceType"])
    if form is None:
        return ()
    where = f"/record/{chart.id}"
    made = [
        Link("Change", f"{where}/change/{form.name}/{resource['id']}"),
        Link("Recorded by mistake", f"{where}/mistake/{form.name}/{resource['id']}"),
    ]
    if address(resource) in chart.differing:
        made.insert(0, Link("Settle this", f"{where}/settle/{form.name}/{resource['id']}"))
    return tuple(made)


def problems(chart: Chart, past: bool = False) -> tuple[Entry, ...]:
    """Active ones, or those that are over; newest onset first."""
    told = entries.counted(chart.resources("problems"))
    wanted = [one for one in told if ended(one) is past]
    ordered = sorted(wanted, key=lambda one: entries.at(one, "onsetDateTime") or entries.when(one))
    return tuple(_problem(chart, one) for one in reversed(ordered))


def ended(condition: Resource) -> bool:
    """Whether a problem is over or was ruled out."""
    return has(condition.get("clinicalStatus"), *ENDED) or has(
        condition.get("verificationStatus"), "refuted"
    )


def _problem(chart: Chart, condition: dict[str, Any]) -> Entry:
    onset = entries.at(condition, "onsetDateTime")
    unsure = has(condition.get("verificationStatus"), "provisional", "differential", "unconfirmed")
    over = entries.at(condition, "abatementDateTime")
    return entry(
        chart, condition, words(condition.get("code")),
        since=f"since {_year_or_day(onset)}" if onset else "",
        small=f"Until {long_date(over)}" if over else entries.notes(condition),
        tags=(Tag("watch", "Suspected"),) if unsure else (),
    )  # fmt: skip


def _year_or_day(text: str) -> str:
    return short_date(text[:10]) if text >= "2025" else text[:4]


def allergy_groups(chart: Chart, past: bool = False) -> tuple[Entry, ...]:
    """The reconciled list: one row a substance, other systems' entries under it."""
    told = allergies.reconciled(chart.resources("allergies"))
    return tuple(_group(chart, group, not past) for group in (told.past if past else told.groups))


def _group(chart: Chart, group: allergies.Group, critical: bool) -> Entry:
    others = tuple(_allergy(chart, one, False) for one in group.others)
    return _allergy(chart, group.chief, critical, others)


def _allergy(
    chart: Chart, one: dict[str, Any], critical: bool, others: tuple[Entry, ...] = ()
) -> Entry:
    reaction, onset = allergies.reactions(one), entries.at(one, "onsetDateTime")
    since = onset[:4] if onset else ""
    after = ", ".join(part for part in (reaction.lower(), since) if part)
    sure = words(one.get("verificationStatus")) if one.get("verificationStatus") else ""
    spoken = {"unconfirmed": "reported, not confirmed", "refuted": "ruled out"}
    small = [allergies.severity(one), spoken.get(sure.lower(), sure.lower())]
    return entry(
        chart, one, words(one.get("code")),
        after=f"– {after}" if after else "",
        small=sentence(" · ".join(part for part in small if part)),
        lines=(entries.notes(one),),
        critical=critical,
        others=others,
    )  # fmt: skip


def medicine_list(chart: Chart) -> medicines.MedicineList:
    """The reconciled medicines."""
    return medicines.reconciled(chart.resources("medicines"), chart.today)


def medicine_entries(chart: Chart, listed: Sequence[medicines.Medicine]) -> tuple[Entry, ...]:
    """One row a product, with how to take it."""
    return tuple(_medicine(chart, one) for one in listed)


def _medicine(chart: Chart, medicine: medicines.Medicine) -> Entry:
    chief = medicine.chief
    others = tuple(
        entry(chart, one, medicines.name(one), small=medicines.dosage(one))
        for one in medicine.others
    )
    tags = _medicine_tags(chart, medicine)
    said = {"", *(tag.text for tag in tags)}
    return entry(
        chart, chief, medicines.name(chief),
        lines=(_dose(chief),),
        small=_why_ended(chief) or ("" if entries.notes(chief) in said else entries.notes(chief)),
        tags=tags,
        others=others,
    )  # fmt: skip


def _dose(resource: Resource) -> str:
    last = medicines.ends(resource)
    told = medicines.dosage(resource) or "No dose recorded"
    said = not last or "end" in told.lower()
    return told if said else f"{told}, ends {short_date(last[:10])}"


def _why_ended(resource: Resource) -> str:
    reasons = resource.get("statusReason") or {}
    first = reasons[0] if isinstance(reasons, list) and reasons else reasons
    said = words(first) if first else ""
    return f"Stopped: {said}" if said and resource.get("status") not in medicines.RUNNING else ""


def _medicine_tags(chart: Chart, medicine: medicines.Medicine) -> tuple[Tag, ...]:
    made = []
    if medicines.runs(medicine.chief, chart.today):
        if all(medicines.is_new(one, chart.today) for one in (medicine.chief, *medicine.others)):
            made.append(Tag("info", "New"))
        if medicine.doses_differ:
            made.append(Tag("watch", "Doses written differently", "warning"))
        if medicine.chief.get("status") == "on-hold":
            made.append(Tag("watch", "On hold"))
    return tuple(made)


def vaccinations(chart: Chart) -> tuple[Entry, ...]:
    """Given ones first by day; what was offered and not given says so."""
    told = entries.newest(entries.counted(chart.resources("vaccinations")))
    return tuple(_vaccination(chart, one) for one in told)


def _vaccination(chart: Chart, one: dict[str, Any]) -> Entry:
    applied = one.get("protocolApplied") or []
    targets = [words(t) for p in applied for t in p.get("targetDisease") or []]
    given = one.get("status") == "completed"
    batch = f"Batch {one['lotNumber']}" if one.get("lotNumber") else ""
    return entry(
        chart, one, words(one.get("vaccineCode")),
        small=" · ".join(part for part in (", ".join(dict.fromkeys(targets)), batch) if part),
        tags=() if given else (Tag("watch", "Not given"),),
    )  # fmt: skip


def procedures(chart: Chart) -> tuple[Entry, ...]:
    """Newest first."""
    told = entries.newest(entries.counted(chart.resources("procedures")))
    return tuple(
        entry(chart, one, words(one.get("code")), small=entries.notes(one) or _outcome(one))
        for one in told
    )


def _outcome(one: Resource) -> str:
    return words(one.get("outcome")) if one.get("outcome") else ""


def documents(chart: Chart) -> tuple[Entry, ...]:
    """Letters and documents that stand, newest first, each opening its text."""
    told = [one for one in entries.counted(chart.resources("documents"))
            if one.get("status") == "current"]  # fmt: skip
    return tuple(
        entry(chart, one, one.get("description") or words(one.get("type")),
              small=words(one.get("type")) if one.get("description") else "",
              href=f"/record/{chart.id}/documents/{one['id']}")
        for one in entries.newest(told)
    )  # fmt: skip


def appointments(chart: Chart, coming: bool) -> tuple[Entry, ...]:
    """Those to come, next first; or those that were, newest first."""
    today = chart.today.isoformat()
    told = entries.newest(entries.counted(chart.resources("appointments")))
    wanted = [one for one in told if (entries.at(one, "start")[:10] >= today) is coming
              and one.get("status") != "cancelled"]  # fmt: skip
    ordered = list(reversed(wanted)) if coming else wanted
    return tuple(_appointment(chart, one) for one in ordered)


def _appointment(chart: Chart, one: dict[str, Any]) -> Entry:
    start = entries.at(one, "start")
    concepts = [*(one.get("serviceType") or []), one.get("appointmentType")]
    what = next((t for c in concepts if c and (t := words(c)) != NO_WORDS), "")
    missed = one.get("status") == "noshow"
    shown = entry(
        chart, one, what or one.get("description") or "Appointment",
        lines=(one.get("description", "") if what else "", one.get("comment", "")),
        tags=(Tag("watch", "Not attended"),) if missed else (),
    )  # fmt: skip
    clock = start[11:16]
    when = near_date(start, chart.today) if clock in near_date(start, chart.today) else (
        f"{near_date(start, chart.today)} {clock}")  # fmt: skip
    return Entry(shown.name, shown.source, when.strip(), lines=shown.lines, tags=shown.tags)
