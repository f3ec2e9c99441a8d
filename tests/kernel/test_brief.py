"""Answers that are kept for a moment only."""

from __future__ import annotations

import asyncio

import pytest

from bevan.kernel.brief import Brief


class Source:
    """Counts how often it is asked; answers the key's length, or waits until it is let go."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.answer: int | None = None

    async def find(self, key: str) -> int | None:
        self.asked.append(key)
        await self.gate.wait()
        if key == "broken":
            raise ValueError(key)
        return len(key) if self.answer is None else self.answer


class Ticks:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


async def test_an_answer_is_kept_until_its_time_is_over() -> None:
    source, ticks = Source(), Ticks()
    brief = Brief(source.find, seconds=2.0, tick=ticks)
    assert await brief.get("abc") == 3
    ticks.at += 1.9
    source.answer = 7
    assert await brief.get("abc") == 3
    assert brief.peek("abc") == 3
    ticks.at += 0.2
    assert brief.peek("abc") is None
    assert await brief.get("abc") == 7
    assert source.asked == ["abc", "abc"]


async def test_absence_is_kept_as_well() -> None:
    calls = []

    async def nothing(key: str) -> None:
        calls.append(key)

    brief: Brief[str, None] = Brief(nothing)
    assert await brief.get("x") is None
    assert await brief.get("x") is None
    assert calls == ["x"]


async def test_callers_at_once_share_one_look_up_and_one_may_hang_up() -> None:
    source = Source()
    source.gate.clear()
    brief = Brief(source.find)
    first = asyncio.create_task(brief.get("abcd"))
    others = [asyncio.create_task(brief.get("abcd")) for _ in range(5)]
    await asyncio.sleep(0)
    first.cancel()
    source.gate.set()
    assert await asyncio.gather(*others) == [4] * 5
    with pytest.raises(asyncio.CancelledError):
        await first
    assert source.asked == ["abcd"]


async def test_a_failure_reaches_the_caller_and_is_not_kept() -> None:
    source = Source()
    brief = Brief(source.find)
    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            await brief.get("broken")
    assert source.asked == ["broken", "broken"]


async def test_what_is_forgotten_while_it_is_looked_up_is_not_kept() -> None:
    source = Source()
    source.gate.clear()
    brief = Brief(source.find)
    waiting = asyncio.create_task(brief.get("ab"))
    await asyncio.sleep(0)
    brief.forget("ab")
    source.gate.set()
    assert await waiting == 2
    assert brief.peek("ab") is None


async def test_forgetting_everything() -> None:
    source = Source()
    brief = Brief(source.find)
    await brief.get("a")
    await brief.get("bb")
    brief.forget()
    assert brief.peek("a") is None and brief.peek("bb") is None


async def test_the_number_of_kept_answers_is_bounded() -> None:
    source, ticks = Source(), Ticks()
    brief = Brief(source.find, seconds=10, limit=3, tick=ticks)
    for key in ("a", "bb", "ccc"):
        await brief.get(key)
    ticks.at += 11
    await brief.get("dddd")
    assert [brief.peek(key) for key in ("a", "bb", "ccc", "dddd")] == [None, None, None, 4]
    for key in ("1", "22", "333", "4444"):
        await brief.get(key)
    assert sum(brief.peek(key) is not None for key in ("dddd", "1", "22", "333", "4444")) <= 3
