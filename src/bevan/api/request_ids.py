"""Names for requests: the caller's own where it is harmless, else a short one of ours.

The name is in the answer's header, in the log and in each audit row of the request, so it is kept
short: a random mark of the process and a count.
"""

from __future__ import annotations

import re
from itertools import count
from secrets import token_hex

_HARMLESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class RequestIds:
    """Names requests of one process."""

    def __init__(self) -> None:
        self._mark = token_hex(6)
        self._count = count(1)

    def of(self, given: bytes | None) -> str:
        """The caller's `X-Request-Id` if it has at most 64 plain characters, else a new name."""
        if given is not None and len(given) <= 64:
            text = given.decode("latin-1")
            if _HARMLESS.fullmatch(text):
                return text
        return f"{self._mark}-{next(self._count):x}"
