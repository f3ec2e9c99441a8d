"""Rates: never more than the steady rate and what may come at once, whatever the pattern."""

from __future__ import annotations

import sys
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.kernel.rate import Rate


def test_so_much_at_once_and_then_at_the_steady_rate() -> None:
    rate = Rate(10, 5)
    assert [rate.wait("a", 0.0) for _ in range(5)] == [0.0] * 5
    assert rate.wait("a", 0.0) == pytest.approx(0.1)
    assert rate.wait("b", 0.0) == 0.0  # another caller's own
    assert rate.wait("a", 0.05) == pytest.approx(0.05)
    assert rate.wait("a", 0.1) == 0.0
    assert rate.wait("a", 0.1) == pytest.approx(0.1)
    assert [rate.wait("a", 60.0) for _ in range(6)][:5] == [0.0] * 5


def test_whoever_waits_as_long_as_they_were_told_is_served() -> None:
    rate, now = Rate(3, 2), 0.0
    for _ in range(50):
        wait = rate.wait("a", now)
        now += wait
        if wait:
            assert rate.wait("a", now) == 0.0


def test_a_rate_of_nothing_limits_nobody_and_remembers_nobody() -> None:
    rate = Rate(0, 0)
    assert all(rate.wait("a", 0.0) == 0.0 for _ in range(1_000)) and len(rate) == 0


@given(
    st.integers(1, 50),
    st.integers(1, 50),
    st.lists(st.floats(0, 2, allow_nan=False), min_size=1, max_size=200),
)
def test_no_window_holds_more_than_is_allowed(
    a_second: int, at_once: int, pauses: list[float]
) -> None:
    rate, now = Rate(a_second, at_once), 0.0
    served: list[float] = []
    for pause in pauses:
        now += pause
        if rate.wait("a", now) == 0.0:
            served.append(now)
    for first, began in enumerate(served):
        for last in range(first, len(served)):
            window = served[last] - began
            assert last - first + 1 <= at_once + a_second * window + 1e-3


def test_a_flood_of_new_names_costs_bounded_memory() -> None:
    rate = Rate(10, 5, most=1_000)
    for name in range(50_000):
        rate.wait(name, 0.0)
    assert len(rate) <= 2_000
    assert sys.getsizeof(rate._young) < 200_000


def test_somebody_who_is_limited_stays_so_while_others_come() -> None:
    rate = Rate(1, 1, most=100)
    assert rate.wait("greedy", 0.0) == 0.0
    for name in range(1_000):
        rate.wait(name, 0.0)
        if name % 50 == 0:
            assert rate.wait("greedy", 0.0) > 0


def test_it_takes_microseconds() -> None:
    rate = Rate(10**9, 10**9)
    names = [hash(f"caller {n}") for n in range(5_000)]
    began = perf_counter()
    for now in range(10):
        for name in names:
            rate.wait(name, float(now))
    each = (perf_counter() - began) / 50_000
    assert each < 20e-6  # measured 0.5 to 1 µs; a slow machine may take its time
