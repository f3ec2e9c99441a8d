"""How a story is told: the shapes of the record with dates and times as people write them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bevan.synthetic import reviews, vaccinations, visits
from bevan.synthetic.body import Body
from bevan.synthetic.calendar import YEAR, day, moment
from bevan.synthetic.draws import chance, fixed_id
from bevan.synthetic.ground import Region
from bevan.synthetic.person import Person, settle
from bevan.synthetic.places import Place
from bevan.synthetic.risks import Traits
from bevan.synthetic.shapes import contact, laboratory, measurement, medicine, paper, plan
from bevan.synthetic.shapes import problem as problems
from bevan.synthetic.shapes.chart import Chart
from bevan.synthetic.shapes.laboratory import Ordered, Result
from bevan.synthetic.shapes.measurement import Signs, Taken
from bevan.synthetic.shapes.medicine import Course
from bevan.synthetic.shapes.person import Identity, patient
from bevan.synthetic.staff import Worker


class Tale:
    """A named person's record while it is told. Places and people go by their short names."""

    def __init__(self, region: Region, slug: str, who: Identity) -> None:
        self.region = region
        self.slug = slug
        self.who = who
        self.chart = Chart(chance("story", slug), fixed_id(f"Patient/{slug}"))
        self.home = who.practice.slug
        self.repeats: dict[str, str] = {}
        patient(self.chart, who, who.practice.source)

    def place(self, slug: str = "") -> Place:
        """An organisation; the person's practice by default."""
        return self.region.place(slug or self.home)

    def worker(self, slug: str) -> Worker | None:
        """Somebody by name, or nobody."""
        return self.region.worker(slug) if slug else None

    def id(self, name: str) -> str:
        """The fixed id of an entry that pages and tests link to."""
        return fixed_id(f"{self.slug}/{name}")

    def background(
        self,
        conditions: dict[str, str],
        decile: int,
        until: str,
        *,
        allergic: Iterable[str] = (),
        visited: bool = True,
        vaccinated: bool = True,
    ) -> Person:
        """Years of ordinary contacts, reviews and vaccinations before the story begins."""
        born, last = self.who.born, day(until)
        traits = Traits(
            (last - born) / YEAR, self.who.sex == "female", decile, self.who.ethnicity, 1.0
        )
        onset = {name: day(since) for name, since in conditions.items() if day(since) < last}
        draws = chance("background", self.slug)
        person = settle(
            self.region, self.chart.id, draws, self.who, traits, onset, decile, "thornbeck-general"
        )
        person.end, person.tested, person.care_home = last, False, None
        person.allergic.update(allergic)
        if vaccinated:
            vaccinations.write(person, self.chart)
        if visited:
            body = Body(person)
            reviews.write(person, self.chart, body)
            visits.write(person, self.chart, body)
        return person

    def problem(
        self,
        key: str,
        since: str,
        *,
        at: str = "",
        by: str = "",
        recorded: str = "",
        ended: str = "",
        **more: Any,
    ) -> str:
        """A problem or past problem."""
        status = more.pop("status", "resolved" if ended else "active")
        return problems.condition(
            self.chart,
            self.place(at),
            f"problem.{key}",
            day(since),
            recorded=day(recorded) if recorded else None,
            ended=day(ended) if ended else None,
            by=self.worker(by) or (None if at else self.who.gp),
            status=status,
            **more,
        )

    def allergy(self, key: str, recorded: str, *, at: str = "", by: str = "", **more: Any) -> str:
        """An allergy, or that there is none."""
        return problems.allergy(
            self.chart,
            self.place(at),
            key,
            day(recorded),
            by=self.worker(by) or (None if at else self.who.gp),
            **more,
        )

    def flag(
        self, text: str, since: str, *, at: str = "", by: str = "", ended: str = "", **more: Any
    ) -> str:
        """Something that everybody must know."""
        on, clock = moment(since)
        return problems.flag(
            self.chart,
            self.place(at),
            text,
            on,
            at_minute=clock,
            by=self.worker(by),
            end=day(ended) if ended else None,
            **more,
        )

    def medicine(
        self,
        name: str,
        start: str,
        ended: str = "",
        *,
        at: str = "",
        by: str = "",
        encounter: str = "",
        identifier: str = "",
        **more: Any,
    ) -> str:
        """A course of a medicine."""
        on, clock = moment(start)
        course = Course(name, on, day(ended) if ended else None, minute=clock, **more)
        prescriber = self.worker(by) or self.who.gp
        made = medicine.request(
            self.chart,
            self.place(at),
            prescriber,
            course,
            encounter=encounter,
            identifier=identifier,
        )
        if not ended and not at:
            self.repeats[name] = made
        return made

    def contact(
        self,
        kind: str,
        key: str,
        start: str,
        end: str = "",
        *,
        at: str = "",
        by: str = "",
        why: str = "",
        **more: Any,
    ) -> str:
        """A contact with a setting; `why` is what the page says about it."""
        return contact.encounter(
            self.chart,
            self.place(at),
            kind,
            key,
            moment(start),
            moment(end) if end else None,
            by=self.worker(by),
            reason_text=why,
            **more,
        )

    def episode(
        self,
        text: str,
        start: str,
        end: str = "",
        *,
        at: str,
        by: str = "",
        identifier: str = "",
        key: str = "",
    ) -> str:
        """A time under a service."""
        return contact.episode(
            self.chart,
            self.place(at),
            text,
            day(start),
            day(end) if end else None,
            by=self.worker(by),
            key=key,
            identifier=identifier,
        )

    def booked(
        self, what: str, when: str, minutes: int, *, at: str = "", by: str = "", **more: Any
    ) -> str:
        """An appointment."""
        on, clock = moment(when)
        made = more.pop("made", "")
        return contact.appointment(
            self.chart,
            self.place(at),
            what,
            on,
            clock,
            minutes,
            by=self.worker(by),
            made=day(made) if made else None,
            **more,
        )

    def taken(
        self, when: str, *, at: str = "", by: str = "", encounter: str = "", device: str = ""
    ) -> Taken:
        """When and where something was measured; without a name the person measured it."""
        on, clock = moment(when)
        worker = self.worker(by)
        own = f'{{"reference":"{self.chart.patient}"}}' if by == "" and device else ""
        return Taken(on, clock, self.place(at), worker.ref if worker else own, encounter, device)

    def vital(
        self, name: str, value: float, when: str, *, decimals: int | None = None, **where: Any
    ) -> str:
        """One vital sign."""
        return measurement.vital(
            self.chart, self.taken(when, **where), name, value, decimals=decimals
        )

    def pressure(self, high: int, low: int, when: str, **where: Any) -> str:
        """A blood pressure."""
        return measurement.blood_pressure(self.chart, self.taken(when, **where), high, low)

    def score(self, name: str, value: float, when: str, note: str = "", **where: Any) -> str:
        """A score."""
        return measurement.score(self.chart, self.taken(when, **where), name, value, note)

    def finding(self, key: str, when: str, **where: Any) -> str:
        """A finding such as smoking."""
        return measurement.finding(self.chart, self.taken(when, **where), f"finding.{key}")

    def signs(self, when: str, signs: Signs, note: str = "", name: str = "", **where: Any) -> int:
        """A full set with its NEWS2 total."""
        return measurement.signs_set(self.chart, self.taken(when, **where), signs, note, name)

    def ordered(
        self, when: str, at: str = "", by: str = "", laboratory_at: str = "", encounter: str = ""
    ) -> Ordered:
        """An order for a test."""
        on, clock = moment(when)
        return Ordered(
            on,
            clock,
            self.place(at),
            self.worker(by) or self.who.gp,
            self.place(laboratory_at or "thornbeck-pathology"),
            encounter,
        )

    def results(
        self,
        panel: str,
        when: str,
        values: Iterable[Result],
        *,
        at: str = "",
        by: str = "",
        laboratory_at: str = "",
        encounter: str = "",
        conclusion: str = "",
        text: str = "",
        blood: bool = True,
    ) -> str:
        """A laboratory report."""
        ordered = self.ordered(when, at, by, laboratory_at, encounter)
        return laboratory.report(
            self.chart,
            ordered,
            f"observable.{panel}",
            values,
            female=self.who.sex == "female",
            conclusion=conclusion,
            text=text,
            blood=blood,
        )

    def imaging(
        self,
        key: str,
        when: str,
        conclusion: str,
        *,
        at: str = "",
        by: str = "",
        read_at: str = "thornbeck-imaging",
        encounter: str = "",
        text: str = "",
        radiology: bool = True,
    ) -> str:
        """A report in words."""
        ordered = self.ordered(when, at, by, read_at, encounter)
        return laboratory.imaging(
            self.chart, ordered, key, conclusion, text=text, radiology=radiology
        )

    def document(
        self, key: str, title: str, text: str, when: str, *, at: str = "", by: str = "", **more: Any
    ) -> str:
        """A letter, note or form."""
        on, clock = moment(when)
        return paper.document(
            self.chart,
            self.place(at),
            f"document.{key}",
            title,
            text,
            on,
            clock,
            by=self.worker(by),
            **more,
        )

    def about_me(
        self, when: str, *sections: tuple[str, str], at: str = "", identifier: str = ""
    ) -> str:
        """What matters to the person."""
        on, clock = moment(when)
        return paper.about_me(
            self.chart, self.place(at), sections, on, clock, identifier=identifier
        )

    def message(self, text: str, when: str, *, at: str = "", by: str = "", **more: Any) -> str:
        """A message."""
        on, clock = moment(when)
        return paper.message(
            self.chart, self.place(at), text, on, clock, by=self.worker(by), **more
        )

    def task(self, text: str, when: str, *, at: str = "", owner: str = "", **more: Any) -> str:
        """Something to be done."""
        on, clock = moment(when)
        who = self.worker(owner)
        return paper.task(
            self.chart, self.place(at), text, on, clock, owner=who.ref if who else "", **more
        )

    def goal(self, text: str, since: str, *, at: str = "") -> str:
        """What the person wants to reach."""
        return plan.goal(self.chart, self.place(at), text, day(since))

    def team(self, name: str, since: str, *members: str, at: str) -> str:
        """The people who look after somebody together."""
        found = [self.region.worker(one) for one in members]
        return plan.care_team(self.chart, self.place(at), name, found, day(since))

    def plan(
        self,
        key: str,
        title: str,
        when: str,
        *parts: tuple[str, str],
        at: str = "",
        by: str = "",
        review: str = "",
        **more: Any,
    ) -> str:
        """A care plan of named parts."""
        on, clock = moment(when)
        return plan.care_plan(
            self.chart,
            self.place(at),
            f"document.{key}",
            title,
            parts,
            on,
            minute=clock,
            end=day(review) if review else None,
            by=self.worker(by),
            **more,
        )
