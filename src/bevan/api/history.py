"""What the three history interactions share: parameters in, a history Bundle out.

FHIR R4 3.1.0.10. Entries are put together from stored bytes, newest first; nothing is parsed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

from bevan.api.errors import bad_request, not_found
from bevan.api.reply import Reply
from bevan.api.request import Request
from bevan.fhir import json
from bevan.record.version import Version

DEFAULT_COUNT = 50
LARGEST_COUNT = 1000
_KNOWN = frozenset({"_count", "_since", "_at", "_page"})


async def history_bundle(request: Request, path: str) -> Reply:
    """The history below `path` (empty for everything), one page of it."""
    wanted = _parameters(request)
    page = await request.record.history(
        request.scope,
        request.type,
        request.id,
        since=_instant("_since", wanted.get("_since")),
        at=_instant("_at", wanted.get("_at")),
        count=_count(wanted.get("_count")),
        cursor=wanted.get("_page"),
    )
    if request.id is not None and not page.versions and not wanted:
        raise not_found()
    here = f"{request.base}{path}/_history"
    links = [("self", _address(here, wanted))]
    if page.next is not None:
        links.append(("next", _address(here, wanted | {"_page": page.next})))
    return Reply(200, _assemble(request.base, page.versions, links))


def _parameters(request: Request) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        if name in wanted:
            raise bad_request(f"{name} is given twice.", expression=name)
        if name in _KNOWN:
            wanted[name] = value
        elif request.prefer.handling != "lenient":
            raise bad_request(
                f"A history doesn't know the parameter {name}; it knows _count, _since and _at.",
                expression=name,
                code="not-supported",
            )
    return wanted


def _count(text: str | None) -> int:
    if text is None:
        return DEFAULT_COUNT
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise bad_request("_count must be a whole number.", expression="_count")
    return min(int(text), LARGEST_COUNT)


def _instant(name: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        # A plus sign that wasn't escaped arrives as a space.
        at = datetime.fromisoformat(text.replace(" ", "+"))
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise bad_request(
        f"{name} must be an instant with a time zone, such as 2026-11-24T09:00:00Z.",
        expression=name,
    )


def _address(here: str, wanted: dict[str, str]) -> str:
    return f"{here}?{urlencode(wanted)}" if wanted else here


def _assemble(base: str, versions: Sequence[Version], links: list[tuple[str, str]]) -> bytes:
    head = {
        "resourceType": "Bundle",
        "type": "history",
        "link": [{"relation": name, "url": url} for name, url in links],
    }
    if not versions:
        return json.encode(head)
    entries = b",".join(_entry(base, version) for version in versions)
    return json.encode(head)[:-1] + b',"entry":[' + entries + b"]}"


def _entry(base: str, version: Version) -> bytes:
    name = f"{version.type}/{version.id}"
    method = "DELETE" if version.deleted else "POST" if version.version == 1 else "PUT"
    status = "204" if version.deleted else "201" if version.version == 1 else "200"
    rest = {
        "request": {"method": method, "url": version.type if method == "POST" else name},
        "response": {
            "status": status,
            "etag": f'W/"{version.version}"',
            "lastModified": version.last_updated.isoformat(timespec="milliseconds").replace(
                "+00:00", "Z"
            ),
        },
    }
    tail = json.encode(rest)[1:]
    url = json.encode(f"{base}/{name}")
    if version.deleted:
        return b'{"fullUrl":' + url + b"," + tail
    return b'{"fullUrl":' + url + b',"resource":' + version.content + b"," + tail
