"""A look: what one actor did about one person for one purpose without a pause of half an hour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

PAUSE: Final = timedelta(minutes=30)
_SEEN, _CHANGED = frozenset("rvshf"), frozenset("cupdi")
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Key(NamedTuple):
    """Whose looks may belong together: record, actor and purpose, the last two by number."""

    patient: UUID
    agent: int
    purpose: int


class Place(NamedTuple):
    """A look's place in the order of a page, which is newest first."""

    ended: datetime
    agent: int
    purpose: int
    patient: UUID

    def token(self) -> str:
        """The place as a part of an address."""
        micros = (self.ended - _ZERO) // _MICROSECOND
        return f"{micros}.{self.agent}.{self.purpose}.{self.patient.hex}"

    @classmethod
    def of(cls, token: str) -> Place | None:
        """The place that a token names; None for what isn't one."""
        try:
            micros, agent, purpose, patient = token.split(".")
            at, who, why = int(micros), int(agent), int(purpose)
            if max(who, why) >= 2**31 or min(at, who, why) < 0:
                return None
            return cls(_ZERO + at * _MICROSECOND, who, why, UUID(patient))
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class Gathered:
    """A look by numbers; ``saw`` and ``changed`` are types."""

    key: Key
    began: datetime
    ended: datetime
    saw: frozenset[str]
    changed: frozenset[str]

    @property
    def place(self) -> Place:
        """Where it stands on a page."""
        return Place(self.ended, self.key.agent, self.key.purpose, self.key.patient)

    def continues(self, other: Gathered) -> bool:
        """Whether the two are one look."""
        return (
            self.key == other.key
            and self.began <= other.ended + PAUSE
            and other.began <= self.ended + PAUSE
        )

    def joined(self, other: Gathered) -> Gathered:
        """Both as one."""
        return Gathered(
            self.key,
            min(self.began, other.began),
            max(self.ended, other.ended),
            self.saw | other.saw,
            self.changed | other.changed,
        )


def stored(row: Any) -> Gathered:
    """A look that was gathered, from its row."""
    return Gathered(
        _key(row), row["began"], row["ended"], _types(row["saw"]), _types(row["changed"])
    )


def entry(row: Any) -> Gathered:
    """One entry of the audit as a look of its own."""
    types = _types([row["type"]] if row["type"] else ())
    action = row["action"]
    return Gathered(
        _key(row),
        row["at"],
        row["at"],
        types if action in _SEEN else frozenset(),
        types if action in _CHANGED else frozenset(),
    )


def together(looks: Iterable[Gathered]) -> list[Gathered]:
    """The looks, those that continue one another made one, each once, newest first."""
    made: list[Gathered] = []
    for look in sorted(set(looks), key=lambda one: (one.key, one.began, one.ended)):
        if made and look.continues(made[-1]):
            made[-1] = made[-1].joined(look)
        else:
            made.append(look)
    return sorted(made, key=lambda one: one.place, reverse=True)


def _key(row: Any) -> Key:
    return Key(row["patient"], row["agent"], row["purpose"])


def _types(given: Iterable[str]) -> frozenset[str]:
    return frozenset(given)
