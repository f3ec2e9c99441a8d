"""Care plans, contingency plans and About Me."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bevan.apps.care_record.forms import about_me, care_plan
from bevan.apps.care_record.presenters.lists import actions, marks
from bevan.apps.care_record.rules import entries
from bevan.apps.care_record.rules.concepts import words
from bevan.apps.care_record.service.chart import Chart
from bevan.web.app import Link
from bevan.web.components import Fact, Tag
from bevan.web.words import near_date, short_date

STANDING = ("active", "on-hold", "draft")
STATUS_TAGS = {
    "active": Tag("good", "In use", "tick"), "on-hold": Tag("watch", "On hold"),
    "draft": Tag("plain", "Draft"), "completed": Tag("plain", "Finished"),
    "revoked": Tag("plain", "Withdrawn"),
}  # fmt: skip


@dataclass(frozen=True)
class Paper:
    """A plan or an About Me as a card: its parts, whose it is and what can be done with it."""

    id: str
    title: str
    meta: str
    parts: tuple[Fact, ...]
    tags: tuple[Tag, ...]
    links: tuple[Link, ...]
    version: int
    foot: str = ""


def plans(chart: Chart, standing: bool = True) -> tuple[Paper, ...]:
    """Plans in force, or those that ended, newest first."""
    told = entries.newest(entries.counted(chart.resources("plans")))
    return tuple(_plan(chart, one) for one in told if (one.get("status") in STANDING) is standing)


def _plan(chart: Chart, plan: dict[str, Any]) -> Paper:
    texts, fields = care_plan.parts(plan), care_plan.fields(plan)
    hidden = {"title", "status"}
    parts = [Fact(f.label, texts[f.name], True) for f in fields if f.name not in hidden]
    kinds = [words(one) for one in plan.get("category") or []]
    status = STATUS_TAGS.get(plan.get("status", ""))
    return Paper(
        plan["id"],
        plan.get("title") or next(iter(kinds), "Care plan"),
        f"Version {entries.version(plan)} · {chart.senders.name(plan)} · "
        f"{near_date(entries.when(plan), chart.today)}",
        tuple(fact for fact in parts if fact.text),
        (*((status,) if status else ()), *marks(chart, plan)),
        actions(chart, plan),
        entries.version(plan),
        _foot(plan),
    )


def _foot(plan: dict[str, Any]) -> str:
    author = (plan.get("author") or {}).get("display", "")
    review = entries.at(plan, "period.end")
    said = (author, f"Review by {short_date(review[:10])}" if review else "")
    return ". ".join(text for text in said if text)


def about(chart: Chart) -> Paper | None:
    """The newest About Me, or None when nobody wrote one down."""
    told = [one for one in entries.newest(entries.counted(chart.resources("about")))
            if about_me.is_about_me(one)]  # fmt: skip
    if not told:
        return None
    newest = told[0]
    texts = about_me.parts(newest)
    labels = {field.name: field.label for field in about_me.fields(newest)}
    return Paper(
        newest["id"],
        "About Me",
        f"In their own words · {near_date(entries.when(newest), chart.today)}",
        tuple(Fact(labels[name], text, True) for name, text in texts.items() if text),
        marks(chart, newest),
        actions(chart, newest),
        entries.version(newest),
        chart.senders.name(newest),
    )
