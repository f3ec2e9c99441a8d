"""`$everything`: a person's whole record, and what it refers to (FHIR R4, Patient-everything).

Stored bytes are passed on without being read. A page never repeats or skips what stays as it is:
the person's rows come in the order of their keys, then what these refer to by type and id. Of
references one step is followed, and never to somebody else.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Protocol
from urllib.parse import parse_qsl, urlencode

import msgspec

from bevan.fhir import json
from bevan.fhir.definitions import Definitions
from bevan.fhir.operation import Answer, Declared, Invocation
from bevan.fhir.outcome import Issue, outcome
from bevan.fhir.search.dates import EPOCH, LATEST, stretch
from bevan.record.errors import Invalid, NotFound
from bevan.record.mask import REDACTED
from bevan.record.person import PersonPage, Place, Shown, Wanted
from bevan.record.scope import Scope
from bevan.record.search.bundle import INCLUDE, MATCH, OUTCOME, WITHHELD

DECLARED = Declared(
    name="everything",
    definition="http://hl7.org/fhir/OperationDefinition/Patient-everything",
    says="Gives everything about a person and what it refers to that is about nobody, page by page "
    "where `_count` says so; `start`, `end`, `_since` and `_type` narrow it.",
    letter="r",
    levels=("instance",),
    types=("Patient",),
    methods=("GET", "POST"),
)
MOST = 5_000
NAMES = ("start", "end", "_since", "_type", "_count", "_page")
Pairs = tuple[tuple[str, str], ...]


class Reads(Protocol):
    """Reads whole people: `person.People`."""

    async def page(
        self, scope: Scope, id: str, wanted: Wanted, place: Place, query: str = ""
    ) -> PersonPage | None: ...


class _Cursor(msgspec.Struct, array_like=True, frozen=True):
    row: Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
    named: tuple[str, str] | None


class Everything:
    """The operation."""

    declared = DECLARED

    def __init__(self, people: Reads, definitions: Definitions) -> None:
        self._people = people
        self._types = frozenset(definitions.resource_types)

    async def run(self, scope: Scope, asked: Invocation) -> Answer:
        """A searchset Bundle. Raises Invalid (400) for parameters that aren't understood, and
        NotFound for a person who isn't there or may not be seen.
        """
        pairs = tuple(_pairs(asked))
        wanted, place = self._read(pairs)
        query = f"$everything?{urlencode(pairs)}" if pairs else "$everything"
        page = await self._people.page(scope, str(asked.id), wanted, place, query)
        if page is None:
            raise NotFound("There is no such Patient.")
        return Answer(_bundle(page, asked, pairs, whole=place == Place()))

    def _read(self, pairs: Pairs) -> tuple[Wanted, Place]:
        given = dict(pairs)
        if len(given) < len([name for name, _ in pairs if name != "_type"]) + ("_type" in given):
            raise _invalid("query", "A parameter other than _type is given once.")
        types = [each for name, text in pairs if name == "_type" for each in text.split(",")]
        for each in types:
            if each not in self._types:
                raise _invalid("_type", "There is no such type of resource.")
        wanted = Wanted(
            start=_moment(given, "start", 0),
            end=_moment(given, "end", 1),
            since=_moment(given, "_since", 0),
            types=frozenset(types) if types else None,
            count=_count(given.get("_count")),
        )
        return wanted, _place(given.get("_page"))


def _pairs(asked: Invocation) -> Iterator[tuple[str, str]]:
    """The parameters of the address, then those that were posted."""
    given = parse_qsl(asked.query, keep_blank_values=True)
    if asked.body is not None:
        if asked.body.get("resourceType") != "Parameters":
            raise _invalid("Parameters", "The body of this operation is a Parameters resource.")
        given += [_posted(each) for each in asked.body.get("parameter") or ()]
    for name, text in given:
        if name not in NAMES:
            raise _invalid("query", f"This operation has the parameters {', '.join(NAMES[:-1])}.")
        yield name, text


def _posted(parameter: Any) -> tuple[str, str]:
    values = (
        [value for key, value in parameter.items() if key.startswith("value")]
        if isinstance(parameter, dict)
        else []
    )
    if len(values) != 1 or isinstance(values[0], (dict, list)):
        raise _invalid("Parameters.parameter", "Each parameter has one plain value.")
    return str(parameter.get("name", "")), str(values[0])


def _moment(given: dict[str, str], name: str, end: int) -> datetime | None:
    """The beginning (0) or end (1) of the stretch of time that a parameter names."""
    text = given.get(name)
    if text is None:
        return None
    try:
        found = stretch(text)[end]
        return None if found >= LATEST else EPOCH + timedelta(microseconds=found)
    except (ValueError, OverflowError):
        raise _invalid(name, "It is not a date.") from None


def _count(text: str | None) -> int:
    if text is None:
        return MOST
    if not (text.isascii() and text.isdecimal() and int(text[:9]) >= 1 and len(text) < 9):
        raise _invalid("_count", "The count is a whole number, 1 at least.")
    return min(int(text), MOST)


def _place(text: str | None) -> Place:
    if text is None:
        return Place()
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        found = msgspec.json.decode(raw, type=_Cursor)
    except (ValueError, msgspec.MsgspecError):
        raise _invalid("_page", "This is not a page of this server's.") from None
    return Place(found.row, found.named)


def _text(place: Place) -> str:
    raw = msgspec.json.encode(_Cursor(place.row, place.named))
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bundle(page: PersonPage, asked: Invocation, pairs: Pairs, *, whole: bool) -> bytes:
    """The Bundle, put together from bytes; a total where one page holds everything."""
    parts = [b'{"resourceType":"Bundle"']
    if page.withheld:
        parts.append(b',"meta":' + json.encode({"security": [REDACTED]}))
    parts.append(b',"type":"searchset"')
    if whole and page.next is None:
        parts.append(b',"total":%d' % len(page.own))
    parts.append(b',"link":' + json.encode(_links(page, asked, pairs)))
    entries = [*_entries(asked, page.own, MATCH), *_entries(asked, page.named, INCLUDE)]
    if page.withheld:
        entries.append(b'{"resource":%b%b' % (json.encode(outcome((WITHHELD,))), OUTCOME))
    if entries:
        parts.append(b',"entry":[' + b",".join(entries) + b"]")
    return b"".join((*parts, b"}"))


def _entries(asked: Invocation, rows: Iterable[Shown], mode: bytes) -> Iterator[bytes]:
    for row in rows:
        address = f'{{"fullUrl":"{asked.base}/{row.type}/{row.id}","resource":'
        yield b"%b%b%b" % (address.encode(), row.content, mode)


def _links(page: PersonPage, asked: Invocation, pairs: Pairs) -> list[dict[str, str]]:
    address = f"{asked.base}/Patient/{asked.id}/$everything"

    def link(relation: str, pairs: Pairs) -> dict[str, str]:
        query = urlencode(pairs, safe=":,")
        return {"relation": relation, "url": f"{address}?{query}" if query else address}

    links = [link("self", pairs)]
    if page.next is not None:
        rest = tuple(pair for pair in pairs if pair[0] != "_page")
        links.append(link("next", (*rest, ("_page", _text(page.next)))))
    return links


def _invalid(path: str, text: str) -> Invalid:
    return Invalid([Issue("error", "value", path, text)], 400)
