"""How often somebody may call: a steady rate, and so much at once (generic cell rate algorithm).

One number is kept for each caller: the moment at which everything they asked for would have been
due at the steady rate. Whoever is further ahead of the clock than what may come at once waits.
"""

from __future__ import annotations

from collections.abc import Hashable

MOST = 20_000


class Rate:
    """`a_second` calls a second, `at_once` without a pause; one of these per kind of caller.

    At most 2 · `most` callers are remembered. Whoever is forgotten begins anew, so a flood of new
    names costs no memory, and only makes the limit on what they share count.
    """

    def __init__(self, a_second: float, at_once: float, *, most: int = MOST) -> None:
        self._step = 1.0 / a_second if a_second > 0 else 0.0
        self._ahead = self._step * max(at_once - 1.0, 0.0)
        self._most = most
        self._young: dict[Hashable, float] = {}
        self._old: dict[Hashable, float] = {}

    def wait(self, caller: Hashable, now: float) -> float:
        """Seconds until `caller` may call again; 0.0 when they may now, which is counted.

        `now` is a moment of a clock that never goes back, in seconds. A rate of 0 limits nobody.
        """
        if not self._step:
            return 0.0
        due = self._young.get(caller)
        if due is None:
            due = self._old.get(caller, now)
            self._make_room()
        if due < now:
            due = now
        over = due - now - self._ahead
        # What floats lose on the way must not refuse the last call that is due.
        if over > 1e-9:
            self._young[caller] = due
            return over
        self._young[caller] = due + self._step
        return 0.0

    def __len__(self) -> int:
        """How many callers are remembered."""
        return len(self._young) + len(self._old)

    def _make_room(self) -> None:
        if len(self._young) >= self._most:
            self._old = self._young
            self._young = {}
