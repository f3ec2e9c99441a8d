"""Who looked at me, among ten million entries: how long a person waits, and whether it's right.

Entries are drawn over two years, for 100,000 people of whom a few have very many; eight make one
look, as many as opening a record leaves. Then people, those with the most entries among them, open
the page's data, while entries of the last seconds aren't gathered yet. What a page says is counted
again from the audit itself. Set ENTRIES for another number.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import asyncpg

from bevan.access.gathering import Gathering
from bevan.kernel.migrations import migrate
from bevan.kernel.postgres import Cluster
from bevan.kernel.settings import Settings
from bevan.record.scope import Actor, Scope
from bevan.site.composition import Composition, compose
from bevan.site.schema import PACKAGES
from prove.report import Report

ENTRIES = int(os.environ.get("ENTRIES", "10_000_000"))
PEOPLE = 100_000
MOST = 0.050
ASKED = 400
FRESH = 4_000

_AGENTS = """
INSERT INTO agent (kind, id, name, role, organisation, organisation_name)
SELECT CASE WHEN n % 10 = 0 THEN 'system' ELSE 'practitioner' END, 'a' || n, 'Name ' || n, 'Nurse',
  'o' || n % 60, 'Organisation ' || n % 60 FROM generate_series(1, 3000) n
"""
_MONTH = "CREATE TABLE audit_{0} PARTITION OF audit FOR VALUES FROM ('{1}') TO ('{2}')"
# An actor opens a record and reads eight things of it within three minutes.
_ENTRIES = """
INSERT INTO audit (at, agent, purpose, version, patient, action, outcome, request, type, id)
SELECT began + k * interval '20 seconds', agent, 1, 3, patient,
  CASE WHEN k % 4 = 0 THEN 's' ELSE 'r' END::"char",
  CASE WHEN s % 50 = 0 THEN '-' ELSE '+' END::"char", md5(s::text),
  (ARRAY['Patient', 'Observation', 'AllergyIntolerance', 'MedicationRequest', 'Condition'])
    [1 + k % 5], md5((s * 8 + k)::text)
FROM (
  SELECT s, now() - interval '3 minutes' - power(random(), 2) * interval '700 days' AS began,
    1 + (random() * 2999)::int AS agent,
    overlay(overlay(md5((power(random(), 3) * {people})::int::text) placing '4' from 13)
      placing '8' from 17)::uuid AS patient
  FROM generate_series($1::bigint / 8, $2::bigint / 8 - 1) s OFFSET 0
) drawn CROSS JOIN generate_series(0, 7) k
"""
_INDEXES = """
SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = 'audit'::regclass
"""
_COUNTED = """
SELECT count(DISTINCT g.id) FILTER (WHERE g.kind <> 'system') AS people,
  count(DISTINCT g.organisation) FILTER (WHERE g.kind <> 'system') AS organisations,
  count(DISTINCT g.id) FILTER (WHERE g.kind = 'system') AS systems,
  (SELECT array_agg(at ORDER BY at DESC) FROM (
    SELECT at FROM audit a JOIN agent g ON g.n = a.agent
    WHERE patient = $1 AND at >= $2 AND at < $3 AND outcome = '+' AND action <> 'n'
      AND g.kind <> 'system'
    ORDER BY at DESC LIMIT 20) newest) AS newest
FROM audit a JOIN agent g ON g.n = a.agent
WHERE patient = $1 AND at >= $2 AND at < $3 AND outcome = '+' AND action <> 'n'
"""
_BUSIEST = "SELECT patient::text FROM audit GROUP BY patient ORDER BY count(*) DESC LIMIT 20"
_LOOKS = """
SELECT count(*), pg_total_relation_size('look') + pg_total_relation_size('looker') FROM look
"""
_SIZE = "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('audit')"


def prove(entries: int = ENTRIES, asked: int = ASKED, most: float = MOST) -> Report:
    """Draw the entries, ask, and measure."""
    report = Report(
        f"Who looked at me, among {entries:,} entries",
        f"Entries of two years about {PEOPLE:,} people, some with thousands. {asked:,} people, the "
        "20 with the most entries among them, ask for the first page of a time.",
        ("Time asked for", "Median, ms", "95 of 100 within, ms", "Slowest, ms"),
    )
    options = {"shared_buffers": "512MB"}
    with (
        tempfile.TemporaryDirectory(prefix="bevan-looked-") as folder,
        Cluster(Path(folder), fsync=False, options=options) as cluster,
    ):
        settings = Settings(data=Path(folder))
        asyncio.run(_prove(cluster.dsn, settings, report, entries, asked, most))
    return report


async def _prove(
    dsn: str, settings: Settings, report: Report, entries: int, asked: int, most: float
) -> None:
    await _fill(dsn, report, entries)
    async with compose(settings, dsn) as made:
        busiest = [row[0] for row in await made.database.fetch(_BUSIEST)]
        people = [*busiest, *_drawn(asked - len(busiest))]
        await _gather(made, report, entries)
        await _check(made, report, [*busiest[:5], *people[-15:]])
        for words, days in (("30 days", 30), ("12 months", 365)):
            await _times(made, people[:20], days)
            taken = await _times(made, people, days)
            middle, late = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
            shown = [f"{1000 * value:.1f}" for value in (middle, late, max(taken))]
            report.row(words, *shown)
            told = (
                f"{words}: 95 of 100 wait {1000 * late:.0f} ms, which is over {1000 * most:.0f} ms"
            )
            report.require(late <= most, told)


async def _gather(made: Composition, report: Report, entries: int) -> None:
    """Gather all entries into looks, then write those of half a minute more that aren't."""
    began = time.monotonic()
    # Ten thousand looks a transaction here, so a few transactions a step.
    await Gathering(made.database, step=4).catch_up()
    took = time.monotonic() - began
    await made.database.execute("VACUUM ANALYZE look")
    await made.database.execute("VACUUM ANALYZE looker")
    looks, size = await made.database.fetchrow(_LOOKS)
    await made.database.execute(_ENTRIES.format(people=PEOPLE), entries, entries + FRESH)
    report.note(
        f"{looks:,} looks were gathered in {took:.0f} s; one takes {size / max(1, looks):.0f} bytes"
        f" with what is kept beside it. {FRESH:,} entries weren't gathered while people asked."
    )


