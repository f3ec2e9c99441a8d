"""What the command line needs from the site, handed to it by the site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bevan.kernel.settings import Settings


@dataclass(frozen=True)
class Ports:
    """The site's collaborators.

    `packages` own tables, in the order of their migrations; `up` serves an installation until it
    is told to stop and returns an exit code; `demonstration` tells whether a data folder was made
    by one.
    """

    packages: tuple[str, ...]
    up: Callable[[Settings], int]
    demonstration: Callable[[Settings], bool]
