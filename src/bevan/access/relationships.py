"""What in a resource gives whom a reason to see a person: pure, one resource in, relations out.

A practice by registration, a provider by an encounter or an episode of care, a team and its
members by a care team. Each has a beginning and, where the record says that it is over, an end
some days later (configurable: letters still arrive after a discharge).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from bevan.record.scope import compartment

TYPES = ("Patient", "Encounter", "EpisodeOfCare", "CareTeam", "ServiceRequest")
_LONDON = ZoneInfo("Europe/London")
_ALWAYS = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST = 9000
_VOID = frozenset({"entered-in-error", "cancelled", "planned", "waitlist", "draft", "revoked"})
_OVER = frozenset({"finished", "inactive"})


class Held(NamedTuple):
    """`holder` (an organisation or professional) may see `patient`, from `since` to `until`."""

    holder: UUID
    patient: UUID
    kind: str
    since: datetime
    until: datetime | None


def held(
    resource: Mapping[str, Any],
    ends: Mapping[str, int],
    changed: datetime,
    residences: Collection[str] = (),
) -> list[Held]:
    """The relations that a resource stands for; none when it is void.

    `residences` are texts and codes of an EpisodeOfCare's type that mean living in a care home.

    `ends` are days by kind after which an ended one no longer counts. `changed` is when the
    resource got its present state: the end of one that is over without saying since when.
    """
    if resource.get("resourceType") == "EpisodeOfCare":
        kind = "care-home" if _types(resource) & set(residences) else "episode"
        ends = {**ends, "episode-days": ends.get(f"{kind}-days", 0)}
        found = () if resource.get("status") in _VOID else _episode(resource, ends, changed)
        return [each._replace(kind=kind) for each in dict.fromkeys(found)]
    if resource.get("status") in _VOID or resource.get("active") is False:
        return []
    find = {
        "Patient": _registration,
        "Encounter": _encounter,
        "CareTeam": _team,
        "ServiceRequest": _referral,
    }.get(str(resource.get("resourceType")))
    return list(dict.fromkeys(find(resource, ends, changed))) if find else []


def _registration(
    patient: Mapping[str, Any], ends: Mapping[str, int], changed: datetime
) -> Iterator[Held]:
    person = compartment(str(patient.get("id")))
    for name in ("generalPractitioner", "managingOrganization"):
        for reference in _many(patient.get(name)):
            holder = _target(reference, "Organization", "Practitioner")
            if holder is not None:
                yield Held(holder, person, "registration", _ALWAYS, None)


def _encounter(
    encounter: Mapping[str, Any], ends: Mapping[str, int], changed: datetime
) -> Iterator[Held]:
    person = _target(encounter.get("subject"), "Patient")
    holder = _target(encounter.get("serviceProvider"), "Organization")
    if person is None or holder is None:
        return
    since, until = _period(encounter, ends.get("encounter-days", 0), changed)
    yield Held(holder, person, "encounter", since, until)


def _episode(
    episode: Mapping[str, Any], ends: Mapping[str, int], changed: datetime
) -> Iterator[Held]:
    person = _target(episode.get("patient"), "Patient")
    if person is None:
        return
    since, until = _period(episode, ends.get("episode-days", 0), changed)
    for reference, *kinds in (
        (episode.get("managingOrganization"), "Organization"),
        (episode.get("careManager"), "Practitioner"),
    ):
        holder = _target(reference, *kinds)
        if holder is not None:
            yield Held(holder, person, "episode", since, until)


def _team(team: Mapping[str, Any], ends: Mapping[str, int], changed: datetime) -> Iterator[Held]:
    person = _target(team.get("subject"), "Patient")
    if person is None:
        return
    days = ends.get("team-days", 0)
    since, until = _period(team, days, changed)
    for reference in _many(team.get("managingOrganization")):
        holder = _target(reference, "Organization")
        if holder is not None:
            yield Held(holder, person, "team", since, until)
    for participant in _many(team.get("participant")):
        yield from _participant(participant, person, since, until, days)


def _referral(
    request: Mapping[str, Any], ends: Mapping[str, int], changed: datetime
) -> Iterator[Held]:
    """Whoever was asked by somebody else; nobody refers a person to themselves to see them."""
    person = _target(request.get("subject"), "Patient")
    asked_by = _target(request.get("requester"), "Organization", "Practitioner")
    asked = _moment(request.get("authoredOn"))
    if person is None or asked_by is None or asked is None or request.get("intent") == "option":
        return
    until = asked + timedelta(days=ends.get("referral-days", 0))
    for reference in _many(request.get("performer")):
        holder = _target(reference, "Organization", "Practitioner")
        if holder is not None and holder != asked_by:
            yield Held(holder, person, "referral", asked, until)


def _types(episode: Mapping[str, Any]) -> set[str]:
    """What an episode's types are called, by text and by code."""
    concepts = [each for each in _many(episode.get("type")) if isinstance(each, Mapping)]
    codings = [coding for each in concepts for coding in _many(each.get("coding"))]
    return {str(each.get("text")) for each in concepts} | {str(one.get("code")) for one in codings}


def _participant(
    participant: Mapping[str, Any],
    person: UUID,
    since: datetime,
    until: datetime | None,
    days: int,
) -> Iterator[Held]:
    own = participant.get("period") or {}
    begins = max(since, _moment(own.get("start")) or since)
    ends = _ended(own.get("end"), days)
    over = min(filter(None, (until, ends)), default=None)
    for reference in (participant.get("member"), participant.get("onBehalfOf")):
        holder = _target(reference, "Organization", "Practitioner")
        if holder is not None:
            yield Held(holder, person, "team", begins, over)


def _period(
    resource: Mapping[str, Any], days: int, changed: datetime
) -> tuple[datetime, datetime | None]:
    period = resource.get("period") or {}
    since = _moment(period.get("start")) or _ALWAYS
    until = _ended(period.get("end"), days)
    if until is None and resource.get("status") in _OVER:
        until = changed + timedelta(days=days)
    return since, until


def _ended(text: object, days: int) -> datetime | None:
    end = _moment(text, late=True)
    return end if end is None or end.year > _LATEST else end + timedelta(days=days)


def _moment(text: object, *, late: bool = False) -> datetime | None:
    """A FHIR dateTime as a moment: its first one, or for `late` the one after its last."""
    if not isinstance(text, str):
        return None
    parts = text.split("T")[0].split("-")
    whole = text if "T" in text else "-".join((*parts, "01", "01")[:3])
    try:
        at = datetime.fromisoformat(whole)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=_LONDON)
    if late and "T" not in text:
        at = _after(at, len(parts))
    return at.astimezone(UTC)


def _after(at: datetime, parts: int) -> datetime:
    if at.year == 9999:
        return at
    if parts == 3:
        return at + timedelta(days=1)
    if parts == 2:
        return (at.replace(day=28) + timedelta(days=4)).replace(day=1)
    return at.replace(year=at.year + 1)


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _target(reference: Any, *types: str) -> UUID | None:
    if not isinstance(reference, Mapping):
        return None
    text = reference.get("reference")
    if not isinstance(text, str):
        return None
    type, _, id = text.partition("/_history/")[0].partition("/")
    return compartment(id) if type in types and id and "/" not in id else None
