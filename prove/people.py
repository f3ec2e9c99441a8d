"""The people of the matrix: one for each link and state, and for each label of a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from bevan.fhir.nhs_number import check_digit
from prove import oracle


@dataclass(frozen=True)
class Person:
    """Somebody of the matrix. Whoever `holds` a label has one allergy and one medicine that carry
    it (`NOTHING_HELD`: none of either); the others have an Observation for each label."""

    link: str
    state: str
    holds: str = ""

    @property
    def id(self) -> str:
        """Their logical id."""
        name = f"{self.link} {self.state}".replace("'", "").replace(" ", "-")
        return f"l{HELD.index(self.holds)}-{name}" if self.holds else f"m-{name}"

    @property
    def number(self) -> str:
        """A test NHS number of their own, of the range 999."""
        return _NUMBERS[self.id]

    def entry(self, label: str) -> str:
        """The id of their Observation with a label."""
        return f"{self.id}-{oracle.LABELS.index(label)}"[-64:]


NOTHING_HELD = "nothing"
# Nothing is unfinished but a result.
HELD = (NOTHING_HELD, *(label for label in oracle.LABELS if label != "unfinished"))
EVERYBODY = tuple(Person(link, state) for link in oracle.LINKS for state in oracle.STATES)
HOLDERS = tuple(
    Person(link, state, label)
    for link, state in (
        ("nobody's", "plain"),
        ("registered", "plain"),
        ("registered", "protected"),
        ("registered", "objects to sharing"),
        ("lives here", "plain"),
        ("opened in an emergency", "plain"),
        ("acted for", "plain"),
    )
    for label in HELD
)


def _numbers() -> Iterator[str]:
    for stem in count(999_100_000):
        last = check_digit(str(stem))
        if last is not None:
            yield f"{stem}{last}"


_NUMBERS = dict(zip((one.id for one in (*EVERYBODY, *HOLDERS)), _numbers(), strict=False))
