"""A record that is due goes for good, by two people's decision, and the chain stays whole."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from bevan.access.chain.shelf import Shelf
from bevan.access.chain.statement import Disposal
from bevan.access.keeping.disposal import KeepingRefused
from bevan.access.keeping.disposing import GRACE
from bevan.fhir import json
from bevan.record.erasure import GONE, Erased, without
from bevan.record.errors import NotFound
from bevan.record.feed import Rebuild
from bevan.record.scope import Actor, system
from tests.access.keeping.conftest import (
    FAMILY,
    GP,
    IMRAN,
    OLD,
    RUTH,
    SCOPE,
    UNA,
    WHY,
    WORKER,
    ZEB,
    Keep,
    zeb,
)


async def test_nothing_goes_by_itself(keep: Keep) -> None:
    assert await keep.made.keeping.look(WORKER) == 2
    assert await keep.made.disposing.run(WORKER) == 0
    listed = await keep.made.keeping.due()
    assert {(one.person, one.schedule, one.since) for one in listed} == {
        (id, "gp", date(2015, 4, 5)) for id in (ZEB, OLD)
    }
    assert (await keep.made.record.read(SCOPE, "Patient", ZEB)).content


async def test_a_record_goes_and_leaves_its_certificate(keep: Keep) -> None:
    made = keep.made
    assert await keep.traces()
    watermark = await made.record.watermark(SCOPE)
    id = await keep.decided()
    assert await made.disposing.run(WORKER) == 1
    # The record is gone at once, and the feed says so.
    for type, of in (("Patient", ZEB), ("Patient", OLD), ("Observation", "zebs")):
        assert (await made.record.read(SCOPE, type, of)).deleted
        assert await made.record.vread(SCOPE, type, of, 1) is None
    page = await made.record.feed(SCOPE, watermark)
    told = {f"{one.type}/{one.id}" for one in page.entries if one.deleted}
    assert told == {f"Patient/{ZEB}", f"Patient/{OLD}", "Observation/zebs", "Observation/olds"}
    assert (await made.keeping.one(id)).state == "told"
    assert await made.disposing.run(WORKER) == 0, "others are still being told"
    await made.projection.catch_up()
    # What is about others stays, without them.
    kept = json.decode((await made.record.read(SCOPE, "Observation", "unas")).content)
    assert kept["performer"] == [{"display": GONE}]
    assert kept["note"] == [{"text": "told by [disposed of]"}]
    una = json.decode((await made.record.read(SCOPE, "Patient", UNA)).content)
    assert "link" not in una
    both = json.decode((await made.record.read(SCOPE, "Appointment", "both")).content)
    assert [one["actor"].get("reference") for one in both["participant"]] == [
        None, f"Patient/{UNA}",
    ]  # fmt: skip
    keep.clock.go_on(days=GRACE.days)
    assert await made.disposing.run(WORKER) == 1
    assert await keep.traces() == []
    done = await made.keeping.one(id)
    assert (done.state, done.person, done.erased.ids) == ("done", None, ())
    assert done.removed["Observation"] == 2
    assert done.removed["account"] == 1
    verdict = await made.chain.verify()
    assert verdict.unbroken, verdict.findings
    async with made.database.connection() as connection:
        kept = [one.attested.statement for one in await Shelf(connection).every() if one.attested]
    assert {one.body.reference for one in kept if isinstance(one.body, Disposal)} == {
        done.erased.reference
    }
    assert {(one.by.name, one.second.name, one.reason) for one in kept if one.second} == {
        (IMRAN.name, RUTH.name, WHY)
    }
    # Who followed the feed only to before that has to begin anew; who begins now misses nothing.
    with pytest.raises(Rebuild):
        await made.record.feed(SCOPE, watermark)
    page = await made.record.feed(SCOPE, None, 500)
    assert not any(one.deleted for one in page.entries)
    assert await made.disposing.run(WORKER) == 0


async def test_two_keepers_who_prove_who_they_are(keep: Keep) -> None:
    keeping, now = keep.made.keeping, keep.clock.now()
    await keeping.look(WORKER)
    for by, confirmed, match in (
        (GP, now, "role"),
        (RUTH, None, "Confirm"),
        (RUTH, now - timedelta(minutes=6), "Confirm"),
    ):
        with pytest.raises(KeepingRefused, match=match):
            await keeping.ask(by, ZEB, WHY, confirmed)
    with pytest.raises(KeepingRefused, match="Say why"):
        await keeping.ask(RUTH, ZEB, "old", now)
    with pytest.raises(KeepingRefused, match="isn't due"):
        await keeping.ask(RUTH, UNA, WHY, now)
    id = await keep.ask()
    with pytest.raises(KeepingRefused, match="Somebody else"):
        await keeping.decide(RUTH, id, now)
    with pytest.raises(KeepingRefused, match="Confirm"):
        await keeping.decide(IMRAN, id, None)
    with pytest.raises(KeepingRefused, match="role"):
        await keeping.decide(GP, id, now)
    await keeping.withdraw(IMRAN, id)
    with pytest.raises(KeepingRefused, match="meantime"):
        await keeping.decide(IMRAN, id, now)
    assert await keep.made.disposing.run(WORKER) == 0
    events = await keep.made.database.fetch("SELECT query FROM audit WHERE action = 'n'")
    assert {"disposal-asked", "disposal-withdrawn"} <= {row["query"] for row in events}


async def test_a_hold_stops_it_at_every_step(keep: Keep) -> None:
    made = keep.made
    await made.keeping.look(WORKER)
    inquiry = "The inquiry asks to keep everything for now"
    await made.keeping.place(RUTH, None, inquiry, None)
    with pytest.raises(KeepingRefused, match="hold"):
        await keep.ask()
    (hold,) = await made.keeping.holds([ZEB])
    assert (await made.keeping.due())[0].held
    with pytest.raises(KeepingRefused, match="role"):
        await made.keeping.lift(GP, hold.id, inquiry)
    await made.keeping.lift(RUTH, hold.id, "The inquiry has reported and is over")
    id = await keep.ask()
    # A hold on the record that was merged into this one holds both.
    await made.keeping.place(IMRAN, OLD, inquiry, keep.clock.now().date())
    with pytest.raises(KeepingRefused, match="hold"):
        await made.keeping.decide(IMRAN, id, keep.clock.now())
    keep.clock.go_on(days=1)
    await made.keeping.decide(IMRAN, id, keep.clock.now())
    await made.keeping.place(RUTH, ZEB, inquiry, None)
    assert await made.disposing.run(WORKER) == 0
    assert not (await made.record.read(SCOPE, "Patient", ZEB)).deleted
    with pytest.raises(KeepingRefused, match="still to come"):
        await made.keeping.place(RUTH, ZEB, inquiry, date(2020, 1, 1))


async def test_an_open_request_for_a_copy_stops_it(keep: Keep) -> None:
    await keep.made.keeping.look(WORKER)
    await keep.made.database.execute("UPDATE register_entry SET due = now()")
    with pytest.raises(KeepingRefused, match="copy"):
        await keep.ask()


async def test_cut_short_it_goes_on_where_it_was(
    keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before the commit: everything is still there. Killed later: the rest is done again."""
    made = keep.made
    await keep.decided()

    async def dies(*_: object) -> None:
        raise KeyboardInterrupt

    erasure = type(made.record.erasure)
    with monkeypatch.context() as patch:
        patch.setattr(erasure, "_bury", dies)
        with pytest.raises(KeyboardInterrupt):
            await made.disposing.run(WORKER)
    assert not (await made.record.read(SCOPE, "Patient", ZEB)).deleted
    assert await made.record.vread(SCOPE, "Observation", "zebs", 1) is not None
    await made.disposing.run(WORKER)
    assert await made.record.vread(SCOPE, "Patient", UNA, 1) is None, "it named them"
    assert (await made.record.read(SCOPE, "Patient", ZEB)).deleted
    keep.clock.go_on(days=GRACE.days)
    for name in ("purge", "forget_actors"):
        with monkeypatch.context() as patch:
            patch.setattr(erasure, name, dies)
            with pytest.raises(KeyboardInterrupt):
                await made.disposing.run(WORKER)
        assert (await made.chain.verify()).unbroken
    await made.disposing.run(WORKER)
    assert await keep.traces() == []
    assert (await made.chain.verify()).unbroken


