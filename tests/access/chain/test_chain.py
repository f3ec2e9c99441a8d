"""Sealing, keys, hand-over: what holds when nobody does harm."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bevan.access.chain import merkle
from bevan.access.chain.chain import Chain
from bevan.access.chain.entry import Entry, form, hashed, leaf
from bevan.access.chain.ledger import Ledger
from bevan.access.chain.link import decoded
from bevan.access.chain.listing import Line, packed, unpacked
from bevan.access.chain.place import FolderPlace, StandsAlready, open_place
from bevan.access.chain.sealing import Sealer
from bevan.access.chain.siem import Siem, framed
from bevan.access.chain.signing import keyring, rotate
from bevan.kernel.clock import SystemClock
from bevan.kernel.errors import ConfigurationError, Unavailable
from bevan.kernel.settings import Settings
from bevan.kernel.sql import statements
from bevan.record.scope import Actor, system
from tests.access.chain.conftest import Trail
from tests.record.people import feed_ready

ENTRY = Entry(
    7, 1_000_001, 1, 2, 3, 1, "00000000-0000-4000-8000-000000000001", "r", "+", "q", "Patient",
    "a", None,
)  # fmt: skip
NURSE = Actor("practitioner", "n", "Nia", "Nurse", "o", "Surgery")


def test_the_form_is_plain_json() -> None:
    text = form(ENTRY, {1: NURSE}, {2: "direct-care"})
    assert json.loads(text) == [
        7,
        1_000_001,
        ["practitioner", "n", "Nia", "Nurse", "o", "Surgery"],
        "direct-care",
        3,
        1,
        "00000000-0000-4000-8000-000000000001",
        "r",
        "+",
        "q",
        "Patient",
        "a",
        None,
    ]
    assert b" " not in text
    assert leaf(text) == hashlib.sha256(b"\x00" + text).digest()


def test_entries_are_hashed_in_the_order_of_hashes_whatever_their_order() -> None:
    entries = [ENTRY._replace(at=n) for n in range(20)]
    once = hashed(entries, {1: NURSE}, {2: "x"})
    assert once == hashed(entries[::-1], {1: NURSE}, {2: "x"})
    assert [one.leaf for one in once] == sorted(one.leaf for one in once)


def test_the_root_by_hand() -> None:
    a, b, c = (hashlib.sha256(t).digest() for t in (b"a", b"b", b"c"))
    ab = hashlib.sha256(b"\x01" + a + b).digest()
    assert merkle.root([]) == hashlib.sha256(b"").digest()
    assert merkle.root([a]) == a
    assert merkle.root([a, b]) == ab
    assert merkle.root([a, b, c]) == hashlib.sha256(b"\x01" + ab + c).digest()


def test_lists_come_back_as_they_went() -> None:
    lines = [Line(b"x" * 12, -5), Line(b"y" * 12, 1 << 60)]
    assert unpacked(packed(lines)) == lines
    assert unpacked(packed(lines) + b"z") is None


async def test_a_link_never_splits_a_transaction(trail: Trail) -> None:
    ring = keyring(trail.settings.data)
    await trail.harm(
        "INSERT INTO audit (at, agent, purpose, action, outcome, request) "
        "SELECT now(), 1, 1, 'r', '+', n::text FROM generate_series(1, 10) n"
    )
    await trail.reads("a", "b", "c")
    await feed_ready(trail.record)
    made = await Sealer(trail.database, ring, SystemClock(), most=2).seal()
    sizes = [one.link.entries for one in made]
    assert 10 in sizes
    assert sum(sizes) == 3 + 10 + 3
    assert all(x.link.closes == y.link.opens for x, y in pairwise(made))


async def test_an_open_transaction_is_waited_for(trail: Trail) -> None:
    """Nothing can fall behind the horizon: what commits later is sealed later."""
    async with trail.database.transaction() as connection:
        await connection.execute(
            "INSERT INTO audit (at, agent, purpose, action, outcome, request) "
            "VALUES (now(), 1, 1, 'r', '+', 'slow')"
        )
        await trail.reads("a", "b")
        await trail.chain.seal()
        assert (await trail.verify()).unsealed == 2
    await trail.link()
    verdict = await trail.verify()
    assert verdict.unbroken
    assert (verdict.unsealed, verdict.entries) == (0, 3 + 3)


async def test_two_sealers_at_once_make_one_chain(trail: Trail) -> None:
    await trail.reads("a", "b", "c")
    await feed_ready(trail.record)
    await asyncio.gather(trail.chain.seal(), trail.chain.seal())
    await asyncio.gather(trail.chain.hand_over(), trail.chain.hand_over())
    assert (await trail.verify()).unbroken


async def test_keys_rotate_and_old_links_still_verify(trail: Trail) -> None:
    await trail.link("a")
    old = keyring(trail.settings.data).newest
    new = rotate(trail.settings.data)
    await trail.link("b")
    assert (await trail.verify()).unbroken
    rows = await trail.database.fetch("SELECT key FROM audit_link ORDER BY number")
    assert [row["key"] for row in rows] == [old, new]
    voucher = json.loads((open_place(trail.settings).get(f"{new}.key")) or b"{}")
    assert voucher["by"] == old


async def test_a_lost_key_is_told(trail: Trail) -> None:
    await trail.link("a")
    rotate(trail.settings.data)
    (trail.settings.data / "keys" / "audit-seal-1").unlink()
    assert {one.kind for one in await trail.findings()} == {"false signature"}


async def test_a_hand_over_that_was_cut_short_is_done_again(trail: Trail) -> None:
    await trail.link("a")
    await trail.harm("DELETE FROM audit_handed")
    assert await trail.chain.hand_over() == 1
    assert (await trail.verify()).unbroken


async def test_the_second_place_holds_nothing_about_anybody(trail: Trail) -> None:
    await trail.link("a", "b")
    for file in (trail.settings.data / "audit").rglob("*.*"):
        content = file.read_bytes()
        for word in (b"Patient", b"reader", b"test reads"):
            assert word not in content
    (file,) = (trail.settings.data / "audit").glob("*/*.link")
    assert decoded(file.read_bytes()) is not None


def test_the_second_place_is_never_written_over(tmp_path: Path) -> None:
    place = FolderPlace(tmp_path / "place")
    assert list(place.names(".link")) == []
    assert place.get("000000001.1.link") is None
    place.put("000000001.1.link", b"one")
    place.put("000000001.1.link", b"one")
    with pytest.raises(StandsAlready):
        place.put("000000001.1.link", b"two")
    assert place.get("000000001.1.link") == b"one"
    with pytest.raises(ConfigurationError):
        place.put("../outside", b"")


def test_where_the_second_place_is(tmp_path: Path) -> None:
    chosen = Settings(data=tmp_path, audit_place=str(tmp_path / "elsewhere"))
    open_place(chosen).put("x.key", b"k")
    assert list((tmp_path / "elsewhere").rglob("x.key"))
    with pytest.raises(ConfigurationError):
        open_place(Settings(data=tmp_path, audit_place="s3://"))


async def test_the_siem_gets_each_entry_as_a_line(trail: Trail, tmp_path: Path) -> None:
    file = tmp_path / "siem" / "audit.jsonl"
    chosen = trail.settings.model_copy(update={"audit_siem": f"file://{file}"})
    await trail.reads("a")
    await trail.record.search(system("a test searches", NURSE), "Patient", "_id=a")
    await trail.seal()
    assert await Chain(trail.database, chosen, SystemClock()).hand_over() == 1
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["event"] for line in lines] == ["entry"] * 5 + ["link"]
    assert {line["actor"] for line in lines[:5]} == {"reader", "n"}
    assert "_id=a" not in file.read_text()


async def test_the_siem_over_tcp(trail: Trail) -> None:
    heard = bytearray()
    done = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.read())
        writer.close()
        done.set()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    chosen = trail.settings.model_copy(update={"audit_siem": f"tcp://127.0.0.1:{port}"})
    await trail.reads("a")
    await trail.seal()
    await Chain(trail.database, chosen, SystemClock()).hand_over()
    await done.wait()
    server.close()
    length, _, rest = bytes(heard).partition(b" ")
    assert rest[: int(length)].startswith(b"<110>1 - ")
    assert b'"event":"link"' in rest


async def test_a_siem_that_does_not_answer_holds_up_nothing_else(trail: Trail) -> None:
    chosen = trail.settings.model_copy(update={"audit_siem": "tcp://127.0.0.1:1"})
    await trail.reads("a")
    await trail.seal()
    with pytest.raises(Unavailable):
        await Chain(trail.database, chosen, SystemClock()).hand_over()
    assert (await trail.chain.state()).handed == 1
    assert (await trail.verify()).unbroken


@pytest.mark.parametrize("address", ["http://x", "tcp://x", "file://"])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(ConfigurationError):
        Siem(address)


def test_a_message_has_its_length_before_it() -> None:
    length, _, message = framed(b"{}").partition(b" ")
    assert int(length) == len(message)
    assert message.endswith(b"- {}")


async def filled(trail: Trail) -> None:
    """Thirty thousand entries, three and a half minutes of a busy region."""
    await trail.harm("TRUNCATE audit")
    async with trail.database.connection() as connection:
        await Ledger(connection).unsealed()
    await trail.harm(
        "INSERT INTO audit (at, agent, purpose, version, patient, action, outcome, request, type, "
        "id) SELECT now() + n * interval '7 ms', 1 + n % 300, 1, 3, md5((n % 5000)::text)::uuid, "
        "'r', '+', substr(md5(n::text), 1, 12) || '-' || to_hex(n), 'Observation', "
        "gen_random_uuid()::text FROM generate_series(1, 30000) n"
    )


async def test_an_entry_takes_at_most_350_bytes_with_its_indexes(trail: Trail) -> None:
    await filled(trail)
    size = await trail.database.fetchval(
        "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('audit')"
    )
    assert size / 30_000 <= 350, size / 30_000


async def test_a_page_by_date_alone_is_read_from_its_end(trail: Trail) -> None:
    """However many entries a month has: no scan of it, and no sort of more than one moment."""
    await trail.harm("INSERT INTO purpose (purpose) VALUES ('a test') ON CONFLICT DO NOTHING")
    await trail.harm(
        "INSERT INTO agent (kind, id, name, role, organisation, organisation_name) "
        "SELECT 'practitioner', 'p' || n, 'N', 'GP', 'o', 'O' FROM generate_series(1, 300) n"
    )
    await filled(trail)
    await trail.harm("ANALYZE audit")
    now = await trail.database.fetchval("SELECT now()")
    search = statements("bevan.access.audit_view", "view.sql")["search"].rstrip().rstrip(";")
    rows = await trail.database.fetch(
        f"EXPLAIN (COSTS OFF) {search}",
        *(None, None, now - timedelta(days=15), now + timedelta(days=15), now + timedelta(days=15)),
        *(None, None, None, None, 21, 0),
    )
    plan = "\n".join(row[0] for row in rows)
    assert "Presorted Key: a.at" in plan, plan
    assert "Seq Scan on audit" not in plan, plan
