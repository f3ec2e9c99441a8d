"""Reading one person's resources from the record, under one Scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from bevan.fhir.json import decode
from bevan.record.scope import Scope
from bevan.record.version import Version

PAGE, MOST = 200, 2000


class Readable(Protocol):
    """What reading needs of the record."""

    async def read(self, scope: Scope, type: str, id: str) -> Version | None: ...

    async def vread(self, scope: Scope, type: str, id: str, version: int) -> Version | None: ...

    async def search(self, scope: Scope, type: str | None, query: str) -> Any: ...


@dataclass(frozen=True)
class Gathered:
    """Resources that matched; ``withheld`` when the record kept some back and may say so."""

    resources: tuple[dict[str, Any], ...] = ()
    withheld: bool = False

    def __add__(self, other: Gathered) -> Gathered:
        return Gathered(self.resources + other.resources, self.withheld or other.withheld)


@dataclass(frozen=True)
class Reader:
    """The record seen through one Scope."""

    record: Readable
    scope: Scope

    async def one(self, type: str, id: str) -> dict[str, Any] | None:
        """The current resource; None when it isn't there, was deleted, or can't be seen."""
        return _content(await self.record.read(self.scope, type, id))

    async def old(self, type: str, id: str, version: int) -> dict[str, Any] | None:
        """One version of a resource, or None."""
        return _content(await self.record.vread(self.scope, type, id, version))

    async def author(self, type: str, id: str) -> Version | None:
        """The current version with who made it and when."""
        return await self.record.read(self.scope, type, id)

    async def every(self, type: str, query: str, most: int = MOST) -> Gathered:
        """All matches, page by page, up to ``most``."""
        found, here = Gathered(), f"{query}&_count={min(PAGE, most)}"
        while here and len(found.resources) < most:
            bundle = decode((await self.record.search(self.scope, type, here)).bundle)
            found += Gathered(tuple(_matches(bundle)), _redacted(bundle))
            here = _next(bundle)
        return found

    async def count(self, type: str, query: str) -> int:
        """How many match; what is withheld isn't counted."""
        page = await self.record.search(self.scope, type, f"{query}&_summary=count")
        return int(decode(page.bundle).get("total", 0))


def _content(version: Version | None) -> dict[str, Any] | None:
    if version is None or version.deleted:
        return None
    content: dict[str, Any] = decode(version.content)
    return content


def _matches(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        entry["resource"]
        for entry in bundle.get("entry") or []
        if (entry.get("search") or {}).get("mode", "match") == "match" and "resource" in entry
    ]


def _redacted(bundle: dict[str, Any]) -> bool:
    labels = (bundle.get("meta") or {}).get("security") or []
    return any(label.get("code") == "REDACTED" for label in labels)


def _next(bundle: dict[str, Any]) -> str:
    links = {link["relation"]: link["url"] for link in bundle.get("link") or []}
    return urlsplit(str(links.get("next", ""))).query
