"""The course of an entry: its states, and which roles may take it from one to the next."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One decision: what the button says, where it leads, and the roles that may take it.

    With `reason` it needs a note. With `other`, whoever wrote the answers may not decide on them.
    """

    name: str
    says: str
    to: str
    roles: frozenset[str]
    reason: bool = False
    other: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """States by name with their words, the steps out of each, and what holds in each.

    Answers may be changed in `open_states`; `public_states` are shown to everybody; the clock has
    stopped in `ended`.
    """

    first: str
    states: dict[str, str]
    steps: dict[str, tuple[Step, ...]]
    writers: frozenset[str]
    open_states: frozenset[str]
    public_states: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()

    def possible(self, state: str, role: str, *, author: bool) -> tuple[Step, ...]:
        """The steps that a role may take from a state; `author` wrote the answers that stand."""
        return tuple(
            step
            for step in self.steps.get(state, ())
            if role in step.roles and not (step.other and author)
        )

    def may_write(self, state: str, role: str) -> bool:
        """Whether a role may change the answers of an entry in this state."""
        return state in self.open_states and role in self.writers
