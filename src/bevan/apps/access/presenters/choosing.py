"""Choices in the words of the pages: what stands, since when, who said so."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bevan.access.consents import Statement
from bevan.apps.access.rules import KINDS, Kind, refusal
from bevan.apps.access.service.choosing import Chooser
from bevan.web import words
from bevan.web.components import Tag

UNSAID = "You haven't chosen. It's as if you had said yes."
SOMEWHERE = "another system"


@dataclass(frozen=True, slots=True)
class Standing:
    """One choice as it stands: its tag, the answer in words, since when and by whom.

    `others` says that a refusal comes from elsewhere, where it has to be taken back; `why` is the
    sentence for somebody who may not make it.
    """

    kind: Kind
    tag: Tag
    answer: str
    since: str
    others: str
    why: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history."""

    when: str
    what: str
    answer: str
    who: str
    over: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """The page: the four, and everything that was ever chosen."""

    standing: tuple[Standing, ...]
    history: tuple[Line, ...]


def choices(
    who: Chooser, refused: Collection[str], said: Sequence[Statement], places: Mapping[str, str]
) -> Choices:
    """The four choices of a person; `places` are the names of organisations by id."""
    return Choices(
        tuple(
            standing(kind, said, places, refused=kind.code in refused,
                     why=refusal(kind, who.relation, who.years))
            for kind in KINDS.values()
        ),
        tuple(_line(KINDS[each.kind], each, places) for each in said if each.kind in KINDS),
    )  # fmt: skip


def standing(
    kind: Kind,
    said: Sequence[Statement],
    places: Mapping[str, str],
    *,
    refused: bool,
    why: str = "",
) -> Standing:
    """How one choice stands."""
    here = [each for each in said if each.kind == kind.code and each.active]
    holding = [each for each in here if each.refused == refused]
    since = _since(holding[0], places) if holding else ""
    foreign = [each for each in here if each.refused and not each.ours]
    names = sorted({places.get(each.keeper, SOMEWHERE) for each in foreign})
    others = f"Kept by {' and '.join(names)}: tell them to take it back." if foreign else ""
    tag = Tag("watch", "You said no") if refused else Tag("good" if here else "plain", "Yes")
    answer = kind.no if refused else kind.yes
    return Standing(kind, tag, answer, since or ("" if here else UNSAID), others, why)


def kept(kind: Kind, *, refused: bool, said: Sequence[Statement]) -> Standing | None:
    """What was kept last of a kind here; None where nothing was."""
    if not any(each.kind == kind.code and each.ours and each.active for each in said):
        return None
    return standing(kind, said, {}, refused=refused)


def _since(each: Statement, places: Mapping[str, str]) -> str:
    return f"Since {_moment(each.at)}. {_who(each, places)}"


def _who(each: Statement, places: Mapping[str, str]) -> str:
    place = places.get(each.keeper, "") if each.keeper else ""
    parts = [each.by or "Somebody", each.way.lower() if each.ours else "", place]
    return "Said by " + ", ".join(part for part in parts if part) + "."


def _line(kind: Kind, each: Statement, places: Mapping[str, str]) -> Line:
    answer = kind.no if each.refused else kind.yes
    return Line(_moment(each.at), kind.title, answer, _who(each, places), not each.active)


def _moment(at: str) -> str:
    if not at:
        return "a day that nobody noted"
    clock = words.clock_time(at)
    return words.long_date(at[:10] if not clock else _day(at)) + (f", {clock}" if clock else "")


def _day(at: str) -> str:
    day = words.day_of(at)
    return day.isoformat() if day else at[:10]
