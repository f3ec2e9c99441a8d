"""The people with stories: the twelve of the region and those around them, and Dot Pemberton."""

from __future__ import annotations

from collections.abc import Iterator

from bevan.synthetic.ground import Region
from bevan.synthetic.stories import (
    amina,
    callum,
    claire,
    desmond,
    dot,
    edith,
    harold,
    jaya,
    margaret,
    oliver,
    ruby,
    tomasz,
    winifred,
)

_STORIES = (
    dot.tell, harold.tell, edith.tell, ruby.tell, amina.tell, tomasz.tell, claire.tell,
    desmond.tell, jaya.tell, winifred.tell, callum.tell, oliver.tell, margaret.tell,
)


def stories(region: Region) -> Iterator[bytes]:
    """The resources of everyone with a story, one person after the other."""
    for tell in _STORIES:
        yield from tell(region)
