"""Where a page ended, as an opaque word in the next link."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

import msgspec
from xxhash import xxh3_64_hexdigest

from bevan.fhir.search.query import Query
from bevan.fhir.search.refusal import refuse

Key = str | int | float | None


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """The sort keys and the row key of the last resource of a page.

    `search` ties it to the conditions and the order that it was made under.
    """

    search: str
    keys: tuple[Key, ...]
    rkey: int

    def text(self) -> str:
        """The cursor as a word for a URL."""
        return urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Place:
    """A position in an order: after these sort keys and this row key."""

    keys: tuple[Key, ...]
    rkey: int


def read(query: Query) -> Place | None:
    """The place where the query's page starts; None for the first.

    Raises SearchRefused when the cursor isn't one of ours, or belongs to another search.
    """
    if not query.page:
        return None
    padded = query.page + "=" * (-len(query.page) % 4)
    try:
        cursor = msgspec.json.decode(urlsafe_b64decode(padded), type=Cursor)
    except (ValueError, msgspec.DecodeError) as error:
        raise refuse("_page", "“_page” is not a cursor of this server.", "value") from error
    if cursor.search != fingerprint(query) or len(cursor.keys) != len(query.sort):
        raise refuse("_page", "“_page” belongs to another search.", "value")
    return Place(cursor.keys, cursor.rkey)


def fingerprint(query: Query) -> str:
    """What a cursor must agree with: type, conditions and order, not page size or includes."""
    skipped = ("_page", "_count", "_total", "_elements", "_summary", "_include", "_revinclude")
    pairs = [pair for pair in query.pairs if pair[0].partition(":")[0] not in skipped]
    where = (query.type, query.within) if query.within else query.type
    return xxh3_64_hexdigest(repr((where, pairs)).encode())
