"""Whatever is done to the database's audit after the hand-over is found, with its place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bevan.access.chain.sealing import Sealer, WentBack
from bevan.access.chain.signing import Keyring, keyring
from bevan.access.chain.verification import Window
from bevan.kernel.clock import SystemClock
from tests.access.chain.conftest import Trail

_SECOND = "(SELECT ctid FROM audit WHERE action = 'r' ORDER BY txid, at LIMIT 1 OFFSET 1)"


async def test_an_untouched_chain_is_unbroken(trail: Trail) -> None:
    await trail.link("a", "b", "c")
    await trail.link("b")
    await trail.reads("c")
    verdict = await trail.verify()
    assert verdict.unbroken
    assert (verdict.links, verdict.handed, verdict.entries, verdict.unsealed) == (2, 2, 7, 1)


async def test_nothing_new_makes_no_link(trail: Trail) -> None:
    assert await trail.link("a") == await trail.link()


@pytest.mark.parametrize(
    "change",
    [
        "patient = '00000000-0000-8000-8000-000000000001'",
        "outcome = '-'",
        "action = 'v'",
        "agent = agent + 0, entries = entries + 1",
        "at = at + interval '1 microsecond'",
        "request = request || 'x'",
        "id = 'somebody-else'",
        "query = ''",
        "version = NULL",
    ],
)
async def test_one_changed_entry_is_named(trail: Trail, change: str) -> None:
    number = await trail.link("a", "b", "c")
    await trail.link("a")
    row = await trail.database.fetchrow(
        "SELECT at, request FROM audit WHERE action = 'r' ORDER BY txid, at LIMIT 1 OFFSET 1"
    )
    assert row is not None
    await trail.harm(f"UPDATE audit SET {change} WHERE ctid = {_SECOND}")
    (found,) = await trail.findings()
    assert (found.kind, found.link) == ("changed entry", number)
    assert found.at is not None
    assert abs(found.at - row["at"]) <= timedelta(microseconds=1)
    assert found.first is not None
    assert found.last is not None
    assert found.first <= row["at"] <= found.last
    assert row["request"] in found.sentence


async def test_a_removed_entry_is_named_by_its_time(trail: Trail) -> None:
    number = await trail.link("a", "b", "c")
    gone = await trail.database.fetchval(f"DELETE FROM audit WHERE ctid = {_SECOND} RETURNING at")
    (found,) = await trail.findings()
    assert (found.kind, found.link, found.at) == ("removed entry", number, gone)


async def test_an_added_entry_is_named(trail: Trail) -> None:
    number = await trail.link("a", "b", "c")
    await trail.harm(
        "INSERT INTO audit (at, agent, purpose, action, outcome, request, txid) "
        "SELECT at, agent, purpose, action, outcome, 'forged', txid FROM audit LIMIT 1"
    )
    (found,) = await trail.findings()
    assert (found.kind, found.link) == ("added entry", number)
    assert "forged" in found.sentence


async def test_an_entry_moved_to_another_transaction_is_found(trail: Trail) -> None:
    first = await trail.link("a", "b")
    second = await trail.link("b", "c")
    later = await trail.database.fetchval("SELECT max(txid) FROM audit")
    await trail.harm(f"UPDATE audit SET txid = $1 WHERE ctid = {_SECOND}", later)
    found = {(one.kind, one.link) for one in await trail.findings()}
    assert found == {("removed entry", first), ("added entry", second)}


async def test_entries_that_changed_places_are_found(trail: Trail) -> None:
    await trail.link("a", "b")
    await trail.harm(
        "UPDATE audit a SET at = b.at FROM audit b WHERE a.action = 'r' AND b.action = 'r' "
        "AND a.id <> b.id"
    )
    kinds = [one.kind for one in await trail.findings()]
    assert kinds == ["changed entry", "changed entry"]


async def test_a_renamed_actor_changes_every_entry_of_theirs(trail: Trail) -> None:
    await trail.link("a", "b")
    await trail.harm("UPDATE agent SET name = 'Somebody else' WHERE id = 'reader'")
    assert {one.kind for one in await trail.findings()} == {"changed entry"}


async def test_a_cut_tail_is_found(trail: Trail) -> None:
    await trail.link("a", "b")
    number = await trail.link("c")
    opens = await trail.database.fetchval("SELECT opens FROM audit_link WHERE number = $1", number)
    await trail.harm("DELETE FROM audit WHERE txid >= $1", opens)
    await trail.harm("DELETE FROM audit_handed WHERE number = $1", number)
    await trail.harm("DELETE FROM audit_link WHERE number = $1", number)
    kinds = {one.kind: one for one in await trail.findings()}
    assert set(kinds) == {"missing link", "removed entry"}
    assert kinds["missing link"].link == number
    assert "cut" in kinds["missing link"].sentence


async def test_a_link_taken_from_the_middle_is_found(trail: Trail) -> None:
    for id in "abc":
        await trail.link(id)
    await trail.harm("DELETE FROM audit_handed WHERE number = 2")
    await trail.harm("DELETE FROM audit_link WHERE number = 2")
    found = await trail.findings()
    assert {one.kind for one in found} == {"missing link"}
    assert {one.link for one in found} == {2, 3}


async def test_links_in_another_order_are_found(trail: Trail) -> None:
    for id in "abc":
        await trail.link(id)
    await trail.harm("DELETE FROM audit_handed")
    for before, after in ((2, 9), (3, 2), (9, 3)):
        await trail.harm("UPDATE audit_link SET number = $2 WHERE number = $1", before, after)
    found = {(one.kind, one.link) for one in await trail.findings()}
    assert {("different link", 2), ("different link", 3), ("false signature", 2)} <= found


async def test_a_chain_made_anew_by_the_owner_is_found(trail: Trail, tmp_path: Path) -> None:
    """They change an entry and recompute everything after it, signed with a key of their own."""
    await trail.link("a", "b")
    await trail.link("c")
    await trail.harm(f"UPDATE audit SET outcome = '-' WHERE ctid = {_SECOND}")
    await trail.harm("DELETE FROM audit_handed")
    await trail.harm("DELETE FROM audit_link")
    theirs = Keyring((Ed25519PrivateKey.generate(),))
    await Sealer(trail.database, theirs, SystemClock()).seal()
    found = {(one.kind, one.link) for one in await trail.findings()}
    assert {("false signature", 1), ("different link", 1), ("missing link", 2)} <= found
    assert ("changed entry", 1) in found


async def test_a_chain_made_anew_with_the_real_key_is_found(trail: Trail) -> None:
    """Even the key doesn't help them: the second place still has what was handed over."""
    await trail.link("a", "b")
    await trail.harm(f"UPDATE audit SET outcome = '-' WHERE ctid = {_SECOND}")
    await trail.harm("DELETE FROM audit_handed")
    await trail.harm("DELETE FROM audit_link")
    await Sealer(trail.database, keyring(trail.settings.data), SystemClock()).seal()
    found = {one.kind for one in await trail.findings()}
    assert {"different link", "changed entry"} <= found


