"""Long-term medicines: started after the diagnosis, changed, stopped, dispensed every month."""

from __future__ import annotations

from typing import Final

from bevan.synthetic.body import Body
from bevan.synthetic.calendar import working
from bevan.synthetic.draws import Weighted, between
from bevan.synthetic.person import Person
from bevan.synthetic.regimens import ANTICIPATORY, REGIMENS, Line
from bevan.synthetic.shapes.chart import Chart
from bevan.synthetic.shapes.medicine import Course, dispense, request

_DISPENSED_FOR: Final = 400
"""Days for which pharmacies' records are held."""
_LINES: Final = {
    name: tuple((line, Weighted(line.chains)) for line in lines) for name, lines in REGIMENS.items()
}
_STOPS: Final = (
    "Stopped: side effects",
    "Stopped at medication review: no longer needed",
    "Stopped: patient's choice",
    "Changed to another medicine",
)


def _dispensed(
    person: Person, chart: Chart, name: str, ref: str, first: int, last: int, days: int
) -> None:
    """Hand a medicine over at its interval; a fifth of the issues are late."""
    draws = person.draws
    on = max(first, person.end - _DISPENSED_FOR)
    while on <= last:
        dispense(chart, person.pharmacy, name, ref, on, between(draws, 540, 1060), days, days)
        on += days + (between(draws, 2, 12) if draws.random() < 0.2 else 0)


def _chain(
    person: Person, chart: Chart, chain: str, first: int, last: int | None, problem: str
) -> None:
    """The courses of one medicine: its doses in turn, until it stops or goes on."""
    draws, products = person.draws, chain.split(">")
    start, prior = first, ""
    days = 28 if draws.random() < 0.6 else 56
    for place, name in enumerate(products):
        more = place + 1 < len(products)
        ended = last
        if more:
            change = start + between(draws, 40, 900)
            more = change < (last or person.end) - 30
            ended = change if more else last
        if ended is None or ended >= person.start:
            status = "active" if ended is None else "completed" if more else "stopped"
            why = "" if status != "stopped" else _STOPS[between(draws, 0, len(_STOPS) - 1)]
            prior = request(
                chart,
                person.who.practice,
                person.who.gp,
                Course(
                    name,
                    start,
                    ended,
                    status=status,
                    why_stopped=why,
                    reason=problem,
                    days=days,
                    quantity=days,
                    prior=prior,
                    kind="repeat",
                    text="As directed by the diabetes team" if "insulin" in name else "",
                ),
            )
            _dispensed(
                person, chart, name, prior, start, person.end if ended is None else ended, days
            )
            _hospital_list(person, chart, name, ended)
        if not more:
            if ended is None:
                person.repeats.append((name, prior, start))
            return
        start = ended if ended is not None else start


def _hospital_list(person: Person, chart: Chart, name: str, ended: int | None) -> None:
    """The trust's list repeats a tenth of what is current, as written at the last discharge."""
    draws = person.draws
    if ended is None and person.traits.age > 50 and draws.random() < 0.1:
        on = between(draws, max(person.start, person.end - 500), person.end)
        doctor = person.region.staff[person.trust.slug][1]
        request(
            chart,
            person.trust,
            doctor,
            Course(name, on, category="discharge", kind="repeat", days=14, quantity=14),
        )


def _line(person: Person, chart: Chart, line: Line, chains: Weighted[str], name: str) -> None:
    """One drug class for one condition, if this person takes it."""
    draws, onset = person.draws, person.onset[name]
    taken = draws.random() < line.share
    chain = chains.draw(draws)
    delay = int(draws.random() ** 2 * 900)
    if not taken or (line.avoid and line.avoid in person.allergic):
        return
    first = working(onset + 1 + delay)
    if person.age(first) < line.youngest or first >= person.end - 2:
        return
    known = {product.split("-")[0] for product, _, _ in person.repeats}
    if chain.split("-")[0] in known:
        return
    last = None
    if line.months:
        last = first + int(line.months * 30.4 * (0.5 + draws.random() * 1.6))
    elif draws.random() < 0.10:
        last = first + between(draws, 20, 1200)
    if last is not None and last >= person.end:
        last = None
    _chain(person, chart, chain, first, last, person.problems.get(name, ""))


def _anticipatory(person: Person, chart: Chart) -> None:
    """Four injections together for somebody near the end."""
    on = max(person.onset["palliative"] + 1, person.end - between(person.draws, 5, 60))
    if on >= person.end:
        return
    for name in ANTICIPATORY:
        request(
            chart,
            person.who.practice,
            person.who.gp,
            Course(name, on, kind="acute", days=14, quantity=10),
        )


def write(person: Person, chart: Chart, body: Body) -> None:
    """Write every long-term medicine that kidneys and allergies allow."""
    kidneys = body.egfr(person.end)
    if kidneys < 30:
        person.allergic.add("metformin")
    for name in person.onset:
        child = name == "asthma" and person.traits.age < 12
        for line, chains in _LINES.get("child-asthma" if child else name, ()):
            _line(person, chart, line, chains, name)
    if "palliative" in person.onset and person.who.died is not None:
        _anticipatory(person, chart)
