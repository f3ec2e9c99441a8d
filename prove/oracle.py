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
CLINICAL = frozenset({"AllergyIntolerance", "MedicationRequest", "MedicationStatement"})

PURPOSES = (
    "direct-care", "data-quality", "own-record", "acting-for", "population-health", "planning",
    "research", "communicable-disease", "covid-19", "ward-display", "curiosity",
)  # fmt: skip
"""In the proof, research has a support that is in force; planning's was never given, and the
COVID-19 notices ended in 2022."""

CARE = ("clinician", "mental health nurse", "ambulance crew", "carer", "social worker")
SYSTEMS = ("feed", "laboratory feed")
ACTORS = (
    *CARE, "privacy officer", "analyst", "data quality clerk", "engineer", "person themselves",
    "another person", "proxy", *SYSTEMS, "unknown role", "device", "ward display",
)  # fmt: skip


@dataclass(frozen=True)
class Sight:
    """How far somebody's sight reaches, for one purpose.

    `reach` is links, self, proxy, region or nobody; `hidden` are labels kept back; `lacks` the
    types (of those in the proof) that they don't read; `writes`: whether they write about care;
    `marks` are the labels that they may put on what they write; `refusals` are states that take
    a person out.
    """

    reach: str
    hidden: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    writes: bool = False
    marks: frozenset[str] = frozenset()
    masks: bool = True
    emergencies: bool = False
    refusals: frozenset[str] = frozenset()


NOTHING = Sight("nobody", EVERY)
# A team seals in its own name alone; that somebody is in danger is said by the feeds.
_MARKS = SENSITIVE | {"not for patient", "held", "sealed by Alpha", "locked by Alpha"}
_CLINICAL = Sight("links", SEALED | LOCKED, writes=True, marks=_MARKS, emergencies=True)
_CARE = {
    "clinician": _CLINICAL,
    "mental health nurse": _CLINICAL,
    "ambulance crew": _CLINICAL,
    "carer": Sight(
        "links",
        SEALED | LOCKED | {"very restricted", "HIV", "SEX", "STD", "SDV"},
        lacks=frozenset({"DiagnosticReport"}),
        writes=True,
    ),
    "social worker": Sight(
        "links",
        SEALED | LOCKED | {"very restricted", "HIV", "SEX", "STD"},
        writes=True,
        marks=frozenset({"not for patient"}),
    ),
}
_OWN = Sight("self", LOCKED | UNREAD | {"not for patient"}, masks=False)
_PROXY = Sight(
    "proxy",
    SEALED | LOCKED | UNREAD | SENSITIVE | {"very restricted", "not for patient"},
    lacks=frozenset({"Provenance"}),
)
_ANALYST_LACKS = frozenset(
    {"Patient", "DiagnosticReport", "AllergyIntolerance", "Communication", "Provenance"}
)
_CLERK = Sight(
    "region",
    SEALED | LOCKED,
    lacks=frozenset({"Observation", "DiagnosticReport", "Provenance"}) | CLINICAL,
)
_FEEDS = {
    "feed": Sight("region", writes=True, marks=EVERY, masks=False),
    "laboratory feed": Sight(
        "region",
        lacks=frozenset({"Patient", "DiagnosticReport", "Communication", "Provenance"}) | CLINICAL,
        writes=True,
        masks=False,
    ),
}
# A screen shows who is where; of the types in the proof it reads people alone.
_DISPLAY = Sight(
    "links",
    EVERY,
    lacks=frozenset({"Observation", "DiagnosticReport", "Provenance", "Communication"}) | CLINICAL,
)
_RESEARCH = frozenset({"objects to sharing", "opted out", "type 1"})
_SECONDARY = {"research": _RESEARCH, "communicable-disease": frozenset[str]()}


