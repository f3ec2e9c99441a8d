"""The people with stories: Dot Pemberton and her ward, the twelve and those around them."""

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
    ward,
    winifred,
)

_STORIES = (
    dot.tell,
    harold.tell,
    edith.tell,
    ruby.tell,
    amina.tell,
    tomasz.tell,
    claire.tell,
    desmond.tell,
    jaya.tell,
    winifred.tell,
    callum.tell,
    oliver.tell,
    margaret.tell,
    ward.tell,
)


def stories(region: Region) -> Iterator[bytes]:
    """The resources of everyone with a story, one person after the other."""
    for tell in _STORIES:
        yield from tell(region)