async def test_what_is_changed_between_seal_and_hand_over_is_found(trail: Trail) -> None:
    await trail.reads("a", "b")
    await trail.seal()
    await trail.harm(f"UPDATE audit SET outcome = '-' WHERE ctid = {_SECOND}")
    await trail.chain.hand_over()
    (found,) = await trail.findings()
    assert (found.kind, found.link) == ("broken seal", 1)


async def test_a_list_changed_in_the_second_place_is_found(trail: Trail) -> None:
    await trail.link("a", "b")
    (file,) = (trail.settings.data / "audit").glob("*/*.list")
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:-1])
    await trail.harm(f"DELETE FROM audit WHERE ctid = {_SECOND}")
    assert {one.kind for one in await trail.findings()} == {"missing list", "broken seal"}


async def test_a_link_changed_in_the_second_place_is_found(trail: Trail) -> None:
    await trail.link("a", "b")
    (file,) = (trail.settings.data / "audit").glob("*/*.link")
    file.chmod(0o600)
    file.write_bytes(file.read_bytes().replace(b'"entries": 5', b'"entries": 4'))
    found = {one.kind for one in await trail.findings()}
    assert found == {"false signature", "different link"}
    file.write_bytes(b"{}")
    assert "broken seal" in {one.kind for one in await trail.findings()}


async def test_links_that_wait_for_long_are_told(trail: Trail) -> None:
    await trail.reads("a")
    await trail.seal()
    assert (await trail.verify()).unbroken
    await trail.harm("UPDATE audit_link SET sealed = sealed - interval '1 hour'")
    assert "not handed over" in {one.kind for one in await trail.findings()}


async def test_only_entries_of_the_asked_time_are_read(trail: Trail) -> None:
    await trail.link("a", "b")
    await trail.harm(f"UPDATE audit SET outcome = '-' WHERE ctid = {_SECOND}")
    late = Window(since=datetime.now(UTC) + timedelta(minutes=1))
    assert (await trail.verify(late)).unbroken
    early = Window(until=datetime.now(UTC) - timedelta(days=1))
    assert (await trail.verify(early)).unbroken
    assert not (await trail.verify(Window())).unbroken


async def test_a_database_that_went_back_is_not_sealed_over(trail: Trail) -> None:
    await trail.link("a")
    await trail.harm("UPDATE audit_link SET closes = closes + 100000")
    with pytest.raises(WentBack):
        await trail.chain.seal()


async def test_a_restored_database_tells_what_it_lost(trail: Trail) -> None:
    await trail.link("a")
    await trail.link("b")
    await trail.harm("DELETE FROM audit_handed WHERE number = 2")
    await trail.harm("DELETE FROM audit_link WHERE number = 2")
    await trail.harm("DELETE FROM audit WHERE txid >= (SELECT max(closes) FROM audit_link)")
    await trail.harm("INSERT INTO feed_epoch (epoch, reason) VALUES (2, 'restored')")
    assert await trail.link("c") == 2
    found = {(one.kind, one.link) for one in await trail.findings()}
    assert found == {("went back", 2), ("removed entry", 2), ("added entry", 2)} or found == {
        ("went back", 2),
        ("removed entry", 2),
    }
