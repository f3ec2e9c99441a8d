"""What the component macros draw: one frozen value for each, free of FHIR and of requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from markupsafe import Markup

from bevan.web.app import Link

TagKind = Literal[
    "crit",
    "high",
    "due",
    "watch",
    "good",
    "info",
    "held",
    "missing",
    "stale",
    "plain",
    "died",
    "lost",
]
StateKind = Literal["none", "missing", "off", "stale", "failed", "held"]
News2Kind = Literal["high", "medium", "low-medium", "low", "incomplete", "old"]
ICON_OF: dict[StateKind, str] = {
    "none": "tick",
    "missing": "dash",
    "off": "dash",
    "stale": "clock",
    "failed": "plug",
    "held": "padlock",
}


@dataclass(frozen=True)
class Tag:
    """A status in a word or three; the kind gives colour and edge, the icon speeds the eye."""

    kind: TagKind
    text: str
    icon: str = ""


@dataclass(frozen=True)
class State:
    """Why a list is short or empty. Six kinds that never look alike."""

    kind: StateKind
    lead: str
    text: str = ""
    link: Link | None = None

    @property
    def icon(self) -> str:
        """The icon of the kind."""
        return ICON_OF[self.kind]


@dataclass(frozen=True)
class Entry:
    """One entry of a list: what on the left, whose and when on the right."""

    name: str
    source: str
    date: str
    after: str = ""
    since: str = ""
    lines: tuple[str, ...] = ()
    small: str = ""
    tags: tuple[Tag, ...] = ()
    href: str = ""
    critical: bool = False
    actions: tuple[Link, ...] = ()
    others: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Fact:
    """A label and its value; ``prose`` keeps the writer's line breaks."""

    label: str
    text: str
    prose: bool = False


@dataclass(frozen=True)
class Patient:
    """What the banner says. ``critical`` tags come first and stay on phones; only ``shown`` tags
    stand in line, all of them are printed."""

    id: str
    name: str
    born: str
    age: str
    sex: str
    nhs_number: str
    checked: str
    facts: tuple[tuple[str, str], ...] = ()
    tags: tuple[Tag, ...] = ()
    critical: int = 0
    shown: int = 6
    details: str = ""

    @property
    def more(self) -> int:
        """How many tags don't stand in line."""
        return max(len(self.tags) - self.shown, 0)


@dataclass(frozen=True)
class Column:
    """A table column; numbers stand right."""

    name: str
    numeric: bool = False
    href: str = ""
    sorted: str = ""


@dataclass(frozen=True)
class Text:
    """A cell with a second, smaller line."""

    text: str
    small: str = ""


@dataclass(frozen=True)
class Drawn:
    """A cell with a small chart, or the words that stand for it."""

    drawn: Markup | None
    words: str = ""


@dataclass(frozen=True)
class Meaning:
    """What a value means, in words with an arrow or tick."""

    kind: Literal["in", "out", "watch"]
    text: str
    icon: str


Cell = str | Text | Drawn | Meaning


@dataclass(frozen=True)
class Row:
    """A table row; the first cell names it and may be a link."""

    cells: Sequence[Cell]
    href: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Figure:
    """A chart with the sentence that says what it shows, and the same as a table."""

    id: str
    title: str
    meta: str
    chart: Markup | None
    lead: str
    say: str
    kind: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class News2:
    """A score with its word; ``figure`` is "5/7" while incomplete."""

    kind: News2Kind
    figure: str
    word: str
    single: str = ""


@dataclass(frozen=True)
class Filter:
    """One control of a filter bar: choices, or a free field when there are none."""

    name: str
    label: str
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()
    type: str = "text"

    @property
    def used(self) -> bool:
        """Whether it narrows the list."""
        return bool(self.value)


@dataclass(frozen=True)
class FilterBar:
    """A plain GET form; its state lives in the address."""

    action: str
    filters: tuple[Filter, ...]
    count: str = ""
    kept: tuple[tuple[str, str], ...] = ()

    @property
    def used(self) -> bool:
        """Whether anything is narrowed."""
        return any(one.used for one in self.filters)


@dataclass(frozen=True)
class Pages:
    """Where a page of a list stands."""

    words: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Contact:
    """A row of the timeline."""

    id: str
    day: date
    time: str
    kind: str
    shape: str
    setting: str
    what: str
    detail: str
    who: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Day:
    """A heading of the timeline and its rows."""

    title: str
    count: str
    contacts: tuple[Contact, ...] = field(default=())
