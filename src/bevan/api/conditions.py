"""Conditions that HTTP headers put on an interaction (FHIR R4 3.1.0.1.3, 3.1.0.4.2, 3.1.0.5)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bevan.api.errors import bad_request
from bevan.api.reply import etag
from bevan.record.version import Version

_TAG = re.compile(rb'(?:W/)?"([1-9][0-9]{0,9})"')


def if_match(header: bytes) -> int | None:
    """The version a write expects. Raises Refused 400 for what can't be one of our tags."""
    if not header:
        return None
    tag = _TAG.fullmatch(header.strip())
    if tag is None or int(tag[1]) >= 2**31:
        raise bad_request('If-Match must be one entity tag such as W/"3".', expression="If-Match")
    return int(tag[1])


def if_none_match_any(header: bytes) -> bool:
    """Whether a PUT may only create. Raises Refused 400 for anything but `*`."""
    if not header:
        return False
    if header.strip() != b"*":
        raise bad_request("On an update, If-None-Match may only be *.", expression="If-None-Match")
    return True


def unchanged(version: Version, if_none_match: bytes, if_modified_since: bytes) -> bool:
    """Whether the caller already holds this version; an entity tag wins over a date."""
    if if_none_match:
        mine = etag(version.version).removeprefix(b"W/")
        held = {tag.strip().removeprefix(b"W/") for tag in if_none_match.split(b",")}
        return b"*" in held or mine in held
    if if_modified_since:
        since = _http_date(if_modified_since)
        return since is not None and version.last_updated.replace(microsecond=0) <= since
    return False


def _http_date(header: bytes) -> datetime | None:
    # An unreadable date is ignored, as RFC 9110 13.1.3 asks.
    try:
        at = parsedate_to_datetime(header.decode("latin-1"))
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
