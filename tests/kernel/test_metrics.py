"""Metrics are declared in one table, and the processes of an installation add up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import bevan
from bevan.kernel.metrics import FILES, TABLE, Metrics, UnknownMetric

COUNTER = "bevan_job_runs_total"


def test_every_metric_says_what_it_counts() -> None:
    assert len({declared.name for declared in TABLE}) == len(TABLE)
    for declared in TABLE:
        assert declared.name.startswith("bevan_")
        assert declared.help.endswith(".")
        assert (declared.kind == "counter") == declared.name.endswith("_total")


def test_every_metric_is_counted_somewhere() -> None:
    root = Path(bevan.__file__).parent
    code = [file.read_text("utf-8") for file in root.rglob("*.py") if file.name != "metrics.py"]
    for declared in TABLE:
        assert any(f'"{declared.name}"' in text for text in code), declared.name


def test_counts_observes_and_sets() -> None:
    metrics = Metrics()
    metrics.count(COUNTER, job="sweep", outcome="done")
    metrics.count(COUNTER, 2, job="sweep", outcome="done")
    metrics.observe("bevan_job_seconds", 0.2, job="sweep")
    metrics.set("bevan_feed_epoch", 3)
    text = metrics.exposition().decode()
    assert 'bevan_job_runs_total{job="sweep",outcome="done"} 3.0' in text
    assert 'bevan_job_seconds_count{job="sweep"} 1.0' in text
    assert "bevan_feed_epoch 3.0" in text


def test_each_process_counts_for_itself() -> None:
    one, other = Metrics(), Metrics()
    one.set("bevan_feed_epoch", 1)
    assert b"bevan_feed_epoch 1.0" in one.exposition()
    assert b"bevan_feed_epoch 0.0" in other.exposition()


@pytest.mark.parametrize("use", ["count", "set", "observe"])
def test_what_is_not_declared_is_refused(use: str) -> None:
    with pytest.raises(UnknownMetric, match="nonsense"):
        getattr(Metrics(), use)("nonsense", 1.0)


def test_a_metric_is_of_one_kind() -> None:
    with pytest.raises(UnknownMetric):
        Metrics().set(COUNTER, 1, job="a", outcome="b")


def test_processes_add_up(tmp_path: Path) -> None:
    program = (
        "from bevan.kernel.metrics import Metrics\n"
        "m = Metrics()\n"
        "m.count('bevan_job_runs_total', 2, job='a', outcome='done')\n"
        "print(m.exposition().decode())\n"
    )
    environment = {**os.environ, FILES: str(tmp_path)}
    said = [
        subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(2)
    ]
    assert 'bevan_job_runs_total{job="a",outcome="done"} 2.0' in said[0]
    assert 'bevan_job_runs_total{job="a",outcome="done"} 4.0' in said[1]
