"""If-Match, If-None-Match, If-Modified-Since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bevan.api.conditions import if_match, if_none_match_any, unchanged
from bevan.api.errors import Refused
from bevan.api.reply import etag, http_date, version_headers
from bevan.record.scope import Actor
from bevan.record.version import Version

AT = datetime(2026, 11, 24, 10, 31, 5, 123000, tzinfo=UTC)
VERSION = Version("Patient", "1", 3, AT, False, b"{}", Actor("system", "x", "x"))


@pytest.mark.parametrize(
    ("header", "version"), [(b"", None), (b'W/"3"', 3), (b'"12"', 12), (b' W/"3" ', 3)]
)
def test_if_match(header: bytes, version: int | None) -> None:
    assert if_match(header) == version


@pytest.mark.parametrize(
    "header",
    [b"*", b"3", b'W/"0"', b'W/"x"', b'W/"3", W/"4"', b'W/"99999999999"', b'W/"2147483648"'],
)
def test_if_match_must_be_one_of_our_tags(header: bytes) -> None:
    with pytest.raises(Refused) as refused:
        if_match(header)
    assert refused.value.status == 400


def test_if_none_match_on_a_write_is_a_star_or_nothing() -> None:
    assert if_none_match_any(b"*") and not if_none_match_any(b"")
    with pytest.raises(Refused):
        if_none_match_any(b'W/"3"')


@pytest.mark.parametrize(
    ("none_match", "since", "same"),
    [
        (b"", b"", False),
        (b'W/"3"', b"", True),
        (b'"3"', b"", True),
        (b'W/"2", W/"3"', b"", True),
        (b"*", b"", True),
        (b'W/"2"', b"", False),
        (b"", b"Tue, 24 Nov 2026 10:31:05 GMT", True),
        (b"", b"Tue, 24 Nov 2026 10:31:06 GMT", True),
        (b"", b"Tue, 24 Nov 2026 10:31:04 GMT", False),
        (b"", b"not a date", False),
        (b'W/"2"', b"Tue, 24 Nov 2026 10:31:06 GMT", False),
    ],
)
def test_whether_the_caller_holds_it_already(none_match: bytes, since: bytes, same: bool) -> None:
    assert unchanged(VERSION, none_match, since) is same


def test_headers_of_a_version() -> None:
    assert etag(3) == b'W/"3"'
    assert http_date(AT) == b"Tue, 24 Nov 2026 10:31:05 GMT"
    summer = datetime(2026, 7, 1, 1, 0, tzinfo=timezone(timedelta(hours=1)))
    assert http_date(summer) == b"Wed, 01 Jul 2026 00:00:00 GMT"
    assert dict(version_headers(VERSION)) == {
        b"etag": b'W/"3"',
        b"last-modified": b"Tue, 24 Nov 2026 10:31:05 GMT",
    }
