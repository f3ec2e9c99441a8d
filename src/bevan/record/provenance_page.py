"""Pages of a search for the Provenance of a target: first what was sent in, then what the versions
themselves tell, in the pages that were asked for (FHIR R4 3.1.1.5.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from bevan.fhir.json import decode, encode
from bevan.fhir.search.directives import MOST_PER_PAGE
from bevan.record.provenance import TYPE, targets
from bevan.record.search.searcher import PAGE, Page

# No cursor of the search has a dot.
_PLACE = re.compile(r"versions\.(0|[1-9]\d{0,8})", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)

Target = tuple[str, str, int | None]
"""Type, id, and version where one is named."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a search for nothing but a target asks for.

    ``stored`` is the query for what was sent in; ``skipped`` how many made from versions were on
    the pages before, None while those that were sent in aren't all shown.
    """

    targets: tuple[Target, ...]
    pairs: tuple[tuple[str, str], ...]
    stored: str
    count: int
    skipped: int | None


def asked(query: str, base: str) -> Asked | None:
    """The query read; None for one that finds only what was sent in, or that is refused.

    ``base`` is the record's own public address, which may stand before a target.
    """
    named = tuple(dict.fromkeys(targets(query, base)))
    pairs = parse_qsl(query, keep_blank_values=True)
    counts = [value for name, value in pairs if name == "_count"] or [str(PAGE)]
    if not named or len(counts) > 1 or not _NUMBER.fullmatch(counts[0]):
        return None
    place = _PLACE.fullmatch(dict(pairs).get("_page", ""))
    rest = [pair for pair in pairs if pair[0] != "_page"]
    stored = query
    if place is not None:
        # All of them were on the pages before; how many there are is still part of the total.
        bare = [pair for pair in rest if pair[0] != "_count"]
        stored = urlencode([*bare, ("_count", "0")])
    count = min(int(counts[0]), MOST_PER_PAGE)
    return Asked(named, tuple(rest), stored, count, int(place[1]) if place else None)


def joined(page: Page, made: Sequence[dict[str, Any]], asked: Asked, base: str) -> Page:
    """The page with those of ``made`` that belong on it, all of them in its total."""
    first = asked.skipped or 0
    room = 0 if page.next else max(asked.count - page.count, 0)
    shown = made[first : first + room]
    end = first + len(shown)
    more = bool(asked.count) and not page.next and end < len(made)
    next = f"versions.{end}" if more else page.next
    total = None if page.total is None else page.total + len(made)
    whole = decode(page.bundle)
    if "total" in whole:
        whole["total"] += len(made)
    whole["link"] = _links(whole["link"], asked, base, next if more else "")
    entries = [*whole.pop("entry", ()), *(_entry(one, base) for one in shown)]
    if entries:
        whole["entry"] = entries
    return Page(encode(whole), total, next, page.count + len(shown))


def _links(
    links: Sequence[dict[str, str]], asked: Asked, base: str, next: str
) -> list[dict[str, str]]:
    found = list(links)
    if asked.skipped is not None:
        found = [{"relation": "self", "url": _address(asked, base, f"versions.{asked.skipped}")}]
    if next:
        found.append({"relation": "next", "url": _address(asked, base, next)})
    return found


def _address(asked: Asked, base: str, place: str) -> str:
    text = urlencode([*asked.pairs, ("_page", place)], safe=":,|/*$")
    return f"{base}/{TYPE}?{text}"


def _entry(one: dict[str, Any], base: str) -> dict[str, Any]:
    return {
        "fullUrl": f"{base}/{TYPE}/{one['id']}",
        "resource": one,
        "search": {"mode": "match"},
    }
