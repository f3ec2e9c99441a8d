"""What the command line needs from the site, handed to it by the site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bevan.kernel.settings import Settings


@dataclass(frozen=True)
class Appointment:
    """An account administrator to be made: who, where (an id or ODS code), by whom at the machine.

    `again` is the reason for one more, blank for the first.
    """

    name: str
    organisation: str
    by: str
    again: str = ""


@dataclass(frozen=True)
class Deed:
    """What somebody did at the command line, for the audit: an event, and what it concerns: a
    program, or whatever `type` says.
    """

    by: str
    event: str
    client: str
    type: str = "client"


@dataclass(frozen=True)
class Ports:
    """The site's collaborators.

    `packages` own tables, in the order of their migrations; `up` serves an installation until it
    is told to stop and returns an exit code; `demonstration` tells whether a data folder was made
    by one; `appoint` makes an account administrator in the database of a DSN and returns the
    address of their link; `tell` keeps a deed in its audit, durable when it returns.
    """

    packages: tuple[str, ...]
    up: Callable[[Settings], int]
    demonstration: Callable[[Settings], bool]
    appoint: Callable[[Settings, str, Appointment], str]
    tell: Callable[[Settings, str, Deed], None]
