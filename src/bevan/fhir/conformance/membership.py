"""A port to terminology: is this code in this value set?"""

from __future__ import annotations

from typing import Literal, Protocol

Verdict = Literal["yes", "no", "not checked"]
"""``not checked`` is for what can't be decided with what is loaded: never a yes."""


class Membership(Protocol):
    """What validation asks of a terminology service."""

    def contains(self, value_set: str, system: str | None, code: str) -> Verdict:
        """Whether a value set (``url`` or ``url|version``) has the code. A bare ``code`` has no
        system: it is in the value set when any system there has it.
        """

    def known(self, system: str, code: str) -> Verdict:
        """Whether a code system has the code."""
