"""The synthetic region: everything that `bevan synth` writes and the demonstration loads.

`generate` yields the directory, then the people with stories, then everyone else one by one,
each a few hundred resources as JSON bytes. Person `i` depends on the seed, `i` and the size of
the region only, so slices may be made in parallel and in any order.
"""

from __future__ import annotations

from collections.abc import Iterator

from bevan.synthetic.ground import Region, build
from bevan.synthetic.lives import people_of
from bevan.synthetic.shapes.directory import directory
from bevan.synthetic.stories import stories

__all__ = ["Region", "build", "generate", "named", "people_slice"]


def named(people: int = 0, seed: int = 1) -> Iterator[bytes]:
    """The directory and the people with stories: what a demonstration shows first."""
    region = build(people, seed)
    yield from directory(region.places, region.staff)
    yield from stories(region)


def generate(people: int, seed: int = 1) -> Iterator[bytes]:
    """Every resource of the region as JSON bytes, in the order in which to load them."""
    yield from named(people, seed)
    yield from people_slice(0, people, people=people, seed=seed)


def people_slice(start: int, stop: int, *, people: int, seed: int = 1) -> Iterator[bytes]:
    """The resources of the people from `start` up to `stop` of a region of `people`."""
    yield from people_of(build(people, seed), start, min(stop, people))
