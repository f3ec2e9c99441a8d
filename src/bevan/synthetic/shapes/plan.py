"""CarePlan, Goal and CareTeam."""

from __future__ import annotations

from collections.abc import Iterable

from bevan.synthetic.calendar import ISO, instant
from bevan.synthetic.places import Place
from bevan.synthetic.shapes.chart import Chart, at, concept, joined, optional, quote
from bevan.synthetic.staff import Worker


def goal(chart: Chart, place: Place, text: str, on: int, *, state: str = "active") -> str:
    """What the person wants to reach."""
    body = (
        f'"lifecycleStatus":"{state}","description":{{"text":{quote(text)}}},'
        f'{chart.subject},"startDate":"{ISO[on]}"'
    )
    return chart.add("Goal", chart.new(), place.source, body)


def _activity(title: str, text: str) -> str:
    """One part of a plan: its heading and what it says."""
    return (
        f'{{"detail":{{"code":{{"text":{quote(title)}}},"status":"in-progress",'
        f'"description":{quote(text)}}}}}'
    )


def care_plan(
    chart: Chart,
    place: Place,
    key: str,
    title: str,
    parts: Iterable[tuple[str, str]],
    on: int,
    *,
    minute: int = 660,
    end: int | None = None,
    by: Worker | None = None,
    status: str = "active",
    goals: Iterable[str] = (),
    about: Iterable[str] = (),
    description: str = "",
    replaces: str = "",
    identifier: str = "",
) -> str:
    """A plan of named parts; `end` is its review date, `key` its kind."""
    activities = ",".join(_activity(heading, text) for heading, text in parts)
    until = f',"end":"{ISO[end]}"' if end is not None else ""
    before = f'"replaces":[{at(replaces)}],' if replaces else ""
    aims, problems = joined(goals), joined(about)
    body = (
        f'{before}"status":"{status}","intent":"plan","category":[{concept(key)}],'
        f'"title":{quote(title)}{optional("description", description and quote(description))},'
        f'{chart.subject},"period":{{"start":"{instant(on, minute)}"{until}}},'
        f'"created":"{instant(on, minute)}","author":{by.ref if by else place.ref},'
        f'"contributor":[{place.ref}]{optional("addresses", problems and f"[{problems}]")}'
        f'{optional("goal", aims and f"[{aims}]")},"activity":[{activities}]'
    )
    return chart.add("CarePlan", identifier or chart.new(), place.source, body)


def care_team(chart: Chart, place: Place, name: str, members: Iterable[Worker], on: int) -> str:
    """The people who look after somebody together."""
    joined_in = ",".join(
        f'{{"role":[{{"text":{quote(one.title)}}}],"member":{one.ref},"onBehalfOf":{place.ref}}}'
        for one in members
    )
    body = (
        f'"status":"active","name":{quote(name)},{chart.subject},'
        f'"period":{{"start":"{instant(on, 540)}"}},"participant":[{joined_in}],'
        f'"managingOrganization":[{place.ref}]'
    )
    return chart.add("CareTeam", chart.new(), place.source, body)
