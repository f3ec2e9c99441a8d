"""Counts answered requests, with the look-up of each combination of labels done once."""

from __future__ import annotations

from collections.abc import Callable

from bevan.kernel.metrics import Metrics

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Tally:
    """Requests by kind, method and status, and the time they took."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._counts: dict[tuple[str, str, int], Callable[[], None]] = {}
        self._times: dict[tuple[str, str], Callable[[float], None]] = {}

    def add(self, kind: str, method: str, status: int, seconds: float) -> None:
        """One request more; a `status` of 0 means that the caller hung up before the answer.

        Methods that HTTP doesn't know share one label: callers can't make new ones.
        """
        known = method if method in _METHODS else "other"
        count = self._counts.get((kind, known, status))
        if count is None:
            count = self._metrics.counting(
                "bevan_http_requests_total",
                kind=kind,
                method=known,
                status=str(status) if status else "none",
            )
            self._counts[kind, known, status] = count
        count()
        time = self._times.get((kind, known))
        if time is None:
            time = self._metrics.observing("bevan_http_request_seconds", kind=kind, method=known)
            self._times[kind, known] = time
        time(seconds)
