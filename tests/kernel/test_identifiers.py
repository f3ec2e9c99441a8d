"""Identifiers are version 7 UUIDs that sort by time."""

from __future__ import annotations

import time
import uuid

from bevan.kernel.identifiers import uuid7


def test_is_a_version_7_uuid_in_lower_case() -> None:
    for _ in range(200):
        text = uuid7()
        parsed = uuid.UUID(text)
        assert str(parsed) == text
        assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)


def test_holds_the_time() -> None:
    before = time.time_ns() // 1_000_000
    stamp = uuid.UUID(uuid7()).int >> 80
    assert before <= stamp <= time.time_ns() // 1_000_000


def test_sorts_by_time() -> None:
    assert uuid7(1) < uuid7(2) < uuid7(1 << 40)


def test_does_not_repeat() -> None:
    assert len({uuid7(5) for _ in range(10_000)}) == 10_000
