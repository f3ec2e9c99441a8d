"""Log lines are JSON, carry the request, and hold nothing about a patient."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from bevan.kernel import logs
from bevan.kernel.database import connect
from bevan.kernel.errors import BevanError


@pytest.fixture
def lines() -> Iterator[Any]:
    """Configures logging into memory; call it for what was written."""
    stream = io.StringIO()
    handlers, level = logging.getLogger().handlers, logging.getLogger().level
    hook = sys.excepthook
    logs.configure("web", level="debug", stream=stream, pid=7)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().handlers = handlers
    logging.getLogger().setLevel(level)
    sys.excepthook = hook


def test_a_line_names_process_request_and_time(lines: Any) -> None:
    token = logs.request_id.set("r-1")
    logs.logger().info("answered", status=200, ms=3)
    logs.request_id.reset(token)
    (line,) = lines()
    assert line["timestamp"].endswith("Z")
    del line["timestamp"]
    assert line == {
        "event": "answered",
        "level": "info",
        "process": "web",
        "pid": 7,
        "request": "r-1",
        "status": 200,
        "ms": 3,
    }


def test_fields_that_nobody_declared_are_withheld(lines: Any) -> None:
    logs.logger().info("saved", name="Dot Pemberton", count=1)
    assert lines()[0]["name"] == "withheld"
    assert lines()[0]["count"] == 1


@pytest.mark.parametrize("number", ["9990123454", "999 012 3454", "999-012-3454"])
def test_what_may_be_an_nhs_number_is_withheld(lines: Any, number: str) -> None:
    logs.logger().info("heard", source=f"from {number}, twice")
    assert lines()[0]["source"] == "from withheld, twice"


def test_values_json_does_not_know_are_named_by_class(lines: Any) -> None:
    logs.logger().info("odd", path=object())
    assert lines()[0]["path"] == "object"


def fail(fault: Exception) -> Exception:
    try:
        raise fault
    except Exception as caught:
        return caught


def test_an_exception_shows_class_and_places_not_its_message(lines: Any) -> None:
    logs.logger().error("failed", exc_info=fail(ValueError("Dot Pemberton")))
    error = lines()[0]["error"]
    assert error["class"] == "builtins.ValueError"
    assert error["places"][-1].startswith("test_logs.py:")
    assert "Dot" not in json.dumps(lines())


def test_our_own_sentences_are_shown(lines: Any) -> None:
    logs.logger().error("failed", exc_info=fail(BevanError("The disk is full.")))
    assert lines()[0]["error"]["sentence"] == "The disk is full."


def test_causes_are_told_too(lines: Any) -> None:
    def chained() -> None:
        try:
            raise KeyError("Dot")
        except KeyError as fault:
            raise BevanError("Not found.") from fault

    try:
        chained()
    except BevanError:
        logs.logger().error("failed", exc_info=True)
    assert lines()[0]["error"]["cause"]["class"] == "builtins.KeyError"
    assert "Dot" not in json.dumps(lines())


async def test_postgresql_detail_stays_out(lines: Any, empty_database: str) -> None:
    connection = await connect(empty_database)
    await connection.execute("CREATE TABLE t (n text PRIMARY KEY)")
    with pytest.raises(asyncpg.UniqueViolationError) as caught:
        await connection.execute("INSERT INTO t SELECT 'Pemberton' FROM generate_series(1, 2)")
    assert "Pemberton" in str(caught.value), "PostgreSQL does tell"
    logs.logger().error("failed", exc_info=caught.value)
    assert lines()[0]["error"]["sqlstate"] == "23505"
    assert "Pemberton" not in json.dumps(lines())
    await connection.close()


def test_a_librarys_words_are_kept_back(lines: Any) -> None:
    logging.getLogger("asyncio").error(
        "Task %s failed", "Pemberton", exc_info=fail(OSError(2, "x"))
    )
    logging.getLogger("some.library").warning("Pemberton")
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)
    first, second, third = lines()
    assert (first["logger"], first["event"]) == ("asyncio", "a library reports an exception")
    assert first["error"]["sentence"] == "x"
    assert second["event"] == "a library reports"
    assert third["event"] == "Started server process [7]"
    assert "Pemberton" not in json.dumps(lines())


def test_what_ends_a_process_is_logged(lines: Any) -> None:
    sys.excepthook(ValueError, fail(ValueError("Pemberton")), None)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    (line,) = lines()
    assert (line["event"], line["level"]) == ("process failed", "critical")
    assert "Pemberton" not in json.dumps(line)


async def test_requests_do_not_mix(lines: Any) -> None:
    async def work(name: str) -> None:
        logs.request_id.set(name)
        await asyncio.sleep(0)
        logs.logger().info("worked", reason=name)

    await asyncio.gather(work("a"), work("b"))
    assert all(line["request"] == line["reason"] for line in lines())


def test_every_field_says_what_it_is() -> None:
    assert all(words for words in logs.FIELDS.values())
