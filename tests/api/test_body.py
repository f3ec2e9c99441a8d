"""Bodies: in pieces, packed, too large, cut off."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from typing import Any

import pytest

from bevan.api.body import Gone, inflate, read_body
from bevan.api.errors import Refused

Messages = Iterable[dict[str, Any]]


def receiving(messages: Messages) -> Any:
    waiting = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(waiting)

    return receive


def part(body: bytes, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


HUNG_UP = {"type": "http.disconnect"}


async def test_a_body_in_one_piece() -> None:
    assert await read_body(receiving([part(b"abc")]), limit=3) == b"abc"


async def test_a_body_in_pieces() -> None:
    pieces = [part(b"ab", True), part(b"", True), part(b"c")]
    assert await read_body(receiving(pieces), limit=3) == b"abc"


@pytest.mark.parametrize(
    "pieces", [[part(b"abcd")], [part(b"ab", True), part(b"cd", True), part(b"e" * 100)]]
)
async def test_a_body_larger_than_the_limit_is_refused_without_reading_on(pieces: Messages) -> None:
    with pytest.raises(Refused) as refused:
        await read_body(receiving(pieces), limit=3)
    assert refused.value.status == 413


@pytest.mark.parametrize("pieces", [[HUNG_UP], [part(b"ab", True), HUNG_UP]])
async def test_a_caller_who_hangs_up(pieces: Messages) -> None:
    with pytest.raises(Gone):
        await read_body(receiving(pieces), limit=10)


@pytest.mark.parametrize("encoding", [b"gzip", b"x-gzip"])
async def test_a_gzipped_body(encoding: bytes) -> None:
    packed = gzip.compress(b'{"a": 1}')
    assert await read_body(receiving([part(packed)]), limit=100, encoding=encoding) == b'{"a": 1}'


async def test_another_encoding_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        await read_body(receiving([part(b"abc")]), limit=10, encoding=b"br")
    assert refused.value.status == 415


def test_several_members_are_one_body() -> None:
    assert inflate(gzip.compress(b"ab") + gzip.compress(b"cd"), limit=4) == b"abcd"
    with pytest.raises(Refused):
        inflate(gzip.compress(b"ab") + gzip.compress(b"cd"), limit=3)


def test_inflating_stops_at_the_limit() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    assert len(bomb) < 100_000
    with pytest.raises(Refused) as refused:
        inflate(bomb, limit=1_000_000)
    assert refused.value.status == 413
    assert len(inflate(gzip.compress(bytes(1000)), limit=1000)) == 1000


CUT_SHORT = gzip.compress(b"abc" * 100, mtime=0)[:-9]


@pytest.mark.parametrize("broken", [b"no gzip", CUT_SHORT, b"\x1f\x8b"])
def test_broken_gzip_is_the_callers_fault(broken: bytes) -> None:
    with pytest.raises(Refused) as refused:
        inflate(broken, limit=10_000)
    assert refused.value.status == 400