async def _check(made: Composition, report: Report, people: list[str]) -> None:
    """Compare pages with the audit itself."""
    now = datetime.now(UTC)
    wrong = 0
    for person in people:
        # As a web process does every two seconds: unknown, everybody counts as restricted.
        await made.restricted.renew()
        for days in (30, 365):
            since = now - timedelta(days=days)
            page = await made.looks.page(_scope(made, person), since=since, until=now)
            audit = await made.database.fetchrow(_COUNTED, UUID(person), since, now)
            counted = (audit["people"], audit["organisations"], audit["systems"])
            wrong += (page.people, page.organisations, page.systems) != counted
            # An entry that continues a look has no place of its own: the newest begins the page.
            wrong += [one.ended for one in page.looks][:1] != (audit["newest"] or [])[:1]
    report.require(wrong == 0, f"{wrong} of {4 * len(people)} pages differ from the audit")
    report.note(f"{2 * len(people)} pages were counted again from the audit; {wrong} differ.")


def _scope(made: Composition, person: str) -> Scope:
    actor = Actor("patient", person, "Somebody")
    return made.access.scope(actor, purpose="own-record", patient=person)


async def _fill(dsn: str, report: Report, entries: int) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await migrate(connection, PACKAGES)  # type: ignore[arg-type]
        await connection.execute(_AGENTS)
        await connection.execute("INSERT INTO purpose (purpose) VALUES ('direct-care')")
        for name, opens, closes in _months():
            await connection.execute(_MONTH.format(name, opens, closes))
        began, step = time.monotonic(), 80_000
        indexes = await connection.fetch(_INDEXES)
        for name, _ in indexes:
            await connection.execute(f"DROP INDEX {name}")
        for start in range(0, entries, step):
            end = min(start + step, entries)
            await connection.execute(_ENTRIES.format(people=PEOPLE), start, end)
        for _, made in indexes:
            # "ON ONLY" would leave the partitions without one.
            await connection.execute(made.replace(" ON ONLY ", " ON "))
        await connection.execute("VACUUM ANALYZE audit")
        each = await connection.fetchval(_SIZE) / entries
        report.note(
            f"{entries:,} entries were written in {time.monotonic() - began:.0f} s; one takes "
            f"{each:.0f} bytes with its indexes."
        )
    finally:
        await connection.close()


def _months() -> list[tuple[str, str, str]]:
    """The 24 months before this one: (name, first day, first day of the next)."""
    now = datetime.now(UTC)
    firsts = []
    year, month = now.year, now.month
    for _ in range(25):
        firsts.append(f"{year}-{month:02d}-01")
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return [
        (opens[:7].replace("-", "_"), f"{opens} 00:00Z", f"{closes} 00:00Z")
        for closes, opens in pairwise(firsts)
    ]


def _drawn(count: int) -> list[str]:
    """People, drawn as the entries are."""
    draws = random.Random(1)
    made = []
    for _ in range(count):
        n = round(draws.random() ** 3 * PEOPLE)
        text = hashlib.md5(str(n).encode(), usedforsecurity=False).hexdigest()
        text = text[:12] + "4" + text[13:16] + "8" + text[17:]
        made.append("-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:])))
    return made


async def _times(made: Composition, people: list[str], days: int) -> list[float]:
    """Seconds that each of them waits, the entry for their own look included."""
    taken: list[float] = []
    looked = 0
    now = datetime.now(UTC)
    for person in people:
        scope = _scope(made, person)
        began = time.perf_counter()
        found = await made.looks.page(scope, since=now - timedelta(days=days), until=now)
        taken.append(time.perf_counter() - began)
        looked += found.people
    if not looked:
        raise RuntimeError("nobody looked at anybody: the measurement means nothing")
    return taken
