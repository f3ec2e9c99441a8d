"""What the proofs of access compared, and where the server and the second opinion disagree."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from prove.oracle import Sight
from prove.people import Person


@dataclass
class Tally:
    """What was compared: distinct combinations and their answer, and what disagreed."""

    said: dict[tuple[object, ...], str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    questions: int = 0

    def note(self, sight: Sight, who: str, person: Person, label: str, how: str, said: str) -> None:
        """One cell of the matrix, counted once however many actors share it."""
        key = (how, sight, who if sight.reach == "self" else "", person, label)
        self.said.setdefault(key, said)

    def add(self, other: Tally) -> None:
        """What another process compared."""
        self.said |= other.said
        self.faults += other.faults
        self.questions += other.questions

    def counted(self) -> Counter[tuple[str, str]]:
        """How many combinations were asked in each way, by their answer."""
        return Counter((str(key[0]), said) for key, said in self.said.items())
