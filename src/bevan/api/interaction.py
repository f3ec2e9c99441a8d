"""What an interaction is: the value each file of this package declares one of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from bevan.api.reply import Reply
from bevan.api.request import Request

Level = Literal["instance", "type", "system"]
Body = Literal["none", "json", "patch", "form", "resource"]
Run = Callable[[Request], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Interaction:
    """One interaction of FHIR R4 3.1.0.

    * `name`: as in `bevan.api.routes`.
    * `stated`: its codes in a CapabilityStatement, at types or at the system (`level`).
    * `letter`: the SMART scope letter it needs; empty when it checks for itself or needs none.
    * `body`: what a request's body must be, if the method carries one; `resource` is JSON that
      may be left out.
    * `open`: answered without a token.
    """

    name: str
    stated: tuple[str, ...]
    level: Level
    letter: str
    run: Run
    body: Body = "none"
    open: bool = False
