"""Whatever is killed, nothing that was acknowledged is lost, halved or skipped.

Clients write without pause and log what is acknowledged to them; a consumer follows the change
feed. Meanwhile `kill -9` falls on a web worker, the worker, the supervisor or PostgreSQL.
"""

from __future__ import annotations

import asyncio
from collections import Counter

from bevan.kernel.postgres import Cluster
from bevan.kernel.settings import Settings
from prove.follower import Follower, Seen, goes_on, versions, whole_feed
from prove.report import Report
from prove.trial import CLIENTS, ROUNDS, Trial, bevan, tried
from prove.writers import Told, Writer

VICTIMS = ("web worker", "worker", "supervisor", "PostgreSQL", "PostgreSQL's keeper")
PATIENT = "c0ffee00-0000-4000-8000-000000000001"


def prove(rounds: int = ROUNDS, seed: int = 1, victims: tuple[str, ...] = VICTIMS) -> Report:
    """Kill, count, back up, restore, count again."""
    report = Report(
        "Killed at random under write load",
        f"{CLIENTS} clients create, change and send transactions of ten without pause, each "
        "keeping its own log of what was acknowledged. Every round one process, drawn at random, "
        "gets `kill -9`. A consumer follows the change feed all the while.",
        ("Round", "Killed", "Acknowledged until then", "Seconds until writes went on"),
    )
    return tried(Writing, report, rounds, seed, victims)


class Writing(Trial[Writer]):
    """Clients write, a consumer follows the feed; at the end the data is restored elsewhere."""

    purpose = "prove that nothing is lost"

    def prepare(self) -> None:
        """Make the patient, let the consumer begin."""
        self.ask("PUT", f"/fhir/Patient/{PATIENT}", {"resourceType": "Patient", "id": PATIENT})
        self.follower = Follower(self.cluster.dsn, self.settings)
        self.follower.start()

    def client(self, number: int) -> Writer:
        """A writer."""
        subject = f"Patient/{PATIENT}"
        return Writer(number, self.port, self.token, subject, self.stop, self.log(number))

    def settle(self) -> None:
        """Let the clients finish, and the consumer read to the end."""
        super().settle()
        self.follower.finish()

    def check(self) -> None:
        """Compare what the clients and the consumer know with what is there; then restore."""
        self.check_all()
        self.restore()

    def check_all(self) -> None:
        """Compare what the clients and the consumer know with what is there."""
        told = [writer.told for writer in self.clients]
        self.check_acknowledged(told)
        held = asyncio.run(versions(self.cluster.dsn))
        self.check_transactions(told, held)
        compare(self.report, "the consumer that ran all the while", self.follower.seen, held)
        self.report.note(
            f"The consumer was cut off {self.follower.troubles:,} times and saw each of the "
            f"{len(held):,} versions exactly once."
        )
        refused = self.refused()
        self.report.require(not refused, f"clients were refused: {refused[:3]}")

    def check_acknowledged(self, told: list[Told]) -> None:
        """Each acknowledged version, read back through the API."""
        logged = sum(len(self.log(n).read_text().splitlines()) for n in range(CLIENTS))
        lost = 0
        for (id, version), value in ((k, v) for one in told for k, v in one.acknowledged.items()):
            found = self.ask("GET", f"/fhir/Observation/{id}/_history/{version}")
            lost += found is None or found.get("valueInteger") != value
        total = sum(len(one.acknowledged) for one in told)
        self.report.require(logged == total, "the clients' logs aren't what they remember")
        self.report.require(lost == 0, f"{lost} of {total} acknowledged writes are lost")
        self.report.note(
            f"{total:,} writes were acknowledged and logged by the clients; "
            f"{lost:,} of them can't be read back as they were written."
        )

    def check_transactions(self, told: list[Told], held: Seen) -> None:
        """Each transaction is there whole or not at all, whatever its client was told."""
        present = {id for _, id, _ in held}
        groups = [group for one in told for group in one.groups]
        halves = [group for group in groups if 0 < sum(id in present for id in group) < len(group)]
        self.report.require(not halves, f"{len(halves)} transactions are there in part")
        self.report.note(
            f"Of {len(groups):,} transactions sent, {len(halves):,} are there in part; "
            f"{sum(one.unknown for one in told):,} requests got no answer or a refusal for now."
        )

    def restore(self) -> None:
        """Back up, restore into an empty folder, and follow its feed."""
        before = asyncio.run(versions(self.cluster.dsn))
        bevan(self.data, "backup", str(self.home / "safe"))
        self.report.require(self.server.stop() == 0, "the server didn't stop in order")
        again = self.home / "again"
        bevan(again, "restore", str(self.home / "safe"))
        with Cluster(again) as cluster:
            settings = Settings(data=again)
            held = asyncio.run(versions(cluster.dsn))
            compare(self.report, "the restored tables", held, before)
            seen = asyncio.run(whole_feed(cluster.dsn, settings))
            compare(self.report, "a consumer of the restored feed", seen, before)
            assert self.follower.cursor is not None
            let_on = asyncio.run(goes_on(cluster.dsn, settings, self.follower.cursor))
            self.report.require(not let_on, "an old cursor is let on after a restore")
        self.report.note(
            f"After backup and restore into an empty folder, all {len(before):,} versions are in "
            "the feed exactly once, and a consumer with a cursor from before is told to rebuild."
        )


def compare(report: Report, who: str, seen: Seen, held: Seen) -> None:
    """Require that `seen` holds each version of `held` exactly once."""
    counted, wanted = Counter(seen), Counter(held)
    missed, doubled = wanted - counted, counted - wanted
    report.require(not missed, f"{who} misses {missed.total()} versions")
    report.require(not doubled, f"{who} has {doubled.total()} too many")
