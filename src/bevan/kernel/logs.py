"""Log lines as JSON, one a line, that hold nothing about a patient.

A line can hold only the fields in `FIELDS`; the value of any other is withheld. Of an exception
it holds the class and the places in the code, and the message only where it is a sentence of our
own: other messages quote data. PostgreSQL's message and DETAIL hold other people's values.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, Final, TextIO

import structlog

from bevan.kernel.errors import BevanError

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "event": "what happened, in fixed words",
        "level": "debug, info, warning or error",
        "timestamp": "when, in UTC",
        "process": "which of our processes",
        "pid": "its number",
        "request": "identifier of the request, also in its audit rows",
        "logger": "the part of the program",
        "error": "class, sentence and places of an exception",
        "method": "HTTP method",
        "route": "the route's pattern, never the path",
        "interaction": "FHIR interaction",
        "type": "FHIR resource type",
        "status": "HTTP status",
        "ms": "milliseconds taken",
        "count": "how many",
        "bytes": "how much",
        "job": "name of a periodic job",
        "seconds": "seconds taken or waited",
        "package": "package of a migration",
        "migration": "number and name of a migration",
        "child": "a process that was started or ended",
        "child_pid": "its number",
        "code": "exit code or SQLSTATE",
        "signal": "name of a signal",
        "address": "where the server listens",
        "epoch": "epoch of the change feed",
        "people": "how many people the fictional region has",
        "source": "address of a sending system",
        "purpose": "named purpose of a system's own work",
        "version": "version of a program",
        "path": "a file or folder of the installation",
        "app": "name of an app",
        "reason": "why, in fixed words",
    }
)

_WITHHELD = "withheld"
# Ten digits, spaced 3-3-4 or not, may be an NHS number whatever field they are in.
_TEN_DIGITS = re.compile(r"(?<![\d.])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d.])")
# Loggers of libraries whose formatted messages are known to hold addresses and numbers only.
_SPOKEN = frozenset({"uvicorn", "uvicorn.error"})


def configure(
    process: str, *, level: str = "info", stream: TextIO | None = None, pid: int | None = None
) -> None:
    """Send this process's log lines, and those of its libraries, to `stream` (standard error)."""
    shared = [_named(process, pid), _with_request, _withhold, _stamp()]
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            _explain,
            *shared,
            structlog.processors.JSONRenderer(sort_keys=False, default=_plain),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_log_level, _foreign],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *shared,
                structlog.processors.JSONRenderer(default=_plain),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(logging.INFO, getattr(logging, level.upper())))
    sys.excepthook = _last_words


def logger() -> structlog.typing.FilteringBoundLogger:
    """The logger: `logger().info("job finished", job=name, ms=12)`, fields from `FIELDS`."""
    found: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return found


def describe(fault: BaseException) -> dict[str, Any]:
    """What a log may say about an exception: class, our own sentence or code, and places."""
    said: dict[str, Any] = {"class": f"{type(fault).__module__}.{type(fault).__qualname__}"}
    if isinstance(fault, BevanError):
        said["sentence"] = _TEN_DIGITS.sub(_WITHHELD, fault.sentence)
    elif isinstance(fault, OSError) and fault.strerror:
        said["sentence"] = fault.strerror
    sqlstate = getattr(fault, "sqlstate", None)
    if isinstance(sqlstate, str):
        said["sqlstate"] = sqlstate
    frames = traceback.extract_tb(fault.__traceback__)[-12:]
    said["places"] = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    if fault.__cause__ is not None:
        said["cause"] = describe(fault.__cause__)
    return said


def _last_words(_: type[BaseException], fault: BaseException, __: Any) -> None:
    """What ends a process is logged like anything else, not printed with its data."""
    if isinstance(fault, KeyboardInterrupt):
        return
    logger().critical("process failed", exc_info=fault)


def _short(file: str) -> str:
    """The part of a path that names the module: no machine's folders."""
    for mark in ("/site-packages/", "/src/", "/lib/"):
        if mark in file:
            return file.rsplit(mark, 1)[1]
    return file.rsplit("/", 1)[-1]


def _explain(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    fault = event.pop("exc_info", None)
    if fault is True:
        fault = sys.exc_info()[1]
    elif isinstance(fault, tuple):
        fault = fault[1]
    if isinstance(fault, BaseException):
        event["error"] = describe(fault)
    return event


def _foreign(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A library's record: its words only where they are known to be harmless."""
    record: logging.LogRecord = event["_record"]
    event["logger"] = record.name
    if record.name not in _SPOKEN:
        event["event"] = "a library reports"
    if record.exc_info and record.exc_info[1] is not None:
        event["error"] = describe(record.exc_info[1])
        event["event"] = "a library reports an exception"
        record.exc_info = record.exc_text = None
    event.pop("exc_info", None)
    return event


def _named(process: str, pid: int | None) -> structlog.typing.Processor:
    def add(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        if pid is not None:
            event["pid"] = pid
        return event

    return add


def _with_request(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    current = request_id.get()
    if current is not None:
        event.setdefault("request", current)
    return event


def _withhold(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if name not in FIELDS:
            event[name] = _WITHHELD
        elif isinstance(value, str):
            event[name] = _TEN_DIGITS.sub(_WITHHELD, value[:500])
    return event


def _stamp() -> structlog.typing.Processor:
    return structlog.processors.TimeStamper(fmt="iso", utc=True)


def _plain(value: object) -> str:
    """Values that JSON doesn't know are named by their class, never printed."""
    return type(value).__name__