async def test_only_the_system_erases(keep: Keep) -> None:
    erased = Erased((ZEB,), (), UUID(int=1))
    scope = keep.made.access.scope(GP, purpose="direct-care")
    with pytest.raises(NotFound):
        await keep.made.record.erasure.purge(scope, erased)
    narrow = system("x", Actor("system", "x", "x"))
    assert await keep.made.record.erasure.last_contacts(narrow, ZEB, 1, 0)


def test_a_resource_without_somebody() -> None:
    erased = Erased((ZEB,), (f"Zebedee {FAMILY}",), UUID(int=1))
    given = zeb(
        "other",
        text={"status": "generated", "div": f"<div>Zebedee {FAMILY}</div>"},
        contact=[{"name": {"text": f"zebedee {FAMILY.lower()}"}}],
        extension=[{"url": "x", "valueReference": {"reference": f"a/Patient/{ZEB}/_history/2"}}],
    )
    made = without(given, erased)
    assert "text" not in made
    assert made["contact"] == [{"name": {"text": "[disposed of]"}}]
    assert made["extension"][0]["valueReference"] == {"display": GONE}
    assert without(made, erased) == made


@pytest.mark.parametrize("table", ["look", "looker"])
async def test_looks_that_were_gathered_go_too(keep: Keep, table: str) -> None:
    await keep.made.gathering.catch_up()
    await keep.decided()
    await keep.made.disposing.run(WORKER)
    left = await keep.made.database.fetchval(
        f"SELECT count(*) FROM {table} WHERE patient = $1", UUID(ZEB)
    )
    assert left == 0
