"""The searchset Bundle, put together from bytes: stored JSON is passed on without being read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from bevan.fhir import json
from bevan.fhir.outcome import Issue, outcome
from bevan.fhir.search.query import Query
from bevan.record.mask import REDACTED
from bevan.record.search.hits import Hit

MATCH = b',"search":{"mode":"match"}}'
INCLUDE = b',"search":{"mode":"include"}}'
OUTCOME = b',"search":{"mode":"outcome"}}'
# A searchset may say that something was kept back, never how much or of what kind.
WITHHELD = Issue("warning", "suppressed", "", "Some information is withheld.")

Render = Callable[[Hit], bytes]


class Content(NamedTuple):
    """What a page holds; `reasons` say why a list is empty that nobody may take for "none"."""

    matches: Sequence[Hit]
    included: Sequence[Hit]
    total: int | None
    next: str
    withheld: bool
    reasons: tuple[Issue, ...] = ()


def bundle(query: Query, base: str, content: Content, render: Render) -> bytes:
    """The JSON of the Bundle. `render` gives the JSON of one hit as its reader may see it."""
    head = [b'{"resourceType":"Bundle"']
    if content.withheld:
        head.append(b',"meta":' + json.encode({"security": [REDACTED]}))
    head.append(b',"type":"searchset"')
    if content.total is not None:
        head.append(b',"total":%d' % content.total)
    head.append(b',"link":' + json.encode(_links(query, base, content.next)))
    entries = _entries(query, base, content, render)
    if entries:
        head += [b',"entry":[', b",".join(entries), b"]"]
    head.append(b"}")
    return b"".join(head)


def _entries(query: Query, base: str, content: Content, render: Render) -> list[bytes]:
    entries = [_entry(base, hit, render(hit), MATCH) for hit in content.matches]
    entries += [_entry(base, hit, render(hit), INCLUDE) for hit in content.included]
    issues = (*query.ignored, *((WITHHELD,) if content.withheld else content.reasons))
    if issues:
        entries.append(b'{"resource":%b%b' % (json.encode(outcome(issues)), OUTCOME))
    return entries


def _entry(base: str, hit: Hit, resource: bytes, mode: bytes) -> bytes:
    name = f'{{"fullUrl":"{base}/{hit.type}/{hit.id}","resource":'
    return b"%b%b%b" % (name.encode(), resource, mode)


def _links(query: Query, base: str, next: str) -> list[dict[str, str]]:
    links = [{"relation": "self", "url": address(query, base, query.pairs)}]
    if next:
        pairs = [pair for pair in query.pairs if pair[0] != "_page"]
        links.append({"relation": "next", "url": address(query, base, (*pairs, ("_page", next)))})
    return links


def address(query: Query, base: str, pairs: Iterable[tuple[str, str]]) -> str:
    """The URL of a search with these names and values."""
    place = f"{base}/{query.type}" if query.type else base
    if query.within is not None:
        place = f"{base}/{'/'.join(query.within)}/{query.type or '*'}"
    text = urlencode(list(pairs), safe=":,|/*$")
    return f"{place}?{text}" if text else place
