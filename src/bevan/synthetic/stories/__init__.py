"""The people with stories."""

from __future__ import annotations

from collections.abc import Iterator

from bevan.synthetic.ground import Region


def stories(region: Region) -> Iterator[bytes]:
    """The resources of everyone with a story."""
    yield from ()
