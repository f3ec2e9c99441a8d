"""The ground that every life stands on: a region's seed, organisations and staff."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bevan.synthetic import places, staff
from bevan.synthetic.places import Place, Places, Source
from bevan.synthetic.staff import Worker


@dataclass(frozen=True)
class Region:
    """A region of a number of people: its seed, its organisations and who works there."""

    people: int
    seed: int
    places: Places
    staff: dict[str, tuple[Worker, ...]]

    @cached_property
    def _workers(self) -> dict[str, Worker]:
        return {one.slug: one for team in self.staff.values() for one in team}

    def worker(self, slug: str) -> Worker:
        """Somebody who works here by name, such as `leila-haddad`."""
        return self._workers[slug]

    def place(self, slug: str) -> Place:
        """An organisation by name, such as `thornbeck-general`."""
        return self.places[slug]

    def specialist(self, place: Place, specialty: str) -> Worker:
        """A consultant of a specialty at a trust, or the first of its consultants."""
        team = self.staff[place.slug]
        return next((one for one in team if one.specialty == specialty), team[0])

    def sources(self) -> list[Source]:
        """Every system that sends to the record."""
        return places.sources(self.places)


def build(people: int, seed: int = 1) -> Region:
    """The region of this many people (beside the named ones)."""
    found = places.build(people)
    return Region(people, seed, found, staff.build(found))
