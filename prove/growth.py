"""Growth: how much slower the thirty queries become while the people grow sixteenfold.

`SIZES=100,400 make prove NAME=growth` is a smaller run. Each size is a server of its own, loaded as
anybody would load it. The limits hold for the step from the first size to the last.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.data import NHS, Sample, load, sample
from bench.queries import filled, table
from bench.server import Server, serving
from bench.sizes import tidy

from prove.report import Report

SIZES = tuple(int(each) for each in os.environ.get("SIZES", "1000,16000").split(","))
TIMES = int(os.environ.get("TIMES", "40"))
CALLERS = 4
SLOWER, KEPT, PER_ROW = 1.5, 0.7, 1.2
# Of the memory after the first thousand requests.
FLAT = 1.1


@dataclass(frozen=True)
class Seen:
    """One query at one size: milliseconds of the median, requests a second, rows, and how read."""

    p50: float
    rate: float
    rows: int
    steps: str


def asked(server: Server, token: str, path: str) -> tuple[float, dict[str, object]]:
    """Milliseconds, and the Bundle."""
    request = urllib.request.Request(
        f"{server.url}/fhir/{path}", headers={"Authorization": f"Bearer {token}"}
    )
    began = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as answer:
        body = answer.read()
    return (time.perf_counter() - began) * 1000, json.loads(body)


def explained(server: Server, token: str, path: str) -> str:
    """What PostgreSQL says that it reads by."""
    join = "&" if "?" in path else "?"
    _, bundle = asked(server, token, f"{path}{join}_explain=true")
    text = json.dumps(bundle)
    return text.partition("for the page, by ")[2].partition(". ")[0]


def measured(server: Server, token: str, drawn: Sample, query: str) -> Seen:
    """One query, asked for one person after another."""
    paths = []
    for number in range(TIMES):
        person, code = drawn.pairs[number % len(drawn.pairs)]
        nhs = f"{NHS}|{drawn.people[number % len(drawn.people)][1]}"
        paths.append(filled(query, person, code, nhs))
    rows = 0
    if "_summary=count" in query:
        # The same code each time, so that a row means the same.
        paths = [paths[0]] * max(3, TIMES // 8)
        rows = int(str(asked(server, token, paths[0])[1]["total"]))
    times = [asked(server, token, path)[0] for path in paths]
    began = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(lambda path: asked(server, token, path), paths))
    rate = len(paths) / (time.perf_counter() - began)
    return Seen(median(times), rate, rows, explained(server, token, paths[0]))


def memory(server: Server) -> float:
    """Megabytes of the server's own processes, without PostgreSQL."""
    mine = [each for each in server.processes() if each.name() != "postgres"]
    return sum(each.memory_info().rss for each in mine) / 1e6


def one(people: int, folder: Path) -> tuple[Mapping[str, Seen], float, float]:
    """All queries at one size; the server's memory before and after them."""
    load(folder / "data", people, 1, folder / "region")
    found: dict[str, Seen] = {}
    with serving(folder / "data", folder / "log") as server:
        asyncio.run(tidy(server))
        token = server.token()
        drawn = sample(server, token)
        for queries in table().values():
            for query in queries.values():
                measured(server, token, drawn, query)
        before = memory(server)
        for queries in table().values():
            for name, query in queries.items():
                found[name] = measured(server, token, drawn, query)
        return found, before, memory(server)


def judged(report: Report, name: str, kind: str, first: Seen, last: Seen) -> None:
    """Hold one query to its limit."""
    report.require("Seq Scan" not in last.steps, f"{name}: {last.steps}")
    if kind == "bounded":
        report.require(last.p50 <= first.p50 * SLOWER, f"{name} is slower: {last.p50:.1f} ms")
        report.require(last.rate >= first.rate * KEPT, f"{name} keeps {last.rate:.0f} a second")
    elif first.rows and last.rows:
        dearer = (last.p50 / last.rows) / (first.p50 / first.rows)
        report.require(dearer <= PER_ROW, f"{name}: {dearer:.2f} times as long for a row")


def prove(sizes: Sequence[int] = SIZES) -> Report:
    """All sizes."""
    report = Report(
        "Growth",
        f"The thirty queries of `bench/queries.json`, {TIMES} people each, at {sizes[0]:,} and at"
        f" {sizes[-1]:,} synthetic people: the median in milliseconds, requests a second by"
        f" {CALLERS} callers, and for counts the rows.",
        ("Query", "Kind", *(f"{size:,}: ms, a second, rows" for size in sizes), "Read by"),
    )
    made = []
    for size in sizes:
        with TemporaryDirectory() as folder:
            made.append(one(size, Path(folder)))
    for kind, queries in table().items():
        for name in queries:
            seen = [found[name] for found, _, _ in made]
            cells = [f"{each.p50:.1f}, {each.rate:.0f}, {each.rows or '–'}" for each in seen]
            report.row(name, kind, *cells, seen[-1].steps)
            judged(report, name, kind, seen[0], seen[-1])
    for size, (_, before, after) in zip(sizes, made, strict=True):
        report.note(f"{size:,} people: {before:.0f} MB of the server, {after:.0f} MB at the end.")
        report.require(after <= before * FLAT, f"memory grew to {after:.0f} MB")
    return report
