"""Clocks tell the time in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bevan.kernel.clock import FixedClock, ShiftedClock, SystemClock


def test_the_systems_clock_is_aware() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)


def test_a_fixed_clock_stands_still_in_utc() -> None:
    summer = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=1)))
    clock = FixedClock(summer)
    assert clock.now() == clock.now() == summer
    assert clock.now().hour == 11


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        FixedClock(datetime(2026, 7, 1))


def test_a_shifted_clock_runs_with_the_machines() -> None:
    shifted = ShiftedClock(timedelta(days=2))
    before = datetime.now(UTC)
    said = shifted.now()
    after = datetime.now(UTC)
    assert before + timedelta(days=2) <= said <= after + timedelta(days=2)