def sight(actor: str, purpose: str) -> Sight:
    """What an actor sees for a purpose."""
    if actor in SYSTEMS:
        return _system(actor, purpose)
    if purpose == "direct-care":
        return _CARE.get(actor, NOTHING)
    if purpose == "data-quality":
        return _CLERK if actor == "data quality clerk" else NOTHING
    if purpose == "own-record":
        return _OWN if actor in ("person themselves", "another person") else NOTHING
    if purpose == "ward-display":
        return _DISPLAY if actor == "ward display" else NOTHING
    if purpose == "acting-for":
        return _PROXY if actor == "proxy" else NOTHING
    if actor == "analyst" and purpose in _SECONDARY:
        return Sight("region", EVERY, _ANALYST_LACKS, refusals=_SECONDARY[purpose])
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


def created(actor: str, purpose: str, link: str, state: str, label: str) -> Answer:
    """Whether somebody may write a new message with a label about a person.

    Nothing is unfinished but a result, so for a message that is no label.
    """
    seen = sight(actor, purpose)
    may = seen.writes and "Communication" not in seen.lacks
    free = label in ("none", "unfinished") or label in seen.marks
    return "shown" if may and free and reaches(seen, actor, link, state) else "not there"


def changed(actor: str, purpose: str, link: str, state: str) -> Answer:
    """Whether somebody may change who is who: trace a number, merge, move entries.

    Who people are is said by feeds and by Bevan's own pages: no role writes it.
    """
    seen = sight(actor, purpose)
    may = seen.writes and seen.reach == "region" and "Patient" not in seen.lacks
    return "shown" if may and reaches(seen, actor, link, state) else "not there"


def tags_in_banner(state: str) -> bool:
    """Whether the banner goes on after who somebody is: for a protected person, a padlock stands
    there instead, and the page below says the rest."""
    return state != "protected"


def listed(
    actor: str, purpose: str, link: str, state: str, holds: str, type: str
) -> Answer | Literal["none recorded"]:
    """What a list of allergies or medicines says that would hold one entry with a label, or none.

    Whoever may see the person never gets an empty list without a word; whoever may not, gets what
    somebody who isn't there has. A locked entry is like one that isn't there.
    """
    seen = sight(actor, purpose)
    if type in seen.lacks or not reaches(seen, actor, link, state):
        return "not there"
    if holds not in LABELS:
        return "none recorded"
    said = answer(actor, purpose, link, state, holds, type)
    return "none recorded" if said == "not there" else said


# Who opens the pages that are about no one person. Whatever isn't named here, nobody here opens:
# it needs a role or a level that no actor of the proof has.
ANYBODY = frozenset(ACTORS)
_CITIZENS = frozenset({"person themselves", "another person"})
_EMERGENCIES = frozenset({"clinician", "mental health nurse", "ambulance crew"})
OPENS = {
    **dict.fromkeys(
        (
            "/", "/sign-in", "/record", "/-/ui", "/governance/public", "/access/rules", "/outbox",
            "/display",
            "/account", "/roles", "/confirm", "/apps", "/login/citizen/email",
            "/login/citizen/code", "/healthz", "/readyz", "/metrics",
        ),
        ANYBODY,
    ),
    **dict.fromkeys(
        (
            "/account/identity", "/account/people", "/account/people/ask", "/my-record",
            "/my-record/who-looked", "/my-record/choices",
        ),
        _CITIZENS,
    ),
    **dict.fromkeys(
        (
            "/identity", "/identity/merges", "/identity/corrections", "/identity/wrong-person",
            "/identity/new-identity",
        ),
        frozenset({"data quality clerk"}),
    ),
    "/access/choices": frozenset({"clinician"}),
    "/access/links": frozenset(CARE),
    "/proxies": frozenset({"clinician"}),
    "/apps/waiting": frozenset({"engineer"}),
    "/access/emergency": _EMERGENCIES,
    **dict.fromkeys(
        (
            "/governance", "/keeping", "/privacy", "/access/claims", "/access/why",
            "/access/simulation",
        ),
        frozenset({"privacy officer"}),
    ),
}  # fmt: skip


def opens(actor: str, page: str) -> bool:
    """Whether an actor opens a page that is about no one person."""
    return actor in OPENS.get(page, frozenset())
