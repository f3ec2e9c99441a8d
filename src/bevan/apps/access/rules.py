"""The four choices about the use of a record in plain words, and who may make them; pure.

They are four different things and none stands for another (NHS England's national data opt-out;
the Type 1 opt-out at the GP surgery; the Summary Care Record preference; the objection to the
shared record). What each stops here is what the rulebook's purposes say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

OWN_AGE, ADULT = 13, 16
PARENTAL = frozenset({"parent", "guardian"})
WAYS = ("In person", "By phone", "By form or letter")
LEAST = 10
CLAIMED = (
    "They were referred to me, and the referral isn't here",
    "I'm covering for somebody who looks after them",
    "I was asked for advice about their care",
    "I follow up care that we gave them",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One choice: what it is called, what saying no stops and doesn't stop, and the two answers.

    `grave` is what somebody must say that they understood before they say no, if anything;
    `digital`: whether somebody who acts for another may make it on these pages.
    """

    code: str
    title: str
    says: str
    stops: tuple[str, ...]
    goes_on: tuple[str, ...]
    elsewhere: str
    yes: str
    no: str
    grave: str = ""
    digital: bool = True


KINDS: Mapping[str, Kind] = MappingProxyType({
    kind.code: kind
    for kind in (
        Kind(
            "sharing", "Sharing your record with people who look after you",
            "Bevan shows what your GP surgery, hospitals and care teams wrote to those who look"
            " after you.",
            (
                "Every professional seeing your record in Bevan, in an emergency too. They won't"
                " see your allergies or your medicines here.",
                "Use of your record in Bevan for planning and research.",
            ),
            (
                "What each organisation wrote stays in its own system, and those who wrote it"
                " still see it there.",
                "You, and people who act for you, still see your record.",
                "What the law demands, such as the control of infectious diseases.",
            ),
            "It counts at once in the whole region. It doesn't change any of the other three.",
            "Share my record with people who look after me",
            "Don't share my record",
            grave="In an emergency, staff won't see my allergies, my medicines or my wishes here",
        ),
        Kind(
            "summary", "Your national summary",
            "A short national record of your medicines and allergies, which staff anywhere in"
            " England can see when they treat you.",
            ("Keeping a national summary about you.",),
            (
                "Your record in this region: that is the choice about sharing.",
                "Your GP surgery's own record of you.",
            ),
            "Bevan keeps your wish for your GP surgery, which sets it in the national service."
            " Tell them too.",
            "Keep a national summary", "Don't keep a national summary",
        ),
        Kind(
            "type-1", "What your GP surgery passes on (Type 1 opt-out)",
            "Whether what your GP surgery knows about you may leave it for anything but your own"
            " care.",
            ("Passing on anything that could identify you for planning or research.",),
            (
                "Your own care: everybody who looks after you sees what they need.",
                "What the law or a court demands, and the control of infectious diseases.",
                "Figures in which nobody can be recognised.",
            ),
            "It counts at once in this region, where your whole record is left out. Your GP surgery"
            " is told by you, not by Bevan. It is older than the national data opt-out, and doesn't"
            " replace it.",
            "It may be used", "Don't pass it on, except for my own care",
        ),
        Kind(
            "national", "Planning and research (national data opt-out)",
            "Whether health and care records that could identify you may be used beyond your own"
            " care.",
            (
                "Use of your record for research that you didn't agree to yourself.",
                "Use of your record for planning and paying for services.",
            ),
            (
                "Your own care.",
                "Research that you agreed to yourself.",
                "What the law or a court demands, the control of infectious diseases, official"
                " statistics, and the national registers of cancer and rare diseases.",
                "Figures in which nobody can be recognised.",
            ),
            "Your whole record is left out here at once. For the whole of England, set it with the"
            " national service too: there it takes up to 21 days. It stays after you die.",
            "My record may be used", "Don't use my record beyond my own care",
            digital=False,
        ),
    )
})  # fmt: skip


def refusal(kind: Kind, relation: str, years: int | None) -> str:
    """Why somebody may not make this choice: a sentence, or "" where they may.

    `relation` is blank for the person themselves, else what who acts for them is; `years` is the
    person's age, None where nobody knows it. From 13 on a person decides themselves; before, a
    parent or guardian does; for somebody older, only who has a power of attorney.
    """
    if not relation:
        young = years is None or years < OWN_AGE
        return f"From {OWN_AGE} on you can choose. Before, ask a parent." if young else ""
    if not kind.digital:
        return "Nobody makes this choice for another person here. Ask the GP surgery for the form."
    if relation in PARENTAL:
        if years is not None and years < OWN_AGE:
            return ""
        return f"From {OWN_AGE} on they make this choice themselves."
    if relation == "attorney" and years is not None and years >= ADULT:
        return ""
    return "Only the person, or somebody with a power of attorney, makes this choice."
