"""What everybody should see, worked out from the words of the rulebook and from nothing else.

Imports nothing of Bevan: it is a second opinion. An actor asks for a purpose about a person who
has some link with the actor and is in some state; the entry carries a label. The answer is one of

* shown: as it is;
* masked: without what tells where a protected person is;
* withheld: not there, and the section says that something is kept back;
* not there: nothing says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Answer = Literal["shown", "masked", "withheld", "not there"]

# What links a person with the organisation Alpha, or with the very actor, and whether it counts.
LINKS = {
    "nobody's": False,
    "registered": True,
    "here now": True,
    "left 10 days ago": True,
    "left 200 days ago": False,
    "expected": False,
    "on the caseload": True,
    "off the caseload 200 days ago": False,
    "lives here": True,
    "moved out 20 days ago": False,
    "looked after by a team": True,
    "referred 10 days ago": True,
    "referred 200 days ago": False,
    "referred by the team itself": False,
    "claimed": True,
    "opened in an emergency": True,
    "opened yesterday": False,
    "acted for": False,
    "no longer acted for": False,
}
STATES = ("plain", "protected", "objects to sharing", "opted out", "type 1")

SENSITIVE = frozenset({"HIV", "PSY", "SEX", "ETH", "SDV", "STD", "SUD", "GDIS"})
SEALED = frozenset({"sealed by Alpha", "sealed by Beta", "sealed by nobody"})
LOCKED = frozenset({"locked by Alpha", "locked by Beta"})
UNREAD = frozenset({"held", "unfinished"})
LABELS = (
    "none", "restricted", "very restricted", "not for patient", *sorted(UNREAD),
    *sorted(SENSITIVE), *sorted(SEALED), *sorted(LOCKED),
)  # fmt: skip
EVERY = frozenset(LABELS) - {"none"}

PURPOSES = (
    "direct-care", "own-record", "acting-for", "population-health", "planning", "research",
    "communicable-disease", "covid-19", "ward-display", "curiosity",
)  # fmt: skip
"""In the proof, research has a support that is in force; planning's was never given, and the
COVID-19 notices ended in 2022."""

CARE = ("clinician", "mental health nurse", "ambulance crew", "carer", "social worker")
SYSTEMS = ("feed", "laboratory feed")
ACTORS = (
    *CARE, "privacy officer", "analyst", "person themselves", "another person", "proxy", *SYSTEMS,
    "unknown role", "device", "ward display",
)  # fmt: skip


@dataclass(frozen=True)
class Sight:
    """How far somebody's sight reaches, for one purpose.

    `reach` is links, self, proxy, region or nobody; `hidden` are labels kept back; `lacks` the
    types (of those in the proof) that they don't read; `writes`: whether they write Observations;
    `refusals` are states that take a person out.
    """

    reach: str
    hidden: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    writes: bool = False
    masks: bool = True
    emergencies: bool = False
    refusals: frozenset[str] = frozenset()


NOTHING = Sight("nobody", EVERY)
_CARE = {
    "clinician": Sight("links", SEALED | LOCKED, writes=True, emergencies=True),
    "mental health nurse": Sight("links", SEALED | LOCKED, writes=True, emergencies=True),
    "ambulance crew": Sight("links", SEALED | LOCKED, writes=True, emergencies=True),
    "carer": Sight(
        "links",
        SEALED | LOCKED | {"very restricted", "HIV", "SEX", "STD", "SDV"},
        lacks=frozenset({"DiagnosticReport"}),
        writes=True,
    ),
    "social worker": Sight(
        "links", SEALED | LOCKED | {"very restricted", "HIV", "SEX", "STD"}, writes=True
    ),
}
_OWN = Sight("self", LOCKED | UNREAD | {"not for patient"}, masks=False)
_PROXY = Sight(
    "proxy", SEALED | LOCKED | UNREAD | SENSITIVE | {"very restricted", "not for patient"}
)
_ANALYST = Sight("region", EVERY, lacks=frozenset({"Patient", "DiagnosticReport"}))
_FEEDS = {
    "feed": Sight("region", writes=True, masks=False),
    "laboratory feed": Sight(
        "region", lacks=frozenset({"Patient", "DiagnosticReport"}), writes=True, masks=False
    ),
}
# A screen shows who is where; of the types in the proof it reads people alone.
_DISPLAY = Sight("links", EVERY, lacks=frozenset({"Observation", "DiagnosticReport"}))
_RESEARCH = frozenset({"objects to sharing", "opted out", "type 1"})
_SECONDARY = {"research": _RESEARCH, "communicable-disease": frozenset[str]()}


def sight(actor: str, purpose: str) -> Sight:
    """What an actor sees for a purpose."""
    if actor in SYSTEMS:
        return _system(actor, purpose)
    if purpose == "direct-care":
        return _CARE.get(actor, NOTHING)
    if purpose == "own-record":
        return _OWN if actor in ("person themselves", "another person") else NOTHING
    if purpose == "ward-display":
        return _DISPLAY if actor == "ward display" else NOTHING
    if purpose == "acting-for":
        return _PROXY if actor == "proxy" else NOTHING
    if actor == "analyst" and purpose in _SECONDARY:
        return Sight("region", EVERY, _ANALYST.lacks, refusals=_SECONDARY[purpose])
    return NOTHING


def _system(actor: str, purpose: str) -> Sight:
    """A feed's own purpose is free text; one of the rulebook's brings its limits along."""
    whole = _FEEDS[actor]
    if purpose not in PURPOSES or purpose == "curiosity":
        return whole
    if purpose in _SECONDARY:
        return Sight("region", lacks=whole.lacks, masks=False, refusals=_SECONDARY[purpose])
    return NOTHING


def reaches(seen: Sight, actor: str, link: str, state: str) -> bool:
    """Whether the person is there at all."""
    if seen.reach == "region":
        return state not in seen.refusals
    if seen.reach == "self":
        return actor == "person themselves"
    if seen.reach == "proxy":
        return link == "acted for"
    if seen.reach == "links" and state != "objects to sharing":
        return LINKS[link] and (link != "opened in an emergency" or seen.emergencies)
    return False


def answer(
    actor: str, purpose: str, link: str, state: str, label: str, type: str = "Observation"
) -> Answer:
    """What somebody sees of one entry."""
    seen = sight(actor, purpose)
    if type in seen.lacks or not reaches(seen, actor, link, state):
        return "not there"
    if label in seen.hidden and not _opens(seen, link, label):
        return "not there" if label in LOCKED else "withheld"
    return "masked" if state == "protected" and seen.masks else "shown"


def _opens(seen: Sight, link: str, label: str) -> bool:
    """A seal opens to the team that set it; one that isn't locked opens in an emergency."""
    if seen.reach != "links":
        return False
    if label in ("sealed by Alpha", "locked by Alpha"):
        return True
    return label in SEALED and link == "opened in an emergency"
