"""What is agreed and wished for: care plans, ReSPECT, About Me, care homes, needs, helpers."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.calendar import TODAY, words
from bevan.synthetic.draws import between, pick
from bevan.synthetic.naming import given_name
from bevan.synthetic.person import Person
from bevan.synthetic.shapes.chart import Chart
from bevan.synthetic.shapes.contact import encounter, episode
from bevan.synthetic.shapes.paper import about_me, consent, document, message
from bevan.synthetic.shapes.person import related
from bevan.synthetic.shapes.plan import care_plan, goal
from bevan.synthetic.shapes.problem import flag
from bevan.synthetic.towns import mobile

_MATTERS: Final = (
    "My family comes first. I like to know what will happen before it happens.",
    "My garden and my radio. I don't like fuss.",
    "Going to chapel on Sundays and keeping my own front door.",
    "My cat, my crossword and a cup of tea at eleven.",
    "Being outdoors. I used to drive a lorry, so I'm up early.",
    "Football on Saturdays and seeing my grandchildren.",
)
_PLEASE: Final = (
    "Please speak slowly and give me time.",
    "Please knock before you come in.",
    "Please explain what each tablet is for.",
    "Please ring my daughter if I seem muddled.",
    "Please write things down for me.",
)
_PLEASE_NOT: Final = (
    "Please don't talk over my head.",
    "Please don't move my things.",
    "Please don't call me dear.",
    "Please don't ring after nine at night.",
)
_GOALS: Final = (
    "Walk to the shop and back by spring",
    "Keep living at home",
    "Sleep through the night",
    "Lose 5 kg before summer",
    "Go a month without missing a tablet",
)
_NEEDS: Final = (
    ("hearing-loss", "need.does-use-hearing-aid", "Uses hearing aids: face them, speak clearly"),
    ("learning-disability", "need.requires-information-in-easyread", "Easy read, please"),
    ("learning-disability", "need.requires-extended-appointment", "Needs a longer appointment"),
    ("dementia", "need.requires-carer-to-be-present-at-encounters", "Carer to be there"),
)


def _needs(person: Person, chart: Chart) -> None:
    """Reasonable adjustments as flags that everyone sees."""
    for name, key, text in _NEEDS:
        if name in person.onset and person.draws.random() < 0.6:
            on = max(person.onset[name], person.start)
            flag(chart, person.who.practice, text, on, key=key, kind="clinical", by=person.who.gp)


def _resident(person: Person, chart: Chart) -> None:
    """Living in a care home: an episode there and a carer's note now and then."""
    home = person.care_home
    if home is None:
        return
    since = max(person.start, person.end - between(person.draws, 60, 900))
    died = person.who.died is not None
    episode(
        chart,
        home,
        "Care home resident",
        since,
        person.end if died else None,
        by=person.region.staff[home.slug][0],
    )
    on = max(since, person.end - 180)
    while on < person.end - 1:
        encounter(
            chart,
            home,
            "home-health",
            "seen-in-establishment",
            (on, 600),
            (on, 615),
            by=pick(person.draws, person.region.staff[home.slug]),
            reason_text="Weekly check by the care home",
        )
        on += 7 + between(person.draws, 0, 2)


def _planned(person: Person, chart: Chart) -> None:
    """A personalised plan for people with much to look after, with their own goals."""
    draws = person.draws
    burden = len(person.onset) + (3 if "frailty" in person.onset else 0)
    if draws.random() > 0.04 * burden or person.traits.age < 18:
        return
    on = person.end - between(draws, 20, 600)
    if on <= person.start:
        return
    aim = goal(chart, person.who.practice, pick(draws, _GOALS), on)
    care_plan(
        chart,
        person.who.practice,
        "document.personalised-care-and-support-plan",
        "Care and support plan",
        (
            ("What matters", pick(draws, _MATTERS)),
            ("What we'll do", "Review together every six months; bloods before each."),
            ("If things get worse", "Ring the surgery; out of hours 111; 999 if very ill."),
        ),
        on,
        end=min(on + 365, TODAY + 365),
        by=person.who.gp,
        goals=(aim,),
        about=tuple(person.problems.values())[:4],
    )


def _dying(person: Person, chart: Chart) -> None:
    """A ReSPECT form for those on the palliative register."""
    if "palliative" not in person.onset:
        return
    on = min(person.onset["palliative"] + between(person.draws, 1, 40), person.end)
    text = (
        f"Recommended summary plan, agreed on {words(on)}. Comfort comes first. Stay at home "
        "if possible. Not for resuscitation."
    )
    document(
        chart,
        person.who.practice,
        "document.respect-recommended-summary-plan-for-emergency-care-and-treatment-form",
        "ReSPECT form",
        text,
        on,
        by=person.who.gp,
        category="category.care-plan",
    )
    care_plan(
        chart,
        person.who.practice,
        "document.end-of-life-care-plan",
        "End of life plan",
        (
            ("Priorities", "Comfort, at home, with family."),
            ("Resuscitation", "Not to be attempted."),
            ("Medicines", "Anticipatory medicines when needed."),
        ),
        on,
        by=person.who.gp,
    )


def _about(person: Person, chart: Chart) -> None:
    """What somebody wrote about themselves."""
    draws = person.draws
    share = 0.3 if person.care_home or "learning-disability" in person.onset else 0.02
    if draws.random() > share + (0.06 if person.traits.age > 75 else 0):
        return
    on = max(person.start, person.end - between(draws, 10, 700))
    about_me(
        chart,
        person.who.practice,
        (
            ("What is most important to me", pick(draws, _MATTERS)),
            ("Please do", pick(draws, _PLEASE)),
            ("Please don't", pick(draws, _PLEASE_NOT)),
        ),
        on,
    )


def _helper(person: Person, chart: Chart) -> None:
    """The relative who helps."""
    draws, who = person.draws, person.who
    if person.traits.age < 70 and draws.random() > 0.1:
        return
    sex = "female" if draws.random() < 0.65 else "male"
    child = person.traits.age > 55
    key = ("daughter" if sex == "female" else "son") if child else "spouse"
    year = 1950 + int(draws.random() * 40)
    given = given_name(draws, "british", sex, year, who.family)
    relationship = {
        "daughter": "relationship.dau",
        "son": "relationship.son",
        "spouse": "relationship.sps",
    }[key]
    related(chart, who.practice, who.family, given, relationship, phone=mobile(draws), sex=sex)


def _choices(person: Person, chart: Chart) -> None:
    """Choices about sharing, and a reminder that was sent."""
    draws = person.draws
    if draws.random() < 0.05 * 15 / 4 and person.traits.age >= 16:
        consent(
            chart,
            person.who.practice,
            "Agrees to sharing with those who give care",
            between(draws, person.start, person.end),
        )
    for _ in range(between(draws, 0, 2)):
        on = person.end - between(draws, 3, 500)
        if on > person.start:
            message(
                chart,
                person.who.practice,
                "Your review is due. Please book by phone or in the app.",
                on,
                between(draws, 540, 1020),
                topic="Reminder",
            )


def write(person: Person, chart: Chart) -> None:
    """Write plans, wishes, needs and helpers."""
    _needs(person, chart)
    _resident(person, chart)
    _planned(person, chart)
    _dying(person, chart)
    _about(person, chart)
    _helper(person, chart)
    _choices(person, chart)
