"""Every number that the installation publishes, declared in one table.

The processes of an installation count into shared files (`PROMETHEUS_MULTIPROC_DIR`, set by the
supervisor), so that any web worker can publish the sum of all of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from bevan.kernel.errors import BevanError

M = TypeVar("M")

FILES: Final = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Declared:
    """One metric: its name, kind, what it says, its labels; how processes add up for a gauge."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[str, ...] = ()
    across: Literal["livesum", "livemax", "mostrecent"] = "mostrecent"


TABLE: Final[tuple[Declared, ...]] = (
    Declared(
        "bevan_http_requests_total",
        "counter",
        "Requests answered, by kind (fhir, oauth, openid, page, other), method and status.",
        ("kind", "method", "status"),
    ),
    Declared(
        "bevan_http_request_seconds",
        "histogram",
        "Time from a request's arrival to the end of its answer.",
        ("kind", "method"),
    ),
    Declared(
        "bevan_throttled_total",
        "counter",
        "Requests refused because their caller asked too much, by kind.",
        ("kind",),
    ),
    Declared("bevan_feed_lag_seconds", "gauge", "Age of the oldest change not yet in the feed."),
    Declared("bevan_feed_epoch", "gauge", "Epoch of the change feed."),
    Declared("bevan_audit_unsealed_entries", "gauge", "Audit entries that no link seals yet."),
    Declared("bevan_audit_links", "gauge", "Links of the audit's chain."),
    Declared("bevan_audit_links_handed", "gauge", "Newest link that reached the second place."),
    Declared(
        "bevan_audit_handover_lag_seconds",
        "gauge",
        "Age of the oldest link that hasn't reached the second place.",
    ),
    Declared("bevan_job_runs_total", "counter", "Runs of periodic jobs.", ("job", "outcome")),
    Declared("bevan_job_seconds", "histogram", "Time taken by periodic jobs.", ("job",)),
    Declared("bevan_job_last_success", "gauge", "Unix time of a job's last success.", ("job",)),
    Declared("bevan_job_leader", "gauge", "1 in the process that runs the jobs.", across="livesum"),
    Declared("bevan_demo_people_loaded", "gauge", "People of the fictional region loaded so far."),
)


class UnknownMetric(BevanError):
    """A metric that isn't in the table: a fault in the program."""


class Metrics:
    """The metrics of one process; made once and handed to whoever counts."""

    def __init__(self) -> None:
        """Register every metric of the table."""
        self._registry = CollectorRegistry()
        self._counters: dict[str, Counter] = {}
        self._gauges: dict[str, Gauge] = {}
        self._histograms: dict[str, Histogram] = {}
        for declared in TABLE:
            self._register(declared)

    def count(self, name: str, amount: float = 1.0, **labels: str) -> None:
        """Add to a counter. Raises `UnknownMetric`."""
        counter = _of(self._counters, name)
        (counter.labels(**labels) if labels else counter).inc(amount)

    def observe(self, name: str, value: float, **labels: str) -> None:
        """Put a value, in seconds, into a histogram. Raises `UnknownMetric`."""
        histogram = _of(self._histograms, name)
        (histogram.labels(**labels) if labels else histogram).observe(value)

    def counting(self, name: str, **labels: str) -> Callable[[], None]:
        """What counts one more of these labels, for paths too hot to look them up each time."""
        counter = _of(self._counters, name)
        return (counter.labels(**labels) if labels else counter).inc

    def observing(self, name: str, **labels: str) -> Callable[[float], None]:
        """What observes seconds under these labels, likewise."""
        histogram = _of(self._histograms, name)
        return (histogram.labels(**labels) if labels else histogram).observe

    def set(self, name: str, value: float, **labels: str) -> None:
        """Set a gauge. Raises `UnknownMetric`."""
        gauge = _of(self._gauges, name)
        (gauge.labels(**labels) if labels else gauge).set(value)

    def exposition(self) -> bytes:
        """All metrics of the installation in Prometheus' text format."""
        if FILES not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)

    def _register(self, declared: Declared) -> None:
        name, text, labels, registry = (
            declared.name,
            declared.help,
            declared.labels,
            self._registry,
        )
        if declared.kind == "counter":
            self._counters[name] = Counter(name, text, labels, registry=registry)
        elif declared.kind == "gauge":
            self._gauges[name] = Gauge(
                name, text, labels, registry=registry, multiprocess_mode=declared.across
            )
        else:
            self._histograms[name] = Histogram(
                name, text, labels, registry=registry, buckets=_SECONDS
            )


def _of(metrics: Mapping[str, M], name: str) -> M:
    try:
        return metrics[name]
    except KeyError:
        raise UnknownMetric(f"The metric {name} isn't declared for this use.") from None
